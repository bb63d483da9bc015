using WalletFunctions.Domain;
using WalletFunctions.Wallet;

namespace WalletFunctions.Reviews;

/// <summary>Transfers that wait for a person: their money is held in the payer's book, and the hold ends once.</summary>
internal sealed class TransferReviews(Transfers transfers, ReviewCase cases) : IReviewKind
{
    public const string Name = "transfer";

    public string Kind => Name;

    public Task<DomainError?> ObstacleAsync(ReviewRecord review, CancellationToken cancellationToken) => cases.FreezeAsync(review, cancellationToken);

    public async Task<Result<ReviewOutcome>> DecideAsync(ReviewRecord review, ReviewOutcome chosen, ReviewHand hand, CancellationToken cancellationToken)
    {
        var outcome = chosen switch
        {
            ReviewOutcome.Approved => await transfers.ApproveAsync(review.ToPayer(), review.Operation, cancellationToken),
            ReviewOutcome.Denied => await transfers.DenyAsync(review.ToPayer(), review.Operation, Transfers.Denied, cancellationToken),
            ReviewOutcome.Expired => await transfers.DenyAsync(review.ToPayer(), review.Operation, Transfers.Expired, cancellationToken),
            ReviewOutcome.Asked or ReviewOutcome.Withdrawn => throw new InvalidOperationException($"A transfer's review cannot end as {chosen}."),
        };
        Result<ReviewOutcome> ended = outcome switch
        {
            Outcome.Committed or Outcome.Replayed => chosen,
            Outcome.Refused { Error.Code: "hold_not_open" } => await cases.HowItEndedAsync(review, cancellationToken),
            Outcome.Refused { Error: { } error } => error,
            _ => throw new LedgerUnavailableException($"Review {review.PartitionKey} could not be carried out yet ({outcome.GetType().Name})."),
        };
        if (ended is { IsOk: true, Value: ReviewOutcome.Denied or ReviewOutcome.Expired })
        {
            await cases.TellSuspenseAsync(review, cancellationToken);
        }

        return ended;
    }

    public Task<bool> ExpireAsync(ReviewRecord review, ReviewHand hand, CancellationToken cancellationToken) => Task.FromResult(true);

    public Text Told(ReviewRecord review, ReviewOutcome ended) => ended switch
    {
        ReviewOutcome.Approved => new($"审核通过，转账已完成。原因：{review.Reason}", $"Approved; the transfer is made. Reason: {review.Reason}"),
        ReviewOutcome.Denied => new($"审核未通过，资金已退回。原因：{review.Reason}", $"Denied; the money is given back. Reason: {review.Reason}"),
        ReviewOutcome.Expired => new("逾期未审核，资金已退回。", "Nobody decided in time; the money is given back."),
        ReviewOutcome.Asked or ReviewOutcome.Withdrawn => throw new InvalidOperationException($"A transfer's review cannot end as {ended}."),
    };
}

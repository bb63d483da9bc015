using WalletFunctions.Domain;
using WalletFunctions.Domain.Refunds;
using WalletFunctions.Reviews;

namespace WalletFunctions.Refunds;

/// <summary>Refunds in the queue of reviews: a decision there is the same as one at the refund itself.</summary>
internal sealed class RefundReviews(RefundSteps steps) : IReviewKind
{
    public const string Name = "refund";

    public string Kind => Name;

    public bool CanAsk => true;

    /// <summary>The refund's conversation goes on after it.</summary>
    public bool EndsConversation => false;

    public async Task<DomainError?> ObstacleAsync(ReviewRecord review, CancellationToken cancellationToken) =>
        await EndAsync(review, cancellationToken) is null ? null : RefundErrors.NotDecidable;

    public async Task<Result<ReviewOutcome>> DecideAsync(ReviewRecord review, ReviewOutcome chosen, ReviewHand hand, CancellationToken cancellationToken)
    {
        var verdict = chosen switch
        {
            ReviewOutcome.Approved => RefundVerdict.Approve,
            ReviewOutcome.Denied => RefundVerdict.Deny,
            ReviewOutcome.Asked => RefundVerdict.Ask,
            ReviewOutcome.Expired or ReviewOutcome.Withdrawn => throw new InvalidOperationException($"A refund's review cannot be decided as {chosen}."),
        };
        if (await EndAsync(review, cancellationToken) is { } ended)
        {
            // Carried out before, or it ended otherwise: the customer gave it up, somebody decided at the refund itself.
            return ended;
        }

        var by = AccountId.Of(review.ChosenBy ?? throw new InvalidOperationException("Nobody has decided."));
        var refusal = await steps.DecideAsync(review.ToPayer(), RefundId.Of(review.Operation), verdict, review.Reason ?? "", by, review.Occasion ?? review.PartitionKey, hand.Durable, cancellationToken);
        return refusal is null ? chosen
            : await EndAsync(review, cancellationToken) is { } meanwhile ? meanwhile
            : refusal;
    }

    /// <summary>How this very review has ended; null while it waits. A later one of the same refund is another.</summary>
    private async Task<ReviewOutcome?> EndAsync(ReviewRecord review, CancellationToken cancellationToken) =>
        await steps.FindAsync(review.ToPayer(), RefundId.Of(review.Operation), cancellationToken) is { } refund
            ? RefundQueue.EndOf(refund, review.CreatedAt)
            : throw new InvalidDataException($"Review {review.PartitionKey} is of a refund that is not there.");

    /// <summary>Nothing is decided by time: the refund's own clock makes it urgent.</summary>
    public Task<bool> ExpireAsync(ReviewRecord review, ReviewHand hand, CancellationToken cancellationToken) => Task.FromResult(false);

    public Text Told(ReviewRecord review, ReviewOutcome ended) => ended switch
    {
        ReviewOutcome.Approved => new($"审核通过，退款已同意。原因：{review.Reason}", $"Granted. Reason: {review.Reason}"),
        ReviewOutcome.Denied => new($"审核未通过。原因：{review.Reason}", $"Not granted. Reason: {review.Reason}"),
        ReviewOutcome.Asked => new($"已请客户补充材料：{review.Reason}", $"The customer is asked for more: {review.Reason}"),
        ReviewOutcome.Expired or ReviewOutcome.Withdrawn => new("审核已无需进行。", "There is nothing to decide any more."),
    };
}

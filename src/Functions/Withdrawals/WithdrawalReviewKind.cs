using Microsoft.Extensions.Logging;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Withdrawals;
using WalletFunctions.Reviews;
using WalletFunctions.Wallet;

namespace WalletFunctions.Withdrawals;

/// <summary>Withdrawals that wait for a person: approved, they go to the bank; denied or expired, the money is given back.</summary>
internal sealed class WithdrawalReviewKind(
    WithdrawalTable table,
    Ledger ledger,
    WithdrawalReviews reviews,
    PayoutDesk desk,
    WithdrawalNews news,
    ArrivalPromises promises,
    TimeProvider clock,
    ILogger<WithdrawalReviewKind> logger) : IReviewKind
{
    public const string Name = "withdrawal";

    public string Kind => Name;

    public async Task<DomainError?> ObstacleAsync(ReviewRecord review, CancellationToken cancellationToken) =>
        (await ledger.ReadHeadAsync(review.ToPayer(), cancellationToken)).Head.Freezes.Refusal();

    public async Task<Result<ReviewOutcome>> DecideAsync(ReviewRecord review, ReviewOutcome chosen, ReviewHand hand, CancellationToken cancellationToken)
    {
        var id = WithdrawalId.Of(review.Operation);
        while (true)
        {
            var stored = await table.GetAsync(review.ToPayer(), id, cancellationToken);
            if (!stored.Withdrawal.AwaitsPerson)
            {
                // Carried out before, or it ended otherwise: the orchestration may not have heard of it.
                await RingAsync(stored.Withdrawal, hand, cancellationToken);
                return WithdrawalReviews.OutcomeOf(stored.Withdrawal);
            }

            if (chosen == ReviewOutcome.Approved && clock.GetUtcNow() < stored.Withdrawal.ReviewUntil)
            {
                if (await ApproveAsync(stored, cancellationToken) is Outcome.Refused { Error: { } frozen } && frozen != LedgerErrors.HoldNotOpen)
                {
                    return frozen;
                }
            }
            else
            {
                await reviews.TryRefuseAsync(stored, isExpired: chosen != ReviewOutcome.Denied, cancellationToken);
            }
        }
    }

    public Task<bool> ExpireAsync(ReviewRecord review, ReviewHand hand, CancellationToken cancellationToken) => Task.FromResult(true);

    public Text Told(ReviewRecord review, ReviewOutcome ended) => ended switch
    {
        ReviewOutcome.Approved => new($"审核通过，提现提交银行。原因：{review.Reason}", $"Approved; the withdrawal goes to the bank. Reason: {review.Reason}"),
        ReviewOutcome.Denied => new($"审核未通过，资金已退回。原因：{review.Reason}", $"Denied; the money is given back. Reason: {review.Reason}"),
        ReviewOutcome.Expired => new("逾期未审核，资金已退回。", "Nobody decided in time; the money is given back."),
        ReviewOutcome.Withdrawn => new("提现在审核前已取消，资金已退回。", "The withdrawal was taken back before anybody decided; the money is given back."),
        ReviewOutcome.Asked => throw new InvalidOperationException("A withdrawal's review cannot end as asked."),
    };

    private async Task<Outcome> ApproveAsync(StoredWithdrawal stored, CancellationToken cancellationToken)
    {
        var (withdrawal, now) = (stored.Withdrawal, clock.GetUtcNow());
        var promise = await promises.ForAsync(now, cancellationToken);
        var approved = withdrawal.Approve(now, promise.IsOk ? promise.Value : null);
        var hold = withdrawal.Id.Value;
        var command = new BookCommand(
            Operations.ApprovalOf(hold), found => new BookMove.ApproveHold(found ?? throw new InvalidDataException($"There is no hold {hold}."), withdrawal.Card.BankCardId.Value))
        {
            HoldId = hold,
            Passing = _ => true,
            Companions = _ => [WithdrawalTable.Replacing(approved, stored.ETag)],
        };
        return await ledger.ExecuteAsync(withdrawal.WalletId, command, cancellationToken);
    }

    private async Task RingAsync(Withdrawal withdrawal, ReviewHand hand, CancellationToken cancellationToken)
    {
        if (hand.Durable is not { } durable || await WithdrawalStarts.RingAsync(durable, withdrawal.Id, "reviewed", cancellationToken))
        {
            return;
        }

        // It has ended, or an operator has ended it and may restart it: but for what is over none is begun again.
        logger.LogInformation("No orchestration waits for the review of withdrawal {WithdrawalId}", withdrawal.Id);
        if (!withdrawal.Status.IsOpen())
        {
            await news.TellAsync(await desk.ClosedAsync(withdrawal, cancellationToken), told: 0, cancellationToken);
        }
    }
}

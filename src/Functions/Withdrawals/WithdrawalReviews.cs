using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Inbox;
using WalletFunctions.Domain.Withdrawals;
using WalletFunctions.Reviews;
using WalletFunctions.Support.Inbox;
using WalletFunctions.Wallet;

namespace WalletFunctions.Withdrawals;

/// <summary>The review of a withdrawal: put into the queue with its conversation, refused, taken out of the queue. All of it may be repeated.</summary>
public sealed class WithdrawalReviews
{
    private readonly WithdrawalTable table;
    private readonly Ledger ledger;
    private readonly ReviewBoard board;
    private readonly RecentAccounts accounts;
    private readonly IInbox inbox;
    private readonly TimeProvider clock;

    internal WithdrawalReviews(WithdrawalTable table, Ledger ledger, ReviewBoard board, RecentAccounts accounts, IInbox inbox, TimeProvider clock) =>
        (this.table, this.ledger, this.board, this.accounts, this.inbox, this.clock) = (table, ledger, board, accounts, inbox, clock);

    /// <summary>The review that belongs to a withdrawal.</summary>
    internal static ReviewId IdOf(WithdrawalId id) => ReviewId.Of(ReviewId.Prefix + Operations.Tail(id.Value));

    /// <summary>Puts it into the queue, if a person still has to look at it.</summary>
    internal async Task<Withdrawal> OpenAsync(WalletId wallet, WithdrawalId id, CancellationToken cancellationToken)
    {
        var withdrawal = (await table.GetAsync(wallet, id, cancellationToken)).Withdrawal;
        if (withdrawal.ReviewUntil is { } until)
        {
            await board.OpenAsync(await RecordAsync(withdrawal, until, cancellationToken), cancellationToken);
        }

        return withdrawal;
    }

    /// <summary>Gives the money back, on the row's ETag.</summary>
    /// <returns>The withdrawal afterwards; null when row or hold changed meanwhile.</returns>
    internal async Task<Withdrawal?> TryRefuseAsync(StoredWithdrawal stored, bool isExpired, CancellationToken cancellationToken)
    {
        var refused = stored.Withdrawal.RefuseInReview(isExpired, clock.GetUtcNow());
        var hold = stored.Withdrawal.Id.Value;
        var command = BookCommand.ReleaseHold($"{hold}:release", hold, isExpired ? Transfers.Expired : Transfers.Denied) with
        {
            Companions = decision => [WithdrawalTable.Replacing(refused = refused.KeptIn(decision.Entry), stored.ETag)],
        };
        return await ledger.ExecuteAsync(stored.Withdrawal.WalletId, command, cancellationToken) is Outcome.Committed ? refused : null;
    }

    /// <summary>Takes one that ended in review out of the queue; one that a supervisor has just decided is left to them.</summary>
    internal async Task CloseAsync(Withdrawal withdrawal, CancellationToken cancellationToken)
    {
        if (!withdrawal.EndedInReview)
        {
            return;
        }

        var (key, words) = ($"review-ended:{withdrawal.Id}", withdrawal.Timeline[^1].Words);
        if (await board.FindAsync(IdOf(withdrawal.Id), cancellationToken) is not { } record)
        {
            // Whoever was about to put it into the queue perhaps had its conversation opened already.
            await inbox.TellEndAsync(OccasionOf(withdrawal), withdrawal.RequestedAt, key, words, cancellationToken);
        }
        else if (record.Chosen is null)
        {
            await inbox.AppendEventAsync(ConversationId.Of(record.Conversation), key, words, Priority.Low, MatterTurn.Nobodys, cancellationToken);
            await board.CloseAsync(record.ToId(), OutcomeOf(withdrawal), by: null, reason: null, cancellationToken);
        }
    }

    /// <summary>How a review ended, by the withdrawal's own row.</summary>
    internal static ReviewOutcome OutcomeOf(Withdrawal withdrawal) => withdrawal.Timeline.Any(entry => entry.Note == TimelineNote.Approved)
        ? ReviewOutcome.Approved
        : withdrawal.Timeline[^1].Note switch
        {
            TimelineNote.RefusedInReview => ReviewOutcome.Denied,
            TimelineNote.ExpiredInReview => ReviewOutcome.Expired,
            _ => ReviewOutcome.Withdrawn,
        };

    private static string OccasionOf(Withdrawal withdrawal) => $"review:{withdrawal.Id}";

    private async Task<ReviewRecord> RecordAsync(Withdrawal withdrawal, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var owner = await accounts.FindAsync(withdrawal.AccountId, cancellationToken);
        var rules = withdrawal.ReviewedFor?.Replace(",", ", ", StringComparison.Ordinal);
        var conversation = await inbox.OpenAsync(
            new OpenConversation(
                OccasionOf(withdrawal),
                withdrawal.RequestedAt,
                new("提现待审核", "A withdrawal waits for a review"),
                Priority.High,
                "review",
                withdrawal.AccountId,
                new(
                    $"{withdrawal.Amount} 的提现（{withdrawal.Card.BankCode} 尾号 {withdrawal.Card.Last4}）触发风控（{rules}），资金已冻结，须在 {until:u} 前由主管审核，逾期自动退回。",
                    $"The withdrawal of {withdrawal.Amount} to {withdrawal.Card.BankCode} {withdrawal.Card.Last4} was held by the risk rules ({rules}). A supervisor must decide before {until:u}, or it is given back."))
            {
                Turn = MatterTurn.Ours(until),
                SubjectId = withdrawal.Id.Value,
            },
            cancellationToken);
        return new ReviewRecord
        {
            PartitionKey = IdOf(withdrawal.Id).Value,
            Kind = WithdrawalReviewKind.Name,
            Operation = withdrawal.Id.Value,
            Payer = withdrawal.WalletId.Value,
            PayerAccount = withdrawal.AccountId.Value,
            PayerName = owner?.MaskedName,
            PayeeName = $"{withdrawal.Card.BankCode} {withdrawal.Card.Last4}",
            Amount = withdrawal.Amount.Amount,
            Fee = withdrawal.Fee.Amount,
            Rules = withdrawal.ReviewedFor ?? "",
            CreatedAt = withdrawal.RequestedAt,
            ExpiresAt = until,
            Conversation = conversation.Value,
        };
    }
}

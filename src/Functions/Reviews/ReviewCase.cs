using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Inbox;
using WalletFunctions.Support.Inbox;
using WalletFunctions.Wallet;

namespace WalletFunctions.Reviews;

/// <summary>What stands around a transfer's review: the payer's account, the conversation for agents, the hold in the book.</summary>
internal sealed class ReviewCase(RecentAccounts accounts, IInbox inbox, Ledger ledger)
{
    /// <summary>The record of a transfer that waits, with its conversation; the same at every repeat.</summary>
    public async Task<ReviewRecord> OpenAsync(ReviewRow review, CancellationToken cancellationToken)
    {
        var payer = await accounts.FindByWalletAsync(review.Payer, cancellationToken);
        var transaction = Operations.TransactionOf(review.Operation);
        var (amount, rules) = (Money.Fen(review.Amount), review.Rules.Replace(",", ", ", StringComparison.Ordinal));
        var conversation = await inbox.OpenAsync(
            new OpenConversation(
                $"review:{review.Operation}",
                review.At,
                new("转账待审核", "A transfer waits for a review"),
                Priority.High,
                "review",
                payer?.AccountId,
                new(
                    $"{amount} 的转账 {transaction} 触发风控（{rules}），资金已冻结，须在 {review.ExpiresAt:u} 前由主管审核，逾期自动退回。",
                    $"The transfer {transaction} of {amount} was held by the risk rules ({rules}). A supervisor must decide before {review.ExpiresAt:u}, or it is given back."))
            {
                Turn = MatterTurn.Ours(review.ExpiresAt),
                SubjectId = transaction.Value,
            },
            cancellationToken);
        return new ReviewRecord
        {
            PartitionKey = ReviewId.Prefix + Operations.Tail(review.Operation),
            Operation = review.Operation,
            Payer = review.Payer.Value,
            PayerAccount = payer?.AccountId.Value,
            PayerName = review.PayerName,
            Payee = review.Payee,
            PayeeName = review.PayeeName,
            Purpose = review.Purpose,
            Amount = review.Amount,
            Fee = review.Fee,
            Note = review.Note,
            Rules = review.Rules,
            CreatedAt = review.At,
            ExpiresAt = review.ExpiresAt,
            Conversation = conversation.Value,
        };
    }

    /// <summary>Why the payer's money may not leave just now; null if it may.</summary>
    public async Task<DomainError?> FreezeAsync(ReviewRecord record, CancellationToken cancellationToken) =>
        (await ledger.ReadHeadAsync(record.ToPayer(), cancellationToken)).Head.Freezes.Refusal();

    /// <summary>Tells support of money that was given back to a payer whose wallet was closed by then; a second time it is the same conversation.</summary>
    public async Task TellSuspenseAsync(ReviewRecord record, CancellationToken cancellationToken)
    {
        var payer = record.ToPayer();
        if (!(await ledger.ReadHeadAsync(payer, cancellationToken)).Head.IsClosed
            || await ledger.FindEntryAsync(payer, $"{record.Operation}:release", cancellationToken) is not { } entry || entry.Moved(BookAccount.Suspense) == 0)
        {
            return;
        }

        var owner = await accounts.FindByWalletAsync(payer, cancellationToken);
        var transaction = Operations.TransactionOf(record.Operation);
        var amount = Money.Fen(entry.Moved(BookAccount.Suspense));
        await inbox.OpenAsync(
            new OpenConversation(
                $"transfer-suspense:{record.Operation}",
                entry.At,
                new("转账退回时钱包已注销", "A transfer was given back to a wallet that was closed"),
                Priority.High,
                "review",
                owner?.AccountId,
                new(
                    $"转账 {transaction} 未获通过，应退回 {amount}，但客户钱包已注销，资金记入待处理账户，请联系客户退回。",
                    $"Transfer {transaction} was not made, and the payer's wallet was closed by then. {amount} stand in suspense and must reach the customer another way."))
            {
                SubjectId = transaction.Value,
            },
            cancellationToken);
    }

    /// <summary>What the book says of a hold that had ended already.</summary>
    public async Task<ReviewOutcome> HowItEndedAsync(ReviewRecord record, CancellationToken cancellationToken)
    {
        var hold = await ledger.Store.FindHoldAsync(BookKeys.Partition(record.ToPayer()), record.Operation, cancellationToken)
            ?? throw new InvalidDataException($"Review {record.PartitionKey} has no hold.");
        return hold.ToDomain() switch
        {
            { State: HoldState.Captured } => ReviewOutcome.Approved,
            { Reason: Transfers.Expired } => ReviewOutcome.Expired,
            _ => ReviewOutcome.Denied,
        };
    }
}

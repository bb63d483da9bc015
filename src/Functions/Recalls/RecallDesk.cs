using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Domain.Recalls;
using WalletFunctions.Domain.Reversals;
using WalletFunctions.Domain.Rules;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace WalletFunctions.Recalls;

/// <summary>Asks payees to give mistaken transfers back, and does what they say.</summary>
public sealed class RecallDesk
{
    private readonly RecallTable table;
    private readonly Returns returns;
    private readonly Transfers transfers;
    private readonly Ledger ledger;
    private readonly RecentAccounts accounts;
    private readonly IdSource ids;
    private readonly TimeProvider clock;

    internal RecallDesk(RecallTable table, Returns returns, Transfers transfers, Ledger ledger, RecentAccounts accounts, IdSource ids, TimeProvider clock) =>
        (this.table, this.returns, this.transfers, this.ledger, this.accounts, this.ids, this.clock) = (table, returns, transfers, ledger, accounts, ids, clock);

    /// <summary>Asks. A second time it is the same recall.</summary>
    internal async Task<Result<Recall>> AskAsync(Caller caller, TransactionId transfer, string? reason, CancellationToken cancellation)
    {
        if (await returns.FindAsync(caller.Wallet, transfer.Value, cancellation) is not { } move)
        {
            return await ledger.FindEntryAsync(caller.Wallet, transfer.Value, cancellation) is null ? PlatformErrors.NotFound : RecallErrors.NotRecallable;
        }

        if (move.Purpose != TransferPurpose.Transfer || move.Payer != caller.Wallet)
        {
            return RecallErrors.NotRecallable;
        }

        if (await table.FindAsync(move.Payee.Wallet!.Value, Recall.IdOf(transfer), cancellation) is { } asked)
        {
            return asked.Recall;
        }

        if (await returns.FindLinkAsync(move.Payer, move.OperationId, cancellation) is not null)
        {
            return ReversalErrors.AlreadyReversed;
        }

        var payer = await accounts.FindAsync(caller.Account, cancellation);
        var now = clock.GetUtcNow();
        return await table.AskAsync(
            new Recall(Recall.IdOf(transfer), transfer, move.Payer, payer?.MaskedName, move.Payee.Wallet.Value, move.Payee.Name, move.Amount, reason, now, now + Recall.Patience), cancellation);
    }

    /// <summary>The recall of a transfer, for either of its sides; null when there is none.</summary>
    internal async Task<Recall?> FindAsync(Caller caller, TransactionId transfer, CancellationToken cancellation) =>
        await ledger.FindEntryAsync(caller.Wallet, transfer.Value, cancellation) is { Party.Wallet: { } other } entry
            ? (await table.FindAsync(EntryKinds.IsIn(entry.Kind) ? caller.Wallet : other, Recall.IdOf(transfer), cancellation))?.Recall
            : null;

    /// <summary>The payee answers. Null: nobody asked for this transfer, or it is somebody else's.</summary>
    internal async Task<Outcome?> DecideAsync(MoneyRequest money, TransactionId transfer, bool agree, CancellationToken cancellation)
    {
        var payee = await accounts.FindAsync(money.Caller.Account, cancellation);
        while (true)
        {
            if (await table.FindAsync(money.Caller.Wallet, Recall.IdOf(transfer), cancellation) is not { } stored)
            {
                return null;
            }

            // Whether it is frozen its book says; the account is as another host may have seen it a minute ago.
            var outcome = agree
                ? await AgreeAsync(money, stored, payee?.Status is AccountStatus.Active or AccountStatus.Frozen, payee?.MaskedName, cancellation)
                : await DeclineAsync(money, stored, cancellation);
            if (outcome is not Outcome.Conflict)
            {
                return outcome;
            }
        }
    }

    private async Task<Outcome> AgreeAsync(MoneyRequest money, StoredRecall stored, bool mayMoveMoney, string? payeeName, CancellationToken cancellation)
    {
        var id = ids.New<TransactionId>();
        var agreed = stored.Recall.Agree(id, clock.GetUtcNow());
        if ((agreed.Error ?? (mayMoveMoney ? null : LedgerErrors.AccountFrozen)) is { } refusal)
        {
            return await RefuseAsync(money, id.Value, refusal, cancellation);
        }

        if (await returns.FindAsync(money.Caller.Wallet, stored.Recall.Transfer.Value, cancellation) is not { } move)
        {
            throw new InvalidDataException($"Recall {stored.Recall.Id} is of a transfer that is not there.");
        }

        await returns.ArriveAsync(move, cancellation);
        var order = Returns.Order(
            move, id.Value, TransferPurpose.Recall, SpendTerms.Free(OperationKind.Transfer), payeeName, stored.Recall.PayerName, stored.Recall.Reason, money.Key.RowKey);
        return await transfers.SendAsync(
            order with
            {
                Key = money.Key,
                Answer = _ => StoredAnswer.Ok(RecallView.Of(agreed.Value!)),
                Refusal = money.Refusal,
                Companions = decision => [Companion.Replace(RecallRow.Of(agreed.Value!), stored.ETag), .. order.Companions!(decision)],
            },
            cancellation);
    }

    private async Task<Outcome> DeclineAsync(MoneyRequest money, StoredRecall stored, CancellationToken cancellation)
    {
        var declined = stored.Recall.Decline(clock.GetUtcNow());

        // Its own for each request: were it named after the key, a repeat would take the first one's rows for its own and not say that it repeats.
        var operation = $"{stored.Recall.Id}:decline:{Operations.Tail(ids.New<TransactionId>().Value)}";
        return declined.IsOk
            ? await ledger.ExecuteAsync(
                money.Caller.Wallet,
                new BookCommand(operation, new BookMove.Touch())
                {
                    Key = money.Key,
                    Answer = _ => StoredAnswer.Ok(RecallView.Of(declined.Value)),
                    Refusal = money.Refusal,
                    Companions = _ => [Companion.Replace(RecallRow.Of(declined.Value), stored.ETag)],
                },
                cancellation)
            : await RefuseAsync(money, operation, declined.Error, cancellation);
    }

    /// <summary>Under a key that has an answer already, that one counts: a repeat of the answer that was taken is told so again.</summary>
    private Task<Outcome> RefuseAsync(MoneyRequest money, string operation, DomainError refusal, CancellationToken cancellation) => transfers.RefuseAsync(
        money.Caller.Wallet,
        new BookCommand(operation, new BookMove.Refuse(refusal))
        {
            Key = money.Key,
            Answer = _ => throw new InvalidOperationException("A refusal has no other answer."),
            Refusal = money.Refusal,
        },
        cancellation);
}

using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Collections;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace WalletFunctions.Collections;

/// <summary>Takes collections back.</summary>
public sealed class CollectionDesk
{
    private readonly CollectionTable table;
    private readonly Ledger ledger;
    private readonly Claims claims;
    private readonly TimeProvider clock;

    internal CollectionDesk(CollectionTable table, Ledger ledger, CollectionLinks links, TimeProvider clock) =>
        (this.table, this.ledger, Links, claims, this.clock) = (table, ledger, links, new Claims(ledger), clock);

    internal CollectionLinks Links { get; }

    /// <summary>By which a collection is paid no more often than it may be.</summary>
    internal static Claim ClaimOf(Collection collection) => new($"collection {collection.Id}", collection.MaxPayers);

    /// <summary>Takes a collection of the caller back. Null: there is none, or it is somebody else's.</summary>
    internal async Task<Outcome?> CancelAsync(MoneyRequest money, CollectionRef reference, CancellationToken cancellation)
    {
        while (true)
        {
            if (await table.FindAsync(reference, cancellation) is not { } stored || stored.Collection.Payee != money.Caller.Wallet)
            {
                return null;
            }

            var now = clock.GetUtcNow();
            var claim = await claims.FindAsync(stored.Collection.Payee, ClaimOf(stored.Collection).Name, cancellation);
            if (claim is { Holders.Count: > 0 } && stored.Collection.IsSingle && stored.Payments.Count == 0)
            {
                // Somebody is paying it in this moment: whether it can be taken back is known in the next.
                return new Outcome.Busy();
            }

            if (await ledger.ExecuteAsync(money.Caller.Wallet, Command(money, stored, claim, now), cancellation) is var outcome and not Outcome.Conflict)
            {
                return outcome;
            }
        }
    }

    private BookCommand Command(MoneyRequest money, StoredCollection stored, ClaimRow? claim, DateTimeOffset now)
    {
        var cancelled = stored.Collection.Cancel(stored.Payments.Count, now);
        var isNew = cancelled.IsOk && !ReferenceEquals(cancelled.Value, stored.Collection);
        return new BookCommand($"{stored.Collection.Id}:cancel:{money.Key.RowKey}", cancelled.IsOk ? new BookMove.Touch() : new BookMove.Refuse(cancelled.Error))
        {
            Key = money.Key,
            Answer = _ => StoredAnswer.Ok(CollectionView.Of(stored with { Collection = cancelled.Value! }, Links, isCreator: true, now)),
            Refusal = money.Refusal,
            Companions = isNew
                ? _ => [Companion.Replace(CollectionRow.Of(cancelled.Value!), stored.ETag), Claims.Closing(ClaimOf(stored.Collection).Name, claim)]
                : null,
        };
    }
}

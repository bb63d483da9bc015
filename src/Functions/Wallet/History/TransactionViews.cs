using System.Buffers;
using System.Collections.Concurrent;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;

namespace WalletFunctions.Wallet.History;

/// <summary>Makes transactions of entries, with what became of them since: holds that ended, money that arrived.</summary>
/// <param name="history">The books.</param>
/// <param name="clock">The business clock.</param>
public sealed class TransactionViews(BookHistory history, TimeProvider clock)
{
    private static readonly SearchValues<char> StepCharacters = SearchValues.Create(":_-abcdefghijklmnopqrstuvwxyz0123456789");

    private const int AtOnce = 16;

    /// <summary>Entries this close together have their holds close together too.</summary>
    private const int Close = 1_000;

    /// <summary>Credits follow within seconds, or by the sweep within a minute; nothing older is looked for in a list.</summary>
    private static readonly TimeSpan MayBeInTransit = TimeSpan.FromHours(1);

    /// <summary>What is reviewed leaves up to a day after its entry.</summary>
    private static readonly TimeSpan MayBeReviewed = TimeSpan.FromDays(1);

    /// <summary>The entry of a transaction; null when the wallet has no such transaction, or the text is no id of one.</summary>
    internal async Task<EntryRow?> FindAsync(WalletId wallet, string transactionId, CancellationToken cancellation)
    {
        var partition = BookKeys.Partition(wallet);
        return IsTransaction(transactionId)
            && await history.Store.FindOperationAsync(partition, transactionId, cancellation) is { Entry: { } number }
            && await history.EntryAsync(partition, number, cancellation) is var row
            && TransactionKinds.Shows((EntryKind)row.Kind)
            ? row
            : null;
    }

    /// <summary>One transaction.</summary>
    internal async Task<TransactionView> OfAsync(string partition, Entry entry, CancellationToken cancellation)
    {
        var hold = EntryKinds.IsHold(entry.Kind) ? (await history.Store.FindHoldAsync(partition, entry.Operation, cancellation))?.ToDomain() : null;
        return TransactionView.Of(entry, hold, !IsSent(entry) || await IsCreditedAsync(entry, cancellation))
            .With(await history.Store.FindAsync<LinkRow>(partition, LinkRow.KeyOf(entry.Operation), cancellation));
    }

    /// <summary>Several transactions of one book, newest first.</summary>
    internal async Task<IReadOnlyList<TransactionView>> OfAsync(string partition, IReadOnlyList<Entry> entries, CancellationToken cancellation)
    {
        var holds = await HoldsAsync(partition, entries.Where(entry => EntryKinds.IsHold(entry.Kind)).ToList(), cancellation);
        var since = clock.GetUtcNow() - MayBeInTransit;
        var inTransit = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        await ForEachAsync(entries.Where(entry => IsSent(entry) && entry.At > (EntryKinds.IsReview(entry.Kind) ? since - MayBeReviewed : since)), async entry =>
        {
            if (!await IsCreditedAsync(entry, cancellation))
            {
                inTransit[entry.Operation] = true;
            }
        }, cancellation);
        var links = await LinksAsync(partition, entries, cancellation);
        return entries.Select(entry => TransactionView.Of(entry, holds.GetValueOrDefault(entry.Operation), !inTransit.ContainsKey(entry.Operation))
            .With(links.GetValueOrDefault(LinkRow.KeyOf(entry.Operation)))).ToList();
    }

    /// <summary>What was taken back, or takes something back, by row key. There is little of it, so that one query of the whole range is enough.</summary>
    private async Task<IReadOnlyDictionary<string, LinkRow>> LinksAsync(string partition, IReadOnlyList<Entry> entries, CancellationToken cancellation)
    {
        var found = new Dictionary<string, LinkRow>(StringComparer.Ordinal);
        if (entries.Count > 0)
        {
            var keys = entries.Select(entry => LinkRow.KeyOf(entry.Operation)).Order(StringComparer.Ordinal).ToList();
            await foreach (var row in history.Store.RangeAsync<LinkRow>(partition, keys[0], keys[^1] + "~", null, cancellation))
            {
                found[row.RowKey] = row;
            }
        }

        return found;
    }

    /// <summary>An id, or an id and the step that is a transaction of its own (a returned payout).</summary>
    private static bool IsTransaction(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return text.Length < 100
            && Id.TryParse<TransactionId>(colon < 0 ? text : text[..colon], out _)
            && (colon < 0 || text.AsSpan(colon).IndexOfAnyExcept(StepCharacters) < 0);
    }

    private static bool IsSent(Entry entry) => entry.Party?.Wallet is not null && (EntryKinds.IsOut(entry.Kind) || EntryKinds.IsReview(entry.Kind));

    private async Task<bool> IsCreditedAsync(Entry debit, CancellationToken cancellation) =>
        await history.Store.FindOperationAsync(BookKeys.Partition(debit.Party!.Wallet!.Value), debit.Operation, cancellation) is not null;

    /// <summary>The holds that entries placed: in one query where they lie close together (ids sort by time), else one by one.</summary>
    private async Task<IReadOnlyDictionary<string, Hold>> HoldsAsync(string partition, List<Entry> placed, CancellationToken cancellation)
    {
        var found = new ConcurrentDictionary<string, Hold>(StringComparer.Ordinal);
        if (placed.Count > 1 && placed[0].Number - placed[^1].Number < Close)
        {
            var keys = placed.Select(entry => BookKeys.Hold(entry.Operation)).Order(StringComparer.Ordinal).ToList();
            await foreach (var row in history.Store.RangeAsync<HoldRow>(partition, keys[0], keys[^1] + "~", null, cancellation))
            {
                found[row.Id] = row.ToDomain();
            }
        }
        else
        {
            await ForEachAsync(placed, async entry =>
            {
                if (await history.Store.FindHoldAsync(partition, entry.Operation, cancellation) is { } row)
                {
                    found[row.Id] = row.ToDomain();
                }
            }, cancellation);
        }

        return found;
    }

    private static Task ForEachAsync(IEnumerable<Entry> entries, Func<Entry, Task> work, CancellationToken cancellation) => Parallel.ForEachAsync(
        entries, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, async (entry, _) => await work(entry));
}

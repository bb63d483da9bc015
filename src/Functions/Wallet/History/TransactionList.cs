using System.Globalization;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Platform;

namespace WalletFunctions.Wallet.History;

/// <summary>Pages of a book, filtered, newest first.</summary>
/// <remarks>
/// A page is read in windows of entry numbers, so that it is always known how far the reading has come: the cursor is the
/// next number, and what is written meanwhile has higher ones. Kinds and wallets are filtered by the storage.
/// </remarks>
/// <param name="history">The books.</param>
/// <param name="views">Makes transactions of entries.</param>
public sealed class TransactionList(BookHistory history, TransactionViews views)
{
    private const int SmallestWindow = 100;
    private const int LargestWindow = 4_000;

    /// <summary>A page that has something goes out after this many entries.</summary>
    private const int Patience = 4_000;

    /// <summary>A page goes out after this many entries, even if it is empty; its cursor goes on.</summary>
    private const int Limit = 40_000;

    /// <summary>One page.</summary>
    /// <returns>The transactions, and the continuation; null on the last page.</returns>
    internal async Task<(IReadOnlyList<TransactionView> Items, string? Next)> ReadAsync(WalletId wallet, TransactionFilter filter, Page page, CancellationToken cancellation)
    {
        var partition = BookKeys.Partition(wallet);
        var newest = page.Cursor is { } cursor
            ? long.Parse(cursor, CultureInfo.InvariantCulture)
            : (await history.Store.FindHeadAsync(partition, cancellation))?.Head.LastNumber ?? 0;
        if (filter.To is { } to)
        {
            newest = await history.LastAtAsync(partition, newest, to, cancellation);
        }

        var oldest = filter.From is { } from ? await history.LastAtAsync(partition, newest, from.AddTicks(-1), cancellation) + 1 : 1;
        if (filter.Kinds.Count == 0)
        {
            return ([], null);
        }

        var (found, read, window) = (new List<(long Number, TransactionView View)>(), 0L, Math.Max(SmallestWindow, page.Limit + 1));
        while (newest >= oldest && found.Count <= page.Limit && (read < Patience || (found.Count == 0 && read < Limit)))
        {
            var lowest = Math.Max(oldest, newest - window + 1);
            await ReadWindowAsync(new EntryRange(partition, newest, lowest), filter, page.Limit + 1, found, cancellation);
            (read, newest, window) = (read + newest - lowest + 1, lowest - 1, Math.Min(window * 2, LargestWindow));
        }

        long? next = found.Count > page.Limit ? found[page.Limit].Number : newest >= oldest ? newest : null;
        return (found.Take(page.Limit).Select(one => one.View).ToList(), next?.ToString(CultureInfo.InvariantCulture));
    }

    private async Task ReadWindowAsync(EntryRange range, TransactionFilter filter, int wanted, List<(long Number, TransactionView View)> found, CancellationToken cancellation)
    {
        var candidates = new List<Entry>();
        await foreach (var row in history.Store.Entries(range, filter.Kinds, filter.Party, cancellation))
        {
            if (!filter.MayShow(row))
            {
                continue;
            }

            candidates.Add(row.ToDomain());
            if (found.Count + candidates.Count >= wanted)
            {
                await KeepAsync();
                if (found.Count >= wanted)
                {
                    return;
                }
            }
        }

        await KeepAsync();

        async Task KeepAsync()
        {
            var shown = await views.OfAsync(range.Partition, candidates, cancellation);
            found.AddRange(candidates.Zip(shown, (entry, view) => (entry.Number, view)).Where(one => filter.Shows(one.view)));
            candidates.Clear();
        }
    }
}

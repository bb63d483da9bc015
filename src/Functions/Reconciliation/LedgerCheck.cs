using System.Runtime.CompilerServices;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Reconciliation;
using WalletFunctions.Wallet;

namespace WalletFunctions.Reconciliation;

/// <summary>Reads every book and checks the ledger's invariants: each book's own, and that what left one book reached another.</summary>
/// <remarks>Books may be written meanwhile. Memory does not grow with the number of books or entries.</remarks>
internal sealed class LedgerCheck(Ledger ledger, IEnumerable<IHoldPurpose> purposes, IEnumerable<IBookRule> rules, ReconciliationOptions options)
{
    private readonly IReadOnlyList<IHoldPurpose> purposes = [.. purposes];
    private readonly IReadOnlyList<IBookRule> rules = [.. rules];

    /// <summary>Checks all books as of a moment. However long a transfer has been on its way, it is no finding.</summary>
    /// <param name="asOf">At least <see cref="Book.MaxClockLag"/> ago while the app runs, so that no clock in use can still write before it.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public Task<LedgerReport> RunAsync(DateTimeOffset asOf, CancellationToken cancellation) => RunAsync(asOf, DateTimeOffset.MinValue, null, [], cancellation);

    /// <summary>Checks all books as of a moment, against anchors and others' files as well.</summary>
    /// <param name="asOf">As above.</param>
    /// <param name="overdueBefore">A debit of before then must have its credit.</param>
    /// <param name="anchored">What the latest sound anchor says, in the order of the books' partitions; null without one.</param>
    /// <param name="files">The daily files to compare.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public async Task<LedgerReport> RunAsync(
        DateTimeOffset asOf, DateTimeOffset overdueBefore, IAsyncEnumerable<AnchoredHead>? anchored, IReadOnlyList<FileComparison> files, CancellationToken cancellation)
    {
        var report = new LedgerReport(asOf);
        var pairs = new TransferPairs();
        foreach (var file in files)
        {
            await file.CountTheirsAsync(cancellation);
        }

        var bounded = new ParallelOptions { MaxDegreeOfParallelism = options.BooksAtOnce, CancellationToken = cancellation };
        await Parallel.ForEachAsync(BooksAsync(anchored, report, cancellation), bounded, async (book, token) =>
            await new BookCheck(ledger.Store, purposes, rules, book.Head, book.Anchored).RunAsync(report, Count, token));

        var uneven = files.Where(file => !file.IsEven).ToList();
        if (!pairs.AllPaired || uneven.Count > 0)
        {
            // Only now, and only for the few buckets that do not cancel out, are single things looked at.
            foreach (var file in uneven)
            {
                await file.CollectTheirsAsync(cancellation);
            }

            await Parallel.ForEachAsync(ledger.Store.Heads(cancellation), bounded, (head, token) => EachEntryAsync(head, asOf, Collect, token));
        }

        report.Add(pairs.Unpaired(), overdueBefore);
        foreach (var file in files)
        {
            await file.CloseAsync(report, cancellation);
        }

        report.CheckTotals();
        return report;

        void Count(Entry entry)
        {
            pairs.Count(entry);
            foreach (var file in files)
            {
                file.Count(entry);
            }
        }

        void Collect(Entry entry)
        {
            pairs.Collect(entry);
            uneven.ForEach(file => file.Collect(entry));
        }
    }

    /// <summary>Every book with what is anchored of it: both come in the order of partitions, so they are merged as they stream.</summary>
    private async IAsyncEnumerable<(HeadRow Head, AnchoredHead? Anchored)> BooksAsync(
        IAsyncEnumerable<AnchoredHead>? anchored, LedgerReport report, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var lines = anchored?.GetAsyncEnumerator(cancellation);
        var line = await NextAsync();
        await foreach (var head in ledger.Store.Heads(cancellation))
        {
            while (line is not null && string.CompareOrdinal(line.Partition, head.PartitionKey) < 0)
            {
                Missing(line.Wallet);
                line = await NextAsync();
            }

            if (line?.Partition == head.PartitionKey)
            {
                yield return (head, line);
                line = await NextAsync();
            }
            else
            {
                yield return (head, null);
            }
        }

        for (; line is not null; line = await NextAsync())
        {
            Missing(line.Wallet);
        }

        async ValueTask<AnchoredHead?> NextAsync() => lines is not null && await lines.MoveNextAsync() ? lines.Current : null;

        void Missing(WalletId wallet) => report.Add(Finding.InBook(FindingKind.BookMissing, wallet, "book"));
    }

    private async ValueTask EachEntryAsync(HeadRow row, DateTimeOffset asOf, Action<Entry> onEntry, CancellationToken cancellation)
    {
        await foreach (var stored in ledger.Store.EntriesDown(row.PartitionKey, row.LastNumber, null, cancellation))
        {
            if (BookReading.EntryOf(stored) is { } entry && entry.At <= asOf)
            {
                onEntry(entry);
            }
        }
    }
}

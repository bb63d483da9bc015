using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Reconciliation;
using WalletFunctions.Wallet;

namespace WalletFunctions.Reconciliation;

/// <summary>Checks one book: its chain of entries, and the rows that stand beside the entries. Memory does not grow with the book.</summary>
/// <param name="store">The books' rows.</param>
/// <param name="purposes">What holds are placed for.</param>
/// <param name="rules">What features hold their own rows to.</param>
/// <param name="row">The head as it was read; the book may be written meanwhile.</param>
/// <param name="anchored">What the latest sound anchor says of the book.</param>
internal sealed class BookCheck(BookStore store, IReadOnlyList<IHoldPurpose> purposes, IReadOnlyList<IBookRule> rules, HeadRow row, AnchoredHead? anchored)
{
    private const int MostBeyond = 100;
    private const int Buckets = 256;

    private readonly string partition = row.PartitionKey;
    private readonly Tally beside = new(Buckets);
    private readonly List<Finding> found = [];
    private readonly List<(long Number, string Operation)> beyond = [];
    private bool isRewritten;

    /// <summary>Reads the book.</summary>
    /// <param name="report">Hears of the book and what is wrong with it.</param>
    /// <param name="onEntry">Hears of every entry up to the report's moment.</param>
    public async Task RunAsync(LedgerReport report, Action<Entry> onEntry, CancellationToken cancellation)
    {
        if (BookReading.HeadOf(row) is not { } head)
        {
            report.Add(null, default, [Finding.InBook(FindingKind.HeadChanged, BookKeys.Wallet(partition), "head") with { Actual = "unreadable" }]);
            return;
        }

        var audit = new BookAudit(head, report.AsOf);
        await foreach (var stored in store.EntriesDown(partition, BookKeys.LastEntryNumber, null, cancellation))
        {
            Read(head, audit, stored, report.AsOf, onEntry);
        }

        audit.Close();
        found.AddRange(audit.Findings);
        if (found.Count == 0 && (isRewritten || head.LastNumber < anchored?.Number))
        {
            found.Add(Finding.InBook(FindingKind.BookRewritten, head.Wallet, anchored!.Number) with { Expected = anchored.Hash });
        }

        await ReadBesideAsync(head, cancellation);
        await CheckBeyondAsync(head, cancellation);
        var explained = new ExplainedOperations(found);
        if (!beside.IsEven)
        {
            found.AddRange(await new BesideCheck(store, purposes, partition, beside).RunAsync(explained, cancellation));
        }

        foreach (var rule in rules)
        {
            found.AddRange(await rule.CheckAsync(store, head.Wallet, cancellation));
        }

        report.Add(head, audit.BalancesThen ?? default, [.. found.Select(explained.Name).DistinctBy(finding => finding.Id)]);
        report.Explain(explained.Tails);
    }

    private void Read(BookHead head, BookAudit audit, EntryRow stored, DateTimeOffset asOf, Action<Entry> onEntry)
    {
        var number = BookReading.NumberOf(stored);
        if (number > head.LastNumber)
        {
            if (beyond.Count < MostBeyond)
            {
                beyond.Add((number, stored.Operation));
            }

            return;
        }

        if (BookReading.EntryOf(stored) is not { } entry)
        {
            audit.Skip(number);
            return;
        }

        audit.Read(entry, stored.Hash);
        isRewritten |= anchored?.Number == number && anchored.Hash != Convert.ToHexStringLower(stored.Hash);
        BesideCheck.Add(beside, entry);
        if (entry.At <= asOf)
        {
            onEntry(entry);
        }
    }

    private async Task ReadBesideAsync(BookHead head, CancellationToken cancellation)
    {
        await foreach (var operation in store.RangeAsync<OperationRow>(partition, "o|", "o}", null, cancellation))
        {
            if (operation.Entry > head.LastNumber)
            {
                if (beyond.Count < MostBeyond)
                {
                    beyond.Add((operation.Entry.Value, operation.RowKey["o|".Length..]));
                }
            }
            else
            {
                BesideCheck.Take(beside, operation);
            }
        }

        await foreach (var hold in store.RangeAsync<HoldRow>(partition, BookKeys.HoldPrefix, "h}", null, cancellation))
        {
            BesideCheck.Take(beside, hold, purposes);
        }

        foreach (var purpose in purposes)
        {
            await foreach (var claim in BookReading.ClaimsAsync(store, partition, purpose, cancellation))
            {
                BesideCheck.Add(beside, claim);
            }
        }
    }

    /// <summary>Whatever stood beyond the head when the head was read must be within it when it is read again: they are written together.</summary>
    private async Task CheckBeyondAsync(BookHead head, CancellationToken cancellation)
    {
        if (beyond.Count == 0)
        {
            return;
        }

        var now = (await store.FindHeadAsync(partition, cancellation))?.Head.LastNumber ?? 0;
        foreach (var (number, operation) in beyond.Where(member => member.Number > now).DistinctBy(member => member.Number))
        {
            var named = (await store.FindOperationAsync(partition, operation, cancellation))?.Entry;
            found.Add(named switch
            {
                null => Finding.InBook(FindingKind.EntryUnknown, head.Wallet, number, operation),
                _ when named != number => Finding.InBook(FindingKind.EntryDoubled, head.Wallet, number, operation) with { Expected = $"entry {named}" },
                _ when await store.FindEntryAsync(partition, number, cancellation) is null =>
                    Finding.InBook(FindingKind.OperationChanged, head.Wallet, operation) with { Operation = operation, Actual = $"entry {number}" },
                _ => Finding.InBook(FindingKind.HeadChanged, head.Wallet, "head") with { Expected = $"last entry {number}", Actual = $"last entry {now}" },
            });
        }
    }
}

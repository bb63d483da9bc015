using WalletFunctions.Domain.Books;

namespace WalletFunctions.Wallet;

/// <summary>Reads every book and checks the ledger's invariants: each book's own, and that what left one book reached another.</summary>
/// <remarks>Books may be written meanwhile. Memory does not grow with the number of books or entries.</remarks>
public sealed class Reconciliation
{
    private const int Tries = 5;

    private readonly Ledger ledger;

    internal Reconciliation(Ledger ledger) => this.ledger = ledger;

    /// <summary>Checks all books as of a moment.</summary>
    /// <param name="asOf">At least <see cref="Book.MaxClockLag"/> ago while the app runs, so that no clock in use can still write before it.</param>
    /// <param name="cancellation">Ends the reading.</param>
    internal async Task<ReconciliationReport> RunAsync(DateTimeOffset asOf, CancellationToken cancellation)
    {
        var report = new ReconciliationReport(asOf);
        var pairs = new TransferPairs();
        await ForEachBookAsync(asOf, pairs.Count, report, cancellation);
        if (!pairs.AllPaired)
        {
            // Only now, and only for the few buckets that do not cancel out, are single transfers looked at.
            await ForEachBookAsync(asOf, pairs.Collect, null, cancellation);
        }

        foreach (var unpaired in pairs.Unpaired())
        {
            report.Add(unpaired);
        }

        if (report.Totals.InTransit != report.InTransit.Sum(transfer => transfer.Amount))
        {
            report.Findings.Add($"all books together have {report.Totals.InTransit} in transit; the debits without a credit are {report.InTransit.Sum(transfer => transfer.Amount)}");
        }

        return report;
    }

    private async Task ForEachBookAsync(DateTimeOffset asOf, Action<Entry> onTransfer, ReconciliationReport? report, CancellationToken cancellation)
    {
        await foreach (var row in ledger.Store.Heads(cancellation))
        {
            var head = row.ToDomain();
            var audit = new BookAudit(head, asOf);
            await foreach (var stored in ledger.Store.EntriesDown(row.PartitionKey, head.LastNumber, null, cancellation))
            {
                var entry = stored.ToDomain();
                audit.Read(entry, stored.Hash);
                if (entry.At <= asOf && EntryKinds.PurposeOf(entry.Kind) is not null)
                {
                    onTransfer(entry);
                }
            }

            audit.Close();
            if (report is not null)
            {
                report.Add(head, audit);
                await CheckHoldsAsync(row.PartitionKey, report, cancellation);
            }
        }
    }

    /// <summary>Held equals the open holds. The two are read one after the other, so a book that moved in between is read again.</summary>
    private async Task CheckHoldsAsync(string partition, ReconciliationReport report, CancellationToken cancellation)
    {
        for (var attempt = 1; attempt <= Tries; attempt++)
        {
            var before = await ledger.Store.FindHeadAsync(partition, cancellation);
            var open = 0L;
            await foreach (var hold in ledger.Store.RangeAsync<HoldRow>(partition, BookKeys.HoldPrefix, "h}", null, cancellation))
            {
                open += hold.State == (int)HoldState.Open ? hold.ToDomain().Total : 0;
            }

            if (open == before?.Head.Balances.Held)
            {
                return;
            }

            if ((await ledger.Store.FindHeadAsync(partition, cancellation))?.ETag == before?.ETag)
            {
                report.Findings.Add($"{BookKeys.Wallet(partition)}: held is {before?.Head.Balances.Held}; the open holds are {open}");
                return;
            }
        }
    }
}

/// <summary>What a reconciliation found.</summary>
/// <param name="AsOf">The moment whose balances were added up.</param>
internal sealed record ReconciliationReport(DateTimeOffset AsOf)
{
    private const int MostFindings = 1000;

    /// <summary>How many books there are.</summary>
    public long Books { get; private set; }

    /// <summary>How many entries they have.</summary>
    public long Entries { get; private set; }

    /// <summary>The balances of all books together at that moment.</summary>
    public Balances Totals { get; private set; }

    /// <summary>The transfers that had left one book and not reached the other at that moment.</summary>
    public List<UnpairedTransfer> InTransit { get; } = [];

    /// <summary>What is wrong, in words for an operator; empty when all is well.</summary>
    public List<string> Findings { get; } = [];

    internal void Add(BookHead head, BookAudit audit)
    {
        Books++;
        Entries += head.LastNumber;
        var then = audit.BalancesThen ?? default;
        Totals = new Balances(
            Totals.Available + then.Available,
            Totals.Held + then.Held,
            Totals.TopUpClearing + then.TopUpClearing,
            Totals.PayoutClearing + then.PayoutClearing,
            Totals.Fees + then.Fees,
            Totals.InTransit + then.InTransit,
            Totals.Suspense + then.Suspense);
        Findings.AddRange(audit.Findings.Take(MostFindings - Findings.Count));
    }

    internal void Add(UnpairedTransfer transfer)
    {
        if (transfer is { Debits: 1, Credits: 0 })
        {
            InTransit.Add(transfer);
        }
        else
        {
            Findings.Add($"transfer {transfer.Operation} has {transfer.Debits} debits, {transfer.Credits} credits and is {transfer.Amount} out of balance");
        }
    }
}

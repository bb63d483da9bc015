using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Reconciliation;

namespace WalletFunctions.Reconciliation;

/// <summary>What a reconciliation found. Thread-safe while it is being made.</summary>
/// <param name="AsOf">The moment whose balances were added up.</param>
internal sealed record LedgerReport(DateTimeOffset AsOf)
{
    /// <summary>Enough to see what is going on; when there are more, something is wrong with all of it at once.</summary>
    public const int MostFindings = 1000;

    private readonly Lock gate = new();
    private readonly HashSet<string> explained = new(StringComparer.Ordinal);

    /// <summary>How many books there are.</summary>
    public long Books { get; private set; }

    /// <summary>How many entries they have.</summary>
    public long Entries { get; private set; }

    /// <summary>The balances of all books together at that moment.</summary>
    public Balances Totals { get; private set; }

    /// <summary>The transfers that had left one book and not reached the other at that moment.</summary>
    public List<UnpairedTransfer> InTransit { get; } = [];

    /// <summary>What is wrong; empty when all is well.</summary>
    public List<Finding> Findings { get; } = [];

    /// <summary>How many items of others' daily files were compared.</summary>
    public long FileItems { get; set; }

    /// <summary>The files that were compared in full, so that they need not be again.</summary>
    public List<(string Party, DateOnly Day)> ComparedFiles { get; } = [];

    internal void Add(BookHead? head, Balances then, IReadOnlyList<Finding> found)
    {
        lock (gate)
        {
            Books++;
            Entries += head?.LastNumber ?? 0;
            Totals = new Balances(
                Totals.Available + then.Available,
                Totals.Held + then.Held,
                Totals.TopUpClearing + then.TopUpClearing,
                Totals.PayoutClearing + then.PayoutClearing,
                Totals.Fees + then.Fees,
                Totals.InTransit + then.InTransit,
                Totals.Suspense + then.Suspense);
        }

        found.ToList().ForEach(Add);
    }

    internal void Add(Finding finding)
    {
        lock (gate)
        {
            if (Findings.Count < MostFindings)
            {
                Findings.Add(finding);
            }
        }
    }

    /// <summary>Operations, without the prefix of their ids, whose legs are wrong because of findings in a book.</summary>
    internal void Explain(IEnumerable<string> tails)
    {
        lock (gate)
        {
            explained.UnionWith(tails);
        }
    }

    /// <summary>Adds what pairing the legs of transfers showed, as far as no finding in a book explains it.</summary>
    /// <param name="transfers">The transfers whose legs do not cancel out.</param>
    /// <param name="overdueBefore">A debit of before then must have its credit.</param>
    internal void Add(IEnumerable<UnpairedTransfer> transfers, DateTimeOffset overdueBefore)
    {
        explained.UnionWith(Findings.Where(finding => finding is { Operation: not null, Kind: not FindingKind.EntryDoubled }).Select(finding => Operations.Tail(finding.Operation!)));
        foreach (var transfer in transfers)
        {
            if (explained.Contains(Operations.Tail(transfer.Operation)))
            {
                continue;
            }

            if (transfer.Judge(overdueBefore) is { } finding)
            {
                // An entry too many in a book is the same leg told once more.
                Findings.RemoveAll(found => found.Kind == FindingKind.EntryDoubled && found.Operation == transfer.Operation);
                Add(finding);
            }

            if (transfer is { Debits: 1, Credits: 0 } && InTransit.Count < MostFindings)
            {
                InTransit.Add(transfer);
            }
        }
    }

    /// <summary>Adds the sum over all books, where no other finding explains it.</summary>
    internal void CheckTotals()
    {
        var onTheWay = InTransit.Sum(transfer => transfer.Amount);
        if (Findings.Count == 0 && InTransit.Count < MostFindings && (Totals.Sum != 0 || Totals.InTransit != onTheWay))
        {
            Add(new Finding(FindingKind.TotalsDiffer, "all books") { Expected = $"{onTheWay}", Actual = $"{Totals.InTransit}", Amount = Math.Abs(Totals.InTransit - onTheWay) });
        }
    }
}

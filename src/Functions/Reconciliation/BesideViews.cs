using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Reconciliation;

namespace WalletFunctions.Reconciliation;

/// <summary>The operations and entries of a book that are known to be wrong, so that what follows from them is not told again.</summary>
internal sealed class ExplainedOperations(IReadOnlyList<Finding> known)
{
    private readonly HashSet<long> numbers = [.. known.Where(finding => finding.Number is not null).Select(finding => finding.Number!.Value)];
    private readonly Dictionary<long, string> names = [];
    private readonly HashSet<string> tails = new(known.Where(finding => finding.Operation is not null).Select(finding => Operations.HoldOf(Operations.Tail(finding.Operation!))), StringComparer.Ordinal);

    /// <summary>Whether an entry's number is among them.</summary>
    public bool Has(long number) => numbers.Contains(number);

    /// <summary>Whether the thing that an operation belongs to is among them.</summary>
    public bool Has(string tail) => tails.Contains(Operations.HoldOf(tail));

    /// <summary>Operations whose row names, or whose entry has, one of the numbers, without the prefix of their ids.</summary>
    public IEnumerable<string> Tails => names.Values;

    /// <summary>Notes such an operation.</summary>
    /// <param name="tail">The operation.</param>
    /// <param name="named">The number that its row names.</param>
    public void Add(string tail, long? named)
    {
        tails.Add(Operations.HoldOf(tail));
        names[named ?? -names.Count] = tail;
    }

    /// <summary>The finding with its operation, where it had none and a row names one.</summary>
    public Finding Name(Finding finding) => finding is { Operation: null, Number: { } number } && names.TryGetValue(number, out var tail)
        ? finding with { Operation = Operations.TransactionOf(tail).Value }
        : finding;
}

/// <summary>An operation as the entries have it, and as its row does.</summary>
internal sealed record OperationView
{
    public List<(long Number, string Operation)> Entries { get; } = [];

    public long? Named { get; set; }

    public Finding? Judge(WalletId book, string tail, ExplainedOperations explained)
    {
        if ((Named is { } named && explained.Has(named)) || Entries.Exists(entry => explained.Has(entry.Number)))
        {
            explained.Add(tail, Named);
            return null;
        }

        if (Named is null)
        {
            return Entries.Count == 0 ? null : Finding.InBook(FindingKind.OperationMissing, book, Entries[0].Number, Entries[0].Operation);
        }

        if (!Entries.Exists(entry => entry.Number == Named))
        {
            var operation = Entries.Count == 0 ? Operations.TransactionOf(tail).Value : Entries[0].Operation;
            return Finding.InBook(FindingKind.OperationChanged, book, tail) with
            {
                Operation = operation,
                Expected = Entries.Count == 0 ? null : $"entry {Entries[0].Number}",
                Actual = $"entry {Named}",
            };
        }

        var extra = Entries.Find(entry => entry.Number != Named);
        return extra.Operation is null ? null : Finding.InBook(FindingKind.EntryDoubled, book, extra.Number, extra.Operation) with { Expected = $"entry {Named}" };
    }
}

/// <summary>A hold as the entries have it, as its row does, and as its purpose does; in minor units.</summary>
internal sealed record HoldView(string Id)
{
    public long Placed { get; init; }

    public long Captured { get; init; }

    public long Released { get; init; }

    public bool IsReturned { get; init; }

    public long? Row { get; init; }

    public HoldState? State { get; init; }

    public long? Claimed { get; init; }

    public HoldState? ClaimedState { get; init; }

    /// <summary>What is wrong with it; null when all agree.</summary>
    /// <param name="book">The book it is in.</param>
    /// <param name="hasPurpose">Whether a row must say what it is for.</param>
    public Finding? Judge(WalletId book, bool hasPurpose)
    {
        var byEntries = IsReturned ? HoldState.Returned : Captured > 0 ? HoldState.Captured : Released > 0 ? HoldState.Released : HoldState.Open;
        var isEnded = byEntries != HoldState.Open;
        FindingKind? kind =
            Row is null ? (Placed > 0 ? FindingKind.HoldMissing : FindingKind.HoldPurposeDiffers)
            : Placed == 0 ? FindingKind.HoldUnknown
            : Row != Placed || State != byEntries || (isEnded && Captured + Released != Placed) ? FindingKind.HoldChanged
            : hasPurpose && (Claimed != Row || ClaimedState != State) ? FindingKind.HoldPurposeDiffers
            : null;
        return kind is null ? null : Finding.InBook(kind.Value, book, Id) with
        {
            Operation = Id,
            Amount = Row ?? Placed,
            Expected = kind == FindingKind.HoldPurposeDiffers ? Text(Claimed, ClaimedState) : Text(Placed, byEntries),
            Actual = Text(Row, State),
        };
    }

    private static string Text(long? total, HoldState? state) => total is null ? "none" : $"{total} {state?.ToString().ToLowerInvariant()}";
}

using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Reconciliation;

namespace WalletFunctions.Reconciliation;

/// <summary>A transfer whose legs do not cancel out.</summary>
/// <param name="Operation">The operation both legs share.</param>
/// <param name="Debits">How many debits there are.</param>
/// <param name="Credits">How many credits there are.</param>
/// <param name="Amount">Debits less credits, in minor units.</param>
/// <param name="DebitedAt">The time of a debit, if there is one.</param>
internal sealed record UnpairedTransfer(string Operation, int Debits, int Credits, long Amount, DateTimeOffset? DebitedAt)
{
    /// <summary>What is wrong with it; null when its credit may simply be on its way.</summary>
    /// <param name="overdueBefore">A debit of before then must have its credit.</param>
    public Finding? Judge(DateTimeOffset overdueBefore)
    {
        FindingKind? kind = (Debits, Credits) switch
        {
            (1, 0) => DebitedAt < overdueBefore ? FindingKind.CreditMissing : null,
            (0, _) => FindingKind.CreditWithoutDebit,
            (1, 1) => FindingKind.TransferAmountDiffers,
            (1, _) => FindingKind.CreditDoubled,
            _ => FindingKind.DebitDoubled,
        };
        return kind is null ? null : new Finding(kind.Value, Operation) { Operation = Operation, Amount = Math.Abs(Amount) };
    }
}

/// <summary>Pairs the debits and credits of all books in fixed memory; see <see cref="Tally"/>. Thread-safe.</summary>
internal sealed class TransferPairs
{
    private const int Buckets = 65_536;
    private const int Most = 100_000;

    private readonly Tally legs = new(Buckets);
    private readonly Lock gate = new();
    private readonly Dictionary<string, UnpairedTransfer> collected = new(StringComparer.Ordinal);

    public bool AllPaired => legs.IsEven;

    /// <summary>First round: every entry of every book.</summary>
    public void Count(Entry entry)
    {
        if (IsDebit(entry))
        {
            legs.Add(Operations.TransferOf(entry.Operation), entry.Moved(BookAccount.InTransit));
        }
        else if (IsCredit(entry))
        {
            legs.Take(Operations.TransferOf(entry.Operation), entry.Moved(BookAccount.InTransit));
        }
    }

    /// <summary>Second round: every entry again; the legs in buckets that are not even are kept.</summary>
    public void Collect(Entry entry)
    {
        var (isDebit, isCredit) = (IsDebit(entry), IsCredit(entry));
        var operation = Operations.TransferOf(entry.Operation);
        if (!(isDebit || isCredit) || !legs.IsOff(operation))
        {
            return;
        }

        var amount = entry.Moved(BookAccount.InTransit);
        lock (gate)
        {
            var sofar = collected.GetValueOrDefault(operation) ?? new UnpairedTransfer(operation, 0, 0, 0, null);
            var now = isDebit
                ? sofar with { Debits = sofar.Debits + 1, Amount = sofar.Amount + amount, DebitedAt = entry.At }
                : sofar with { Credits = sofar.Credits + 1, Amount = sofar.Amount - amount };
            if (collected.Count < Most || sofar.Debits + sofar.Credits > 0)
            {
                collected[operation] = now;
            }
        }
    }

    /// <summary>What is left.</summary>
    public IEnumerable<UnpairedTransfer> Unpaired() => collected.Values.Where(transfer => transfer is not { Debits: 1, Credits: 1, Amount: 0 });

    private static bool IsDebit(Entry entry) => Touches(entry, posting => posting.To == BookAccount.InTransit);

    private static bool IsCredit(Entry entry) => Touches(entry, posting => posting.From == BookAccount.InTransit);

    private static bool Touches(Entry entry, Func<Posting, bool> how)
    {
        for (var i = 0; i < entry.Postings.Count; i++)
        {
            if (how(entry.Postings[i]))
            {
                return true;
            }
        }

        return false;
    }
}

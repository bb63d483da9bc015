namespace WalletFunctions.Domain.Books;

/// <summary>Reads a book from its newest entry back to the first, and finds whatever breaks an invariant.</summary>
/// <remarks>
/// Entries are stored newest first, and read so. Only running balances and the holds in question are kept, so a book of any
/// length takes little memory; and since nothing at or below the head's number ever changes, the book may be written meanwhile.
/// </remarks>
/// <param name="head">The head as it was when the reading began.</param>
/// <param name="asOf">A past moment whose balances are wanted.</param>
public sealed class BookAudit(BookHead head, DateTimeOffset asOf)
{
    private readonly Dictionary<string, long> holds = new(StringComparer.Ordinal);
    private readonly List<string> findings = [];
    private Entry? newer;
    private byte[] newerHash = [];
    private Balances balances = head.Balances;
    private long expected = head.LastNumber;

    /// <summary>What is wrong, in words for an operator; empty when all is well.</summary>
    public IReadOnlyList<string> Findings => findings;

    /// <summary>The holds that are open at the head, by id, in minor units; complete after <see cref="Close"/>.</summary>
    public IReadOnlyDictionary<string, long> OpenHolds => holds;

    /// <summary>The balances at the moment asked for; complete after <see cref="Close"/>.</summary>
    public Balances? BalancesThen { get; private set; }

    /// <summary>Reads the next older entry.</summary>
    /// <param name="entry">The entry as stored, without its previous hash.</param>
    /// <param name="storedHash">The hash stored beside it.</param>
    public void Read(Entry entry, byte[] storedHash)
    {
        Require(entry.Number == expected, entry.Number, $"stands where entry {expected} should");
        CheckChain(storedHash);
        Require(entry.At <= (newer?.At ?? head.LastAt), entry.Number, "is younger than what follows it");
        Require(balances.Sum == 0, entry.Number, $"leaves the book at {balances.Sum} instead of zero");
        Require(balances is { Available: >= 0, Held: >= 0 }, entry.Number, $"leaves available {balances.Available} and held {balances.Held}");
        Require(balances.Available == entry.AvailableAfter && balances.Held == entry.HeldAfter, entry.Number,
            $"says available {entry.AvailableAfter} and held {entry.HeldAfter}; the book says {balances.Available} and {balances.Held}");
        if (entry.At <= asOf)
        {
            BalancesThen ??= balances;
        }

        FollowHold(entry);
        balances = balances.Before(entry.Postings);
        (newer, newerHash, expected) = (entry, storedHash, entry.Number - 1);
    }

    /// <summary>Says that there is no older entry.</summary>
    public void Close()
    {
        CheckChain([]);
        Require(expected == 0, expected, "is missing");
        Require(balances == default, 0, $"would have left {balances}: entries and head do not add up");
        Require(head.Balances.Held == holds.Values.Sum() && holds.Values.All(amount => amount > 0), head.LastNumber,
            $"leaves held at {head.Balances.Held} with open holds of {holds.Values.Sum()}");
        BalancesThen ??= default(Balances);
    }

    private void CheckChain(byte[] olderHash)
    {
        if (newer is null)
        {
            Require(head.LastHash.Span.SequenceEqual(olderHash), head.LastNumber, "has another hash than the head says");
        }
        else
        {
            var whole = newer with { PreviousHash = olderHash };
            Require(whole.Hash().AsSpan().SequenceEqual(newerHash), newer.Number, "does not continue the hash chain: it, or the one before, was changed");
        }
    }

    private void FollowHold(Entry entry)
    {
        var moved = 0L;
        foreach (var posting in entry.Postings)
        {
            moved += posting.To == BookAccount.Held ? posting.Amount : posting.From == BookAccount.Held ? -posting.Amount : 0;
        }

        var id = Operations.HoldOf(entry.Operation);
        var left = holds.GetValueOrDefault(id) + moved;
        if (left == 0)
        {
            holds.Remove(id);
        }
        else
        {
            holds[id] = left;
        }
    }

    private void Require(bool isSo, long number, string otherwise)
    {
        if (!isSo)
        {
            findings.Add($"{head.Wallet}: entry {number} {otherwise}");
        }
    }
}

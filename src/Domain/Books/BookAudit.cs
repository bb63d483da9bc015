namespace WalletFunctions.Domain.Books;

/// <summary>Reads a book's entries from the first to the last and finds whatever breaks an invariant.</summary>
/// <remarks>Keeps only running balances and the open holds, so a book of any length is read in small memory.</remarks>
/// <param name="wallet">The wallet whose book is read.</param>
public sealed class BookAudit(WalletId wallet)
{
    private readonly Dictionary<string, long> open = new(StringComparer.Ordinal);
    private readonly List<string> findings = [];
    private ReadOnlyMemory<byte> hash = ReadOnlyMemory<byte>.Empty;
    private DateTimeOffset lastAt = DateTimeOffset.MinValue;
    private long number;

    /// <summary>The balances that the entries read so far add up to.</summary>
    public Balances Balances { get; private set; }

    /// <summary>What is wrong, in words for an operator; empty when all is well.</summary>
    public IReadOnlyList<string> Findings => findings;

    /// <summary>The holds that are open after the entries read so far, by id, in minor units.</summary>
    public IReadOnlyDictionary<string, long> OpenHolds => open;

    /// <summary>Reads the next entry.</summary>
    /// <param name="entry">The entry as stored.</param>
    /// <param name="storedHash">The hash stored beside it.</param>
    public void Read(Entry entry, ReadOnlySpan<byte> storedHash)
    {
        Require(entry.Wallet == wallet, entry, "stands in another wallet's book");
        Require(entry.Number == number + 1, entry, $"follows entry {number}");
        Require(entry.PreviousHash.Span.SequenceEqual(hash.Span), entry, "does not continue the hash chain");
        var computed = entry.Hash();
        Require(storedHash.SequenceEqual(computed), entry, "was changed after it was written");
        Require(entry.At >= lastAt, entry, "is older than the entry before it");
        Balances = Balances.After(entry.Postings);
        Require(Balances.Sum == 0, entry, $"leaves the book at {Balances.Sum} instead of zero");
        Require(Balances.Available >= 0, entry, $"makes available {Balances.Available}");
        Require(Balances.Available == entry.AvailableAfter, entry, $"says available {entry.AvailableAfter}, adds up to {Balances.Available}");
        Require(Balances.Held == entry.HeldAfter, entry, $"says held {entry.HeldAfter}, adds up to {Balances.Held}");
        FollowHold(entry);
        Require(Balances.Held == open.Values.Sum(), entry, $"leaves held at {Balances.Held} with open holds of {open.Values.Sum()}");
        (number, hash, lastAt) = (entry.Number, computed, entry.At);
    }

    /// <summary>Compares what was read with the head.</summary>
    public void Close(BookHead head)
    {
        if (head.LastNumber != number || !head.LastHash.Span.SequenceEqual(hash.Span))
        {
            findings.Add($"{wallet}: the head names entry {head.LastNumber}; the chain ends at {number} or with another hash");
        }

        if (head.Balances != Balances)
        {
            findings.Add($"{wallet}: the head says {head.Balances}; the entries add up to {Balances}");
        }
    }

    private void FollowHold(Entry entry)
    {
        var moved = entry.Postings.Where(p => p.To == BookAccount.Held).Sum(p => p.Amount) - entry.Postings.Where(p => p.From == BookAccount.Held).Sum(p => p.Amount);
        if (moved == 0)
        {
            return;
        }

        var id = Operations.HoldOf(entry.Operation);
        var left = open.GetValueOrDefault(id) + moved;
        if (left == 0)
        {
            open.Remove(id);
        }
        else
        {
            open[id] = left;
        }
    }

    private void Require(bool holds, Entry entry, string otherwise)
    {
        if (!holds)
        {
            findings.Add($"{wallet}: entry {entry.Number} {otherwise}");
        }
    }
}

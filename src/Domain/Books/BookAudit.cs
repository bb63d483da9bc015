using System.Globalization;
using WalletFunctions.Domain.Reconciliation;

namespace WalletFunctions.Domain.Books;

/// <summary>Reads a book from its newest entry back to the first, and finds whatever breaks an invariant.</summary>
/// <remarks>
/// Entries are stored newest first, and read so. Only running balances and the two entries above are kept, so a book of any
/// length takes little memory; and since nothing at or below the head's number ever changes, the book may be written meanwhile.
/// One cause has many symptoms (a changed amount breaks its hash, its balance and the sum); <see cref="AuditCluster"/> tells the cause.
/// </remarks>
/// <param name="head">The head as it was when the reading began.</param>
/// <param name="asOf">A past moment whose balances are wanted.</param>
public sealed class BookAudit(BookHead head, DateTimeOffset asOf)
{
    private const int MostFindings = 100;

    private readonly List<Finding> findings = [];
    private readonly AuditCluster cluster = new(head.Wallet);
    private Seen? above;
    private Seen? newer;
    private bool isHeadOff;
    private bool isNewestMissing;
    private Balances balances = head.Balances;
    private long expected = head.LastNumber;

    /// <summary>What is wrong; empty when all is well. Complete after <see cref="Close"/>; at most 100.</summary>
    public IReadOnlyList<Finding> Findings => findings;

    /// <summary>The balances at the moment asked for; complete after <see cref="Close"/>.</summary>
    public Balances? BalancesThen { get; private set; }

    /// <summary>Reads the next older entry.</summary>
    /// <param name="entry">The entry as stored, without its previous hash; its number is not above the head's.</param>
    /// <param name="storedHash">The hash stored beside it.</param>
    public void Read(Entry entry, byte[] storedHash)
    {
        if (entry.Number == expected)
        {
            Judge(storedHash, new Below(entry.AvailableAfter, entry.HeldAfter, entry.At));
        }
        else
        {
            Miss(entry.Number + 1);
            (above, newer) = (null, null);
        }

        if (newer is null && !isNewestMissing)
        {
            isHeadOff = head.Balances.Available != entry.AvailableAfter || head.Balances.Held != entry.HeldAfter || head.LastAt != entry.At;
        }

        balances = balances with { Available = entry.AvailableAfter, Held = entry.HeldAfter };
        if (entry.At <= asOf)
        {
            BalancesThen ??= balances;
        }

        balances = balances.Before(entry.Postings);
        (above, newer, expected) = (newer, new Seen(entry, storedHash), entry.Number - 1);
    }

    /// <summary>Passes over an entry that cannot even be read.</summary>
    /// <param name="number">Its number.</param>
    public void Skip(long number)
    {
        if (number != expected)
        {
            Miss(number + 1);
        }

        Report(cluster.Close());
        Report([Finding.InBook(FindingKind.EntryChanged, head.Wallet, number)]);
        isNewestMissing |= number == head.LastNumber;
        (above, newer, expected) = (null, null, number - 1);
    }

    /// <summary>Says that there is no older entry.</summary>
    public void Close()
    {
        if (expected == 0)
        {
            Judge([], default(Below));
        }
        else
        {
            Miss(1);
        }

        Report(cluster.Close());
        if (findings.Count == 0 && balances != default)
        {
            // Every entry is sound, so what is left over is in the head alone.
            Report([HeadOff(default(Balances).ToString(), balances.ToString())]);
        }

        BalancesThen ??= default(Balances);
    }

    /// <summary>Judges the entry read last, now that the one below it is known.</summary>
    private void Judge(byte[] olderHash, Below below)
    {
        if (newer is null)
        {
            return;
        }

        var (entry, stored) = (newer.Entry, newer.StoredHash);
        var hash = (entry with { PreviousHash = olderHash }).Hash();
        newer.Holds = hash.AsSpan().SequenceEqual(stored);
        var isNewest = above is null && entry.Number == head.LastNumber;
        var upper = isNewest ? head.LastHash : above is { Holds: false } ? above.StoredHash : default;
        var upperIfUnchanged = isNewest ? hash : above is { Holds: false } ? (above.Entry with { PreviousHash = hash }).Hash() : default;
        var symptoms = newer.Holds ? Symptoms.None : Symptoms.Chain;
        if (!newer.Holds && !upper.IsEmpty && upper.Span.SequenceEqual(upperIfUnchanged))
        {
            symptoms = Symptoms.Hash;
        }
        else if (isNewest && newer.Holds && (isHeadOff || !upper.Span.SequenceEqual(stored)))
        {
            Report([HeadOff(
                string.Create(CultureInfo.InvariantCulture, $"available {entry.AvailableAfter}, held {entry.HeldAfter}"),
                string.Create(CultureInfo.InvariantCulture, $"available {head.Balances.Available}, held {head.Balances.Held}"))]);
        }

        if (entry.AvailableAfter - below.Available != Change(entry, BookAccount.Available)
            || entry.HeldAfter - below.Held != Change(entry, BookAccount.Held)
            || entry.AvailableAfter < 0
            || entry.HeldAfter < 0)
        {
            symptoms |= Symptoms.Amount;
        }

        if (below.At > entry.At)
        {
            symptoms |= Symptoms.Time;
        }

        Report(cluster.Add(entry, symptoms));
    }

    private void Miss(long oldest)
    {
        Report(cluster.Close());
        isNewestMissing |= expected == head.LastNumber;
        for (var number = expected; number >= oldest && findings.Count < MostFindings; number--)
        {
            Report([Finding.InBook(FindingKind.EntryMissing, head.Wallet, number)]);
        }
    }

    private static long Change(Entry entry, BookAccount account) =>
        entry.Postings.Sum(posting => posting.To == account ? posting.Amount : posting.From == account ? -posting.Amount : 0);

    private Finding HeadOff(string expectedText, string actual) =>
        Finding.InBook(FindingKind.HeadChanged, head.Wallet, "head") with { Expected = expectedText, Actual = actual };

    private void Report(IReadOnlyList<Finding> found) => findings.AddRange(found.Take(MostFindings - findings.Count));

    /// <summary>An entry that was read, and whether its own hash holds.</summary>
    private sealed class Seen(Entry entry, byte[] storedHash)
    {
        public Entry Entry => entry;

        public byte[] StoredHash => storedHash;

        public bool Holds { get; set; } = true;
    }

    [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
    private readonly record struct Below(long Available, long Held, DateTimeOffset At);
}

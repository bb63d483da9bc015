using WalletFunctions.Domain.Reconciliation;

namespace WalletFunctions.Domain.Books;

/// <summary>What one entry shows. Where it does not fit its neighbours, either may be to blame.</summary>
[Flags]
internal enum Symptoms
{
    None = 0,

    /// <summary>Its content and the hash below do not make its hash.</summary>
    Chain = 1,

    /// <summary>As <see cref="Chain"/>, and the hash it should have is the one that is built upon: the stored hash alone was changed.</summary>
    Hash = 2,

    /// <summary>It does not make the balance below into the balance it tells.</summary>
    Amount = 4,

    /// <summary>It is older than the entry below.</summary>
    Time = 8,
}

/// <summary>Entries beside each other that show something, newest first: told as the fewest findings that explain it all.</summary>
internal sealed class AuditCluster(WalletId wallet)
{
    private const int Most = 16;

    private readonly List<(Entry Entry, Symptoms Symptoms)> members = [];

    /// <summary>Adds the next older entry.</summary>
    /// <returns>The findings of the cluster that it ends, if it does.</returns>
    public IReadOnlyList<Finding> Add(Entry entry, Symptoms symptoms)
    {
        if (symptoms == Symptoms.None)
        {
            return Close();
        }

        var ended = members.Count == Most ? Close() : [];
        members.Add((entry, symptoms));
        return ended;
    }

    /// <summary>Says that the next entry shows nothing, or is missing.</summary>
    public IReadOnlyList<Finding> Close()
    {
        if (members.Count == 0)
        {
            return [];
        }

        var found = new List<Finding>();
        for (var i = 0; i < members.Count; i++)
        {
            if (members[i].Symptoms.HasFlag(Symptoms.Hash))
            {
                found.Add(Of(FindingKind.HashChanged, i));
            }
            else if (members[i].Symptoms.HasFlag(Symptoms.Chain) && !Shows(i + 1, Symptoms.Hash))
            {
                found.Add(ChangedAt(i));
            }
        }

        if (found.Count == 0)
        {
            // Every hash holds: whoever changed this has recomputed them.
            var amount = members.FindLastIndex(member => member.Symptoms.HasFlag(Symptoms.Amount));
            found.Add(amount >= 0 ? Of(FindingKind.EntryAmountChanged, amount) : Of(FindingKind.EntryTimeChanged, members.Count - 1));
        }

        members.Clear();
        return found;
    }

    private Finding ChangedAt(int i)
    {
        if (!Shows(i, Symptoms.Amount) && Shows(i + 1, Symptoms.Amount) && !Shows(i + 1, Symptoms.Chain))
        {
            // The entry below was changed and given the hash of its new content; this one still tells the old.
            return Of(FindingKind.EntryAmountChanged, i + 1);
        }

        return Of(
            Shows(i, Symptoms.Amount) || Shows(i - 1, Symptoms.Amount) ? FindingKind.EntryAmountChanged
            : Shows(i, Symptoms.Time) || Shows(i - 1, Symptoms.Time) ? FindingKind.EntryTimeChanged
            : FindingKind.EntryChanged, i);
    }

    private bool Shows(int i, Symptoms symptom) => i >= 0 && i < members.Count && members[i].Symptoms.HasFlag(symptom);

    private Finding Of(FindingKind kind, int i) => Finding.InBook(kind, wallet, members[i].Entry.Number, members[i].Entry.Operation);
}

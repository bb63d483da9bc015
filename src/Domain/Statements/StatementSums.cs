using System.Runtime.InteropServices;
using WalletFunctions.Domain.Books;

namespace WalletFunctions.Domain.Statements;

/// <summary>What one entry, or several, did to a wallet. All in minor units; <c>default</c> is nothing.</summary>
/// <param name="Count">How many entries.</param>
/// <param name="In">What available gained.</param>
/// <param name="Out">What available lost, fees included.</param>
/// <param name="Fee">What was taken as fees, less what was given back.</param>
/// <param name="Held">What held gained, or lost when below zero.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct StatementSums(int Count, long In, long Out, long Fee, long Held)
{
    /// <summary>What an entry did.</summary>
    public static StatementSums Of(Entry entry)
    {
        var change = default(Balances).After(entry.Postings);
        return new StatementSums(1, Math.Max(change.Available, 0), Math.Max(-change.Available, 0), change.Fees, change.Held);
    }

    /// <summary>Both together.</summary>
    public static StatementSums operator +(StatementSums left, StatementSums right) =>
        new(left.Count + right.Count, left.In + right.In, left.Out + right.Out, left.Fee + right.Fee, left.Held + right.Held);
}

/// <summary>The sums of a statement, entry by entry. It never grows beyond one sum for each kind.</summary>
/// <param name="available">Available before the first entry, in minor units.</param>
/// <param name="held">Held before the first entry, in minor units.</param>
public sealed class StatementTotals(long available, long held)
{
    private readonly SortedDictionary<EntryKind, StatementSums> byKind = [];

    /// <summary>The sums of each kind that occurred.</summary>
    public IReadOnlyDictionary<EntryKind, StatementSums> ByKind => byKind;

    /// <summary>The sums of all.</summary>
    public StatementSums All { get; private set; }

    /// <summary>Counts the next entry.</summary>
    /// <exception cref="InvalidDataException">The entry leaves other balances than it and those before it amount to.</exception>
    public StatementSums Add(Entry entry)
    {
        var sums = StatementSums.Of(entry);
        All += sums;
        byKind[entry.Kind] = byKind.GetValueOrDefault(entry.Kind) + sums;
        return available + All.In - All.Out == entry.AvailableAfter && held + All.Held == entry.HeldAfter
            ? sums
            : throw new InvalidDataException($"Entry {entry.Number} of {entry.Wallet} does not add up with those before it.");
    }
}

using WalletFunctions.Domain.Risk;
using WalletFunctions.Domain.Rules;

namespace WalletFunctions.Domain.Books;

/// <summary>On what terms somebody spends: what the decision needs beside the head and the move.</summary>
/// <param name="Operation">What is done.</param>
/// <param name="Rules">Fees, limits and risk. With <see cref="Rulebook.None"/> nothing is asked and nothing counted.</param>
/// <param name="Device">The installation that asks, as it calls itself; null counts as a device of its own.</param>
/// <param name="Confirmed">How the customer has confirmed this move.</param>
public sealed record SpendTerms(OperationKind Operation, Rulebook Rules, string? Device, Confirmation Confirmed)
{
    /// <summary>The terms of the system's own moves: free, without limits, not counted.</summary>
    public static SpendTerms Free(OperationKind operation) => new(operation, Rulebook.None, null, Confirmation.None);

    /// <summary>Staff takes something back: free, without limits, not counted, and whoever has frozen the book.</summary>
    public static SpendTerms ByStaff(OperationKind operation) => Free(operation) with { PassesFreezes = true };

    /// <summary>Whether a frozen book gives the money. A closed one does not.</summary>
    public bool PassesFreezes { get; init; }

    /// <summary>Whether the move counts towards limits and allowances.</summary>
    public bool Counts => !ReferenceEquals(Rules, Rulebook.None);
}

using WalletFunctions.Domain.Fees;
using WalletFunctions.Domain.Limits;
using WalletFunctions.Domain.Risk;

namespace WalletFunctions.Domain.Books;

/// <summary>What a move does to a book, when it is not refused.</summary>
/// <param name="Head">The head after it.</param>
/// <param name="Entry">The entry it appends; null for a move without money.</param>
/// <param name="Hold">The hold it places or ends; null where none is touched.</param>
public sealed record Decision(BookHead Head, Entry? Entry, Hold? Hold = null)
{
    /// <summary>The money did not leave: it is held until a person has looked at the move.</summary>
    public bool UnderReview { get; init; }

    /// <summary>The risk rules that fired, whether or not a confirmation has answered them.</summary>
    public IReadOnlyList<RiskRule> Fired { get; init; } = [];

    /// <summary>The fee that it takes, or holds.</summary>
    public Fee Fee { get; init; }

    /// <summary>What it counted for limits; null where nothing is counted.</summary>
    public Counted? Counted { get; init; }
}

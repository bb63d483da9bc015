namespace WalletFunctions.Domain.Books;

/// <summary>What a move does to a book, when it is not refused.</summary>
/// <param name="Head">The head after it.</param>
/// <param name="Entry">The entry it appends; null for a move without money.</param>
/// <param name="Hold">The hold it places or ends; null where none is touched.</param>
public sealed record Decision(BookHead Head, Entry? Entry, Hold? Hold = null);

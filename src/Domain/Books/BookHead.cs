namespace WalletFunctions.Domain.Books;

/// <summary>What a book is now: everything a decision needs, and the row on whose ETag every commit is conditioned.</summary>
/// <param name="Wallet">The wallet whose book this is.</param>
/// <param name="Currency">The one currency of the book.</param>
/// <param name="Status">Whether money may leave.</param>
/// <param name="Balances">The balances of its accounts.</param>
/// <param name="LastNumber">The number of the newest entry; 0 while there is none.</param>
/// <param name="LastAt">The time of the newest entry; never goes back.</param>
/// <param name="LastHash">The hash of the newest entry, 32 bytes; empty while there is none.</param>
/// <remarks>The counters of limits will stand here, because a limit must be decided on the same ETag as the money.</remarks>
public sealed record BookHead(
    WalletId Wallet,
    Currency Currency,
    BookStatus Status,
    Balances Balances,
    long LastNumber,
    DateTimeOffset LastAt,
    ReadOnlyMemory<byte> LastHash)
{
    /// <summary>A book in which nothing has happened.</summary>
    public static BookHead Opened(WalletId wallet, Currency currency) =>
        new(wallet, currency, BookStatus.Active, default, 0, DateTimeOffset.UnixEpoch, ReadOnlyMemory<byte>.Empty);
}

/// <summary>Whether money may move.</summary>
public enum BookStatus
{
    /// <summary>In use.</summary>
    Active = 0,

    /// <summary>Nothing leaves; what arrives is kept, and holds already placed come to their end.</summary>
    Frozen = 1,

    /// <summary>Closed for good; what still arrives goes into suspense.</summary>
    Closed = 2,
}

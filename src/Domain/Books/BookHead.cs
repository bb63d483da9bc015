using WalletFunctions.Domain.Identity;
using WalletFunctions.Domain.Limits;

namespace WalletFunctions.Domain.Books;

/// <summary>What a book is now: everything a decision needs, and the row on whose ETag every commit is conditioned.</summary>
/// <param name="Wallet">The wallet whose book this is.</param>
/// <param name="Currency">The one currency of the book.</param>
/// <param name="Balances">The balances of its accounts.</param>
/// <param name="LastNumber">The number of the newest entry; 0 while there is none.</param>
/// <param name="LastAt">The time of the newest entry; never goes back.</param>
/// <param name="LastHash">The hash of the newest entry, 32 bytes; empty while there is none.</param>
public sealed record BookHead(
    WalletId Wallet,
    Currency Currency,
    Balances Balances,
    long LastNumber,
    DateTimeOffset LastAt,
    ReadOnlyMemory<byte> LastHash)
{
    /// <summary>Closed for good; what still arrives goes into suspense.</summary>
    public bool IsClosed { get; init; }

    /// <summary>The class of its owner's account, by which fees, limits and risk are decided.</summary>
    public AccountClass Class { get; init; }

    /// <summary>Who has frozen it; nothing leaves while anybody has.</summary>
    public Freezes Freezes { get; init; }

    /// <summary>What has been counted for limits, allowances and risk.</summary>
    public Usage Usage { get; init; } = Usage.None;

    /// <summary>The limits that the customer set.</summary>
    public OwnLimits Own { get; init; } = OwnLimits.None;

    /// <summary>Whether money may leave.</summary>
    public BookStatus Status => IsClosed ? BookStatus.Closed : Freezes == Freezes.None ? BookStatus.Active : BookStatus.Frozen;

    /// <summary>A book in which nothing has happened.</summary>
    public static BookHead Opened(WalletId wallet, Currency currency) => new(wallet, currency, default, 0, DateTimeOffset.UnixEpoch, ReadOnlyMemory<byte>.Empty);
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

/// <summary>Who holds a book frozen; several may at once. The numbers are stored.</summary>
[Flags]
public enum Freezes
{
    /// <summary>Nobody.</summary>
    None = 0,

    /// <summary>Its owner.</summary>
    ByCustomer = 1,

    /// <summary>A rule.</summary>
    ByRule = 2,

    /// <summary>Staff.</summary>
    ByStaff = 4,
}

/// <summary>Who freezes or unfreezes a book.</summary>
public enum FreezeSource
{
    /// <summary>Its owner.</summary>
    Customer,

    /// <summary>A rule.</summary>
    Rule,

    /// <summary>Staff.</summary>
    Staff,
}

namespace WalletFunctions.Domain.Books;

/// <summary>The accounts of one book. A book is closed in itself: its balances always sum to zero.</summary>
/// <remarks>
/// The last five mirror the system's accounts inside every book, so that no row is shared by all wallets.
/// A mirrored balance is seen from the wallet: after a top-up of 100, available is 100 and top-up clearing is −100.
/// </remarks>
public enum BookAccount
{
    /// <summary>What the owner may spend. Never negative.</summary>
    Available = 0,

    /// <summary>What is set aside for open holds. Never negative.</summary>
    Held = 1,

    /// <summary>Money that top-up channels owe or have brought.</summary>
    TopUpClearing = 2,

    /// <summary>Money on its way to, or back from, banks.</summary>
    PayoutClearing = 3,

    /// <summary>Fees taken from this wallet.</summary>
    Fees = 4,

    /// <summary>Money between this book and another. Over all books it is what has been debited and not yet credited.</summary>
    InTransit = 5,

    /// <summary>Money that arrived for a book that may no longer take it; a person decides.</summary>
    Suspense = 6,
}

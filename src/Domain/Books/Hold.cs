using WalletFunctions.Domain.Limits;

namespace WalletFunctions.Domain.Books;

/// <summary>Money set aside in a book until it is known which way it goes.</summary>
/// <param name="Id">The operation that placed it, for instance a withdrawal's id.</param>
/// <param name="Amount">Minor units that will leave, above zero.</param>
/// <param name="Fee">Minor units of fee held with it, zero or more.</param>
/// <param name="State">Where it is in its life.</param>
/// <param name="Reason">Why it was released or returned: a stable code, or nothing.</param>
public sealed record Hold(string Id, long Amount, long Fee, HoldState State, string? Reason = null)
{
    /// <summary>What it takes out of available: amount and fee.</summary>
    public long Total => Amount + Fee;

    /// <summary>What it counted for limits and allowances, given back if the money is; null where nothing was counted.</summary>
    public Counted? Counted { get; init; }

    /// <summary>When a hold that waits for a person's decision is given back; null for one that waits for a bank's word.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>The life of a hold: open, then captured (and perhaps returned later) or released. The numbers are stored.</summary>
public enum HoldState
{
    /// <summary>The money is held.</summary>
    Open = 0,

    /// <summary>The money left.</summary>
    Captured = 1,

    /// <summary>The money was given back.</summary>
    Released = 2,

    /// <summary>The money left, and the bank returned it.</summary>
    Returned = 3,
}

namespace WalletFunctions.Domain.Withdrawals;

/// <summary>What the bank says became of a payout.</summary>
public enum PayoutOutcome
{
    /// <summary>Arrived at the card.</summary>
    Settled,

    /// <summary>Taken, then turned down; nothing was paid.</summary>
    Rejected,

    /// <summary>Arrived, then came back.</summary>
    Returned,

    /// <summary>Never taken: the order itself was refused when it was submitted.</summary>
    Refused,

    /// <summary>Declared void because staff asked for it: the bank does not have it, and will never take it.</summary>
    Voided,
}

/// <summary>The bank's word about a payout, as first heard.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Reason">The bank's own reason, at most <see cref="MaxReason"/> characters; null when it gave none.</param>
public sealed record BankWord(PayoutOutcome Outcome, string? Reason)
{
    /// <summary>Longer reasons are cut: they are shown in a timeline.</summary>
    public const int MaxReason = 200;
}

/// <summary>What becomes of the money.</summary>
public enum MoneyStep
{
    /// <summary>None: nothing was heard, or all of it is booked.</summary>
    None,

    /// <summary>The money is set aside: how a withdrawal begins, due never again.</summary>
    Hold,

    /// <summary>The hold is captured: the money has left.</summary>
    Capture,

    /// <summary>The hold is released: the money is available again.</summary>
    Release,

    /// <summary>The captured money is put back.</summary>
    Return,
}

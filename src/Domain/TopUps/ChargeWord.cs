namespace WalletFunctions.Domain.TopUps;

/// <summary>What the acquirer says became of a charge.</summary>
public enum ChargeOutcome
{
    /// <summary>The card paid.</summary>
    Settled,

    /// <summary>The card did not pay, and will not.</summary>
    Rejected,
}

/// <summary>The acquirer's word about a charge.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Reason">The acquirer's own reason, at most <see cref="MaxReason"/> characters; null when it gave none.</param>
public sealed record ChargeWord(ChargeOutcome Outcome, string? Reason)
{
    /// <summary>Longer reasons are cut.</summary>
    public const int MaxReason = 200;
}

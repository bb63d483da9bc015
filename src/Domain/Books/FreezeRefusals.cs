namespace WalletFunctions.Domain.Books;

/// <summary>What a freeze says to those whom it stops.</summary>
public static class FreezeRefusals
{
    /// <summary>Why a frozen book lets nothing go; null for one that is not.</summary>
    public static DomainError? Refusal(this Freezes freezes) => freezes switch
    {
        Freezes.None => null,
        Freezes.ByRule => LedgerErrors.WalletFrozen,
        _ => LedgerErrors.AccountFrozen,
    };
}

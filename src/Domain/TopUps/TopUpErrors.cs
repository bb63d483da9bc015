namespace WalletFunctions.Domain.TopUps;

/// <summary>Refusals of top-ups and of the acquirer's callbacks.</summary>
public static class TopUpErrors
{
    /// <summary>The acquirer speaks of a charge that we do not know (yet): it asks again later.</summary>
    public static DomainError ChargeNotFound { get; } = new(
        "charge_not_found",
        ErrorKind.NotFound,
        new("没有这笔扣款。", "There is no such charge."));
}

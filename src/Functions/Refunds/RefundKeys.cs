using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace WalletFunctions.Refunds;

/// <summary>Keys of callers who are not the payer: kept for them as all keys that move none of their own money, and in the payer's book with what they did.</summary>
internal static class RefundKeys
{
    /// <summary>The row in the payer's book: of the caller's own, whatever key others use.</summary>
    public static RequestKey Of(string route, MoneyRequest money, IdempotentOperation operation) =>
        new(BookKeys.RequestKey(route, Convert.ToHexStringLower(operation.Seed)), money.Key.Fingerprint);

    /// <summary>The answer to keep for the caller.</summary>
    public static StoredAnswer Stored(MoneyRequest money, Outcome? outcome, DomainError notFound) => outcome switch
    {
        null => money.Refusal(notFound),
        Outcome.Committed { Answer: { } answer } => answer,
        Outcome.Refused { Answer: { } answer } => answer,
        Outcome.Replayed { Answer: { } answer } => answer,
        Outcome.KeyInFlight => money.Refusal(PlatformErrors.IdempotencyKeyInFlight),
        Outcome.Busy => money.Refusal(LedgerErrors.ClaimBusy),
        _ => money.Refusal(PlatformErrors.ServiceUnavailable),
    };
}

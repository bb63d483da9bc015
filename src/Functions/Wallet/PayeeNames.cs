using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Platform;

namespace WalletFunctions.Wallet;

/// <summary>
/// Checks the name that a payer gives with a transfer. Whoever could try names without end would learn them, so wrong ones are
/// counted over all hosts, and each host compares one of a payer at a time.
/// </summary>
public sealed class PayeeNames(RateLimits limits)
{
    private static readonly RateLimit PerPayee = new("payee-names", 5, TimeSpan.FromHours(1));
    private static readonly RateLimit PerPayer = new("payee-names-day", 20, TimeSpan.FromDays(1));

    private readonly OneAtATime guesses = new();

    /// <returns>Null if the name is the payee's; <c>payee_name_mismatch</c>, or <c>too_many_requests</c> once too many were wrong, whatever this one is.</returns>
    internal Task<DomainError?> CheckAsync(WalletId payer, Payee payee, string name, CancellationToken cancellation) => guesses.RunAsync(payer.Value, async () =>
    {
        var pair = $"{payer}|{payee.Wallet}";
        if (await limits.UsedUpAsync(PerPayee, pair, cancellation) is { } wait)
        {
            return PlatformErrors.TooManyRequests(wait);
        }

        if (await limits.UsedUpAsync(PerPayer, payer.Value, cancellation) is { } longer)
        {
            return PlatformErrors.TooManyRequests(longer);
        }

        if (PersonName.Same(payee.Name, name))
        {
            return null;
        }

        await limits.TakeAsync(PerPayee, pair, cancellation);
        await limits.TakeAsync(PerPayer, payer.Value, cancellation);
        return LedgerErrors.PayeeNameMismatch;
    }, cancellation);
}

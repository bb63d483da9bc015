using WalletFunctions.Domain;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Platform;

namespace WalletFunctions.Wallet;

/// <summary>
/// Finds the payee of a request that spends. Whoever could try telephone numbers without end would learn which are registered,
/// so those that nobody has are counted over all hosts, and each host looks up one of a payer at a time.
/// </summary>
public sealed class PayeeSearch(PayeeResolver payees, Ledger ledger, RateLimits limits)
{
    private static readonly RateLimit PerTenMinutes = new("payee-phones", 10, TimeSpan.FromMinutes(10));
    private static readonly RateLimit PerDay = new("payee-phones-day", 50, TimeSpan.FromDays(1));

    private readonly OneAtATime guesses = new();

    /// <returns><c>payee_not_found</c>, or <c>too_many_requests</c> once too many numbers were nobody's, whatever this one is.</returns>
    internal Task<Result<Payee>> FindAsync(Spend spend, PhoneNumber? phone, WalletId? wallet, CancellationToken cancellation) => phone is null
        ? payees.FindAsync(null, wallet, cancellation)
        : guesses.RunAsync(spend.Caller.Wallet.Value, () => FindByPhoneAsync(spend, phone.Value, cancellation), cancellation);

    private async Task<Result<Payee>> FindByPhoneAsync(Spend spend, PhoneNumber phone, CancellationToken cancellation)
    {
        var payer = spend.Caller.Wallet;
        if (await limits.UsedUpAsync(PerTenMinutes, payer.Value, cancellation) is { } wait)
        {
            return PlatformErrors.TooManyRequests(wait);
        }

        if (await limits.UsedUpAsync(PerDay, payer.Value, cancellation) is { } longer)
        {
            return PlatformErrors.TooManyRequests(longer);
        }

        var payee = await payees.FindAsync(phone, null, cancellation);

        // A request that is refused for another reason, or is answered with what it was answered before, tells nothing new.
        if (!payee.IsOk && spend.Refusal is null && await ledger.FindKeyAsync(payer, spend.Key.RowKey, cancellation) is null)
        {
            await limits.TakeAsync(PerTenMinutes, payer.Value, cancellation);
            await limits.TakeAsync(PerDay, payer.Value, cancellation);
        }

        return payee;
    }
}

using System.Collections.Concurrent;
using WalletFunctions.Accounts;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Platform;

namespace WalletFunctions.Wallet;

/// <summary>Accounts as they were within the last minute: enough for names and finding a wallet, and no read per transfer.</summary>
/// <remarks>What must hold at the very moment of a move (class, a freeze, the owner's own limits) stands in the book and is decided on its ETag.</remarks>
/// <param name="accounts">The accounts.</param>
/// <param name="clock">The machine's.</param>
public sealed class RecentAccounts(AccountDirectory accounts, MachineClock clock)
{
    /// <summary>Of names: an account has up to three.</summary>
    private const int Most = 60_000;

    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, (Account Account, long At)> known = new(StringComparer.Ordinal);

    internal Task<Account?> FindAsync(AccountId id, CancellationToken cancellation) =>
        FindAsync(id.Value, () => accounts.FindAsync(id, cancellation));

    internal Task<Account?> FindByWalletAsync(WalletId wallet, CancellationToken cancellation) =>
        FindAsync(wallet.Value, () => accounts.FindByWalletAsync(wallet, cancellation));

    internal Task<Account?> FindByPhoneAsync(PhoneNumber phone, CancellationToken cancellation) =>
        FindAsync(phone.Value, () => accounts.FindByPhoneAsync(phone, cancellation));

    /// <summary>Reads an account anew at its next use here; other hosts have it within a minute.</summary>
    internal void Forget(Account account)
    {
        known.TryRemove(account.AccountId.Value, out _);
        known.TryRemove(account.Phone.Value, out _);
        if (account.WalletId is { } wallet)
        {
            known.TryRemove(wallet.Value, out _);
        }
    }

    private async Task<Account?> FindAsync(string key, Func<Task<Account?>> find)
    {
        if (known.TryGetValue(key, out var seen) && clock.GetElapsedTime(seen.At) < Recent)
        {
            return seen.Account;
        }

        // Nobody is not remembered: they may register the next moment, and anybody can ask for any number. Nor is who is still looked at.
        var account = await find();
        if (account is not { Status: AccountStatus.Active or AccountStatus.Frozen })
        {
            known.TryRemove(key, out _);
            return account;
        }

        if (known.Count >= Most)
        {
            known.Clear();
        }

        // Who pays now is paid a moment later. A telephone number is known by being asked for alone: nobody learns from a quick answer who is about.
        var read = (account, clock.GetTimestamp());
        known[key] = read;
        known[account.AccountId.Value] = read;
        if (account.WalletId is { } wallet)
        {
            known[wallet.Value] = read;
        }

        return account;
    }
}

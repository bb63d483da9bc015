using System.Collections.Concurrent;
using WalletFunctions.Accounts;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Platform;

namespace WalletFunctions.Wallet;

/// <summary>Accounts as they were a little while ago: enough for names and finding a wallet, and no read per transfer.</summary>
/// <remarks>What must hold at the very moment of a move (class, a freeze, the owner's own limits) stands in the book and is decided on its ETag.</remarks>
/// <param name="accounts">The accounts.</param>
/// <param name="clock">The machine's.</param>
public sealed class RecentAccounts(AccountDirectory accounts, MachineClock clock)
{
    /// <summary>Of names: an account has up to three.</summary>
    private const int Most = 60_000;

    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RecentNames = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, (Account Account, long At)> known = new(StringComparer.Ordinal);

    /// <summary>As it was within the last minute.</summary>
    internal Task<Account?> FindAsync(AccountId id, CancellationToken cancellation) =>
        FindAsync(id.Value, Recent, () => accounts.FindAsync(id, cancellation));

    /// <summary>As it was within the last minute.</summary>
    internal Task<Account?> FindByWalletAsync(WalletId wallet, CancellationToken cancellation) =>
        FindAsync(wallet.Value, Recent, () => accounts.FindByWalletAsync(wallet, cancellation));

    /// <summary>Somebody who pays, as within the last ten minutes: for the name, which others see beside the money.</summary>
    internal Task<Account?> FindPayerAsync(AccountId id, CancellationToken cancellation) =>
        FindAsync(id.Value, RecentNames, () => accounts.FindAsync(id, cancellation));

    /// <summary>Somebody to be paid, as within the last ten minutes. One who has closed the account meanwhile gets nothing: a closed book keeps it in suspense.</summary>
    internal Task<Account?> FindPayeeAsync(WalletId wallet, CancellationToken cancellation) =>
        FindAsync(wallet.Value, RecentNames, () => accounts.FindByWalletAsync(wallet, cancellation));

    /// <summary>As <see cref="FindPayeeAsync(WalletId, CancellationToken)"/>.</summary>
    internal Task<Account?> FindPayeeAsync(PhoneNumber phone, CancellationToken cancellation) =>
        FindAsync(phone.Value, RecentNames, () => accounts.FindByPhoneAsync(phone, cancellation));

    /// <summary>Reads an account anew at its next use here; other hosts have it when what they know is too old.</summary>
    internal void Forget(Account account)
    {
        known.TryRemove(account.AccountId.Value, out _);
        known.TryRemove(account.Phone.Value, out _);
        if (account.WalletId is { } wallet)
        {
            known.TryRemove(wallet.Value, out _);
        }
    }

    private async Task<Account?> FindAsync(string key, TimeSpan age, Func<Task<Account?>> find)
    {
        if (known.TryGetValue(key, out var seen) && clock.GetElapsedTime(seen.At) < age)
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

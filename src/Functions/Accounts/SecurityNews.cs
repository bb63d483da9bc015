using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Notifications;
using WalletFunctions.Notifications;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace WalletFunctions.Accounts;

/// <summary>Tells people what happens to the safety of their accounts.</summary>
public sealed class SecurityNews
{
    /// <summary>Whoever signs in from one made-up device after the other must not flood a telephone.</summary>
    private static readonly RateLimit NewDevices = new("new-devices", 10, TimeSpan.FromDays(1));

    private readonly Notifier notifier;
    private readonly Sessions sessions;
    private readonly RecentAccounts accounts;
    private readonly RateLimits limits;
    private readonly ILogger<SecurityNews> log;

    internal SecurityNews(Notifier notifier, Sessions sessions, RecentAccounts accounts, RateLimits limits, ILogger<SecurityNews> log) =>
        (this.notifier, this.sessions, this.accounts, this.limits, this.log) = (notifier, sessions, accounts, limits, log);

    /// <summary>Tells of a sign-in on a new device. Signing in does not wait for it.</summary>
    internal void SignedIn(RefreshToken session, string? deviceId)
    {
        if (deviceId is null)
        {
            return;
        }

        using (ExecutionContext.SuppressFlow())
        {
            _ = Task.Run(() => TryTellOfDeviceAsync(session, deviceId));
        }
    }

    /// <param name="occasion">The same at every repeat of what is told.</param>
    internal Task TellAsync(AccountId account, string occasion, SecurityWords words, CancellationToken cancellationToken) =>
        notifier.NotifyAsync(new Notice(account, $"security:{occasion}", NotificationTopic.Security, words.Title, words.Body, account.Value), cancellationToken);

    private async Task TryTellOfDeviceAsync(RefreshToken session, string deviceId)
    {
        try
        {
            if (await accounts.FindAsync(session.Account, CancellationToken.None) is { Role: Role.Customer or Role.Merchant }
                && await sessions.IsFirstOfDeviceAsync(session.Account, session.SessionId, deviceId, CancellationToken.None)
                && (await limits.TakeAsync(NewDevices, session.Account.Value, CancellationToken.None)).Taken)
            {
                var device = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(deviceId)).AsSpan(0, 16));
                await TellAsync(session.Account, $"device:{device}", SecurityWords.NewDevice, CancellationToken.None);
            }
        }
        catch (Exception fault)
        {
            log.LogWarning("Account {Account} was not told of a new device: {Fault}", session.Account, Faults.Describe(fault));
        }
    }
}

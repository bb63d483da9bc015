using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WalletFunctions.Accounts.Codes;
using WalletFunctions.Accounts.Confirming;
using WalletFunctions.Accounts.Status;
using WalletFunctions.Audit;
using WalletFunctions.Notifications;
using WalletFunctions.Notifications.Sms;
using WalletFunctions.Platform;
using WalletFunctions.Support.Email;
using WalletFunctions.Support.Inbox;
using WalletFunctions.Wallet;

namespace WalletFunctions.Accounts;

internal static class AccountsSetup
{
    public static IServiceCollection AddAccounts(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddStorageNames(tables: [AccountKeys.TableName, FailureTable.TableName, SigningKeys.TableName]);

        // The key ring lies in our storage, so that all hosts share it, encrypted under the root secret.
        services.AddDataProtection().SetApplicationName("wallet-functions");
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider => new ConfigureOptions<KeyManagementOptions>(options =>
        {
            options.XmlRepository = new KeyRingTable(provider.GetRequiredService<Storage>());
            options.XmlEncryptor = new KeyRingEncryptor(provider.GetRequiredService<Secrets>());
        }));
        services.AddHostedService<KeyRingSetup>();

        services.AddSingleton<Vault>();
        services.AddSingleton<AccountDirectory>();
        services.AddSingleton<Cards>();
        services.AddSingleton<SealedCards>();
        services.AddSingleton<Passwords>();
        services.AddSingleton<Sessions>();
        services.AddSingleton<SigningKeys>();
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<IBearerTokens>(provider => provider.GetRequiredService<AccessTokens>());
        services.AddSingleton<FailureTable>();
        services.AddSingleton<SignInProofs>();
        services.AddSingleton(provider => new SignInLimiter(configuration, provider.GetRequiredService<SandboxOptions>()));
        services.AddSingleton(provider => new SecurityNews(
            provider.GetRequiredService<Notifier>(),
            provider.GetRequiredService<Sessions>(),
            provider.GetRequiredService<RecentAccounts>(),
            provider.GetRequiredService<RateLimits>(),
            provider.GetRequiredService<ILogger<SecurityNews>>()));
        services.AddSingleton(provider => new SignIn(
            provider.GetRequiredService<AccountDirectory>(),
            provider.GetRequiredService<Sessions>(),
            provider.GetRequiredService<AccessTokens>(),
            provider.GetRequiredService<FailureTable>(),
            provider.GetRequiredService<SignInProofs>(),
            provider.GetRequiredService<SecurityNews>(),
            provider.GetRequiredService<Secrets>(),
            provider.GetRequiredService<MachineClock>()));

        // A session is over 30 days after it was last used; for a year and a month it still says which devices are known.
        services.AddPassingRows(AccountKeys.TableName, days: 396, AccountKeys.SessionPrefix);
        services.AddCodes(configuration);
        services.AddConfirming();
        services.AddStatuses();
        return services;
    }

    private static void AddCodes(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddStorageNames(tables: [ChallengeTable.TableName]);
        services.AddPassingRows(ChallengeTable.TableName, days: 31);
        services.AddSingleton<ChallengeTable>();
        services.AddSingleton(provider => new Challenges(
            provider.GetRequiredService<ChallengeTable>(),
            new CodePost(provider.GetRequiredService<ISmsSender>(), provider.GetRequiredService<IMailSender>(), configuration["Mail:Domain"] ?? "wallet.example"),
            provider.GetRequiredService<Secrets>(),
            provider.GetRequiredService<MachineClock>()));
    }

    private static void AddStatuses(this IServiceCollection services)
    {
        services.AddSingleton<AccountClasses>();
        services.AddSingleton(provider => new AccountStatuses(
            provider.GetRequiredService<Ledger>(),
            provider.GetRequiredService<Intents>(),
            provider.GetRequiredService<AccountDirectory>(),
            provider.GetRequiredService<RecentAccounts>(),
            provider.GetRequiredService<SecurityNews>(),
            provider.GetServices<IThawListener>()));
        services.AddSingleton<IIntentSweeper>(provider => provider.GetRequiredService<AccountStatuses>());
        services.AddSingleton(provider => new UnfreezeRequests(
            provider.GetRequiredService<AccountDirectory>(),
            provider.GetRequiredService<Ledger>(),
            provider.GetRequiredService<IInbox>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new AccountAdmin(
            provider.GetRequiredService<AccountDirectory>(),
            provider.GetRequiredService<AccountStatuses>(),
            provider.GetRequiredService<AccountClasses>(),
            provider.GetRequiredService<FailureTable>(),
            provider.GetRequiredService<AuditLog>()));
    }

    private static void AddConfirming(this IServiceCollection services)
    {
        services.AddSingleton<KnownDevice>();
        services.AddSingleton<FreshSignIn>();
        services.AddSingleton<DeviceKeys>();
        services.AddSingleton(provider => new PaymentPasswords(
            provider.GetRequiredService<AccountDirectory>(),
            provider.GetRequiredService<Passwords>(),
            provider.GetRequiredService<FailureTable>(),
            provider.GetRequiredService<MachineClock>()));
        services.AddSingleton(provider => new Confirmations(
            provider.GetRequiredService<AccountDirectory>(),
            provider.GetRequiredService<Challenges>(),
            provider.GetRequiredService<PaymentPasswords>(),
            provider.GetRequiredService<DeviceKeys>(),
            provider.GetRequiredService<RateLimits>(),
            provider.GetRequiredService<Secrets>()));
        services.AddSingleton<IConfirmations>(provider => provider.GetRequiredService<Confirmations>());
        services.AddSingleton(provider => new Profiles(
            provider.GetRequiredService<AccountDirectory>(),
            provider.GetRequiredService<Ledger>(),
            provider.GetRequiredService<Confirmations>(),
            provider.GetRequiredService<Vault>(),
            provider.GetRequiredService<RecentAccounts>()));
    }
}

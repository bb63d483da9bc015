using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using WalletFunctions.Platform;

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
        services.AddSingleton<Passwords>();
        services.AddSingleton<Sessions>();
        services.AddSingleton<SigningKeys>();
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<IBearerTokens>(provider => provider.GetRequiredService<AccessTokens>());
        services.AddSingleton<FailureTable>();
        services.AddSingleton<SignInProofs>();
        services.AddSingleton(provider => new SignInLimiter(configuration, provider.GetRequiredService<SandboxOptions>()));
        services.AddSingleton(provider => new SignIn(
            provider.GetRequiredService<AccountDirectory>(),
            provider.GetRequiredService<Sessions>(),
            provider.GetRequiredService<AccessTokens>(),
            provider.GetRequiredService<FailureTable>(),
            provider.GetRequiredService<SignInProofs>(),
            provider.GetRequiredService<Secrets>(),
            provider.GetRequiredService<MachineClock>()));
        return services;
    }
}

using Microsoft.Extensions.DependencyInjection;
using WalletFunctions.Accounts;
using WalletFunctions.Accounts.Status;
using WalletFunctions.Platform;
using WalletFunctions.Support.Email;
using WalletFunctions.Wallet;

namespace WalletFunctions.Sandbox;

internal static class SandboxSetup
{
    public static IServiceCollection AddSandbox(this IServiceCollection services)
    {
        services.AddStorageNames(tables: [SandboxOutbox.TableName, MerchantHooks.TableName]);
        services.AddSingleton<SandboxOutbox>();
        services.AddSingleton(provider => new SandboxSms(
            provider.GetRequiredService<Storage>(), provider.GetRequiredService<SandboxOutbox>(), provider.GetRequiredService<Secrets>(), provider.GetRequiredService<MachineClock>()));
        services.AddSingleton(provider => new MerchantHooks(provider.GetRequiredService<Storage>(), provider.GetRequiredService<MachineClock>()));
        services.AddSingleton<DemoRegisters>();
        services.AddSingleton(provider => new DemoMail(provider.GetRequiredService<InboundMail>()));
        services.AddSingleton(provider => new DemoCodes(
            provider.GetRequiredService<AccountDirectory>(),
            provider.GetRequiredService<Vault>(),
            provider.GetRequiredService<MachineClock>()));
        services.AddSingleton(provider => new Seeding(
            provider.GetRequiredService<AccountDirectory>(),
            provider.GetRequiredService<AccountClasses>(),
            provider.GetRequiredService<Cards>(),
            provider.GetRequiredService<Ledger>(),
            provider.GetRequiredService<Passwords>(),
            provider.GetRequiredService<TimeProvider>()));
        return services;
    }
}

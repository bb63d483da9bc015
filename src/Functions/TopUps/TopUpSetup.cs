using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WalletFunctions.Accounts;
using WalletFunctions.Platform;
using WalletFunctions.Platform.Partners;
using WalletFunctions.Reconciliation;
using WalletFunctions.TopUps.Acquirer;
using WalletFunctions.Wallet;

namespace WalletFunctions.TopUps;

internal static class TopUpSetup
{
    public static IServiceCollection AddTopUps(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddStorageNames(tables: [ChargeIndex.TableName]);
        services.AddSingleton(p => new AcquirerOptions(configuration, p.GetRequiredService<SandboxOptions>(), p.GetRequiredService<Secrets>()));
        services.AddHostedService<PartnerSettingsCheck<AcquirerOptions>>();
        services.AddSingleton<IAcquirer>(p => new HttpAcquirer(PartnerClient.For<HttpAcquirer>(p, p.GetRequiredService<AcquirerOptions>())));
        services.AddSingleton<ICounterparty, ChargeFile>();
        services.AddSingleton<TopUpTable>();
        services.AddSingleton<ChargeIndex>();
        services.AddSingleton<SuspenseReport>();
        services.AddSingleton<LateReport>();
        services.AddSingleton(p => new TopUpDesk(
            p.GetRequiredService<TopUpTable>(),
            p.GetRequiredService<ChargeIndex>(),
            p.GetRequiredService<Ledger>(),
            p.GetRequiredService<IAcquirer>(),
            p.GetRequiredService<SealedCards>(),
            p.GetRequiredService<SuspenseReport>(),
            p.GetRequiredService<LateReport>(),
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<ILogger<TopUpDesk>>()));
        services.AddSingleton(p => new CardTopUps(
            p.GetRequiredService<TopUpTable>(),
            p.GetRequiredService<ChargeIndex>(),
            p.GetRequiredService<Ledger>(),
            p.GetRequiredService<IAcquirer>(),
            p.GetRequiredService<TopUpDesk>(),
            p.GetRequiredService<SealedCards>(),
            p.GetRequiredService<TimeProvider>()));
        services.AddSingleton(p => new Funding(
            p.GetRequiredService<CardTopUps>(),
            p.GetRequiredService<TopUpTable>(),
            p.GetRequiredService<Transfers>(),
            p.GetRequiredService<Ledger>(),
            p.GetRequiredService<TimeProvider>()));
        services.AddSingleton(p => new TopUpPolls(
            p.GetRequiredService<ChargeIndex>(),
            p.GetRequiredService<TopUpDesk>(),
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<MachineClock>(),
            p.GetRequiredService<ILogger<TopUpPolls>>()));
        services.AddHostedService(p => p.GetRequiredService<TopUpPolls>());
        return services;
    }
}

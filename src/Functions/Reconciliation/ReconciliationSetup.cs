using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WalletFunctions.Accounts;
using WalletFunctions.Platform;
using WalletFunctions.Reconciliation.Anchors;
using WalletFunctions.Support.Inbox;
using WalletFunctions.Wallet;

namespace WalletFunctions.Reconciliation;

internal static class ReconciliationSetup
{
    private const string Schedule = "Reconciliation:Schedule";

    /// <summary>Every five seconds: whoever moves the sandbox's clock over midnight wants to see what follows. In Azure the setting is given.</summary>
    private const string LocalSchedule = "*/5 * * * * *";

    public static IServiceCollection AddReconciliation(this IServiceCollection services, IConfigurationManager configuration)
    {
        configuration.Sources.Insert(0, new Microsoft.Extensions.Configuration.Memory.MemoryConfigurationSource { InitialData = [new(Schedule, LocalSchedule)] });
        services.AddStorageNames(tables: [FindingTable.TableName], queues: [ReconciliationBell.QueueName], containers: [AnchorStore.ContainerName]);
        services.AddSingleton(new ReconciliationOptions());
        services.AddSingleton<LedgerCheck>();
        services.AddSingleton<FindingTable>();
        services.AddSingleton<RunTable>();
        services.AddSingleton<RunLease>();
        services.AddSingleton<AnchorStore>();
        services.AddSingleton<AnchorWriter>();
        services.AddSingleton<AnchorAudit>();
        services.AddSingleton<ReconciliationBell>();
        services.AddSingleton(p => new AnchorDesk(p.GetRequiredService<AnchorStore>(), p.GetRequiredService<SigningKeys>()));
        services.AddSingleton(p => new FindingDesk(
            p.GetRequiredService<FindingTable>(), p.GetRequiredService<IInbox>(), p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILogger<FindingDesk>>()));
        services.AddSingleton(p => new Reconciler(
            p.GetRequiredService<RunTable>(),
            p.GetRequiredService<RunLease>(),
            p.GetRequiredService<LedgerCheck>(),
            p.GetRequiredService<AnchorWriter>(),
            p.GetRequiredService<AnchorAudit>(),
            p.GetRequiredService<FindingDesk>(),
            p.GetServices<ICounterparty>(),
            p.GetRequiredService<ReconciliationOptions>(),
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<ILogger<Reconciler>>()));
        services.AddSingleton(p => new KeyCleaning(p.GetRequiredService<Ledger>(), p.GetRequiredService<MachineClock>(), p.GetRequiredService<ReconciliationOptions>(), p.GetRequiredService<ILogger<KeyCleaning>>()));
        return services;
    }
}

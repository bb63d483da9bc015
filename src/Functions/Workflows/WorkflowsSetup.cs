using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WalletFunctions.Audit;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace WalletFunctions.Workflows;

internal static class WorkflowsSetup
{
    public static IServiceCollection AddWorkflows(this IServiceCollection services)
    {
        services.AddStorageNames(tables: [WorkflowRestarts.TableName]);

        // A restart is announced before it is done, as an intent is, and left alone as long.
        services.AddSingleton(provider => new WorkflowRestarts(
            provider.GetRequiredService<Storage>(), provider.GetRequiredService<MachineClock>(), provider.GetRequiredService<LedgerOptions>().IntentAge));
        return services.AddSingleton(provider => new WorkflowDesk(
            provider.GetServices<IWorkflowKind>(),
            provider.GetRequiredService<WorkflowRestarts>(),
            provider.GetRequiredService<AuditLog>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<WorkflowDesk>>()));
    }
}

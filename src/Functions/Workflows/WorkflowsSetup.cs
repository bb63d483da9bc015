using Microsoft.Extensions.DependencyInjection;
using WalletFunctions.Audit;

namespace WalletFunctions.Workflows;

internal static class WorkflowsSetup
{
    public static IServiceCollection AddWorkflows(this IServiceCollection services) => services.AddSingleton(provider => new WorkflowDesk(
        provider.GetServices<IWorkflowKind>(), provider.GetRequiredService<AuditLog>(), provider.GetRequiredService<TimeProvider>()));
}

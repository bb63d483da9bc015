using Microsoft.Extensions.DependencyInjection;
using WalletFunctions.Platform;

namespace WalletFunctions.Audit;

internal static class AuditSetup
{
    public static IServiceCollection AddAudit(this IServiceCollection services)
    {
        services.AddStorageNames(tables: [AuditLog.TableName]);
        return services.AddSingleton<AuditLog>();
    }
}

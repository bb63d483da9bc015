using Microsoft.Extensions.DependencyInjection;
using WalletFunctions.Platform;

namespace WalletFunctions.Bills;

internal static class BillSetup
{
    public static IServiceCollection AddBills(this IServiceCollection services)
    {
        services.AddStorageNames(tables: [BillerRegister.TableName]);
        services.AddSingleton<BillerRegister>();
        return services;
    }
}

using Microsoft.Extensions.DependencyInjection;
using WalletFunctions.Platform;

namespace WalletFunctions.Merchants;

internal static class MerchantSetup
{
    public static IServiceCollection AddMerchants(this IServiceCollection services)
    {
        services.AddStorageNames(tables: [MerchantRegister.TableName]);
        services.AddSingleton<MerchantRegister>();
        services.AddSingleton<MerchantOpening>();
        return services;
    }
}

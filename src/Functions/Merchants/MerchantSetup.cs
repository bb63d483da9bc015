using Microsoft.Extensions.DependencyInjection;
using WalletFunctions.Merchants.Webhooks;
using WalletFunctions.Platform;

namespace WalletFunctions.Merchants;

internal static class MerchantSetup
{
    public static IServiceCollection AddMerchants(this IServiceCollection services)
    {
        services.AddStorageNames(tables: [MerchantRegister.TableName, MerchantEvents.TableName]);
        services.AddSingleton<MerchantRegister>();
        services.AddSingleton<MerchantOpening>();
        services.AddSingleton(provider => new MerchantEvents(provider.GetRequiredService<Storage>()));
        return services;
    }
}

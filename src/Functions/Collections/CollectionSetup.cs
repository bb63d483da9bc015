using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace WalletFunctions.Collections;

internal static class CollectionSetup
{
    public static IServiceCollection AddCollections(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddStorageNames(tables: [CollectionTable.TableName]);
        services.AddSingleton(new CollectionLinks(configuration));
        services.AddSingleton<ICreditRows, CollectionCredit>();
        services.AddSingleton(p => new CollectionTable(p.GetRequiredService<Storage>(), p.GetRequiredService<Ledger>()));
        services.AddSingleton(p => new CollectionDesk(
            p.GetRequiredService<CollectionTable>(),
            p.GetRequiredService<Ledger>(),
            p.GetRequiredService<CollectionLinks>(),
            p.GetRequiredService<TimeProvider>()));
        return services;
    }
}

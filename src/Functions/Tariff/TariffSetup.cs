using Microsoft.Extensions.DependencyInjection;
using WalletFunctions.Wallet;
using WalletFunctions.Withdrawals;

namespace WalletFunctions.Tariff;

internal static class TariffSetup
{
    public static IServiceCollection AddTariff(this IServiceCollection services)
    {
        services.AddSingleton(p => new TariffReader(p.GetRequiredService<IRulebooks>(), p.GetRequiredService<TimeProvider>()));
        services.AddSingleton(p => new LimitsReader(p.GetRequiredService<IRulebooks>(), p.GetRequiredService<TimeProvider>()));
        return services.AddSingleton(p => new Quotes(
            p.GetRequiredService<Ledger>(),
            p.GetRequiredService<RecentAccounts>(),
            p.GetRequiredService<PayeeResolver>(),
            p.GetRequiredService<SpendDesk>(),
            p.GetRequiredService<ArrivalPromises>(),
            p.GetRequiredService<TimeProvider>()));
    }
}

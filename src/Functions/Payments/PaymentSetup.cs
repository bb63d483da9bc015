using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WalletFunctions.Merchants;
using WalletFunctions.Merchants.Webhooks;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace WalletFunctions.Payments;

internal static class PaymentSetup
{
    public static IServiceCollection AddPayments(this IServiceCollection services)
    {
        services.AddSingleton<ICreditRows, SaleCredit>();
        services.AddSingleton(p => new PaymentTable(p.GetRequiredService<Ledger>(), p.GetRequiredService<MerchantRegister>()));
        services.AddSingleton(p => new PaymentReader(p.GetRequiredService<PaymentTable>(), p.GetRequiredService<MoveStates>()));
        services.AddSingleton<SalesTelling>();
        services.AddSingleton(p => new PaymentNews(
            p.GetRequiredService<MerchantEvents>(),
            p.GetRequiredService<SalesTelling>(),
            p.GetRequiredService<MachineClock>(),
            p.GetRequiredService<ILogger<PaymentNews>>()));
        services.AddSingleton<IMerchantEventSource>(p => p.GetRequiredService<PaymentNews>());
        services.AddHostedService(p => p.GetRequiredService<PaymentNews>());
        return services;
    }
}

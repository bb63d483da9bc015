using Microsoft.Extensions.DependencyInjection;
using WalletFunctions.Merchants;
using WalletFunctions.Wallet;

namespace WalletFunctions.Payments;

internal static class PaymentSetup
{
    public static IServiceCollection AddPayments(this IServiceCollection services)
    {
        services.AddSingleton<ICreditRows, SaleCredit>();
        services.AddSingleton(p => new PaymentTable(p.GetRequiredService<Ledger>(), p.GetRequiredService<MerchantRegister>()));
        services.AddSingleton(p => new PaymentReader(p.GetRequiredService<PaymentTable>(), p.GetRequiredService<MoveStates>()));
        return services;
    }
}

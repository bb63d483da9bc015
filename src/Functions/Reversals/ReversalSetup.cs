using Microsoft.Extensions.DependencyInjection;
using WalletFunctions.Accounts;
using WalletFunctions.Domain.Books;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace WalletFunctions.Reversals;

internal static class ReversalSetup
{
    public static IServiceCollection AddReversals(this IServiceCollection services)
    {
        services.AddSingleton<ICreditRows>(new ReturnCredit(TransferPurpose.Reversal));
        services.AddSingleton<ICreditRows>(new ReturnCredit(TransferPurpose.Recall));
        services.AddSingleton(p => new Returns(p.GetRequiredService<Ledger>(), p.GetRequiredService<Transfers>()));
        services.AddSingleton(p => new MoveStates(p.GetRequiredService<Ledger>()));
        services.AddSingleton(p => new ReversalDesk(
            p.GetRequiredService<Returns>(),
            p.GetRequiredService<Ledger>(),
            p.GetRequiredService<AccountDirectory>(),
            p.GetRequiredService<IdSource>()));
        return services;
    }
}

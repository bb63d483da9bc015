using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WalletFunctions.Platform;
using WalletFunctions.Wallet.Attempts;
using WalletFunctions.Wallet.History;
using WalletFunctions.Wallet.Statements;
using WalletFunctions.Wallet.Vouchers;

namespace WalletFunctions.Wallet;

internal static class WalletSetup
{
    public static IServiceCollection AddWalletFeature(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddStorageNames(tables: [Ledger.TableName, Intents.TableName]);
        services.AddSingleton(new LedgerOptions { IntentAge = configuration.GetValue("Ledger:IntentAge", new LedgerOptions().IntentAge) });
        services.AddSingleton(provider => new Ledger(
            provider.GetRequiredService<Storage>().LedgerTable(Ledger.TableName),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<MachineClock>(),
            provider.GetRequiredService<LedgerOptions>()));
        services.AddSingleton(provider => new Intents(
            provider.GetRequiredService<Storage>().Table(Intents.TableName),
            provider.GetRequiredService<MachineClock>(),
            provider.GetRequiredService<LedgerOptions>()));
        services.AddSingleton(provider => new Transfers(
            provider.GetRequiredService<Ledger>(),
            provider.GetRequiredService<Intents>(),
            provider.GetRequiredService<LedgerOptions>(),
            provider.GetRequiredService<MachineClock>(),
            provider.GetRequiredService<IReviewQueue>(),
            provider.GetServices<ICreditRows>(),
            provider.GetServices<IArrivalListener>()));
        services.AddSingleton<IIntentSweeper>(provider => provider.GetRequiredService<Transfers>());
        services.AddSingleton(provider => new IntentSweep(
            provider.GetRequiredService<Intents>(),
            provider.GetServices<IIntentSweeper>(),
            provider.GetRequiredService<MachineClock>(),
            provider.GetRequiredService<LedgerOptions>(),
            provider.GetRequiredService<ILogger<IntentSweep>>()));
        services.AddSingleton<BookHistory>();
        services.AddSingleton<TransactionList>();
        services.AddSingleton<TransactionViews>();
        services.AddSingleton<VoucherDesk>();
        services.AddSingleton<AttemptBook>();
        services.AddSingleton<StatementDesk>();
        services.AddSingleton<RecentAccounts>();
        services.AddSingleton<PayeeResolver>();
        services.AddSingleton<PayeeSearch>();
        services.AddSingleton<PayeeNames>();
        services.AddSingleton<IIntentSweeper, ReviewSweeper>();
        services.AddSingleton(provider => new SpendDesk(provider.GetRequiredService<RecentAccounts>(), provider.GetRequiredService<IRulebooks>()));
        services.AddSingleton(provider => new MoneyRoute(
            provider.GetRequiredService<SpendDesk>(),
            provider.GetRequiredService<RecentAccounts>(),
            provider.GetRequiredService<IConfirmations>(),
            provider.GetRequiredService<Secrets>()));
        services.AddHostedService(provider => provider.GetRequiredService<IntentSweep>());
        return services;
    }
}

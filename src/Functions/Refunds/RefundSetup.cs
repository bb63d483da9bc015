using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WalletFunctions.Merchants;
using WalletFunctions.Payments;
using WalletFunctions.Platform;
using WalletFunctions.Reconciliation;
using WalletFunctions.Reviews;
using WalletFunctions.Support.Inbox;
using WalletFunctions.Wallet;
using WalletFunctions.Workflows;

namespace WalletFunctions.Refunds;

internal static class RefundSetup
{
    public static IServiceCollection AddRefunds(this IServiceCollection services)
    {
        services.AddStorageNames(tables: [RefundIndex.TableName], queues: [RefundStarter.Name]);
        services.AddSingleton<ICreditRows, RefundCredit>();
        services.AddSingleton<IIntentSweeper, RefundSweeper>();
        services.AddSingleton<IReviewKind, RefundReviews>();
        services.AddSingleton<IWorkflowKind, RefundWorkflow>();
        services.AddSingleton<IBookRule, RefundRule>();
        services.AddSingleton<RefundTable>();
        services.AddSingleton<RefundIndex>();
        services.AddSingleton<RefundQueue>();
        services.AddSingleton<RefundNews>();
        services.AddSingleton<RefundPolicies>();
        services.AddSingleton<RefundFunds>();
        services.AddSingleton<IArrivalListener>(p => p.GetRequiredService<RefundFunds>());
        services.AddSingleton(p => new RefundBook(p.GetRequiredService<PaymentTable>(), p.GetRequiredService<Ledger>(), p.GetRequiredService<RefundTable>()));
        services.AddSingleton(p => new RefundMoney(p.GetRequiredService<Transfers>(), p.GetRequiredService<Ledger>()));
        services.AddSingleton(p => new RefundCase(p.GetRequiredService<IInbox>()));
        services.AddSingleton(p => new RefundReader(
            p.GetRequiredService<RefundTable>(),
            p.GetRequiredService<RefundIndex>(),
            p.GetRequiredService<RefundPolicies>(),
            p.GetRequiredService<PaymentReader>()));
        services.AddSingleton<IConversationMatter, RefundMatter>();
        services.AddSingleton(p => new RefundRequests(
            p.GetRequiredService<RefundBook>(),
            p.GetRequiredService<RefundIndex>(),
            p.GetRequiredService<RefundPolicies>(),
            p.GetRequiredService<Ledger>(),
            p.GetRequiredService<Intents>(),
            p.GetRequiredService<IdSource>(),
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<ILogger<RefundRequests>>()));
        services.AddSingleton(p => new RefundSteps(
            p.GetRequiredService<RefundTable>(),
            p.GetRequiredService<RefundBook>(),
            p.GetRequiredService<RefundPolicies>(),
            p.GetRequiredService<Ledger>(),
            p.GetRequiredService<Intents>(),
            p.GetRequiredService<IdSource>(),
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<ILogger<RefundSteps>>()));
        services.AddSingleton(p => new RefundDesk(
            p.GetRequiredService<RefundTable>(),
            p.GetRequiredService<RefundBook>(),
            p.GetRequiredService<RefundIndex>(),
            p.GetRequiredService<RefundMoney>(),
            p.GetRequiredService<RefundFunds>(),
            p.GetRequiredService<RefundCase>(),
            p.GetRequiredService<RefundNews>(),
            p.GetRequiredService<RefundPolicies>(),
            p.GetRequiredService<MerchantRegister>(),
            p.GetRequiredService<TimeProvider>()));
        return services;
    }
}

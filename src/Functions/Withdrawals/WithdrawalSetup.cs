using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WalletFunctions.Accounts.Status;
using WalletFunctions.Notifications;
using WalletFunctions.Platform;
using WalletFunctions.Platform.Partners;
using WalletFunctions.Reconciliation;
using WalletFunctions.Reviews;
using WalletFunctions.Support.Inbox;
using WalletFunctions.Wallet;
using WalletFunctions.Withdrawals.Bank;
using WalletFunctions.Workflows;

namespace WalletFunctions.Withdrawals;

internal static class WithdrawalSetup
{
    public static IServiceCollection AddWithdrawals(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddStorageNames(queues: [WithdrawalStarter.Name]);
        services.AddSingleton(ArrivalRule.From(configuration));
        services.AddSingleton(p => new BankOptions(configuration, p.GetRequiredService<SandboxOptions>(), p.GetRequiredService<Secrets>()));
        services.AddHostedService<PartnerSettingsCheck<BankOptions>>();
        services.AddSingleton<IBank>(p => new HttpBank(PartnerClient.For<HttpBank>(p, p.GetRequiredService<BankOptions>())));
        services.AddSingleton<WithdrawalTable>();
        services.AddSingleton<Beneficiaries>();
        services.AddSingleton<OverdueReport>();
        services.AddSingleton<SuspenseReport>();
        services.AddSingleton(p => new WithdrawalNews(p.GetRequiredService<Notifier>(), p.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IIntentSweeper, WithdrawalSweeper>();
        services.AddSingleton<IThawListener, WithdrawalThaw>();
        services.AddSingleton<IWorkflowKind, WithdrawalWorkflow>();
        services.AddSingleton<IReviewKind, WithdrawalReviewKind>();
        services.AddSingleton<IConversationMatter, WithdrawalMatter>();
        services.AddSingleton<ArrivalPromises>();
        services.AddSingleton(p => new WithdrawalReviews(
            p.GetRequiredService<WithdrawalTable>(),
            p.GetRequiredService<Ledger>(),
            p.GetRequiredService<ReviewBoard>(),
            p.GetRequiredService<RecentAccounts>(),
            p.GetRequiredService<IInbox>(),
            p.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IHoldPurpose, WithdrawalHolds>();
        services.AddSingleton<ICounterparty, PayoutFile>();
        services.AddSingleton(p => new PayoutDesk(
            p.GetRequiredService<WithdrawalTable>(),
            p.GetRequiredService<Ledger>(),
            p.GetRequiredService<IBank>(),
            p.GetRequiredService<Beneficiaries>(),
            p.GetRequiredService<OverdueReport>(),
            p.GetRequiredService<SuspenseReport>(),
            p.GetRequiredService<WithdrawalReviews>(),
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<MachineClock>(),
            p.GetRequiredService<ILogger<PayoutDesk>>()));
        services.AddSingleton(p => new BankCallbacks(
            p.GetRequiredService<WithdrawalTable>(),
            p.GetRequiredService<PayoutDesk>(),
            p.GetRequiredService<WithdrawalNews>(),
            p.GetRequiredService<ILogger<BankCallbacks>>()));
        services.AddSingleton(p => new WithdrawalRequests(
            p.GetRequiredService<WithdrawalTable>(),
            p.GetRequiredService<Ledger>(),
            p.GetRequiredService<Intents>(),
            p.GetRequiredService<Beneficiaries>(),
            p.GetRequiredService<ArrivalPromises>(),
            p.GetRequiredService<PayoutDesk>(),
            p.GetRequiredService<WithdrawalNews>(),
            p.GetRequiredService<IdSource>(),
            p.GetRequiredService<MoneyRoute>(),
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<ILogger<WithdrawalRequests>>()));
        services.AddSingleton(p => new WithdrawalReader(p.GetRequiredService<WithdrawalTable>()));
        return services;
    }
}

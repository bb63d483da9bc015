using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WalletFunctions.Platform;
using WalletFunctions.Support.Inbox;
using WalletFunctions.Wallet;

namespace WalletFunctions.Recalls;

internal static class RecallSetup
{
    public static IServiceCollection AddRecalls(this IServiceCollection services)
    {
        services.AddStorageNames(tables: [RecallTable.DueTableName]);
        services.AddSingleton(p => new RecallTable(p.GetRequiredService<Storage>(), p.GetRequiredService<Ledger>()));
        services.AddSingleton(p => new RecallDesk(
            p.GetRequiredService<RecallTable>(),
            p.GetRequiredService<Returns>(),
            p.GetRequiredService<Transfers>(),
            p.GetRequiredService<Ledger>(),
            p.GetRequiredService<RecentAccounts>(),
            p.GetRequiredService<IdSource>(),
            p.GetRequiredService<TimeProvider>()));
        services.AddSingleton(p => new RecallSilence(
            p.GetRequiredService<RecallTable>(),
            p.GetRequiredService<Returns>(),
            p.GetRequiredService<RecentAccounts>(),
            p.GetRequiredService<IInbox>(),
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<ILogger<RecallSilence>>()));
        return services;
    }
}

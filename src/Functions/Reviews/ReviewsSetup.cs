using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WalletFunctions.Accounts;
using WalletFunctions.Audit;
using WalletFunctions.Platform;
using WalletFunctions.Support.Inbox;
using WalletFunctions.Wallet;

namespace WalletFunctions.Reviews;

internal static class ReviewsSetup
{
    public static IServiceCollection AddReviews(this IServiceCollection services)
    {
        services.AddStorageNames(tables: [ReviewTable.TableName]);
        services.AddSingleton<ReviewTable>();
        services.AddSingleton<ReviewBoard>();
        services.AddSingleton(provider => new ReviewCase(provider.GetRequiredService<AccountDirectory>(), provider.GetRequiredService<IInbox>(), provider.GetRequiredService<Ledger>()));
        services.AddSingleton<IReviewKind>(provider => new TransferReviews(provider.GetRequiredService<Transfers>(), provider.GetRequiredService<ReviewCase>()));
        services.AddSingleton(provider => new ReviewDesk(
            provider.GetRequiredService<ReviewTable>(),
            provider.GetServices<IReviewKind>(),
            provider.GetRequiredService<IInbox>(),
            provider.GetRequiredService<AuditLog>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ReviewDesk>>()));
        services.AddSingleton<IReviewQueue, ReviewQueue>();
        return services;
    }
}

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WalletFunctions.Audit;
using WalletFunctions.Platform;
using WalletFunctions.Support.Inbox;
using WalletFunctions.Wallet;

namespace WalletFunctions.Reviews;

internal static class ReviewsSetup
{
    private const string Schedule = "Reviews:Schedule";

    /// <summary>Every five seconds: whoever moves the sandbox's clock over a review's end wants to see what follows. In Azure the setting is given.</summary>
    private const string LocalSchedule = "*/5 * * * * *";

    public static IServiceCollection AddReviews(this IServiceCollection services, IConfigurationManager configuration)
    {
        configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = [new(Schedule, LocalSchedule)] });
        services.AddStorageNames(tables: [ReviewTable.TableName]);
        services.AddSingleton<ReviewTable>();
        services.AddSingleton<ReviewBoard>();
        services.AddSingleton(provider => new ReviewCase(provider.GetRequiredService<RecentAccounts>(), provider.GetRequiredService<IInbox>(), provider.GetRequiredService<Ledger>()));
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

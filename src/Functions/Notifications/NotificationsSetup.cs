using Microsoft.Extensions.DependencyInjection;
using WalletFunctions.Platform;

namespace WalletFunctions.Notifications;

internal static class NotificationsSetup
{
    public static IServiceCollection AddNotifications(this IServiceCollection services)
    {
        services.AddStorageNames(tables: [Notifier.TableName]);
        services.AddSingleton(provider => new Notifier(provider.GetRequiredService<Storage>(), provider.GetRequiredService<TimeProvider>()));
        return services;
    }
}

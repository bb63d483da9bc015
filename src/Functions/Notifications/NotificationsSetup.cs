using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WalletFunctions.Notifications.Sms;
using WalletFunctions.Platform;
using WalletFunctions.Support.Email;
using WalletFunctions.Wallet;
using WalletFunctions.Wallet.History;

namespace WalletFunctions.Notifications;

internal static class NotificationsSetup
{
    /// <exception cref="SettingsException">A setting of the gateway of short messages is missing or malformed.</exception>
    public static IServiceCollection AddNotifications(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSms(configuration);
        services.AddStorageNames(tables: [NoticeTable.TableName]);
        services.AddPassingRows(NoticeTable.TableName, NoticeTable.KeyDays, NoticeTable.KeyPrefix);
        services.AddPassingRows(NoticeTable.TableName, NoticeTable.KeptDays, NoticeRow.Prefix);
        services.AddSingleton(new NotificationOptions { MailDomain = configuration["Mail:Domain"] ?? "wallet.example" });
        services.AddSingleton<NoticeTable>();
        services.AddSingleton(provider => new NoticePost(
            provider.GetRequiredService<NoticeTable>(),
            provider.GetRequiredService<RecentAccounts>(),
            provider.GetRequiredService<ISmsSender>(),
            provider.GetRequiredService<IMailSender>(),
            provider.GetRequiredService<NotificationOptions>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<MachineClock>(),
            provider.GetRequiredService<ILogger<NoticePost>>()));
        services.AddSingleton(provider => new Notifier(
            provider.GetRequiredService<NoticeTable>(),
            provider.GetRequiredService<NoticePost>(),
            provider.GetRequiredService<NotificationOptions>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<MachineClock>()));
        services.AddSingleton(provider => new NoticeList(
            provider.GetRequiredService<NoticeTable>(), provider.GetRequiredService<BookHistory>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new NoticeSweep(
            provider.GetRequiredService<NoticeTable>(), provider.GetRequiredService<NoticePost>(), provider.GetRequiredService<ILogger<NoticeSweep>>()));
        return services;
    }

    private static void AddSms(this IServiceCollection services, IConfiguration configuration)
    {
        var sandbox = SandboxOptions.From(configuration);
        var gateway = SmsOptions.From(configuration, sandbox, Secrets.From(configuration, sandbox));
        services.AddSingleton<ISmsSender>(provider => gateway is null ? new NoSmsSender() : new HttpSmsSender(
            new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }), gateway, provider.GetRequiredService<MachineClock>()));
    }
}

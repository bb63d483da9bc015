using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WalletFunctions.Accounts;
using WalletFunctions.Merchants.Webhooks;
using WalletFunctions.Notifications;
using WalletFunctions.Platform;
using WalletFunctions.Support.Inbox;

namespace WalletFunctions.Merchants;

internal static class MerchantSetup
{
    public static IServiceCollection AddMerchants(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddStorageNames(tables: [MerchantRegister.TableName, WebhookTable.TableName]);
        services.AddPassingRows(WebhookTable.TableName, days: 62, WebhookKeys.EventPrefix);
        services.AddPassingRows(WebhookTable.TableName, days: 62, WebhookKeys.DeliveryPrefix);
        services.AddSingleton<MerchantRegister>();
        services.AddSingleton<MerchantOpening>();
        services.AddSingleton(provider => new WebhookOptions(
            TimeSpan.FromSeconds(configuration.GetValue("MerchantWebhooks:TimeoutSeconds", 10)), provider.GetRequiredService<SandboxOptions>().Enabled));
        services.AddSingleton(provider => new WebhookTable(provider.GetRequiredService<Storage>(), provider.GetRequiredService<Vault>()));
        services.AddSingleton(provider => new WebhookPostman(
            provider.GetRequiredService<WebhookTable>(),
            new WebhookSender(provider.GetRequiredService<WebhookOptions>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<MachineClock>()),
            new WebhookClosing(provider.GetRequiredService<WebhookTable>(), provider.GetRequiredService<IInbox>(), provider.GetRequiredService<Notifier>()),
            provider.GetRequiredService<WebhookOptions>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<MachineClock>(),
            provider.GetRequiredService<ILogger<WebhookPostman>>()));
        services.AddSingleton(provider => new MerchantEvents(
            provider.GetRequiredService<WebhookTable>(),
            provider.GetRequiredService<WebhookPostman>(),
            provider.GetRequiredService<WebhookOptions>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<MachineClock>()));
        services.AddSingleton(provider => new WebhookSweep(
            provider.GetRequiredService<WebhookTable>(),
            provider.GetRequiredService<WebhookPostman>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<MachineClock>()));
        services.AddSingleton(provider => new WebhookDesk(
            provider.GetRequiredService<WebhookTable>(),
            provider.GetRequiredService<MerchantEvents>(),
            provider.GetServices<IMerchantEventSource>(),
            provider.GetRequiredService<WebhookOptions>(),
            provider.GetRequiredService<Secrets>(),
            provider.GetRequiredService<TimeProvider>()));
        return services;
    }
}

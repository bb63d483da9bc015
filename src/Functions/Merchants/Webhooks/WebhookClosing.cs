using System.Globalization;
using WalletFunctions.Domain.Inbox;
using WalletFunctions.Domain.Merchants;
using WalletFunctions.Domain.Notifications;
using WalletFunctions.Notifications;
using WalletFunctions.Support.Inbox;

namespace WalletFunctions.Merchants.Webhooks;

/// <summary>Switches off endpoints that no longer answer, and tells the merchant and support.</summary>
internal sealed class WebhookClosing(WebhookTable table, IInbox inbox, Notifier notifier)
{
    /// <param name="isGone">Whether it said so itself.</param>
    public async Task CloseAsync(WebhookEndpoint endpoint, bool isGone, CancellationToken cancellationToken)
    {
        var since = endpoint.FailingSince ?? endpoint.CreatedAt;
        var key = string.Create(CultureInfo.InvariantCulture, $"webhook-disabled:{endpoint.Id}:{since.UtcTicks}");
        var words = WebhookWords.Disabled(endpoint.Id, endpoint.Url.Host, isGone);
        await inbox.OpenAsync(
            new OpenConversation(key, since, WebhookWords.DisabledTitle, Priority.Normal, "merchant", endpoint.Merchant, words)
            {
                SubjectId = endpoint.Id.Value,
            },
            cancellationToken);
        await notifier.NotifyAsync(new Notice(endpoint.Merchant, key, NotificationTopic.Merchant, WebhookWords.DisabledTitle, words, endpoint.Id.Value), cancellationToken);
        for (WebhookEndpoint? current = endpoint; current is { Status: WebhookStatus.Active }; current = await table.FindAsync(endpoint.Merchant, endpoint.Id, cancellationToken))
        {
            if (await table.ReplaceAsync(current with { Status = WebhookStatus.Disabled }, cancellationToken) is not null)
            {
                return;
            }
        }
    }
}

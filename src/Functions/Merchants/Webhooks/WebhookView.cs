using WalletFunctions.Domain;

namespace WalletFunctions.Merchants.Webhooks;

/// <summary>An endpoint as its merchant sees it.</summary>
/// <param name="Types">What it is told of; empty: of everything.</param>
/// <param name="FailingSince">Since when it has taken nothing.</param>
internal sealed record WebhookView(WebhookId WebhookId, string Url, IReadOnlyList<string> Types, WebhookStatus Status, DateTimeOffset? FailingSince, DateTimeOffset CreatedAt)
{
    public static WebhookView Of(WebhookEndpoint endpoint) => new(endpoint.Id, endpoint.Url.AbsoluteUri, endpoint.Types, endpoint.Status, endpoint.FailingSince, endpoint.CreatedAt);
}

/// <summary>An endpoint with its secret, which is shown once.</summary>
/// <param name="OldSecretUntil">Until when the secret before signs as well.</param>
internal sealed record WebhookWithSecret(WebhookId WebhookId, string Url, IReadOnlyList<string> Types, WebhookStatus Status, string Secret, DateTimeOffset? OldSecretUntil, DateTimeOffset CreatedAt)
{
    public static WebhookWithSecret Of(WebhookEndpoint endpoint) => new(
        endpoint.Id, endpoint.Url.AbsoluteUri, endpoint.Types, endpoint.Status, WebhookEndpoint.Written(endpoint.Secret), endpoint.OldSecret is null ? null : endpoint.OldSecretUntil, endpoint.CreatedAt);
}

/// <summary>A delivery as its merchant sees it.</summary>
/// <param name="EventId">The <c>webhook-id</c>.</param>
/// <param name="LastResult">What came of the last try: <c>http_503</c>, <c>timeout</c>, <c>unreachable</c>.</param>
internal sealed record DeliveryView(
    WebhookDeliveryId DeliveryId, string EventId, string Type, DeliveryStatus Status, int Tries, string? LastResult, DateTimeOffset? LastTryAt, DateTimeOffset? NextTryAt, DateTimeOffset At)
{
    public static DeliveryView Of(WebhookDelivery delivery) => new(
        delivery.Id, delivery.EventId, delivery.Type, delivery.Status, delivery.Tries, delivery.LastResult, delivery.LastTryAt, delivery.NextTryAt, delivery.At);
}

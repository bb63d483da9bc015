using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain;
using WalletFunctions.Platform;

namespace WalletFunctions.Merchants.Webhooks;

/// <summary>Where a delivery stands.</summary>
internal enum DeliveryStatus
{
    Pending,
    Delivered,
    Failed,
}

/// <summary>One event on its way to one endpoint.</summary>
/// <param name="RowKey">Its place in the merchant's shard.</param>
/// <param name="EventId">The <c>webhook-id</c>: the same for every endpoint and every try.</param>
/// <param name="Body">Exactly what is signed and sent.</param>
/// <param name="At">When it was published.</param>
internal sealed record WebhookDelivery(AccountId Merchant, WebhookId Endpoint, string RowKey, WebhookDeliveryId Id, string EventId, string Type, string Body, DateTimeOffset At)
{
    public DeliveryStatus Status { get; init; } = DeliveryStatus.Pending;

    public int Tries { get; init; }

    public DateTimeOffset? LastTryAt { get; init; }

    /// <summary>What came of the last try: <c>http_503</c>, <c>timeout</c>; null before the first.</summary>
    public string? LastResult { get; init; }

    /// <summary>When it is tried again; null when it is not.</summary>
    public DateTimeOffset? NextTryAt { get; init; }

    public TableEntity ToRow()
    {
        var row = new TableEntity(WebhookKeys.Partition(Merchant), RowKey)
        {
            ["Merchant"] = Merchant.Value,
            ["Endpoint"] = Endpoint.Value,
            ["Id"] = Id.Value,
            ["Event"] = EventId,
            ["Type"] = Type,
            ["At"] = At,
            ["Status"] = Status.ToString(),
            ["Tries"] = Tries,
            ["LastTryAt"] = LastTryAt,
            ["LastResult"] = LastResult,
            ["NextTryAt"] = NextTryAt,
        };
        LongText.Write(row, "Body", Body);
        return row;
    }

    public static WebhookDelivery Read(TableEntity row) => new(
        AccountId.Of(row.GetString("Merchant")),
        WebhookId.Of(row.GetString("Endpoint")),
        row.RowKey,
        WebhookDeliveryId.Of(row.GetString("Id")),
        row.GetString("Event"),
        row.GetString("Type"),
        LongText.Read(row, "Body"),
        row.GetDateTimeOffset("At")!.Value)
    {
        Status = Enum.Parse<DeliveryStatus>(row.GetString("Status")),
        Tries = row.GetInt32("Tries") ?? 0,
        LastTryAt = row.GetDateTimeOffset("LastTryAt"),
        LastResult = row.GetString("LastResult"),
        NextTryAt = row.GetString("Status") == nameof(DeliveryStatus.Pending) ? row.GetDateTimeOffset("NextTryAt") : null,
    };
}

/// <summary>A place in the list of those that wait.</summary>
/// <param name="Key">Its row key: by the business clock.</param>
/// <param name="Row">The delivery's row key.</param>
/// <param name="LeasedUntil">Until when somebody has it, by the machine's clock; long ago where nobody has.</param>
internal sealed record WaitingPlace(string Key, string Row, DateTimeOffset LeasedUntil)
{
    public string DeliveryId => WebhookKeys.DeliveryOf(Key);
}

/// <summary>A delivery that waits, with its place in the list.</summary>
internal sealed record WaitingDelivery(WebhookDelivery Delivery, WaitingPlace Place);

/// <summary>An endpoint for which deliveries wait apart.</summary>
/// <param name="DueAt">When to look whether it takes any, by the business clock.</param>
/// <param name="After">The place of the one that was offered last while it took none.</param>
internal sealed record WebhookLine(AccountId Merchant, WebhookId Endpoint, DateTimeOffset DueAt, string? After, ETag ETag)
{
    public static WebhookLine Read(TableEntity row) => new(
        AccountId.Of(row.GetString("Merchant")),
        WebhookId.Of(row.GetString("Endpoint")),
        row.GetDateTimeOffset("Due") ?? DateTimeOffset.UnixEpoch,
        row.GetString("After"),
        row.ETag);
}

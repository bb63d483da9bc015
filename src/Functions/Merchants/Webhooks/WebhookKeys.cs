using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using WalletFunctions.Domain;

namespace WalletFunctions.Merchants.Webhooks;

/// <summary>
/// The keys of table <c>merchantwebhooks</c>. A merchant's endpoints (<c>h|</c>), event keys (<c>k|</c>) and deliveries (<c>d|</c>) stand in
/// one shard with the list of what waits (<c>o|</c>, by when somebody should look), so that an event and its deliveries are stored as one,
/// and nobody ever searches the table. What must wait for its endpoint stands apart (<c>w|</c>, the oldest first), out of the way of what is
/// due, and of each endpoint of which something does there is one row (<c>l|</c>). Ids and digits only, so no forbidden character can occur.
/// </summary>
internal static class WebhookKeys
{
    public const string Waiting = "o|";

    public const string EndpointPrefix = "h|";

    public const string EventPrefix = "k|";

    public const string DeliveryPrefix = "d|";

    public const string LinePrefix = "l|";

    public const int Shards = 4;

    private const int TickDigits = 19;

    public static string PartitionOf(int shard) => string.Create(CultureInfo.InvariantCulture, $"s{shard}");

    public static string Partition(AccountId merchant) => PartitionOf(SHA256.HashData(Encoding.ASCII.GetBytes(merchant.Value))[0] % Shards);

    public static string Endpoints(AccountId merchant) => $"{EndpointPrefix}{merchant}|";

    /// <summary>Whose an endpoint is, by its row key.</summary>
    public static AccountId MerchantOf(string endpoint) => AccountId.Of(endpoint[EndpointPrefix.Length..endpoint.LastIndexOf('|')]);

    public static string Endpoint(AccountId merchant, WebhookId id) => Endpoints(merchant) + id;

    public static string Event(string eventId) => EventPrefix + eventId;

    public static string Deliveries(AccountId merchant, WebhookId endpoint) => $"{DeliveryPrefix}{merchant}|{endpoint}|";

    /// <summary>Newest first.</summary>
    public static string Delivery(AccountId merchant, WebhookId endpoint, DateTimeOffset at, string eventId) =>
        string.Create(CultureInfo.InvariantCulture, $"{Deliveries(merchant, endpoint)}{long.MaxValue - at.UtcTicks:D19}{eventId[^8..]}");

    public static string Place(DateTimeOffset due, string id) => $"{Waiting}{Ticks(due)}{id}";

    /// <summary>The id of the delivery that has a place in the list.</summary>
    public static string DeliveryOf(string place) => place[(Waiting.Length + TickDigits)..];

    /// <summary>Whose a delivery is, by its row key.</summary>
    public static (AccountId Merchant, WebhookId Endpoint) EndpointOf(string delivery) =>
        delivery.Split('|') is [_, var merchant, var endpoint, _] ? (AccountId.Of(merchant), WebhookId.Of(endpoint)) : throw new FormatException("Not the row key of a delivery.");

    public static string Line(AccountId merchant, WebhookId endpoint) => $"{LinePrefix}{merchant}|{endpoint}";

    public static string AllParked(AccountId merchant, WebhookId endpoint) => $"w|{merchant}|{endpoint}|";

    /// <summary>Where a delivery waits for its endpoint, by when it was published.</summary>
    public static string Parked(string delivery, string id)
    {
        var ((merchant, endpoint), newestFirst) = (EndpointOf(delivery), long.Parse(delivery.AsSpan(delivery.LastIndexOf('|') + 1, TickDigits), NumberStyles.None, CultureInfo.InvariantCulture));
        return string.Create(CultureInfo.InvariantCulture, $"{AllParked(merchant, endpoint)}{long.MaxValue - newestFirst:D19}{id}");
    }

    /// <summary>When a delivery that waits for its endpoint was published.</summary>
    public static DateTimeOffset PublishedAt(string parked) =>
        new(long.Parse(parked.AsSpan(parked.LastIndexOf('|') + 1, TickDigits), NumberStyles.None, CultureInfo.InvariantCulture), TimeSpan.Zero);

    public static string Ticks(DateTimeOffset at) => at.UtcTicks.ToString("D19", CultureInfo.InvariantCulture);

    /// <summary>The id that belongs to an event's key.</summary>
    public static string EventId(AccountId merchant, string key) => "evt_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{merchant}\n{key}")).AsSpan(0, 16));
}

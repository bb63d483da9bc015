using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using WalletFunctions.Domain;

namespace WalletFunctions.Merchants.Webhooks;

/// <summary>
/// The keys of table <c>merchantwebhooks</c>. A merchant's endpoints (<c>h|</c>), event keys (<c>k|</c>) and deliveries (<c>d|</c>) stand in
/// one shard with the list of what waits (<c>o|</c>, by when somebody should look), so that an event and its deliveries are stored as one,
/// and nobody ever searches the table. Ids and digits only, so no forbidden character can occur.
/// </summary>
internal static class WebhookKeys
{
    public const string Waiting = "o|";

    public const string EndpointPrefix = "h|";

    public const string EventPrefix = "k|";

    public const string DeliveryPrefix = "d|";

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

    public static string Place(DateTimeOffset due, WebhookDelivery delivery) => $"{Waiting}{Ticks(due)}{delivery.Id}";

    /// <summary>When somebody should look, by a place in the list.</summary>
    public static DateTimeOffset DueOf(string place) => new(long.Parse(place.AsSpan(Waiting.Length, TickDigits), NumberStyles.None, CultureInfo.InvariantCulture), TimeSpan.Zero);

    public static string Ticks(DateTimeOffset at) => at.UtcTicks.ToString("D19", CultureInfo.InvariantCulture);

    /// <summary>The id that belongs to an event's key.</summary>
    public static string EventId(AccountId merchant, string key) => "evt_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{merchant}\n{key}")).AsSpan(0, 16));
}

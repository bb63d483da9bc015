using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Notifications;

namespace WalletFunctions.Notifications;

/// <summary>What became of a notice on one channel.</summary>
/// <param name="To">Where it went, masked; null in the app.</param>
/// <param name="At">Since when, by the business clock.</param>
/// <param name="Code">Why it failed.</param>
internal sealed record Delivery(NotificationChannel Channel, string? To, NoticeState State, DateTimeOffset At, string? Code = null);

/// <summary>A notice as it is stored.</summary>
internal sealed class NoticeRow : ITableEntity
{
    public const string Prefix = "n|";

    /// <summary>
    /// Notices of many accounts share a partition, so that those that come at one time go out in one transaction. Each may take 2,000
    /// rows a second, which is some 1,600 notices in all four; a further split would only make more and smaller transactions.
    /// </summary>
    public const int Shards = 4;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public string PartitionKey { get; set; } = "";

    public string RowKey { get; set; } = "";

    public DateTimeOffset? Timestamp { get; set; }

    public ETag ETag { get; set; }

    public int Schema { get; set; } = 1;

    public string Id { get; set; } = "";

    public string Account { get; set; } = "";

    public string Topic { get; set; } = "";

    public string TitleZh { get; set; } = "";

    public string TitleEn { get; set; } = "";

    public string BodyZh { get; set; } = "";

    public string BodyEn { get; set; } = "";

    public string? SubjectId { get; set; }

    /// <summary>By the business clock.</summary>
    public DateTimeOffset At { get; set; }

    /// <summary>By the machine's: how long it has been tried.</summary>
    public DateTimeOffset StoredAt { get; set; }

    /// <summary>Belongs to the notice's key; what providers know its messages by is made of it.</summary>
    public string Occasion { get; set; } = "";

    /// <summary>What became of it, as JSON; empty until somebody has looked which channels there are.</summary>
    public string Deliveries { get; set; } = "";

    public Text Title() => new(TitleZh, TitleEn);

    public Text Body() => new(BodyZh, BodyEn);

    public IReadOnlyList<Delivery> ReadDeliveries() => Deliveries.Length == 0 ? [] : JsonSerializer.Deserialize<List<Delivery>>(Deliveries, Json)!;

    public void WriteDeliveries(IReadOnlyList<Delivery> deliveries) => Deliveries = JsonSerializer.Serialize(deliveries, Json);

    public static NoticeRow Of(Notice notice, DateTimeOffset at, DateTimeOffset storedAt)
    {
        var occasion = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{notice.Account}\n{notice.Key}")).AsSpan(0, 16));
        return new NoticeRow
        {
            PartitionKey = Partition(notice.Account),
            RowKey = string.Create(CultureInfo.InvariantCulture, $"{PrefixOf(notice.Account)}{long.MaxValue - at.UtcTicks:D19}{occasion[..8]}"),
            Id = Domain.Id.From<NotificationId>(at, Encoding.ASCII.GetBytes(occasion)).Value,
            Account = notice.Account.Value,
            Topic = notice.Topic,
            TitleZh = notice.Title.Zh,
            TitleEn = notice.Title.En,
            BodyZh = notice.Body.Zh,
            BodyEn = notice.Body.En,
            SubjectId = notice.SubjectId,
            At = at,
            StoredAt = storedAt,
            Occasion = occasion,
        };
    }

    /// <summary>An account's notices stand together in its shard, newest first.</summary>
    public static string PrefixOf(AccountId account) => $"{Prefix}{account}|";

    public static string Partition(AccountId account) => PartitionOf(SHA256.HashData(Encoding.ASCII.GetBytes(account.Value))[0] % Shards);

    public static string PartitionOf(int shard) => string.Create(CultureInfo.InvariantCulture, $"s{shard}");
}

using Azure;
using Azure.Data.Tables;
using WalletFunctions.Accounts;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Merchants;

namespace WalletFunctions.Merchants.Webhooks;

/// <summary>Whether events go to an endpoint.</summary>
internal enum WebhookStatus
{
    Active,
    Disabled,
}

/// <summary>Where a merchant wants to be told.</summary>
/// <param name="Types">What of; empty: of everything.</param>
/// <param name="Secret">Signs what we send.</param>
internal sealed record WebhookEndpoint(WebhookId Id, AccountId Merchant, Uri Url, IReadOnlyList<string> Types, byte[] Secret, DateTimeOffset CreatedAt)
{
    public const string SecretPrefix = "whsec_";

    /// <summary>The oldest first.</summary>
    public static readonly IComparer<WebhookEndpoint> ByAge = Comparer<WebhookEndpoint>.Create(static (one, other) =>
        one.CreatedAt == other.CreatedAt ? string.CompareOrdinal(one.Id.Value, other.Id.Value) : one.CreatedAt.CompareTo(other.CreatedAt));

    /// <summary>So long the secret before still signs too.</summary>
    public static readonly TimeSpan SecretOverlap = TimeSpan.FromDays(1);

    public WebhookStatus Status { get; init; } = WebhookStatus.Active;

    public byte[]? OldSecret { get; init; }

    public DateTimeOffset OldSecretUntil { get; init; } = DateTimeOffset.UnixEpoch;

    /// <summary>Since when it has taken nothing; null while it takes what it is given.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>How often in succession it has taken nothing, counted once for all that was under way at a time.</summary>
    public int Failures { get; init; }

    /// <summary>While it takes nothing: when one delivery tries it again, by the business clock.</summary>
    public DateTimeOffset? NextTryAt { get; init; }

    public ETag ETag { get; init; }

    /// <summary>Whether nothing is to be offered to it at a moment.</summary>
    public bool RestsAt(DateTimeOffset now) => FailingSince is not null && NextTryAt > now;

    /// <summary>The endpoint as it is when it takes what it is given.</summary>
    public WebhookEndpoint Sound() => this with { FailingSince = null, Failures = 0, NextTryAt = null };

    /// <summary>The endpoint after it has taken nothing once more, or as one delivery is about to try it.</summary>
    /// <param name="spent">What a try may take.</param>
    /// <param name="chance">0 to 1, see <see cref="WebhookSchedule.NextAfter"/>.</param>
    public WebhookEndpoint Failing(DateTimeOffset now, TimeSpan spent, double chance)
    {
        var since = FailingSince ?? now;
        return this with { FailingSince = since, Failures = Failures + 1, NextTryAt = WebhookSchedule.NextProbeAfter(Failures + 1, since, now + spent, chance) };
    }

    public bool Wants(string type) => Wants(Status, Types, type);

    public static bool Wants(WebhookStatus status, IReadOnlyList<string> types, string type) =>
        status == WebhookStatus.Active && (types.Count == 0 || types.Contains(type, StringComparer.Ordinal));

    /// <summary>The secrets whose signatures go along at a moment, the present one first.</summary>
    public IReadOnlyList<byte[]> SecretsAt(DateTimeOffset now) => OldSecret is { } old && now < OldSecretUntil ? [Secret, old] : [Secret];

    /// <summary>The endpoint with another secret; the same again changes nothing.</summary>
    public WebhookEndpoint Rotate(byte[] secret, DateTimeOffset now) => Secret.AsSpan().SequenceEqual(secret)
        ? this
        : this with { Secret = secret, OldSecret = Secret, OldSecretUntil = now + SecretOverlap };

    public static string Written(byte[] secret) => SecretPrefix + Convert.ToBase64String(secret);

    public static WebhookStatus StatusOf(TableEntity row) => Enum.Parse<WebhookStatus>(row.GetString("Status"));

    public static IReadOnlyList<string> TypesOf(TableEntity row) => row.GetString("Types").Split(' ', StringSplitOptions.RemoveEmptyEntries);

    public TableEntity ToRow(Vault vault) => new(WebhookKeys.Partition(Merchant), WebhookKeys.Endpoint(Merchant, Id))
    {
        ["Url"] = Url.AbsoluteUri,
        ["Types"] = string.Join(' ', Types),
        ["Secret"] = vault.SealSecret(Secret),
        ["OldSecret"] = OldSecret is { } old ? vault.SealSecret(old) : null,
        ["OldSecretUntil"] = OldSecret is null ? null : OldSecretUntil,
        ["Status"] = Status.ToString(),
        ["FailingSince"] = FailingSince,
        ["Failures"] = Failures,
        ["NextTryAt"] = NextTryAt,
        ["CreatedAt"] = CreatedAt,
    };

    public static WebhookEndpoint Read(AccountId merchant, TableEntity row, Vault vault) => new(
        WebhookId.Of(row.RowKey[^(WebhookId.Prefix.Length + 26)..]),
        merchant,
        new Uri(row.GetString("Url")),
        TypesOf(row),
        vault.OpenSecret(row.GetBinary("Secret")),
        row.GetDateTimeOffset("CreatedAt")!.Value)
    {
        OldSecret = row.GetBinary("OldSecret") is { } old ? vault.OpenSecret(old) : null,
        OldSecretUntil = row.GetDateTimeOffset("OldSecretUntil") ?? DateTimeOffset.UnixEpoch,
        Status = StatusOf(row),
        FailingSince = row.GetDateTimeOffset("FailingSince"),
        Failures = row.GetInt32("Failures") ?? 0,
        NextTryAt = row.GetDateTimeOffset("NextTryAt"),
        ETag = row.ETag,
    };
}

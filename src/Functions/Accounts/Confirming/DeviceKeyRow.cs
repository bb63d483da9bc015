using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain;

namespace WalletFunctions.Accounts.Confirming;

/// <summary>A device's public key, bound to an account.</summary>
internal sealed record DeviceKey(DeviceKeyId Id, DevicePublicKey PublicKey, string? Name, DateTimeOffset CreatedAt);

/// <summary>A device key as it is stored: a row of the account's partition.</summary>
internal sealed class DeviceKeyRow : ITableEntity
{
    public string PartitionKey { get; set; } = "";

    public string RowKey { get; set; } = "";

    public DateTimeOffset? Timestamp { get; set; }

    public ETag ETag { get; set; }

    public int Schema { get; set; } = 1;

    public string DeviceKeyId { get; set; } = "";

    /// <summary>SubjectPublicKeyInfo, DER.</summary>
    public byte[] PublicKey { get; set; } = [];

    public string? Name { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DeviceKey ToDomain() => new(Domain.DeviceKeyId.Of(DeviceKeyId), new DevicePublicKey(PublicKey), Name, CreatedAt);
}

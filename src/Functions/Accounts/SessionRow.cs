using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain.Identity;

namespace WalletFunctions.Accounts;

/// <summary>One sign-in, as it is stored: a row of the account's partition.</summary>
internal sealed class SessionRow : ITableEntity
{
    public string PartitionKey { get; set; } = "";

    public string RowKey { get; set; } = "";

    public DateTimeOffset? Timestamp { get; set; }

    public ETag ETag { get; set; }

    public int Schema { get; set; } = 1;

    public string SessionId { get; set; } = "";

    public string? DeviceId { get; set; }

    public string? Address { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public long Generation { get; set; }

    public DateTimeOffset RotatedAt { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    public bool IsRevoked { get; set; }

    public RefreshChain ToChain() => new(Generation, RotatedAt, ExpiresAt, IsRevoked);

    public void Take(RefreshChain chain) => (Generation, RotatedAt, ExpiresAt, IsRevoked) = (chain.Generation, chain.RotatedAt, chain.ExpiresAt, chain.IsRevoked);
}

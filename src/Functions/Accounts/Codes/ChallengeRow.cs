using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Identity;

namespace WalletFunctions.Accounts.Codes;

/// <summary>A challenge as it is stored. Neither the code nor the address stands in it, only keyed hashes of them.</summary>
internal sealed class ChallengeRow : ITableEntity
{
    /// <summary>The only row of a challenge's partition.</summary>
    public const string Key = "challenge";

    /// <summary>The challenge's id: random, so partitions spread; its characters are all allowed.</summary>
    public string PartitionKey { get; set; } = "";

    public string RowKey { get; set; } = Key;

    public DateTimeOffset? Timestamp { get; set; }

    public ETag ETag { get; set; }

    public int Schema { get; set; } = 1;

    public string Purpose { get; set; } = "";

    /// <summary>Keyed hash of where the code went.</summary>
    public string Address { get; set; } = "";

    /// <summary>Whose it is; null where nobody known was asked for.</summary>
    public string? Account { get; set; }

    /// <summary>The one request it is good for; null where it is good for any of its purpose.</summary>
    public string? Binding { get; set; }

    /// <summary>Keyed hash of challenge and code.</summary>
    public string CodeHash { get; set; } = "";

    /// <summary>Whether a code was sent at all; other proofs may answer a challenge without one.</summary>
    public bool HasCode { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    public int Failures { get; set; }

    public string? UsedBy { get; set; }

    public ChallengeId ToId() => ChallengeId.Of(PartitionKey);

    public OneTimeCode ToCode() => new(ExpiresAt, Failures, UsedBy);

    public void Take(OneTimeCode code) => (ExpiresAt, Failures, UsedBy) = (code.ExpiresAt, code.Failures, code.UsedBy);
}

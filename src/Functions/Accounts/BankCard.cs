using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain;

namespace WalletFunctions.Accounts;

/// <summary>A bank card bound to an account.</summary>
/// <param name="NumberToken">The number, encrypted; <see cref="Vault.OpenCardNumber"/> opens it for the bank.</param>
internal sealed record BankCard(BankCardId BankCardId, string Last4, string BankCode, string HolderName, string NumberToken, DateTimeOffset CreatedAt);

/// <summary>A bank card as it is stored: number, holder and telephone number encrypted.</summary>
internal sealed class BankCardRow : ITableEntity
{
    public string PartitionKey { get; set; } = "";

    public string RowKey { get; set; } = "";

    public DateTimeOffset? Timestamp { get; set; }

    public ETag ETag { get; set; }

    public int Schema { get; set; } = 1;

    public string BankCardId { get; set; } = "";

    public string Last4 { get; set; } = "";

    public string BankCode { get; set; } = "";

    public string HolderName { get; set; } = "";

    public string Number { get; set; } = "";

    public string Phone { get; set; } = "";

    /// <summary>The key of the row that makes the number unique within the account.</summary>
    public string NumberKey { get; set; } = "";

    public DateTimeOffset CreatedAt { get; set; }

    public BankCard ToDomain(Vault vault) =>
        new(Domain.BankCardId.Of(BankCardId), Last4, BankCode, vault.OpenPersonal(HolderName), Number, CreatedAt);
}

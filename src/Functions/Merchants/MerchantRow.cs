using System.Runtime.Serialization;
using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Domain.Merchants;

namespace WalletFunctions.Merchants;

/// <summary>A merchant as stored.</summary>
internal sealed class MerchantRow : ITableEntity
{
    /// <summary>The register is small and read a page at a time: one partition.</summary>
    public const string Register = "register";

    public string PartitionKey { get; set; } = Register;

    /// <summary>The merchant id.</summary>
    public string RowKey { get; set; } = "";

    public DateTimeOffset? Timestamp { get; set; }

    public ETag ETag { get; set; }

    public string Name { get; set; } = "";

    public string Status { get; set; } = "";

    public string SettlementWallet { get; set; } = "";

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Minor units of CNY; null: no maximum.</summary>
    public long? MaxPerPayment { get; set; }

    public string LeastClass { get; set; } = "";

    public bool InvoiceSupported { get; set; }

    /// <summary>The request that entered it, so that a repeat after a crash knows its own.</summary>
    public string EnteredBy { get; set; } = "";

    [IgnoreDataMember]
    public Merchant Merchant => new(AccountId.Of(RowKey), Name, Enum.Parse<MerchantStatus>(Status), WalletId.Of(SettlementWallet), CreatedAt)
    {
        MaxPerPayment = MaxPerPayment is { } most ? Money.Fen(most) : null,
        LeastClass = Enum.Parse<AccountClass>(LeastClass),
        InvoiceSupported = InvoiceSupported,
    };

    public static MerchantRow Of(Merchant merchant, string enteredBy) => new()
    {
        RowKey = merchant.Id.Value,
        Name = merchant.Name,
        Status = merchant.Status.ToString(),
        SettlementWallet = merchant.SettlementWallet.Value,
        CreatedAt = merchant.CreatedAt,
        MaxPerPayment = merchant.MaxPerPayment?.Amount,
        LeastClass = merchant.LeastClass.ToString(),
        InvoiceSupported = merchant.InvoiceSupported,
        EnteredBy = enteredBy,
    };
}

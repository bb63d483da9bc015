using System.Runtime.Serialization;
using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Bills;

namespace WalletFunctions.Bills;

/// <summary>A biller as stored.</summary>
internal sealed class BillerRow : ITableEntity
{
    /// <summary>The register is small and read a page at a time: one partition.</summary>
    public const string Register = "register";

    public string PartitionKey { get; set; } = Register;

    /// <summary>The biller's id.</summary>
    public string RowKey { get; set; } = "";

    public DateTimeOffset? Timestamp { get; set; }

    public ETag ETag { get; set; }

    public string NameZh { get; set; } = "";

    public string NameEn { get; set; } = "";

    public string Kind { get; set; } = "";

    public string Status { get; set; } = "";

    public int MinDigits { get; set; }

    public int MaxDigits { get; set; }

    public string? Prefix { get; set; }

    public string Check { get; set; } = "";

    public string SettlementWallet { get; set; } = "";

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Minor units of CNY; null: no maximum.</summary>
    public long? MaxPerBill { get; set; }

    [IgnoreDataMember]
    public Biller Biller => new(
        BillerId.Of(RowKey),
        new Text(NameZh, NameEn),
        Enum.Parse<BillerKind>(Kind),
        Enum.Parse<BillerStatus>(Status),
        new BillNumberFormat(MinDigits, MaxDigits, Prefix, Enum.Parse<BillNumberCheck>(Check)),
        WalletId.Of(SettlementWallet),
        CreatedAt)
    {
        MaxPerBill = MaxPerBill is { } most ? Money.Fen(most) : null,
    };

    public static BillerRow Of(Biller biller) => new()
    {
        RowKey = biller.Id.Value,
        NameZh = biller.Name.Zh,
        NameEn = biller.Name.En,
        Kind = biller.Kind.ToString(),
        Status = biller.Status.ToString(),
        MinDigits = biller.Format.MinDigits,
        MaxDigits = biller.Format.MaxDigits,
        Prefix = biller.Format.Prefix,
        Check = biller.Format.Check.ToString(),
        SettlementWallet = biller.SettlementWallet.Value,
        CreatedAt = biller.CreatedAt,
        MaxPerBill = biller.MaxPerBill?.Amount,
    };
}

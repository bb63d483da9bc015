using System.Runtime.Serialization;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Bills;
using WalletFunctions.Domain.Books;
using WalletFunctions.Wallet;

namespace WalletFunctions.Bills;

/// <summary>A bill that was paid: a row of the payer's book, written with the debit and never changed.</summary>
internal sealed class BillRow : BookRow
{
    public const string Prefix = "b|";

    [DataMember(Name = "id")]
    public string Id { get; set; } = "";

    [DataMember(Name = "b")]
    public string BillerId { get; set; } = "";

    [DataMember(Name = "z")]
    public string BillerZh { get; set; } = "";

    [DataMember(Name = "e")]
    public string BillerEn { get; set; } = "";

    [DataMember(Name = "w")]
    public string Payee { get; set; } = "";

    [DataMember(Name = "n")]
    public string BillNumber { get; set; } = "";

    [DataMember(Name = "a")]
    public long Amount { get; set; }

    [DataMember(Name = "f")]
    public long? Fee { get; set; }

    [DataMember(Name = "at")]
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>A person had to look at it first; the hold says how that ended.</summary>
    [DataMember(Name = "u")]
    public bool? Reviewed { get; set; }

    public static string KeyOf(BillId id) => Prefix + BookKeys.Turned(id.Value);

    public static BillRow Of(BillId id, Biller biller, string number, Money amount, Money fee, Entry entry, bool isUnderReview) => new()
    {
        RowKey = KeyOf(id),
        Id = id.Value,
        BillerId = biller.Id.Value,
        BillerZh = biller.Name.Zh,
        BillerEn = biller.Name.En,
        Payee = biller.SettlementWallet.Value,
        BillNumber = number,
        Amount = amount.Amount,
        Fee = fee.Amount == 0 ? null : fee.Amount,
        CreatedAt = entry.At,
        Reviewed = isUnderReview ? true : null,
    };
}

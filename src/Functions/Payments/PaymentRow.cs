using System.Runtime.Serialization;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Payments;
using WalletFunctions.Wallet;

namespace WalletFunctions.Payments;

/// <summary>A payment in the payer's book, written with the debit. What can still be refunded stands here.</summary>
internal sealed class PaymentRow : BookRow
{
    public const string Prefix = "p|";

    private const int Newest = 1;

    [DataMember(Name = "v")]
    public int Version { get; set; } = Newest;

    [DataMember(Name = "id")]
    public string Id { get; set; } = "";

    [DataMember(Name = "pn")]
    public string? PayerName { get; set; }

    [DataMember(Name = "m")]
    public string Merchant { get; set; } = "";

    [DataMember(Name = "mn")]
    public string MerchantName { get; set; } = "";

    [DataMember(Name = "w")]
    public string Payee { get; set; } = "";

    [DataMember(Name = "o")]
    public string OrderId { get; set; } = "";

    [DataMember(Name = "t")]
    public string Description { get; set; } = "";

    [DataMember(Name = "a")]
    public long Amount { get; set; }

    [DataMember(Name = "f")]
    public long? Fee { get; set; }

    /// <summary>Minor units that are neither refunded nor reserved for a refund.</summary>
    [DataMember(Name = "r")]
    public long Refundable { get; set; }

    /// <summary>Minor units that were refunded.</summary>
    [DataMember(Name = "rd")]
    public long? Refunded { get; set; }

    [DataMember(Name = "at")]
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>A person had to look at it first; the hold says how that ended.</summary>
    [DataMember(Name = "u")]
    public bool? Reviewed { get; set; }

    public static string KeyOf(PaymentId id) => Prefix + BookKeys.Turned(id.Value);

    public static PaymentRow Of(Payment payment, bool isUnderReview) => new()
    {
        RowKey = KeyOf(payment.Id),
        Id = payment.Id.Value,
        PayerName = payment.PayerName,
        Merchant = payment.Merchant.Value,
        MerchantName = payment.MerchantName,
        Payee = payment.Payee.Value,
        OrderId = payment.OrderId,
        Description = payment.Description,
        Amount = payment.Amount.Amount,
        Fee = payment.Fee.Amount == 0 ? null : payment.Fee.Amount,
        Refundable = payment.Refundable.Amount,
        Refunded = payment.Refunded.Amount == 0 ? null : payment.Refunded.Amount,
        CreatedAt = payment.CreatedAt,
        Reviewed = isUnderReview ? true : null,
    };

    /// <exception cref="InvalidDataException">A newer version of the product wrote it.</exception>
    public Payment ToDomain() => Version > Newest
        ? throw new InvalidDataException($"Payment {Id} has schema {Version}; this version knows schema {Newest}.")
        : new Payment(
            PaymentId.Of(Id), BookKeys.Wallet(PartitionKey), PayerName, AccountId.Of(Merchant), MerchantName, WalletId.Of(Payee), OrderId, Description,
            Money.Fen(Amount), Money.Fen(Fee ?? 0), CreatedAt)
        {
            Refundable = Money.Fen(Refundable),
            Refunded = Money.Fen(Refunded ?? 0),
        };
}

/// <summary>The same payment in the merchant's book, written with the credit and never changed.</summary>
internal sealed class SaleRow : BookRow
{
    public const string Prefix = "s|";

    [DataMember(Name = "id")]
    public string Id { get; set; } = "";

    [DataMember(Name = "m")]
    public string Merchant { get; set; } = "";

    [DataMember(Name = "w")]
    public string Payer { get; set; } = "";

    public static string KeyOf(PaymentId id) => Prefix + BookKeys.Turned(id.Value);
}

/// <summary>In a merchant's book: up to which entry the merchant's endpoints were told of its sales. Two merchants may settle into one wallet.</summary>
internal sealed class ToldSalesRow : BookRow
{
    [DataMember(Name = "n")]
    public long Number { get; set; }

    public static string KeyOf(AccountId merchant) => "m|" + Operations.Tail(merchant.Value);
}

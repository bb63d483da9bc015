using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Payments;
using WalletFunctions.Wallet;

namespace WalletFunctions.Payments;

/// <summary>A payment as its payer or its merchant sees it.</summary>
internal sealed record PaymentView(
    PaymentId PaymentId,
    TransactionId TransactionId,
    string Status,
    AccountId MerchantId,
    string MerchantName,
    string OrderId,
    Money Amount,
    string Description,
    Money Refundable,
    DateTimeOffset CreatedAt)
{
    /// <summary>What has gone back to the payer by refunds; left out while nothing has.</summary>
    public Money? Refunded { get; init; }

    /// <summary>What it cost the payer on top; only for the payer.</summary>
    public Money? Fee { get; init; }

    /// <summary>What was available after it; only in the first answer.</summary>
    public Money? BalanceAfter { get; init; }

    /// <summary>Who paid, masked; only for the merchant and support.</summary>
    public string? PayerName { get; init; }

    /// <summary>Why it failed, where a person looked at it and said no.</summary>
    public string? FailureCode { get; init; }

    /// <summary>The transaction that took it back.</summary>
    public TransactionId? ReversedBy { get; init; }

    public static PaymentView Of(Payment payment, string status) => new(
        payment.Id,
        Operations.TransactionOf(payment.Id.Value),
        status,
        payment.Merchant,
        payment.MerchantName,
        payment.OrderId,
        payment.Amount,
        payment.Description,
        payment.Refundable,
        payment.CreatedAt);

    /// <summary>As it is now.</summary>
    /// <param name="payment">As stored.</param>
    /// <param name="move">What became of its transaction.</param>
    public static PaymentView Of(Payment payment, MoveState move) => Of(payment, move.Status) with
    {
        FailureCode = move.FailureCode,
        Refunded = payment.Refunded.Amount == 0 ? null : payment.Refunded,
        ReversedBy = move.ReversedBy,
        Refundable = move.IsMade ? payment.Refundable : Money.Zero(payment.Amount.Currency),
    };
}

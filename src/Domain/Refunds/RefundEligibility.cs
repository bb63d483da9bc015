using WalletFunctions.Domain.Payments;

namespace WalletFunctions.Domain.Refunds;

/// <summary>What became of a payment, as far as a refund depends on it.</summary>
public enum PaymentStanding
{
    /// <summary>The money has moved and stayed.</summary>
    Made,

    /// <summary>It waits for a person, or was given back by one: there is nothing to refund.</summary>
    NotMade,

    /// <summary>Staff has taken it back: nothing is left.</summary>
    Reversed,
}

/// <summary>Whether, how much and until when a payment can be refunded.</summary>
/// <param name="Left">What can still be asked for.</param>
/// <param name="AskUntil">That moment excluded.</param>
/// <param name="Refusal">Why not; null where it can.</param>
public sealed record RefundEligibility(Money Left, DateTimeOffset AskUntil, DomainError? Refusal)
{
    /// <summary>Judges a payment. Pure.</summary>
    /// <param name="payment">As it stands in the payer's book.</param>
    /// <param name="standing">What became of it.</param>
    /// <param name="policy">In force now.</param>
    /// <param name="now">The business clock.</param>
    public static RefundEligibility Of(Payment payment, PaymentStanding standing, RefundPolicy policy, DateTimeOffset now)
    {
        var left = standing == PaymentStanding.Made ? payment.Refundable : Money.Zero(payment.Amount.Currency);
        var until = policy.AskUntil(payment.CreatedAt);
        var refusal = standing switch
        {
            PaymentStanding.NotMade => RefundErrors.PaymentNotMade,
            PaymentStanding.Reversed => RefundErrors.PaymentReversed,
            PaymentStanding.Made => now >= until ? RefundErrors.TooLateToAsk : left.Amount == 0 ? RefundErrors.ExceedsPayment(left) : null,
        };
        return new RefundEligibility(left, until, refusal);
    }

    /// <summary>Whether an amount can be asked for. Null when it can.</summary>
    public DomainError? Check(Money amount) =>
        amount.Currency != Left.Currency ? Books.LedgerErrors.CurrencyMismatch
        : Refusal ?? (amount > Left ? RefundErrors.ExceedsPayment(Left) : null);

    /// <summary>What the customer will be asked for, by reason.</summary>
    public static IReadOnlyList<Text> Asked(RefundReason reason) => reason switch
    {
        RefundReason.GoodsNotReceived => [new("订单或物流记录（如有）", "The order or the parcel's tracking, if there is one")],
        RefundReason.NotAsDescribed => [new("商品照片，以及与描述不符之处", "Photographs, and what is different from the description")],
        RefundReason.ChargedTwice => [new("另一笔付款的编号或凭证", "The other payment's number or proof")],
        RefundReason.Other => [new("具体情况的说明", "What happened, in your words")],
    };
}

using System.Security.Cryptography;
using System.Text;

namespace WalletFunctions.Domain.Payments;

/// <summary>A payment to a merchant, as it stands in the payer's book.</summary>
/// <param name="Id">Its id; the transaction bears the same characters.</param>
/// <param name="Payer">The payer's wallet.</param>
/// <param name="PayerName">Masked, as the merchant sees it.</param>
/// <param name="Merchant">Who is paid.</param>
/// <param name="MerchantName">As it was called then.</param>
/// <param name="Payee">The wallet the money went to.</param>
/// <param name="OrderId">The merchant's own name of the order; paid once ever.</param>
/// <param name="Description">What was bought.</param>
/// <param name="Amount">What the merchant gets.</param>
/// <param name="Fee">What it cost the payer on top.</param>
/// <param name="CreatedAt">The time of the debit.</param>
public sealed record Payment(
    PaymentId Id,
    WalletId Payer,
    string? PayerName,
    AccountId Merchant,
    string MerchantName,
    WalletId Payee,
    string OrderId,
    string Description,
    Money Amount,
    Money Fee,
    DateTimeOffset CreatedAt)
{
    /// <summary>How long an order id can be.</summary>
    public const int LongestOrderId = 64;

    /// <summary>What can still be refunded: neither refunded nor reserved for a refund.</summary>
    public Money Refundable { get; init; } = Amount;

    /// <summary>What has been refunded.</summary>
    public Money Refunded { get; init; } = Money.Zero(Amount.Currency);

    /// <summary>What is reserved for refunds that are not decided or not paid yet.</summary>
    public Money Reserved => Amount - Refundable - Refunded;

    /// <summary>Whether a refund is open or was made: then the payment can no longer be taken back as a whole.</summary>
    public bool HasRefunds => Refundable != Amount;

    /// <summary>Sets an amount aside for a refund.</summary>
    /// <exception cref="InvalidOperationException">More than is left: the caller refuses that first.</exception>
    public Payment Reserve(Money amount) => amount.Amount > 0 && amount <= Refundable
        ? this with { Refundable = Refundable - amount }
        : throw new InvalidOperationException($"{amount} cannot be reserved of {Refundable} left of payment {Id}.");

    /// <summary>A refund came to nothing: what it had reserved can be asked for again.</summary>
    /// <exception cref="InvalidOperationException">So much is not reserved.</exception>
    public Payment GiveBack(Money amount) => amount.Amount > 0 && amount <= Reserved
        ? this with { Refundable = Refundable + amount }
        : throw new InvalidOperationException($"{amount} is not reserved of payment {Id}.");

    /// <summary>A refund was paid out of what it had reserved.</summary>
    /// <exception cref="InvalidOperationException">So much is not reserved.</exception>
    public Payment Refund(Money amount) => amount.Amount > 0 && amount <= Reserved
        ? this with { Refunded = Refunded + amount }
        : throw new InvalidOperationException($"{amount} is not reserved of payment {Id}.");

    /// <summary>What the claim is called by which an order is paid once: short and ASCII, whatever the merchant calls the order.</summary>
    public static string ClaimOf(AccountId merchant, string orderId) =>
        $"order {merchant} {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(orderId)).AsSpan(0, 16))}";
}

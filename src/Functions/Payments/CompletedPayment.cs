using WalletFunctions.Domain;

namespace WalletFunctions.Payments;

/// <summary>What a merchant's endpoint is told of a payment.</summary>
/// <param name="PayerName">Masked.</param>
/// <param name="CompletedAt">When the money reached the merchant.</param>
internal sealed record CompletedPayment(
    PaymentId PaymentId, TransactionId TransactionId, string OrderId, Money Amount, string Description, string? PayerName, DateTimeOffset CompletedAt);

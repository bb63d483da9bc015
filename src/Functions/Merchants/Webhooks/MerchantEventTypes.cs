namespace WalletFunctions.Merchants.Webhooks;

/// <summary>What merchants are told of.</summary>
internal static class MerchantEventTypes
{
    public const string PaymentCompleted = "payment.completed";
    public const string RefundAwaitingFunds = "refund.awaiting_funds";
    public const string RefundDecided = "refund.decided";
    public const string RefundEscalated = "refund.escalated";
    public const string RefundRefunded = "refund.refunded";
    public const string RefundReminder = "refund.reminder";
    public const string RefundRequested = "refund.requested";

    /// <summary>What a merchant sends itself to see whether all is well.</summary>
    public const string Test = "webhook.test";

    public static IReadOnlyList<string> All { get; } =
        [PaymentCompleted, RefundAwaitingFunds, RefundDecided, RefundEscalated, RefundRefunded, RefundReminder, RefundRequested, Test];
}

namespace WalletFunctions.Domain.Notifications;

/// <summary>What notifications are about; people choose channels for each.</summary>
public static class NotificationTopic
{
    /// <summary>Withdrawals to one's own bank card.</summary>
    public const string Withdrawal = "withdrawal";

    /// <summary>Refunds, asked for or asked of one.</summary>
    public const string Refund = "refund";

    /// <summary>Money that arrives, and transfers that did not.</summary>
    public const string Transfer = "transfer";

    /// <summary>Sign-in, freezes, changed secrets.</summary>
    public const string Security = "security";

    /// <summary>What a merchant must know of its own shop: endpoints that do not answer.</summary>
    public const string Merchant = "merchant";

    /// <summary>Answers and questions of support.</summary>
    public const string Support = "support";

    /// <summary>All of them, in the order in which they are shown.</summary>
    public static IReadOnlyList<string> All { get; } = [Withdrawal, Refund, Transfer, Security, Merchant, Support];

    /// <summary>Whether it is about money or security: then people hear of it outside the app as well, on a channel of their choice.</summary>
    public static bool MustReach(string topic) => topic is Withdrawal or Refund or Transfer or Security;
}

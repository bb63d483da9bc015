namespace WalletFunctions.Domain.Notifications;

/// <summary>What stands around every notice.</summary>
public static class NoticeWords
{
    /// <summary>How a short message begins, so that people see whose it is.</summary>
    public static Text Sms { get; } = new("【钱包】", "[Wallet] ");
}

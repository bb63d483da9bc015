namespace WalletFunctions.Domain.Notifications;

/// <summary>Refusals of notification settings.</summary>
public static class NotificationErrors
{
    private static readonly Text Title = new("资金和安全类通知须至少保留一个渠道。", "Notices of money and security need at least one channel.");

    /// <summary>Both channels of a topic that must reach people would be off.</summary>
    public static DomainError ChannelRequired(string topic) => new(
        "notification_channel_required",
        ErrorKind.Refused,
        Title,
        new($"“{topic}”类通知须至少保留短信或邮件中的一个。", $"Notices about \"{topic}\" need short messages or mail: one of the two has to stay on."));
}

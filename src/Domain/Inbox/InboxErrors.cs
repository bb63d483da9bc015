namespace WalletFunctions.Domain.Inbox;

/// <summary>Refusals of the inbox.</summary>
public static class InboxErrors
{
    /// <summary>Snoozed needs a moment to come, and only snoozed has one.</summary>
    public static DomainError SnoozeNeedsTime { get; } = new("snooze_needs_time", ErrorKind.Refused,
        new("稍后处理须指定一个将来的时间，其他状态不得指定。", "Snoozing needs a moment in the future, and no other status has one."));

    /// <summary>The same conversation was changed by somebody else again and again.</summary>
    public static DomainError Busy { get; } = new("conversation_busy", ErrorKind.Unavailable,
        new("会话正被他人更改，请稍后重试。", "The conversation is being changed by others. Try again shortly."))
    { RetryAfter = TimeSpan.FromSeconds(1) };

    /// <summary>Nobody can be reached on the channel asked for.</summary>
    /// <param name="alternatives">The channels on which somebody can.</param>
    public static DomainError NoReplyRoute(IReadOnlyList<string> alternatives)
    {
        ArgumentNullException.ThrowIfNull(alternatives);
        return new("no_reply_route", ErrorKind.Conflict,
            new("此会话没有可用的回复渠道。", "This conversation cannot be answered on that channel."),
            alternatives.Count == 0
                ? new("没有已知的联系方式。", "No address of the contact is known.")
                : new($"可用的渠道：{string.Join("、", alternatives)}。", $"It can be answered by {string.Join(", ", alternatives)}."));
    }
}

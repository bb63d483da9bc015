namespace WalletFunctions.Domain.Inbox;

/// <summary>What an agent changes about a conversation; null leaves a member as it is.</summary>
public sealed record ConversationChange
{
    /// <summary>The new status.</summary>
    public ConversationStatus? Status { get; init; }

    /// <summary>The new priority; moves the moment an answer is due.</summary>
    public Priority? Priority { get; init; }

    /// <summary>Who takes it.</summary>
    public AccountId? Assignee { get; init; }

    /// <summary>Whether <see cref="Assignee"/> is meant: null then means nobody.</summary>
    public bool HasAssignee { get; init; }

    /// <summary>The new topic; empty for none.</summary>
    public string? Topic { get; init; }

    /// <summary>The new department; empty for none.</summary>
    public string? Department { get; init; }

    /// <summary>All tags.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>When it comes back; only with, or on, the status snoozed.</summary>
    public DateTimeOffset? SnoozeUntil { get; init; }

    /// <summary>Applies the change; every real change leaves an event.</summary>
    /// <param name="by">Null where the system does it.</param>
    public Result<Step> Apply(Conversation conversation, AccountId? by, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(conversation);
        var status = Status ?? conversation.Status;
        if (status == ConversationStatus.Snoozed ? (SnoozeUntil ?? conversation.SnoozeUntil) is not { } until || until <= now : SnoozeUntil is not null)
        {
            return InboxErrors.SnoozeNeedsTime;
        }

        var step = new Step(conversation, []);
        if (status != conversation.Status || (SnoozeUntil is not null && SnoozeUntil != conversation.SnoozeUntil))
        {
            step = Set(step, c => c with { Status = status, SnoozeUntil = status == ConversationStatus.Snoozed ? SnoozeUntil ?? c.SnoozeUntil : null, Unread = status == ConversationStatus.Resolved ? 0 : c.Unread, DueAt = status == ConversationStatus.Resolved ? null : c.DueAt, StepDueAt = status == ConversationStatus.Resolved ? null : c.StepDueAt })
                .Then("status_changed", new($"状态改为{StatusZh(status)}。", $"Status is now {StatusEn(status)}."), now, by);
        }

        if (Priority is { } priority && priority != conversation.Priority)
        {
            step = Set(step, c => c with { Priority = priority, DueAt = c.DueAt is null ? null : ServiceLevel.AnswerDue(priority, c.LastMessageAt) })
                .Then("priority_changed", new($"优先级改为{PriorityZh(priority)}。", $"Priority is now {PriorityEn(priority)}."), now, by);
        }

        if (HasAssignee && Assignee != conversation.Assignee)
        {
            step = Set(step, c => c with { Assignee = Assignee })
                .Then("assigned", Assignee is { } to ? new($"分配给 {to}。", $"Assigned to {to}.") : new("取消分配。", "Assigned to nobody."), now, by);
        }

        if (Topic is not null && Topic != (conversation.Topic ?? ""))
        {
            step = Set(step, c => c with { Topic = Topic.Length == 0 ? null : Topic })
                .Then("topic_changed", Topic.Length == 0 ? new("主题已清除。", "It has no topic now.") : new($"主题改为 {Topic}。", $"Topic is now {Topic}."), now, by);
        }

        if (Department is not null && Department != (conversation.Department ?? ""))
        {
            step = Set(step, c => c with { Department = Department.Length == 0 ? null : Department })
                .Then("department_changed", Department.Length == 0 ? new("部门已清除。", "It has no department now.") : new($"转至部门 {Department}。", $"Department is now {Department}."), now, by);
        }

        if (Tags is not null && Tags.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList() is { } tags && !tags.SequenceEqual(conversation.Tags, StringComparer.Ordinal))
        {
            step = Set(step, c => c with { Tags = tags }).Then("tags_changed", new("标签已更改。", "Tags changed."), now, by);
        }

        return step;
    }

    private static Step Set(Step step, Func<Conversation, Conversation> change) => step with { Conversation = change(step.Conversation) };

    private static string StatusZh(ConversationStatus status) => status switch
    {
        ConversationStatus.Open => "待处理",
        ConversationStatus.Pending => "等待对方",
        ConversationStatus.Snoozed => "稍后处理",
        ConversationStatus.Resolved => "已解决",
    };

    private static string StatusEn(ConversationStatus status) => status switch
    {
        ConversationStatus.Open => "open",
        ConversationStatus.Pending => "pending",
        ConversationStatus.Snoozed => "snoozed",
        ConversationStatus.Resolved => "resolved",
    };

    private static string PriorityZh(Priority priority) => priority switch
    {
        Inbox.Priority.Low => "低",
        Inbox.Priority.Normal => "普通",
        Inbox.Priority.High => "高",
        Inbox.Priority.Urgent => "紧急",
    };

    private static string PriorityEn(Priority priority) => priority switch
    {
        Inbox.Priority.Low => "low",
        Inbox.Priority.Normal => "normal",
        Inbox.Priority.High => "high",
        Inbox.Priority.Urgent => "urgent",
    };
}

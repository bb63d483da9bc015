namespace WalletFunctions.Domain.Inbox;

/// <summary>The head of a conversation: everything that decisions need, without its messages.</summary>
public sealed record Conversation
{
    /// <summary>Participants beyond this are not remembered; they can still write, by a signed Message-ID.</summary>
    public const int MaxParticipants = 50;

    /// <summary>Which.</summary>
    public required ConversationId Id { get; init; }

    /// <summary>Without prefixes and tokens; may be empty.</summary>
    public required string Subject { get; init; }

    /// <summary>Whose turn it is.</summary>
    public ConversationStatus Status { get; init; }

    /// <summary>How soon an answer is due.</summary>
    public Priority Priority { get; init; } = Priority.Normal;

    /// <summary>Snake_case; null where nobody chose one.</summary>
    public string? Topic { get; init; }

    /// <summary>Whose matter it is, by name; null where nobody chose one.</summary>
    public string? Department { get; init; }

    /// <summary>Alphabetical, each once.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The agent whose work it is.</summary>
    public AccountId? Assignee { get; init; }

    /// <summary>Whom it is about, where the system knows; a mail's sender proves nothing.</summary>
    public AccountId? Account { get; init; }

    /// <summary>The withdrawal or transaction it is about.</summary>
    public string? SubjectId { get; init; }

    /// <summary>The channels its messages came and went on.</summary>
    public IReadOnlyList<string> Channels { get; init; } = [];

    /// <summary>Where the next answer goes; null where nobody can be reached.</summary>
    public ContactKey? Contact { get; init; }

    /// <summary>The contact's name, as it gave it.</summary>
    public string? ContactName { get; init; }

    /// <summary>Everybody who wrote or was written to.</summary>
    public IReadOnlyList<ContactKey> Participants { get; init; } = [];

    /// <summary>Messages that came in since an agent last answered or read.</summary>
    public int Unread { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the newest message came or went; never runs backwards.</summary>
    public required DateTimeOffset LastMessageAt { get; init; }

    /// <summary>When an answer is due; null where none is.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>When we must have acted in the matter that it follows, whether anybody writes or not; null where nothing waits for us.</summary>
    public DateTimeOffset? StepDueAt { get; init; }

    /// <summary>When it comes back; null unless snoozed.</summary>
    public DateTimeOffset? SnoozeUntil { get; init; }

    /// <summary>The number of the last timeline item.</summary>
    public int Count { get; init; }

    /// <summary>The hash of the last message.</summary>
    public string ChainHash { get; init; } = RecordChain.Start;

    /// <summary>What our next mail refers to.</summary>
    public MailThread Thread { get; init; } = MailThread.Empty;

    /// <summary>How much automatic mail came.</summary>
    public AutomaticTraffic Automatic { get; init; } = AutomaticTraffic.Quiet;

    /// <summary>When an answer or a step of ours is due, whichever is sooner; null where neither is.</summary>
    public DateTimeOffset? NextDue() => StepDueAt is { } step && !(DueAt < step) ? step : DueAt;

    /// <summary>Whether an answer is late that is ours to give, or a step of ours; an answer that we gave meanwhile does not make up for the step.</summary>
    public bool IsOverdue(DateTimeOffset now) =>
        (Status == ConversationStatus.Open && DueAt < now) || (Status is ConversationStatus.Open or ConversationStatus.Pending && StepDueAt < now);

    /// <summary>Whether somebody waits for an answer of ours.</summary>
    public bool IsAwaited() => Status == ConversationStatus.Open && DueAt is not null;

    /// <summary>The same with one more participant and channel.</summary>
    internal Conversation With(ContactKey? participant, string channel) => this with
    {
        Participants = participant is null || Participants.Contains(participant) || Participants.Count >= MaxParticipants ? Participants : [.. Participants, participant],
        Channels = Channels.Contains(channel, StringComparer.Ordinal) ? Channels : [.. Channels, channel],
    };

    /// <summary>The same with one more item that is no message.</summary>
    internal Step Noting(string kind, Text text, DateTimeOffset at, AccountId? by = null)
    {
        var next = this with { Count = Count + 1 };
        return new Step(next, [new InboxEvent(next.Count, at, kind, text, by)]);
    }
}

/// <summary>What a decision leads to: the new head and the items to write with it, together or not at all.</summary>
/// <param name="Conversation">The new head.</param>
/// <param name="Items">Numbered after the old head's last.</param>
public sealed record Step(Conversation Conversation, IReadOnlyList<TimelineItem> Items)
{
    /// <summary>One more event after this step.</summary>
    internal Step Then(string kind, Text text, DateTimeOffset at, AccountId? by = null)
    {
        var more = Conversation.Noting(kind, text, at, by);
        return new Step(more.Conversation, [.. Items, .. more.Items]);
    }
}

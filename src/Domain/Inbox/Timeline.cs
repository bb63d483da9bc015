namespace WalletFunctions.Domain.Inbox;

/// <summary>One entry of a conversation. Numbers start at 1 and have no holes.</summary>
/// <param name="Number">Its place.</param>
/// <param name="At">When it happened.</param>
public abstract record TimelineItem(int Number, DateTimeOffset At);

/// <summary>A message, in or out.</summary>
public sealed record InboxMessage(int Number, DateTimeOffset At, MessageId Id) : TimelineItem(Number, At)
{
    /// <summary>From the customer to us.</summary>
    public required bool Inbound { get; init; }

    /// <summary>Snake_case: <c>email</c>.</summary>
    public required string Channel { get; init; }

    /// <summary>The other side's address on the channel.</summary>
    public string? Address { get; init; }

    /// <summary>The other side's name, as it gave it.</summary>
    public string? Name { get; init; }

    /// <summary>Who of ours wrote it; null for messages that came in.</summary>
    public AccountId? Agent { get; init; }

    /// <summary>May be empty.</summary>
    public string Subject { get; init; } = "";

    /// <summary>The whole text.</summary>
    public required string Text { get; init; }

    /// <summary>How much of the text is new; the rest repeats earlier messages.</summary>
    public int VisibleLength { get; init; }

    /// <summary>Sanitised; null where there is none.</summary>
    public string? Html { get; init; }

    /// <summary>Whether the text shown is not all there is.</summary>
    public bool Truncated { get; init; }

    /// <summary>Whether a program wrote it.</summary>
    public bool Automatic { get; init; }

    /// <summary>Files.</summary>
    public IReadOnlyList<AttachmentInfo> Attachments { get; init; } = [];

    /// <summary>The raw message it was made from.</summary>
    public string? RawId { get; init; }

    /// <summary>Its Message-ID, without brackets.</summary>
    public string? MailMessageId { get; init; }

    /// <summary>What our mail answers; null on messages that came in.</summary>
    public MailThread? Thread { get; init; }

    /// <summary>What became of it. The only thing that changes.</summary>
    public required DeliveryState State { get; init; }

    /// <summary>Why it failed; snake_case.</summary>
    public string? FailureCode { get; init; }

    /// <summary>See <see cref="RecordChain"/>.</summary>
    public string Hash { get; init; } = "";
}

/// <summary>What agents tell each other; customers never see it.</summary>
public sealed record InboxNote(int Number, DateTimeOffset At, MessageId Id, AccountId Author, string Text) : TimelineItem(Number, At);

/// <summary>Something that happened to a conversation.</summary>
/// <param name="Kind">Snake_case: <c>status_changed</c>.</param>
/// <param name="Text">For people.</param>
/// <param name="By">Who did it; null where the system did.</param>
public sealed record InboxEvent(int Number, DateTimeOffset At, string Kind, Text Text, AccountId? By = null) : TimelineItem(Number, At);

using System.Text.Json.Serialization;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Inbox;

namespace WalletFunctions.Support.Inbox;

/// <summary>A conversation in a list.</summary>
internal record ConversationLine(
    ConversationId ConversationId, string Subject, ConversationStatus Status, Priority Priority, IReadOnlyList<string> Channels,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] ContactAnswer? Contact,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] AccountId? Assignee,
    int Unread, DateTimeOffset CreatedAt, DateTimeOffset LastMessageAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] DateTimeOffset? DueAt,
    DateTimeOffset? SnoozeUntil,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Topic,
    string? Department, IReadOnlyList<string> Tags, AccountId? AccountId, string? RelatedId)
{
    public static ConversationLine Of(Conversation c) => new(
        c.Id, c.Subject, c.Status, c.Priority, c.Channels, ContactAnswer.Of(c), c.Assignee, c.Unread, c.CreatedAt, c.LastMessageAt, c.NextDue(), c.SnoozeUntil, c.Topic, c.Department, c.Tags, c.Account, c.SubjectId);
}

/// <summary>Who is on the other side, as it says itself.</summary>
internal sealed record ContactAnswer(ContactId ContactId, string? Name, string Channel, string Address)
{
    public static ContactAnswer? Of(Conversation c) => c.Contact is { } contact ? new(contact.ContactId, c.ContactName, contact.Channel, contact.Address) : null;
}

/// <summary>A conversation with everything in it.</summary>
internal sealed record ConversationDetail : ConversationLine
{
    private ConversationDetail(ConversationLine line)
        : base(line)
    {
    }

    public AccountAnswer? Account { get; private init; }

    public required IReadOnlyList<MessageAnswer> Messages { get; init; }

    public required IReadOnlyList<NoteAnswer> Notes { get; init; }

    public required IReadOnlyList<EventAnswer> Events { get; init; }

    /// <summary>What <see cref="ConversationLine.RelatedId"/> names, as it stands now: of a refund, the refund with its payment; of a withdrawal, the withdrawal. Left out where there is nothing to show.</summary>
    public object? Related { get; private init; }

    /// <summary>What was promised and by when. Nothing makes promises here yet.</summary>
    public IReadOnlyList<object> Promises { get; } = [];

    /// <summary>Whether the messages' hash chain holds from the first to the head.</summary>
    public required bool RecordIntact { get; init; }

    /// <summary>The whole conversation, by number.</summary>
    /// <param name="related">See <see cref="Related"/>.</param>
    public static ConversationDetail Of(Conversation c, IReadOnlyList<TimelineItem> items, object? related, Language language)
    {
        var messages = items.OfType<InboxMessage>().ToList();
        return new(ConversationLine.Of(c))
        {
            Account = c.Account is { } account ? new AccountAnswer(account) : null,
            Related = related,
            Messages = messages.ConvertAll(MessageAnswer.Of),
            Notes = items.OfType<InboxNote>().Select(n => new NoteAnswer(n.Id, n.Number, n.At, n.Author, n.Text)).ToList(),
            Events = items.OfType<InboxEvent>().Select(e => new EventAnswer(e.Number, e.At, e.Kind, e.Text.In(language), e.By)).ToList(),
            RecordIntact = RecordChain.FirstBroken(messages, c.ChainHash) is null,
        };
    }
}

/// <summary>The account it is about; nothing about it but its id until the contact is verified.</summary>
internal sealed record AccountAnswer(AccountId AccountId);

/// <summary>A message as agents see it.</summary>
/// <param name="Text">What is new in it.</param>
/// <param name="Quoted">What repeats earlier messages.</param>
/// <param name="Html">Sanitised.</param>
internal sealed record MessageAnswer(
    MessageId MessageId, int Number, DateTimeOffset At, string Direction, string Channel, string? Address, string? Name, AccountId? Agent, string Subject, string Text, string? Quoted, string? Html,
    bool Truncated, bool Automatic, IReadOnlyList<AttachmentInfo> Attachments, DeliveryState State, string? FailureCode)
{
    public static MessageAnswer Of(InboxMessage m) => new(
        m.Id, m.Number, m.At, m.Inbound ? "in" : "out", m.Channel, m.Address, m.Name, m.Agent, m.Subject, m.Text[..m.VisibleLength], m.VisibleLength < m.Text.Length ? m.Text[m.VisibleLength..] : null, m.Html,
        m.Truncated, m.Automatic, m.Attachments, m.State, m.FailureCode);
}

/// <summary>A private note.</summary>
internal sealed record NoteAnswer(MessageId NoteId, int Number, DateTimeOffset At, AccountId Author, string Text);

/// <summary>Something that happened.</summary>
internal sealed record EventAnswer(int Number, DateTimeOffset At, string Kind, string Text, AccountId? By);

/// <summary>A reply that was accepted.</summary>
internal sealed record ReplyAnswer(MessageId MessageId, ConversationId ConversationId, string Channel, DeliveryState State, DateTimeOffset At);

/// <summary>A note that was kept.</summary>
internal sealed record NoteKept(MessageId NoteId, ConversationId ConversationId);

using WalletFunctions.Domain;
using WalletFunctions.Domain.Inbox;

namespace WalletFunctions.Support.Inbox;

internal enum InboxView
{
    Unassigned,
    Mine,
    Open,
    Pending,
    Snoozed,
    Resolved,
    Overdue,
    All,
}

/// <summary>What an agent wants to see.</summary>
/// <param name="Text">Words of the subject, the contact's name or address.</param>
internal sealed record InboxQuery(InboxView View, AccountId Agent, string? Channel = null, string? Topic = null, string? Tag = null, string? Text = null)
{
    /// <summary>The parts of the index that can hold it.</summary>
    public IReadOnlyList<string> Buckets => View switch
    {
        InboxView.Resolved => [IndexKey.Resolved],
        InboxView.All => [IndexKey.Active, IndexKey.Resolved],
        _ => [IndexKey.Active],
    };

    public bool Shows(Conversation conversation, DateTimeOffset now) =>
        InView(conversation, now)
        && (Channel is null || conversation.Channels.Contains(Channel, StringComparer.Ordinal))
        && (Topic is null || conversation.Topic == Topic)
        && (Tag is null || conversation.Tags.Contains(Tag, StringComparer.Ordinal))
        && (Text is null || new[] { conversation.Subject, conversation.ContactName, conversation.Contact?.Address, conversation.Id.Value }.Any(part => part?.Contains(Text, StringComparison.OrdinalIgnoreCase) == true));

    private bool InView(Conversation conversation, DateTimeOffset now) => View switch
    {
        InboxView.Unassigned => conversation.Status == ConversationStatus.Open && conversation.Assignee is null,
        InboxView.Mine => conversation.Assignee == Agent,
        InboxView.Open => conversation.Status == ConversationStatus.Open,
        InboxView.Pending => conversation.Status == ConversationStatus.Pending,
        InboxView.Snoozed => conversation.Status == ConversationStatus.Snoozed,
        InboxView.Resolved => conversation.Status == ConversationStatus.Resolved,
        InboxView.Overdue => conversation.IsOverdue(now),
        InboxView.All => true,
    };
}

namespace WalletFunctions.Domain.Inbox;

/// <summary>What the system itself does to conversations.</summary>
public static class Opening
{
    /// <summary>Opens a conversation with its first event; it counts as unread until an agent answers.</summary>
    public static Step Open(Conversation conversation, Text firstEvent, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(conversation);
        return (conversation with { Unread = 1 }).Noting("opened", firstEvent, at);
    }

    /// <summary>Adds an event.</summary>
    public static Step Append(Conversation conversation, Text text, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(conversation);
        return conversation.Noting("system", text, at);
    }
}

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

    /// <summary>Adds an event, and gives the conversation at least a priority; a higher one moves the moment an answer is due.</summary>
    public static Step Append(Conversation conversation, Text text, Priority atLeast, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(conversation);
        var raised = atLeast > conversation.Priority
            ? conversation with { Priority = atLeast, DueAt = conversation.DueAt is null ? null : ServiceLevel.AnswerDue(atLeast, at) }
            : conversation;
        return raised.Noting("system", text, at);
    }
}

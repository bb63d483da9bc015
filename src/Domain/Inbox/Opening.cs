namespace WalletFunctions.Domain.Inbox;

/// <summary>What the system itself does to conversations.</summary>
public static class Opening
{
    /// <summary>Opens a conversation with its first event; it counts as unread until an agent answers.</summary>
    /// <param name="turn">Whose turn it is in the matter that it follows; null where it follows none, and an answer is due.</param>
    public static Step Open(Conversation conversation, Text firstEvent, DateTimeOffset at, MatterTurn? turn = null)
    {
        ArgumentNullException.ThrowIfNull(conversation);
        return ((turn?.Begin(conversation) ?? conversation) with { Unread = 1 }).Noting("opened", firstEvent, at);
    }

    /// <summary>Adds an event, and gives the conversation at least a priority; a higher one moves the moment an answer is due.</summary>
    /// <param name="turn">Whose turn it is after that in the matter that the conversation follows; null where that has not changed.</param>
    public static Step Append(Conversation conversation, Text text, Priority atLeast, DateTimeOffset at, MatterTurn? turn = null)
    {
        ArgumentNullException.ThrowIfNull(conversation);
        var raised = atLeast > conversation.Priority
            ? conversation with { Priority = atLeast, DueAt = conversation.DueAt is null ? null : ServiceLevel.AnswerDue(atLeast, at) }
            : conversation;
        var noted = raised.Noting("system", text, at);
        return turn?.Take(noted, at) ?? noted;
    }
}

namespace WalletFunctions.Domain.Inbox;

/// <summary>What agents do to a conversation.</summary>
public static class Answering
{
    /// <summary>The longest reply or note, in UTF-16 units.</summary>
    public const int MaxTextLength = 20_000;

    /// <summary>Adds an agent's reply, to be sent. The conversation is then the customer's turn, and the agent's work.</summary>
    public static Result<Step> Reply(Conversation conversation, MessageId id, AccountId agent, string text, string? via, ThreadSignature signature, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(conversation);
        ArgumentNullException.ThrowIfNull(signature);
        var channel = via ?? conversation.Contact?.Channel;
        if (conversation.Contact is not { } contact || contact.Channel != channel)
        {
            return InboxErrors.NoReplyRoute(conversation.Contact is null ? [] : [conversation.Contact.Channel]);
        }

        var messageId = signature.MessageIdOf(conversation.Id, id);
        var item = new InboxMessage(conversation.Count + 1, now, id)
        {
            Inbound = false,
            Channel = contact.Channel,
            Address = contact.Address,
            Name = conversation.ContactName,
            Agent = agent,
            Subject = ReplySubject.For(conversation.Subject, signature.TokenOf(conversation.Id)),
            Text = text,
            VisibleLength = text.Length,
            MailMessageId = messageId,
            Thread = conversation.Thread,
            State = DeliveryState.Queued,
        };
        item = item with { Hash = RecordChain.Next(conversation.ChainHash, item) };
        var next = conversation.With(contact, contact.Channel) with
        {
            Count = item.Number,
            ChainHash = item.Hash,
            LastMessageAt = now > conversation.LastMessageAt ? now : conversation.LastMessageAt,
            Thread = conversation.Thread.After(messageId, []),
            Status = ConversationStatus.Pending,
            SnoozeUntil = null,
            Unread = 0,
            DueAt = null,
            Assignee = conversation.Assignee ?? agent,
        };
        return new Step(next, [item]);
    }

    /// <summary>Adds a private note.</summary>
    public static Step Note(Conversation conversation, MessageId id, AccountId agent, string text, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(conversation);
        var next = conversation with { Count = conversation.Count + 1 };
        return new Step(next, [new InboxNote(next.Count, now, id, agent, text)]);
    }

    /// <summary>Tells what became of a reply. Null where it is known already.</summary>
    public static (Step? Step, InboxMessage Message)? Outcome(Conversation conversation, InboxMessage sent, DeliveryState state, string? failureCode, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(conversation);
        ArgumentNullException.ThrowIfNull(sent);
        if (sent.State is not (DeliveryState.Queued or DeliveryState.Sending))
        {
            return null; // a bounce can be faster than the sender's own word
        }

        var changed = sent with { State = state, FailureCode = failureCode };
        return state switch
        {
            DeliveryState.Failed => (Back(conversation, now).Noting("send_failed", new($"回复 {sent.Id} 发送失败（{failureCode}）。", $"Reply {sent.Id} could not be sent ({failureCode})."), now), changed),
            DeliveryState.Unknown => (Back(conversation, now).Noting("send_unknown", new($"回复 {sent.Id} 是否发出无法确认，系统不会自动重发。", $"Nobody can say whether reply {sent.Id} went out; it is not sent again by itself."), now), changed),
            _ => (null, changed),
        };
    }

    /// <summary>Wakes a snoozed conversation whose time has come; null where it has not.</summary>
    public static Step? Wake(Conversation conversation, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(conversation);
        return conversation.Status == ConversationStatus.Snoozed && conversation.SnoozeUntil <= now
            ? (conversation with { Status = ConversationStatus.Open, SnoozeUntil = null }).Noting("woke", new("稍后处理的时间已到。", "The time to come back to this has come."), now)
            : null;
    }

    /// <summary>Who was to be answered still waits.</summary>
    private static Conversation Back(Conversation conversation, DateTimeOffset now) =>
        conversation with { Status = ConversationStatus.Open, SnoozeUntil = null, DueAt = conversation.DueAt ?? ServiceLevel.AnswerDue(conversation.Priority, now) };
}

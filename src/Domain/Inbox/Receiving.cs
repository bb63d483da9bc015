namespace WalletFunctions.Domain.Inbox;

/// <summary>What a message that came in does to a conversation.</summary>
public static class Receiving
{
    /// <summary>The head of a conversation that this message begins, before the message itself.</summary>
    public static Conversation Begin(ConversationId id, InboundMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return new Conversation
        {
            Id = id,
            Subject = ReplySubject.Bare(message.Subject),
            Priority = message.Automation.IsAutomatic ? Priority.Low : Priority.Normal,
            Tags = message.Automation.IsAutomatic ? ["automatic"] : [],
            CreatedAt = message.ReceivedAt,
            LastMessageAt = message.ReceivedAt,
        };
    }

    /// <summary>Adds the message. Null where it is one of a loop of programs and stays in the raw store only.</summary>
    /// <param name="conversation">The head as it is.</param>
    /// <param name="id">The message's id; the same at every try.</param>
    /// <param name="message">The message.</param>
    public static Step? Receive(Conversation conversation, MessageId id, InboundMessage message)
    {
        ArgumentNullException.ThrowIfNull(conversation);
        ArgumentNullException.ThrowIfNull(message);
        var automatic = message.Automation.IsAutomatic;
        var traffic = automatic ? conversation.Automatic.After(message.Subject) : conversation.Automatic with { Repeats = 0, LastSubject = null };
        if (traffic.IsLoop)
        {
            return null;
        }

        var item = new InboxMessage(conversation.Count + 1, message.ReceivedAt, id)
        {
            Inbound = true,
            Channel = message.Channel,
            Address = message.From?.Address,
            Name = message.FromName,
            Subject = message.Subject,
            Text = message.Text,
            VisibleLength = QuotedText.VisibleLength(message.Text),
            Html = message.Html,
            Truncated = message.Truncated,
            Automatic = automatic,
            Attachments = message.Attachments,
            RawId = message.RawId,
            MailMessageId = message.MessageId,
            State = DeliveryState.Received,
        };
        item = item with { Hash = RecordChain.Next(conversation.ChainHash, item) };
        var next = conversation.With(message.From, message.Channel) with
        {
            Count = item.Number,
            ChainHash = item.Hash,
            LastMessageAt = Later(conversation.LastMessageAt, message.ReceivedAt),
            Thread = conversation.Thread.After(message.MessageId, message.References),
            Automatic = traffic,
        };
        return automatic && conversation.Count > 0 ? new Step(next, [item]) : ForAPerson(new Step(next, [item]), conversation, message);
    }

    /// <summary>Marks a message of ours as returned, or tells that it is late. Null where it was marked already.</summary>
    /// <param name="conversation">The head as it is.</param>
    /// <param name="sent">The message that the report is about.</param>
    /// <param name="report">The report.</param>
    /// <param name="at">When the report came.</param>
    public static (Step Step, InboxMessage Message)? Bounce(Conversation conversation, InboxMessage sent, BounceReport report, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(conversation);
        ArgumentNullException.ThrowIfNull(sent);
        ArgumentNullException.ThrowIfNull(report);
        if (sent.Inbound || sent.State == DeliveryState.Bounced || report.Action == BounceAction.Other)
        {
            return null;
        }

        if (report.Action == BounceAction.Delayed)
        {
            return (conversation.Noting("delivery_delayed", new($"邮件 {sent.Id} 尚未送达，对方服务器仍在重试。", $"Mail {sent.Id} is not delivered yet; mail systems go on trying."), at), sent);
        }

        var status = report.Status is null ? "" : $" ({report.Status})";
        var step = (conversation with { Status = ConversationStatus.Open, SnoozeUntil = null, Unread = conversation.Unread + 1, DueAt = conversation.DueAt ?? ServiceLevel.AnswerDue(conversation.Priority, at) })
            .Noting("bounced", new($"邮件 {sent.Id} 被退回{status}。", $"Mail {sent.Id} was returned{status}."), at);
        return (step, sent with { State = DeliveryState.Bounced, FailureCode = "bounced" });
    }

    /// <summary>A person wrote, or a conversation begins: it is ours to answer.</summary>
    private static Step ForAPerson(Step step, Conversation before, InboundMessage message)
    {
        var contact = message.ReplyTo ?? message.From;
        var head = step.Conversation with
        {
            Status = ConversationStatus.Open,
            SnoozeUntil = null,
            Unread = before.Unread + 1,
            Contact = contact ?? before.Contact,
            ContactName = contact is null ? before.ContactName : message.FromName,
            DueAt = before.DueAt ?? (message.Automation.IsAutomatic ? null : ServiceLevel.AnswerDue(before.Priority, message.ReceivedAt)),
        };
        step = step with { Conversation = head };
        if (before.Count > 0 && before.Status is ConversationStatus.Resolved)
        {
            step = step.Then("reopened", new("客户再次来信，会话重新打开。", "The customer wrote again; the conversation is open again."), message.ReceivedAt);
        }

        return before.Participants.Count > 0 && message.From is not null && !before.Participants.Contains(message.From)
            ? step.Then("new_participant", new("此信来自一个未曾参与的地址，请勿视为同一人。", "This mail is from an address that did not take part before; do not take it for the same person."), message.ReceivedAt)
            : step;
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}

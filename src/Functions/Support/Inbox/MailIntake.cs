using System.Globalization;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Inbox;

namespace WalletFunctions.Support.Inbox;

/// <summary>
/// Takes messages into the inbox, each exactly once. First a claim row fixes which conversation and message a delivery is; then
/// the message and its head are written in one transaction, with a row key that only this message has; then the index. Whatever
/// is repeated finds the claim and the row, so a crash at any point costs a no-op.
/// </summary>
internal sealed class MailIntake(InboxLookups lookups, ConversationTable table, Conversations conversations, ThreadSignature signature)
{
    public async Task<ConversationId> TakeAsync(InboundMessage message, CancellationToken cancellationToken)
    {
        if (message.Bounce?.Concerns(signature) is { } own && await table.FindMessageAsync(own.Conversation, own.Message, cancellationToken) is { } sent)
        {
            await BounceAsync(own, sent, message, cancellationToken);
            return own.Conversation;
        }

        var claim = await ClaimAsync(message, cancellationToken);
        Must(await conversations.ChangeAsync(claim.Conversation, InboxKeys.Message(claim.Message), before => Task.FromResult<Result<Decision>>(Receive(before, claim, message)), cancellationToken));
        if (message.From is { } contact)
        {
            await lookups.AddContactAsync(contact, claim.Conversation, cancellationToken);
        }

        return claim.Conversation;
    }

    private static Decision Receive(StoredConversation? before, IntakeClaim claim, InboundMessage message)
    {
        var head = before?.Conversation ?? Receiving.Begin(claim.Conversation, message);
        return new(Receiving.Receive(head, claim.Message, message));
    }

    /// <summary>The claim is made under the Message-ID where there is one (so that later mail finds the thread), and always under the source.</summary>
    private async Task<IntakeClaim> ClaimAsync(InboundMessage message, CancellationToken cancellationToken)
    {
        if (await lookups.FindAsync(InboxLookups.Source, message.SourceHash, cancellationToken) is { } known)
        {
            return known;
        }

        var claim = message.MessageId is null ? null : await lookups.FindAsync(InboxLookups.MailId, message.MessageId, cancellationToken);
        if (claim is null || claim.Content != message.ContentHash)
        {
            // A Message-ID that other content has already is worth nothing: the mail stands on its source alone.
            var repeated = claim is not null;
            claim = new IntakeClaim(await ChooseAsync(message, cancellationToken), InboxKeys.MessageOf(message), message.ContentHash);
            if (message.MessageId is not null && !repeated)
            {
                var first = await lookups.ClaimAsync(InboxLookups.MailId, message.MessageId, claim, cancellationToken);
                claim = first.Content == message.ContentHash ? first : claim;
            }
        }

        return await lookups.ClaimAsync(InboxLookups.Source, message.SourceHash, claim, cancellationToken);
    }

    private async Task<ConversationId> ChooseAsync(InboundMessage message, CancellationToken cancellationToken)
    {
        var known = new Dictionary<string, ConversationId>(StringComparer.Ordinal);
        foreach (var id in Threading.Clues(message).Where(id => signature.Read(id) is null))
        {
            if (await lookups.FindAsync(InboxLookups.MailId, id, cancellationToken) is { } earlier)
            {
                known[id] = earlier.Conversation;
            }
        }

        foreach (var candidate in Threading.Candidates(message, signature, known))
        {
            var head = await table.FindAsync(candidate.Conversation, cancellationToken);
            if (head is not null && candidate.Admits(message.From, head.Conversation.Participants))
            {
                return candidate.Conversation;
            }
        }

        // Programs write a lot: what belongs to no thread shares one conversation for each sender and day.
        if (message.Automation.IsAutomatic && message.From is { } sender)
        {
            var day = new DateTimeOffset(message.ReceivedAt.UtcDateTime.Date, TimeSpan.Zero);
            return InboxKeys.ConversationOf(string.Create(CultureInfo.InvariantCulture, $"automatic|{sender}|{day:yyyyMMdd}"), day);
        }

        return InboxKeys.ConversationOf("source|" + message.SourceHash, message.ReceivedAt);
    }

    private async Task BounceAsync(OwnMessage own, (InboxMessage Message, Azure.ETag ETag) sent, InboundMessage report, CancellationToken cancellationToken)
    {
        var current = sent;
        Must(await conversations.ChangeAsync(own.Conversation, InboxKeys.Once("bounce|" + report.SourceHash), async before =>
        {
            // Read again at every try: the sender may be writing what became of the same message.
            current = await table.FindMessageAsync(own.Conversation, own.Message, cancellationToken) ?? current;
            var bounced = before is null ? null : Receiving.Bounce(before.Conversation, current.Message, report.Bounce!, report.ReceivedAt);
            return new Decision(bounced?.Step, bounced is { } change && change.Message != current.Message ? (change.Message, current.ETag) : null);
        }, cancellationToken));
    }

    private static void Must(Result<StoredConversation> result)
    {
        if (!result.IsOk)
        {
            throw new InvalidOperationException($"The inbox could not take a message: {result.Error.Code}."); // comes back with the queue
        }
    }
}

using Azure;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Inbox;
using WalletFunctions.Platform;

namespace WalletFunctions.Support.Inbox;

/// <summary>What agents do: list, open, answer, note, change.</summary>
public sealed class InboxDesk
{
    /// <summary>A search looks at so many conversations and then answers with what it has, and where to go on.</summary>
    private const int MaxScanned = 2000;

    private readonly ConversationTable table;
    private readonly InboxIndex index;
    private readonly Conversations conversations;
    private readonly OutboundMail outbound;
    private readonly ThreadSignature signature;
    private readonly TimeProvider clock;

    internal InboxDesk(ConversationTable table, InboxIndex index, Conversations conversations, OutboundMail outbound, ThreadSignature signature, TimeProvider clock) =>
        (this.table, this.index, this.conversations, this.outbound, this.signature, this.clock) = (table, index, conversations, outbound, signature, clock);

    internal async Task<(IReadOnlyList<Conversation> Items, string? Continuation)> ListAsync(InboxQuery query, Page page, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var items = new List<Conversation>();
        var seen = new HashSet<ConversationId>();
        var scanned = 0;
        string? last = null;
        await foreach (var (row, conversation) in index.ReadAsync(query.Buckets, page.Cursor, cancellationToken))
        {
            if (items.Count == page.Limit || scanned++ == MaxScanned)
            {
                return (items, last);
            }

            last = row;
            if (query.Shows(conversation, now) && seen.Add(conversation.Id))
            {
                items.Add(conversation);
            }
        }

        return (items, null);
    }

    /// <summary>Opens a conversation; its row in the index is put right on the way.</summary>
    internal async Task<(StoredConversation Head, IReadOnlyList<TimelineItem> Items)?> OpenAsync(ConversationId id, CancellationToken cancellationToken)
    {
        var found = await table.ReadAsync(id, cancellationToken);
        if (found is { } conversation)
        {
            await index.UpdateAsync(conversation.Head, cancellationToken);
        }

        return found;
    }

    /// <summary>Stores a reply, then rings for it to be sent. The same seed is the same reply.</summary>
    internal async Task<Result<InboxMessage>> ReplyAsync(ConversationId id, byte[] seed, AccountId agent, string text, string? via, CancellationToken cancellationToken)
    {
        if (await table.FindAsync(id, cancellationToken) is not { } head)
        {
            return PlatformErrors.NotFound;
        }

        var message = Id.From<MessageId>(head.Conversation.CreatedAt, seed);
        await outbound.PrepareAsync(id, message, cancellationToken);
        var result = await conversations.ChangeAsync(id, InboxKeys.Message(message), async before =>
        {
            if (before is null)
            {
                return PlatformErrors.NotFound;
            }

            if (await table.FindMessageAsync(id, message, cancellationToken) is not null)
            {
                return new Decision(null); // stored by a try that died before it could answer
            }

            var step = Answering.Reply(before.Conversation, message, agent, text, via, signature, clock.GetUtcNow());
            return step.IsOk ? new Decision(step.Value) : step.Error;
        }, cancellationToken);
        if (!result.IsOk)
        {
            return result.Error;
        }

        await outbound.RingAsync(id, message, null, cancellationToken);
        var stored = await table.FindMessageAsync(id, message, cancellationToken);
        return stored?.Message ?? throw new InvalidOperationException($"Reply {message} is not there after it was stored.");
    }

    /// <summary>Adds a private note; the same seed is the same note.</summary>
    internal async Task<Result<MessageId>> NoteAsync(ConversationId id, byte[] seed, AccountId agent, string text, CancellationToken cancellationToken)
    {
        if (await table.FindAsync(id, cancellationToken) is not { } head)
        {
            return PlatformErrors.NotFound;
        }

        var note = Id.From<MessageId>(head.Conversation.CreatedAt, seed);
        var result = await conversations.ChangeAsync(id, InboxKeys.Note(note), before => Task.FromResult<Result<Decision>>(
            before is null ? PlatformErrors.NotFound : new Decision(Answering.Note(before.Conversation, note, agent, text, clock.GetUtcNow()))), cancellationToken);
        return result.IsOk ? note : result.Error;
    }

    /// <summary>Changes status, priority and the like.</summary>
    /// <param name="condition">Null where the head's ETag is the one the caller decided on.</param>
    internal Task<Result<StoredConversation>> ChangeAsync(ConversationId id, ConversationChange change, AccountId agent, Func<ETag, DomainError?> condition, CancellationToken cancellationToken) =>
        conversations.ChangeAsync(id, onceRow: null, before =>
        {
            if (before is null)
            {
                return Task.FromResult<Result<Decision>>(PlatformErrors.NotFound);
            }

            if (condition(before.ETag) is { } stale)
            {
                return Task.FromResult<Result<Decision>>(stale);
            }

            var step = change.Apply(before.Conversation, agent, clock.GetUtcNow());
            return Task.FromResult<Result<Decision>>(step.IsOk ? new Decision(step.Value) : step.Error);
        }, cancellationToken);

    /// <summary>Wakes the snoozed conversations whose time has come.</summary>
    internal async Task WakeAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await foreach (var (_, conversation) in index.ReadAsync([IndexKey.Active], after: null, cancellationToken))
        {
            if (conversation.Status == ConversationStatus.Snoozed && conversation.SnoozeUntil <= now)
            {
                await conversations.ChangeAsync(conversation.Id, onceRow: null, before => Task.FromResult<Result<Decision>>(
                    before is null ? PlatformErrors.NotFound : new Decision(Answering.Wake(before.Conversation, now))), cancellationToken);
            }
        }
    }
}

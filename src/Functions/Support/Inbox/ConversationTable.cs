using System.Globalization;
using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Inbox;
using WalletFunctions.Platform;

namespace WalletFunctions.Support.Inbox;

/// <summary>A conversation's head as stored.</summary>
/// <param name="Conversation">The head.</param>
/// <param name="ETag">Its row's.</param>
/// <param name="OldIndexKeys">Where earlier versions stood in the index, in case their rows are still there.</param>
internal sealed record StoredConversation(Conversation Conversation, ETag ETag, IReadOnlyList<IndexKey> OldIndexKeys);

/// <summary>
/// One conversation is one partition, so that a message and the head change together. The partition key starts with a hash:
/// ids sort by time and would all go to one server.
/// </summary>
internal sealed class ConversationTable(Storage storage)
{
    public const string TableName = "inboxconversations";

    private const string HeadRow = "head";
    private const int MaxOldIndexKeys = 3;

    private readonly TableClient table = storage.Table(TableName);

    public async Task<StoredConversation?> FindAsync(ConversationId id, CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<TableEntity>(InboxKeys.Partition(id), HeadRow, cancellationToken: cancellationToken);
        return found.HasValue ? Head(found.Value!) : null;
    }

    /// <summary>The head and everything in it, by number; null where there is no such conversation.</summary>
    public async Task<(StoredConversation Head, IReadOnlyList<TimelineItem> Items)?> ReadAsync(ConversationId id, CancellationToken cancellationToken)
    {
        StoredConversation? head = null;
        var items = new List<TimelineItem>();
        await foreach (var row in table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {InboxKeys.Partition(id)}"), cancellationToken: cancellationToken))
        {
            if (row.RowKey == HeadRow)
            {
                head = Head(row);
            }
            else if (Item(row) is { } item)
            {
                items.Add(item);
            }
        }

        return head is null ? null : (head, items.OrderBy(item => item.Number).ToList());
    }

    public async Task<(InboxMessage Message, ETag ETag)?> FindMessageAsync(ConversationId id, MessageId message, CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<TableEntity>(InboxKeys.Partition(id), InboxKeys.Message(message), cancellationToken: cancellationToken);
        return found.HasValue ? (InboxJson.Read<InboxMessage>(found.Value!), found.Value!.ETag) : null;
    }

    /// <summary>Whether something was done before under a key.</summary>
    public async Task<bool> IsDoneAsync(ConversationId id, string onceRow, CancellationToken cancellationToken) =>
        (await table.GetEntityIfExistsAsync<TableEntity>(InboxKeys.Partition(id), onceRow, ["PartitionKey"], cancellationToken)).HasValue;

    /// <summary>Writes a step: the head, its items, and where a message's state changed that message.</summary>
    /// <param name="before">The head that the step was decided on; null where the conversation is new.</param>
    /// <param name="onceRow">The row key that must not be there yet: an item's own, or <see cref="InboxKeys.Once"/>. Null where doing it twice does no harm.</param>
    /// <returns>The head as it is afterwards, also where the same was written before; null where somebody else changed the conversation: decide again.</returns>
    public async Task<StoredConversation?> CommitAsync(StoredConversation? before, Step step, string? onceRow, (InboxMessage Message, ETag ETag)? changed, CancellationToken cancellationToken)
    {
        var partition = InboxKeys.Partition(step.Conversation.Id);
        var head = new TableEntity(partition, HeadRow);
        InboxJson.Write(head, step.Conversation);
        var oldKeys = OldKeys(before, step.Conversation).ToList();
        head["OldIndexKeys"] = string.Join(' ', oldKeys);
        var actions = new List<TableTransactionAction>
        {
            before is null ? new(TableTransactionActionType.Add, head) : new(TableTransactionActionType.UpdateReplace, head, before.ETag),
        };
        actions.AddRange(step.Items.Select(item => new TableTransactionAction(TableTransactionActionType.Add, Row(partition, item))));
        if (onceRow is not null && actions.TrueForAll(action => action.Entity.RowKey != onceRow))
        {
            actions.Add(new(TableTransactionActionType.Add, new TableEntity(partition, onceRow)));
        }

        if (changed is { } message)
        {
            actions.Add(new(TableTransactionActionType.UpdateReplace, Row(partition, message.Message), message.ETag));
        }

        try
        {
            var answers = await table.SubmitTransactionAsync(actions, cancellationToken);
            return new StoredConversation(step.Conversation, answers.Value[0].Headers.ETag!.Value, oldKeys);
        }
        catch (RequestFailedException e) when (e.Status is 404 or 409 or 412)
        {
            // Either somebody was first, or our own write landed and its answer was lost: the row that may exist only once tells.
            return onceRow is not null && await IsDoneAsync(step.Conversation.Id, onceRow, cancellationToken) ? await FindAsync(step.Conversation.Id, cancellationToken) : null;
        }
    }

    /// <summary>Changes a message's delivery state alone. False where it was changed meanwhile.</summary>
    public async Task<bool> ReplaceMessageAsync(ConversationId id, InboxMessage message, ETag etag, CancellationToken cancellationToken)
    {
        try
        {
            await table.UpdateEntityAsync(Row(InboxKeys.Partition(id), message), etag, TableUpdateMode.Replace, cancellationToken);
            return true;
        }
        catch (RequestFailedException e) when (e.Status is 404 or 412)
        {
            return false;
        }
    }

    private static IEnumerable<IndexKey> OldKeys(StoredConversation? before, Conversation after)
    {
        var now = IndexKey.Of(after);
        return before is null ? [] : before.OldIndexKeys.Append(IndexKey.Of(before.Conversation)).Where(key => key != now).Distinct().TakeLast(MaxOldIndexKeys);
    }

    private static StoredConversation Head(TableEntity row) =>
        new(InboxJson.Read<Conversation>(row), row.ETag, (row.GetString("OldIndexKeys") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(IndexKey.Parse).ToList());

    private static TimelineItem? Item(TableEntity row) => row.RowKey[0] switch
    {
        'm' => InboxJson.Read<InboxMessage>(row),
        'n' => InboxJson.Read<InboxNote>(row),
        'e' => InboxJson.Read<InboxEvent>(row),
        _ => null,
    };

    private static TableEntity Row(string partition, TimelineItem item)
    {
        var row = new TableEntity(partition, item switch
        {
            InboxMessage message => InboxKeys.Message(message.Id),
            InboxNote note => InboxKeys.Note(note.Id),
            _ => string.Create(CultureInfo.InvariantCulture, $"e|{item.Number:D8}"),
        });
        InboxJson.Write(row, item);
        return row;
    }
}

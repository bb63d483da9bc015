using System.Globalization;
using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain;
using WalletFunctions.Platform;

namespace WalletFunctions.Support.Inbox;

/// <summary>A mail on its way out.</summary>
/// <param name="StartedAt">When somebody began to hand it over; null while nobody has.</param>
/// <param name="Attempts">How often it was begun.</param>
internal sealed record OutboxRow(ConversationId Conversation, MessageId Message, DateTimeOffset CreatedAt, DateTimeOffset? StartedAt, int Attempts, ETag ETag);

/// <summary>What is to be sent: a row from before a reply is stored until its outcome is. The queue is only the doorbell; this is what a lost ring is found by.</summary>
internal sealed class OutboxTable(Storage storage)
{
    public const string TableName = "inboxoutbox";

    private const string Partition = "out";

    private readonly TableClient table = storage.Table(TableName);

    public async Task AddAsync(ConversationId conversation, MessageId message, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            await table.AddEntityAsync(Entity(new OutboxRow(conversation, message, now, null, 0, default)), cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status == 409)
        {
            // The same reply, tried again.
        }
    }

    public async Task<OutboxRow?> FindAsync(MessageId message, CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<TableEntity>(Partition, message.Value, cancellationToken: cancellationToken);
        return found.HasValue ? Row(found.Value!) : null;
    }

    /// <summary>False where somebody else changed the row.</summary>
    public async Task<bool> ReplaceAsync(OutboxRow row, CancellationToken cancellationToken)
    {
        try
        {
            await table.UpdateEntityAsync(Entity(row), row.ETag, TableUpdateMode.Replace, cancellationToken);
            return true;
        }
        catch (RequestFailedException e) when (e.Status is 404 or 412)
        {
            return false;
        }
    }

    public async Task RemoveAsync(MessageId message, CancellationToken cancellationToken)
    {
        try
        {
            await table.DeleteEntityAsync(Partition, message.Value, ETag.All, cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            // Gone already.
        }
    }

    /// <summary>All that is on its way.</summary>
    public async IAsyncEnumerable<OutboxRow> AllAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {Partition}"), cancellationToken: cancellationToken))
        {
            yield return Row(row);
        }
    }

    private static TableEntity Entity(OutboxRow row)
    {
        var entity = new TableEntity(Partition, row.Message.Value) { ["Conversation"] = row.Conversation.Value, ["CreatedAt"] = row.CreatedAt, ["Attempts"] = row.Attempts };
        if (row.StartedAt is { } started)
        {
            entity["StartedAt"] = started.ToString("O", CultureInfo.InvariantCulture);
        }

        return entity;
    }

    private static OutboxRow Row(TableEntity row) => new(
        ConversationId.Of(row.GetString("Conversation")),
        MessageId.Of(row.RowKey),
        row.GetDateTimeOffset("CreatedAt")!.Value,
        row.GetString("StartedAt") is { } started ? DateTimeOffset.Parse(started, CultureInfo.InvariantCulture) : null,
        row.GetInt32("Attempts") ?? 0,
        row.ETag);
}

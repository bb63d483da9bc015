using System.Globalization;
using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain.Inbox;
using WalletFunctions.Platform;

namespace WalletFunctions.Support.Inbox;

/// <summary>Where a conversation stands in the index: work and finished work apart, the newest first.</summary>
/// <param name="Bucket"><see cref="Active"/> or <see cref="Resolved"/>.</param>
/// <param name="Row">Inverted time of the last message, then the id.</param>
internal sealed record IndexKey(string Bucket, string Row)
{
    public const string Active = "active";
    public const string Resolved = "resolved";

    public static IndexKey Of(Conversation conversation) => new(
        conversation.Status == ConversationStatus.Resolved ? Resolved : Active,
        string.Create(CultureInfo.InvariantCulture, $"{DateTimeOffset.MaxValue.UtcTicks - conversation.LastMessageAt.UtcTicks:D19}|{conversation.Id}"));

    public static IndexKey Parse(string text) => new(text[..text.IndexOf('/', StringComparison.Ordinal)], text[(text.IndexOf('/', StringComparison.Ordinal) + 1)..]);

    public override string ToString() => Bucket + "/" + Row;
}

/// <summary>
/// One row for each conversation, for listings. The head is the truth: a row is written after it, by whoever changed it, and
/// again whenever the conversation is opened or its change is tried again.
/// </summary>
internal sealed class InboxIndex(Storage storage, ConversationTable conversations)
{
    public const string TableName = "inboxindex";

    private readonly TableClient table = storage.Table(TableName);

    /// <summary>Brings the row up to the head, and takes away where it stood before.</summary>
    public async Task UpdateAsync(StoredConversation head, CancellationToken cancellationToken)
    {
        while (true)
        {
            var key = IndexKey.Of(head.Conversation);
            var row = new TableEntity(key.Bucket, key.Row);
            InboxJson.Write(row, head.Conversation with { Participants = [], Thread = MailThread.Empty });
            await table.UpsertEntityAsync(row, TableUpdateMode.Replace, cancellationToken);
            foreach (var old in head.OldIndexKeys.Where(old => old != key))
            {
                await DeleteAsync(old, cancellationToken);
            }

            // Two who changed the conversation may come here in the wrong order; the one who comes last puts it right.
            var now = await conversations.FindAsync(head.Conversation.Id, cancellationToken);
            if (now is null || now.ETag == head.ETag)
            {
                return;
            }

            head = now;
        }
    }

    /// <summary>Rows after a position, the newest first, from one bucket or both.</summary>
    public async IAsyncEnumerable<(string Row, Conversation Conversation)> ReadAsync(IReadOnlyList<string> buckets, string? after, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var streams = buckets.Select(bucket => Bucket(bucket, after ?? "", cancellationToken).GetAsyncEnumerator(cancellationToken)).ToList();
        try
        {
            var open = new List<IAsyncEnumerator<TableEntity>>();
            foreach (var stream in streams)
            {
                if (await stream.MoveNextAsync())
                {
                    open.Add(stream);
                }
            }

            while (open.MinBy(stream => stream.Current.RowKey, StringComparer.Ordinal) is { } next)
            {
                yield return (next.Current.RowKey, InboxJson.Read<Conversation>(next.Current));
                if (!await next.MoveNextAsync())
                {
                    open.Remove(next);
                }
            }
        }
        finally
        {
            foreach (var stream in streams)
            {
                await stream.DisposeAsync();
            }
        }
    }

    private AsyncPageable<TableEntity> Bucket(string bucket, string after, CancellationToken cancellationToken) =>
        table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {bucket} and RowKey gt {after}"), maxPerPage: 200, cancellationToken: cancellationToken);

    private async Task DeleteAsync(IndexKey key, CancellationToken cancellationToken)
    {
        try
        {
            await table.DeleteEntityAsync(key.Bucket, key.Row, ETag.All, cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            // Gone already.
        }
    }
}

using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain;
using WalletFunctions.Platform;

namespace WalletFunctions.Support.Inbox;

/// <summary>What was decided about a delivery: which conversation and message it is. Made once, never changed.</summary>
/// <param name="Content">See <see cref="Domain.Inbox.InboundMessage.ContentHash"/>.</param>
internal sealed record IntakeClaim(ConversationId Conversation, MessageId Message, string? Content);

/// <summary>
/// Insert-if-absent rows, the partition a keyed hash of what is looked up: who inserts first decides, everybody else reads the
/// decision. They make taking in mail happen once, whatever is repeated or runs at the same time.
/// </summary>
internal sealed class InboxLookups(Storage storage, Secrets secrets)
{
    public const string TableName = "inboxlookups";

    /// <summary>Raw bytes or platform event.</summary>
    public const string Source = "source";

    /// <summary>The Message-ID of somebody's mail.</summary>
    public const string MailId = "mail-id";

    /// <summary>A contact key.</summary>
    public const string Contact = "contact";

    private const string Row = "is";

    private readonly TableClient table = storage.Table(TableName);

    public async Task<IntakeClaim?> FindAsync(string kind, string value, CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<TableEntity>(Partition(kind, value), Row, cancellationToken: cancellationToken);
        return found.HasValue ? InboxJson.Read<IntakeClaim>(found.Value!) : null;
    }

    /// <summary>Inserts the claim, or answers the one that is there.</summary>
    public async Task<IntakeClaim> ClaimAsync(string kind, string value, IntakeClaim claim, CancellationToken cancellationToken)
    {
        var row = new TableEntity(Partition(kind, value), Row);
        InboxJson.Write(row, claim);
        try
        {
            await table.AddEntityAsync(row, cancellationToken);
            return claim;
        }
        catch (RequestFailedException e) when (e.Status == 409)
        {
            // Somebody was first, or our own insert was repeated after its answer was lost.
        }

        return await FindAsync(kind, value, cancellationToken) ?? throw new InvalidOperationException("A look-up row vanished; none is ever deleted.");
    }

    /// <summary>Remembers that a contact is in a conversation.</summary>
    public async Task AddContactAsync(Domain.Inbox.ContactKey contact, ConversationId conversation, CancellationToken cancellationToken)
    {
        try
        {
            await table.AddEntityAsync(new TableEntity(Partition(Contact, contact.ToString()), "c|" + conversation) { ["ContactId"] = contact.ContactId.Value }, cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status == 409)
        {
            // Known.
        }
    }

    /// <summary>The conversations that a contact was in, the oldest first.</summary>
    public async Task<IReadOnlyList<ConversationId>> ConversationsAsync(Domain.Inbox.ContactKey contact, CancellationToken cancellationToken)
    {
        var found = new List<ConversationId>();
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {Partition(Contact, contact.ToString())} and RowKey ge {"c|"}");
        await foreach (var row in table.QueryAsync<TableEntity>(filter, select: ["RowKey"], cancellationToken: cancellationToken))
        {
            if (Id.TryParse<ConversationId>(row.RowKey["c|".Length..], out var id))
            {
                found.Add(id);
            }
        }

        return found;
    }

    private string Partition(string kind, string value) => secrets.Lookup("inbox", $"{kind}|{value}");
}

using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace WalletFunctions.Refunds;

/// <summary>In whose book a refund stands.</summary>
internal sealed record RefundPlace(WalletId Payer, RefundId Refund, AccountId Merchant);

/// <summary>Finds refunds for those who are not the payer: by id, by merchant, or all. Rows name the place and never change; the refund itself stands in the book.</summary>
internal sealed class RefundIndex(Storage storage)
{
    public const string TableName = "refunds";

    /// <summary>Of the list of all refunds. There are few of them beside payments, so that one partition carries them.</summary>
    private const string All = "all";

    private readonly TableClient table = storage.Table(TableName);

    /// <summary>Makes a refund findable by its id; before the refund itself, so that whoever is told the id finds it.</summary>
    public Task AddAsync(RefundPlace place, CancellationToken cancellationToken) => AddAsync(place.Refund.Value, place.Refund.Value, place, cancellationToken);

    /// <summary>Forgets an id under which there can be no refund any more.</summary>
    public Task RemoveAsync(RefundId id, CancellationToken cancellationToken) => table.DeleteEntityAsync(id.Value, id.Value, ETag.All, cancellationToken);

    /// <summary>Puts a refund into the merchant's list and into that of all.</summary>
    public async Task ListAsync(RefundPlace place, CancellationToken cancellationToken)
    {
        var newestFirst = BookKeys.Turned(place.Refund.Value);
        await AddAsync(place.Merchant.Value, newestFirst, place, cancellationToken);
        await AddAsync(All, newestFirst, place, cancellationToken);
    }

    /// <summary>Null where there is no such refund.</summary>
    public async Task<RefundPlace?> FindAsync(RefundId id, CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<TableEntity>(id.Value, id.Value, cancellationToken: cancellationToken);
        return found is { HasValue: true, Value: { } row } ? Read(row) : null;
    }

    /// <summary>Newest first.</summary>
    /// <param name="merchant">Null: of all merchants.</param>
    public Task<(IReadOnlyList<RefundPlace> Items, string? Continuation)> PageAsync(AccountId? merchant, Page page, CancellationToken cancellationToken) =>
        table.PageAsync<TableEntity, RefundPlace>(
            TableClient.CreateQueryFilter($"PartitionKey eq {merchant?.Value ?? All} and RowKey gt {page.Cursor ?? ""}"),
            page, Read, place => BookKeys.Turned(place.Refund.Value), cancellationToken);

    private async Task AddAsync(string partition, string row, RefundPlace place, CancellationToken cancellationToken)
    {
        try
        {
            await table.AddEntityAsync(
                new TableEntity(partition, row) { ["wallet"] = place.Payer.Value, ["refund"] = place.Refund.Value, ["merchant"] = place.Merchant.Value }, cancellationToken);
        }
        catch (RequestFailedException fault) when (fault.Status == 409)
        {
            // An id belongs to one refund alone, so the row there is this one.
        }
    }

    private static RefundPlace Read(TableEntity row) => new(WalletId.Of(row.GetString("wallet")), RefundId.Of(row.GetString("refund")), AccountId.Of(row.GetString("merchant")));
}

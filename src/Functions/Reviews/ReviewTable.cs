using System.Globalization;
using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain;
using WalletFunctions.Platform;

namespace WalletFunctions.Reviews;

/// <summary>
/// The only class that reads and writes the table <c>reviews</c>: records by id; for the queue and for what is over, index
/// rows newest first; and due rows in the order in which the clock must look at them. Index rows are hints, the record is the truth.
/// </summary>
internal sealed class ReviewTable(Storage storage)
{
    public const string TableName = "reviews";

    private const string Due = "due";

    private readonly TableClient table = storage.Table(TableName);

    public async Task<ReviewRecord?> FindAsync(ReviewId id, CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<ReviewRecord>(id.Value, ReviewRecord.Key, cancellationToken: cancellationToken);
        return found.HasValue ? found.Value : null;
    }

    /// <summary>Adds a record; a second time is the first one again.</summary>
    public async Task AddAsync(ReviewRecord record, CancellationToken cancellationToken)
    {
        try
        {
            await table.AddEntityAsync(record, cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status == 409)
        {
            // Queued before: by the request itself, or by a sweep.
        }
    }

    /// <returns>False if somebody changed it since it was read.</returns>
    public async Task<bool> ReplaceAsync(ReviewRecord record, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await table.UpdateEntityAsync(record, record.ETag, TableUpdateMode.Replace, cancellationToken);
            record.ETag = answer.Headers.ETag ?? record.ETag;
            return true;
        }
        catch (RequestFailedException e) when (e.Status == 412)
        {
            return false;
        }
    }

    /// <summary>Puts a review into the list it belongs to, and out of the other.</summary>
    public async Task ListAsync(ReviewRecord record, CancellationToken cancellationToken)
    {
        var key = Inverted(record.CreatedAt) + record.PartitionKey;
        await table.UpsertEntityAsync(new TableEntity(ListOf(record.IsDone), key) { ["Review"] = record.PartitionKey, ["Kind"] = record.Kind }, TableUpdateMode.Replace, cancellationToken);
        await table.DeleteEntityAsync(ListOf(!record.IsDone), key, ETag.All, cancellationToken);
    }

    /// <summary>Has the clock look at a review at a moment.</summary>
    public Task NoteDueAsync(ReviewId id, DateTimeOffset at, CancellationToken cancellationToken) =>
        table.UpsertEntityAsync(new TableEntity(Due, DueKey(at) + id) { ["Review"] = id.Value }, TableUpdateMode.Replace, cancellationToken);

    public Task ForgetDueAsync(ReviewId id, DateTimeOffset at, CancellationToken cancellationToken) => ForgetDueAsync(DueKey(at) + id, cancellationToken);

    public Task ForgetDueAsync(string row, CancellationToken cancellationToken) => table.DeleteEntityAsync(Due, row, ETag.All, cancellationToken);

    /// <summary>The due rows up to a moment, earliest first.</summary>
    public async IAsyncEnumerable<(ReviewId Id, string Row)> DueAsync(DateTimeOffset until, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {Due} and RowKey lt {DueKey(until.AddTicks(1))}");
        await foreach (var row in table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken))
        {
            yield return (ReviewId.Of(row.GetString("Review")), row.RowKey);
        }
    }

    /// <summary>One page of a list, newest first, and where the next one starts.</summary>
    /// <param name="kind">Null: all kinds.</param>
    public async Task<(IReadOnlyList<ReviewRecord> Records, string? Next)> PageAsync(bool isDone, string? kind, Page page, CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {ListOf(isDone)} and RowKey gt {page.Cursor ?? ""}");
        filter = kind is null ? filter : $"{filter} and {TableClient.CreateQueryFilter($"Kind eq {kind}")}";
        var rows = new List<TableEntity>();
        await foreach (var row in table.QueryAsync<TableEntity>(filter, maxPerPage: page.Limit + 1, cancellationToken: cancellationToken))
        {
            rows.Add(row);
            if (rows.Count > page.Limit)
            {
                break;
            }
        }

        var shown = rows.Take(page.Limit).ToList();
        var records = await Task.WhenAll(shown.Select(row => FindAsync(ReviewId.Of(row.GetString("Review")), cancellationToken)));
        return ([.. records.OfType<ReviewRecord>()], rows.Count > page.Limit ? shown[^1].RowKey : null);
    }

    private static string ListOf(bool isDone) => isDone ? "decided" : "open";

    private static string DueKey(DateTimeOffset at) => at.UtcTicks.ToString("D19", CultureInfo.InvariantCulture);

    private static string Inverted(DateTimeOffset at) => (DateTimeOffset.MaxValue.UtcTicks - at.UtcTicks).ToString("D19", CultureInfo.InvariantCulture);
}

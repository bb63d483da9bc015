using System.Globalization;
using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain;
using WalletFunctions.Platform;

namespace WalletFunctions.Reviews;

/// <summary>
/// The only class that reads and writes the table <c>reviews</c>: records by id; for the queue and for what is over, index
/// rows of each kind newest first; and due rows in the order in which the clock must look at them. Index rows are hints, the
/// record is the truth. A partition for each kind and state, so that a page costs what it shows, however many there are of others.
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

    /// <returns>False if it is there already: queued by the request itself, or by a sweep.</returns>
    public async Task<bool> AddAsync(ReviewRecord record, CancellationToken cancellationToken)
    {
        try
        {
            await table.AddEntityAsync(record, cancellationToken);
            return true;
        }
        catch (RequestFailedException e) when (e.Status == 409)
        {
            return false;
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

    /// <summary>Puts a review into the list it belongs to, and then out of the other: whoever dies in between leaves it in both.</summary>
    public async Task ListAsync(ReviewRecord record, CancellationToken cancellationToken)
    {
        var key = Inverted(record.CreatedAt) + record.PartitionKey;
        await table.UpsertEntityAsync(new TableEntity(ListOf(record.IsDone, record.Kind), key) { ["Review"] = record.PartitionKey }, TableUpdateMode.Replace, cancellationToken);
        await table.DeleteEntityAsync(ListOf(!record.IsDone, record.Kind), key, ETag.All, cancellationToken);
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

    /// <summary>One page of the lists of some kinds, newest first, and where the next one starts.</summary>
    public async Task<(IReadOnlyList<ReviewRecord> Records, string? Next)> PageAsync(bool isDone, IEnumerable<string> kinds, Page page, CancellationToken cancellationToken)
    {
        var rows = (await Task.WhenAll(kinds.Select(kind => RowsAsync(ListOf(isDone, kind), page, cancellationToken))))
            .SelectMany(found => found).OrderBy(row => row.RowKey, StringComparer.Ordinal).ToList();
        var shown = rows.Take(page.Limit).ToList();
        var records = await Task.WhenAll(shown.Select(row => FindAsync(ReviewId.Of(row.GetString("Review")), cancellationToken)));

        // Between two writes of whoever moves it, a review stands in both lists.
        return ([.. records.OfType<ReviewRecord>().Where(record => record.IsDone == isDone)], rows.Count > page.Limit ? shown[^1].RowKey : null);
    }

    /// <summary>As many rows of one list as a page can show, and one more.</summary>
    private async Task<IReadOnlyList<TableEntity>> RowsAsync(string list, Page page, CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {list} and RowKey gt {page.Cursor ?? ""}");
        var rows = new List<TableEntity>();
        await foreach (var row in table.QueryAsync<TableEntity>(filter, maxPerPage: page.Limit + 1, cancellationToken: cancellationToken))
        {
            rows.Add(row);
            if (rows.Count > page.Limit)
            {
                break;
            }
        }

        return rows;
    }

    private static string ListOf(bool isDone, string kind) => $"{(isDone ? "decided" : "open")}.{kind}";

    private static string DueKey(DateTimeOffset at) => at.UtcTicks.ToString("D19", CultureInfo.InvariantCulture);

    private static string Inverted(DateTimeOffset at) => (DateTimeOffset.MaxValue.UtcTicks - at.UtcTicks).ToString("D19", CultureInfo.InvariantCulture);
}

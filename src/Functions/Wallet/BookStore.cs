using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;

namespace WalletFunctions.Wallet;

/// <summary>The only class that reads and writes the <c>books</c> table.</summary>
/// <param name="table">Without the SDK's retries: the ledger itself must know of every attempt.</param>
internal sealed class BookStore(TableClient table)
{
    private const int HeadsPerPage = 100;

    /// <summary>The head as it is now; a book that has none is opened.</summary>
    public async Task<StoredHead> LoadHeadAsync(string partition, CancellationToken cancellation)
    {
        while (true)
        {
            if (await FindHeadAsync(partition, cancellation) is { } stored)
            {
                return stored;
            }

            try
            {
                var row = HeadRow.From(partition, BookHead.Opened(BookKeys.Wallet(partition), Currency.Cny), "");
                await table.AddEntityAsync(row, cancellation);
            }
            catch (RequestFailedException fault) when (fault.Status == 409)
            {
                // Another process opened it in this moment; its row is as good.
            }
        }
    }

    public async Task<StoredHead?> FindHeadAsync(string partition, CancellationToken cancellation) =>
        await FindAsync<HeadRow>(partition, BookKeys.Head(partition), cancellation) is { } row ? new StoredHead(row.ToDomain(), row.ETag, row.Batch) : null;

    public Task<OperationRow?> FindOperationAsync(string partition, string operation, CancellationToken cancellation) =>
        FindAsync<OperationRow>(partition, BookKeys.Operation(operation), cancellation);

    public Task<KeyRow?> FindKeyAsync(string partition, string rowKey, CancellationToken cancellation) =>
        FindAsync<KeyRow>(partition, rowKey, cancellation);

    public Task<HoldRow?> FindHoldAsync(string partition, string id, CancellationToken cancellation) =>
        FindAsync<HoldRow>(partition, BookKeys.Hold(id), cancellation);

    public Task<EntryRow?> FindEntryAsync(string partition, long number, CancellationToken cancellation) =>
        FindAsync<EntryRow>(partition, BookKeys.Entry(partition, number), cancellation);

    public async Task<T?> FindAsync<T>(string partition, string rowKey, CancellationToken cancellation)
        where T : class, ITableEntity
    {
        var found = await table.GetEntityIfExistsAsync<T>(partition, rowKey, cancellationToken: cancellation);
        return found.HasValue ? found.Value : null;
    }

    /// <summary>Entries from number <paramref name="newest"/> down, page by page.</summary>
    public AsyncPageable<EntryRow> EntriesDown(string partition, long newest, int? pageSize, CancellationToken cancellation) =>
        RangeAsync<EntryRow>(partition, BookKeys.Entry(partition, newest), "e}", pageSize, cancellation);

    /// <summary>The entries of a range, newest first, of some kinds and with one wallet on the other side.</summary>
    /// <param name="kinds">Empty: any. More than a few are not worth a longer question: then the caller sorts out.</param>
    /// <param name="party">Null: anybody.</param>
    public AsyncPageable<EntryRow> Entries(EntryRange range, IReadOnlyList<EntryKind> kinds, WalletId? party, CancellationToken cancellation)
    {
        const int few = 8;
        var filter = TableClient.CreateQueryFilter(
            $"PartitionKey eq {range.Partition} and RowKey ge {BookKeys.Entry(range.Partition, range.Newest)} and RowKey le {BookKeys.Entry(range.Partition, range.Oldest)}");
        if (kinds.Count is > 0 and <= few)
        {
            filter += " and (" + string.Join(" or ", kinds.Select(kind => TableClient.CreateQueryFilter($"k eq {(int)kind}"))) + ")";
        }

        return table.QueryAsync<EntryRow>(
            party is null ? filter : filter + " and " + TableClient.CreateQueryFilter($"w eq {party.Value.Value}"), cancellationToken: cancellation);
    }

    /// <summary>The rows of a book from one row key up to, not including, another.</summary>
    public AsyncPageable<T> RangeAsync<T>(string partition, string from, string to, int? pageSize, CancellationToken cancellation)
        where T : class, ITableEntity => table.QueryAsync<T>(
            TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey ge {from} and RowKey lt {to}"), pageSize, cancellationToken: cancellation);

    /// <summary>The heads of all books, in the order of their partitions; whoever reads them all holds a hundred at a time.</summary>
    public AsyncPageable<HeadRow> Heads(CancellationToken cancellation) =>
        table.QueryAsync<HeadRow>(TableClient.CreateQueryFilter($"RowKey ge {BookKeys.HeadPrefix} and RowKey lt {BookKeys.AfterHeads}"), HeadsPerPage, cancellationToken: cancellation);

    /// <summary>The rows of one operation in whatever books it touched. A scan of the whole table: for staff's rare questions alone.</summary>
    public AsyncPageable<OperationRow> OperationsOfAllBooks(string operation, CancellationToken cancellation) =>
        table.QueryAsync<OperationRow>(TableClient.CreateQueryFilter($"RowKey eq {BookKeys.Operation(operation)}"), cancellationToken: cancellation);

    /// <summary>Inserts a row that stands by itself. False when there is one already.</summary>
    public async Task<bool> TryAddAsync<T>(T row, CancellationToken cancellation)
        where T : BookRow
    {
        try
        {
            await table.AddEntityAsync(row, cancellation);
            return true;
        }
        catch (RequestFailedException fault) when (fault.Status == 409)
        {
            return false;
        }
    }

    /// <summary>Replaces a row that stands by itself. False when it is not as it was read.</summary>
    public async Task<bool> TryReplaceAsync<T>(T row, CancellationToken cancellation)
        where T : BookRow
    {
        try
        {
            await table.UpdateEntityAsync(row, row.ETag, TableUpdateMode.Replace, cancellation);
            return true;
        }
        catch (RequestFailedException fault) when (fault.Status == 412)
        {
            return false;
        }
    }

    /// <summary>Deletes a row if it is still as it was read.</summary>
    public Task DeleteAsync(BookRow row, CancellationToken cancellation) => table.DeleteEntityAsync(row.PartitionKey, row.RowKey, row.ETag, cancellation);

    /// <summary>Replaces a row if it is still as it was read.</summary>
    public Task ReplaceAsync(BookRow row, CancellationToken cancellation) => table.UpdateEntityAsync(row, row.ETag, TableUpdateMode.Replace, cancellation);

    /// <summary>The rows of all books in a range of row keys that were last written before a moment, by the service's clock.</summary>
    public AsyncPageable<TableEntity> OlderThan(string from, string to, DateTimeOffset before, CancellationToken cancellation) => table.QueryAsync<TableEntity>(
        TableClient.CreateQueryFilter($"RowKey ge {from} and RowKey lt {to} and Timestamp lt {before}"), select: ["PartitionKey", "RowKey"], cancellationToken: cancellation);

    /// <summary>Deletes rows of one book together, or one by one where another process deletes or renews some of them at this moment.</summary>
    /// <returns>How many were deleted.</returns>
    public async Task<int> DeleteTogetherAsync(IReadOnlyList<TableEntity> rows, CancellationToken cancellation)
    {
        if (rows.Count == 0)
        {
            return 0;
        }

        try
        {
            await table.SubmitTransactionAsync(rows.Select(row => new TableTransactionAction(TableTransactionActionType.Delete, row, row.ETag)), cancellation);
            return rows.Count;
        }
        catch (RequestFailedException fault) when (fault.Status is 404 or 412 && rows.Count > 1)
        {
            var deleted = 0;
            foreach (var row in rows)
            {
                deleted += await DeleteTogetherAsync([row], cancellation);
            }

            return deleted;
        }
        catch (RequestFailedException fault) when (fault.Status is 404 or 412)
        {
            return 0;
        }
    }

    /// <summary>Commits rows of one book, the head first.</summary>
    /// <returns>The head's new ETag; null if the service did not tell it.</returns>
    public async Task<ETag?> SubmitAsync(IReadOnlyList<TableTransactionAction> actions, CancellationToken cancellation)
    {
        var answer = await table.SubmitTransactionAsync(actions, cancellation);
        return answer.Value.Count > 0 ? answer.Value[0].Headers.ETag : null;
    }
}

/// <summary>Entries of one book by their numbers, both ends included.</summary>
internal sealed record EntryRange(string Partition, long Newest, long Oldest);

/// <summary>A head with what its row says about itself.</summary>
/// <param name="Head">The book.</param>
/// <param name="ETag">What the next commit is conditioned on.</param>
/// <param name="Batch">The id of the transaction that wrote it.</param>
internal sealed record StoredHead(BookHead Head, ETag ETag, string? Batch);

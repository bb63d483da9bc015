using Azure.Data.Tables;

namespace WalletFunctions.Platform;

/// <summary>Reads one page of a list that lies in a table in the order it is shown.</summary>
internal static class TablePages
{
    /// <summary>The service gives no more rows at once.</summary>
    private const int MostRows = 1000;

    /// <summary>Up to the page's limit, and where the next page starts; null when nothing is left.</summary>
    /// <param name="table">Where the rows are.</param>
    /// <param name="filter">Which rows, those before the page's cursor left out.</param>
    /// <param name="page">Which page.</param>
    /// <param name="read">Makes an item of a row.</param>
    /// <param name="continuation">What the next page starts behind: the cursor of an item.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<(IReadOnlyList<TItem> Items, string? Continuation)> PageAsync<TRow, TItem>(
        this TableClient table, string? filter, Page page, Func<TRow, TItem> read, Func<TItem, string> continuation, CancellationToken cancellationToken)
        where TRow : class, ITableEntity
    {
        var items = new List<TItem>();
        await foreach (var row in table.QueryAsync<TRow>(filter, Math.Min(page.Limit + 1, MostRows), cancellationToken: cancellationToken))
        {
            if (items.Count == page.Limit)
            {
                return (items, continuation(items[^1]));
            }

            items.Add(read(row));
        }

        return (items, null);
    }
}

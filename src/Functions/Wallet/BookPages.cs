using WalletFunctions.Domain;
using WalletFunctions.Platform;

namespace WalletFunctions.Wallet;

/// <summary>Lists of a feature's rows in a book: row keys with one prefix and a <see cref="BookKeys.Turned"/>, newest first.</summary>
internal static class BookPages
{
    /// <summary>One page, and where the next one starts.</summary>
    /// <param name="store">The books.</param>
    /// <param name="book">Whose book.</param>
    /// <param name="prefix">Ends in <c>|</c>.</param>
    /// <param name="page">Which page.</param>
    /// <param name="shows">Leaves rows out; null shows all.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public static async Task<(IReadOnlyList<T> Items, string? Continuation)> PageAsync<T>(
        this BookStore store, WalletId book, string prefix, Page page, Func<T, bool>? shows, CancellationToken cancellation)
        where T : BookRow
    {
        var items = new List<T>();

        // '!' is the lowest character that a key could go on with, '}' comes right after '|'.
        var from = page.Cursor is { } cursor ? cursor + "!" : prefix;
        await foreach (var row in store.RangeAsync<T>(BookKeys.Partition(book), from, prefix[..^1] + "}", Math.Min(page.Limit + 1, 1000), cancellation))
        {
            if (shows?.Invoke(row) == false)
            {
                continue;
            }

            if (items.Count == page.Limit)
            {
                return (items, items[^1].RowKey);
            }

            items.Add(row);
        }

        return (items, null);
    }
}

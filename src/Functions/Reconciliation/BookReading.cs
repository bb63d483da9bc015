using System.Runtime.CompilerServices;
using Azure.Data.Tables;
using WalletFunctions.Domain.Books;
using WalletFunctions.Wallet;

namespace WalletFunctions.Reconciliation;

/// <summary>Reads rows that somebody may have made unreadable: null instead of an exception.</summary>
internal static class BookReading
{
    public static BookHead? HeadOf(HeadRow row) => Try(row.ToDomain);

    public static Entry? EntryOf(EntryRow row) => Try(() => row.ToDomain());

    /// <summary>The number in an entry's key; beyond every head where the key is none of ours.</summary>
    public static long NumberOf(EntryRow row) => BookKeys.FindEntryNumber(row.RowKey) is > 0 and { } number ? number : BookKeys.LastEntryNumber;

    public static async IAsyncEnumerable<HoldClaim> ClaimsAsync(
        BookStore store, string partition, IHoldPurpose purpose, [EnumeratorCancellation] CancellationToken cancellation)
    {
        // The one after the prefix's bar.
        var end = purpose.RowPrefix[..^1] + '}';
        await foreach (var row in store.RangeAsync<TableEntity>(partition, purpose.RowPrefix, end, null, cancellation))
        {
            if (Try(() => purpose.Read(row)) is { } claim)
            {
                yield return claim;
            }
        }
    }

    private static T? Try<T>(Func<T> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (Exception fault) when (fault is FormatException or InvalidDataException or InvalidOperationException or OverflowException or ArgumentException)
        {
            return null;
        }
    }
}

using WalletFunctions.Domain;
using WalletFunctions.Platform;

namespace WalletFunctions.Wallet.History;

/// <summary>Reads books as they were. A book's time never runs backwards, so any moment is found by its entries' numbers.</summary>
public sealed class BookHistory
{
    /// <param name="storage">Read through a client that repeats after faults: a read that is made twice is still one read.</param>
    public BookHistory(Storage storage)
        : this(new BookStore(storage.Table(Ledger.TableName)))
    {
    }

    internal BookHistory(BookStore store) => Store = store;

    /// <summary>The rows, for reading only.</summary>
    internal BookStore Store { get; }

    /// <summary>The number of the newest entry that is not after a moment; 0 when all are. Reads as many entries as the number has bits.</summary>
    /// <param name="partition">The book.</param>
    /// <param name="newest">The number to begin at; 0 is a book without entries.</param>
    /// <param name="at">The moment; an entry of that very tick counts.</param>
    internal Task<long> LastAtAsync(string partition, long newest, DateTimeOffset at, CancellationToken cancellation) =>
        LastAsync(newest, async number => (await EntryAsync(partition, number, cancellation)).At <= at);

    /// <summary>The highest number, up to <paramref name="newest"/>, for which something holds that holds for all below it; 0 when for none.</summary>
    internal static async Task<long> LastAsync(long newest, Func<long, Task<bool>> holds)
    {
        var (low, high) = (0L, newest);
        while (low < high)
        {
            // The upper middle, so that the two steps below both make the span smaller.
            var middle = low + ((high - low + 1) / 2);
            if (await holds(middle))
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return low;
    }

    /// <exception cref="InvalidDataException">Entries have no gaps, and this one is missing.</exception>
    internal async Task<EntryRow> EntryAsync(string partition, long number, CancellationToken cancellation) =>
        await Store.FindEntryAsync(partition, number, cancellation) ?? throw new InvalidDataException($"Entry {number} of book {partition} is missing.");

    /// <summary>What a book held right after one of its entries.</summary>
    /// <param name="number">0: before the first.</param>
    internal async Task<(Money Available, Money Held)> BalanceAsync(string partition, long number, CancellationToken cancellation) =>
        number == 0
            ? (Money.Fen(0), Money.Fen(0))
            : await EntryAsync(partition, number, cancellation) is var entry ? (Money.Fen(entry.AvailableAfter), Money.Fen(entry.HeldAfter ?? 0)) : default;
}

using System.Collections.Concurrent;
using Azure.Data.Tables;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Platform;

namespace WalletFunctions.Wallet;

/// <summary>The books of all wallets: decides commands and commits them, each once.</summary>
public sealed class Ledger
{
    /// <summary>The table of all books.</summary>
    internal const string TableName = "books";

    private readonly BookStore store;
    private readonly TimeProvider businessClock;
    private readonly TimeProvider machineClock;
    private readonly LedgerOptions options;
    private readonly ConcurrentDictionary<WalletId, BookWriter> writers = new();

    /// <param name="books">The table <c>books</c>, through a client without retries.</param>
    /// <param name="businessClock">The time of entries.</param>
    /// <param name="machineClock">Budgets and pauses.</param>
    /// <param name="options">Bounds.</param>
    internal Ledger(TableClient books, TimeProvider businessClock, TimeProvider machineClock, LedgerOptions options) =>
        (store, this.businessClock, this.machineClock, this.options) = (new BookStore(books), businessClock, machineClock, options);

    /// <summary>The rows themselves, for those who only read.</summary>
    internal BookStore Store => store;

    /// <summary>Decides a command over a book and commits it, at most once per operation and per key.</summary>
    /// <param name="book">The wallet whose book it is. A book that is not there is opened.</param>
    /// <param name="command">What is asked.</param>
    /// <param name="cancellation">Ends the waiting, not the command: others may be in the same transaction.</param>
    /// <exception cref="LedgerUnavailableException">Storage did not let it be decided in time; the same key or operation id finds out later.</exception>
    /// <exception cref="ClockBehindException">This machine's clock is too far behind the book.</exception>
    internal async Task<Outcome> ExecuteAsync(WalletId book, BookCommand command, CancellationToken cancellation)
    {
        if (book.Value is null)
        {
            throw new ArgumentException("No wallet is named.", nameof(book));
        }

        var writer = WriterOf(book);
        var (pending, isRepeat) = writer.Enqueue(command);
        if (isRepeat)
        {
            try
            {
                return await pending.Task.WaitAsync(options.RepeatWait, machineClock, cancellation);
            }
            catch (TimeoutException) when (writer.TryWithdraw(pending))
            {
                return new Outcome.KeyInFlight();
            }
            catch (TimeoutException)
            {
                // It has taken the first request's place, and may happen: its caller must hear how it ends.
            }
        }

        return await pending.Task.WaitAsync(cancellation);
    }

    /// <summary>The book as it is stored now. A wallet without entries has an empty one.</summary>
    internal Task<StoredHead> ReadHeadAsync(WalletId book, CancellationToken cancellation) =>
        store.LoadHeadAsync(BookKeys.Partition(book), cancellation);

    /// <summary>What is stored of an operation; null when nothing is, yet.</summary>
    internal Task<OperationRow?> FindOperationAsync(WalletId book, string operationId, CancellationToken cancellation) =>
        store.FindOperationAsync(BookKeys.Partition(book), operationId, cancellation);

    /// <summary>An entry by its number.</summary>
    internal async Task<Entry?> FindEntryAsync(WalletId book, long number, CancellationToken cancellation) =>
        (await store.FindEntryAsync(BookKeys.Partition(book), number, cancellation))?.ToDomain();

    /// <summary>The entry that an operation made in a book; null when it made none.</summary>
    internal async Task<Entry?> FindEntryAsync(WalletId book, string operationId, CancellationToken cancellation) =>
        await FindOperationAsync(book, operationId, cancellation) is { Entry: { } number } ? await FindEntryAsync(book, number, cancellation) : null;

    /// <summary>A book in which an operation made an entry, the paying side's where there are two; null when there is none.</summary>
    /// <remarks>This scans the books' table, whose rows are found by book and not by operation: whoever knows a wallet saves it.</remarks>
    internal async Task<WalletId?> FindBookAsync(string operationId, CancellationToken cancellation)
    {
        WalletId? found = null;
        await foreach (var row in store.OperationsOfAllBooks(operationId, cancellation))
        {
            var book = BookKeys.Wallet(row.PartitionKey);
            if (row.Entry is { } number && await FindEntryAsync(book, number, cancellation) is { } entry)
            {
                found = book;
                if (!EntryKinds.IsIn(entry.Kind))
                {
                    break;
                }
            }
        }

        return found;
    }

    /// <summary>What is kept under an idempotency key; null when nothing is.</summary>
    internal Task<KeyRow?> FindKeyAsync(WalletId book, string keyRow, CancellationToken cancellation) =>
        store.FindKeyAsync(BookKeys.Partition(book), keyRow, cancellation);

    /// <summary>Makes the answer under a key final before it is told: whoever is first decides which one it is.</summary>
    /// <param name="book">The caller's book.</param>
    /// <param name="keyRow">The key's row, which is there.</param>
    /// <param name="instead">Takes the place of the answer kept, unless that has been told.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The answer to tell.</returns>
    internal async Task<StoredAnswer> TellAsync(WalletId book, string keyRow, StoredAnswer? instead, CancellationToken cancellation)
    {
        while (true)
        {
            var row = await FindKeyAsync(book, keyRow, cancellation) ?? throw new InvalidDataException("An answer that was kept is missing.");
            if (row.Told == true)
            {
                return row.Answer();
            }

            row.Told = true;
            row.Keep(instead ?? row.Answer());
            if (await store.TryReplaceAsync(row, cancellation))
            {
                return row.Answer();
            }
        }
    }

    /// <summary>Forbids an operation that has not happened, for ever: a late write of it fails on this row.</summary>
    /// <returns>False when it has happened (or was forbidden) before.</returns>
    internal Task<bool> TombstoneAsync(WalletId book, string operationId, CancellationToken cancellation) => store.TryAddAsync(
        new OperationRow { PartitionKey = BookKeys.Partition(book), RowKey = BookKeys.Operation(operationId), Tombstone = true }, cancellation);

    private BookWriter WriterOf(WalletId book)
    {
        if (writers.TryGetValue(book, out var known))
        {
            return known;
        }

        if (writers.Count >= options.CachedBooks)
        {
            // Heads are cheap to read again, so no order of use is kept: the idle ones go.
            foreach (var (wallet, writer) in writers)
            {
                if (writer.IsIdle)
                {
                    writers.TryRemove(wallet, out _);
                }
            }
        }

        return writers.GetOrAdd(book, wallet => new BookWriter(wallet, store, businessClock, machineClock, options));
    }
}

using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Wallet;

namespace WalletFunctions.Tests.Reconciliation;

/// <summary>Somebody with the storage's key who writes into a book directly. Disposed, all is as it was.</summary>
internal sealed class BookForger : IAsyncDisposable
{
    private readonly TableClient table;
    private readonly IReadOnlyList<TableEntity> before;

    private BookForger(TableClient table, WalletId wallet, IReadOnlyList<TableEntity> before, IReadOnlyList<Entry> entries) =>
        (this.table, Wallet, this.before, Entries) = (table, wallet, before, entries);

    public WalletId Wallet { get; }

    public string Partition => BookKeys.Partition(Wallet);

    /// <summary>The oldest first, each with the hash before it.</summary>
    public IReadOnlyList<Entry> Entries { get; }

    public Entry Newest => Entries[^1];

    public static async Task<BookForger> OpenAsync(TableClient table, WalletId wallet)
    {
        var partition = BookKeys.Partition(wallet);
        var rows = await RowsAsync<TableEntity>(table, partition, "");
        var entries = new List<Entry>();
        byte[] hash = [];
        foreach (var row in (await RowsAsync<EntryRow>(table, partition, " and RowKey ge 'e|' and RowKey lt 'e}'")).Reverse())
        {
            entries.Add(row.ToDomain(hash));
            hash = row.Hash;
        }

        return new BookForger(table, wallet, rows, entries);
    }

    /// <summary>An entry in the middle, with entries on both sides.</summary>
    public Entry Middle(Func<Entry, bool> which) => Entries.Skip(2).SkipLast(1).First(which);

    public async Task<BookHead> HeadAsync() => (await table.GetEntityAsync<HeadRow>(Partition, BookKeys.Head(Partition))).Value.ToDomain();

    public Task WriteHeadAsync(BookHead head) => table.UpsertEntityAsync(HeadRow.From(Partition, head, "forged"), TableUpdateMode.Replace);

    /// <summary>Writes an entry with a hash: its own, unless another is given.</summary>
    public Task WriteAsync(Entry entry, byte[]? hash = null) =>
        table.UpsertEntityAsync(EntryRow.From(Partition, entry, hash ?? entry.Hash()), TableUpdateMode.Replace);

    /// <summary>Changes a column of a row.</summary>
    public async Task ChangeAsync(string rowKey, string column, Func<object?, object> change)
    {
        var row = (await table.GetEntityAsync<TableEntity>(Partition, rowKey)).Value;
        row[column] = change(row.TryGetValue(column, out var value) ? value : null);
        await table.UpdateEntityAsync(row, ETag.All, TableUpdateMode.Replace);
    }

    public Task DeleteAsync(string rowKey) => table.DeleteEntityAsync(Partition, rowKey, ETag.All);

    public Task AddAsync(ITableEntity row)
    {
        row.PartitionKey = Partition;
        return table.AddEntityAsync(row);
    }

    /// <summary>Appends an entry as the ledger would: chained, and the head moved with it. No operation row.</summary>
    public async Task AppendAsync(Func<Entry, Entry> make)
    {
        var head = await HeadAsync();
        var draft = make(new Entry(Wallet, head.LastNumber + 1, head.LastAt, EntryKind.TopUp, "", [], null, null, 0, 0, head.LastHash));
        var balances = head.Balances.After(draft.Postings);
        var entry = draft with { AvailableAfter = balances.Available, HeldAfter = balances.Held };
        await WriteAsync(entry);
        await WriteHeadAsync(head with { Balances = balances, LastNumber = entry.Number, LastAt = entry.At, LastHash = entry.Hash() });
    }

    /// <summary>Takes the newest entry away as if it had never been: entry, operation row, head.</summary>
    public async Task UndoNewestAsync()
    {
        var head = await HeadAsync();
        await DeleteAsync(BookKeys.Entry(Partition, Newest.Number));
        await DeleteAsync(BookKeys.Operation(Newest.Operation));
        await WriteHeadAsync(head with { Balances = head.Balances.Before(Newest.Postings), LastNumber = Newest.Number - 1, LastAt = Entries[^2].At, LastHash = Newest.PreviousHash });
    }

    /// <summary>Changes an entry and recomputes every balance and hash from there on, the head's too: the book is sound in itself.</summary>
    public async Task RewriteAsync(long number, Func<Entry, Entry> change)
    {
        var head = await HeadAsync();
        var balances = Entries.Where(entry => entry.Number < number).Aggregate(default(Balances), (sum, entry) => sum.After(entry.Postings));
        var hash = Entries[(int)number - 1].PreviousHash;
        foreach (var entry in Entries.Where(entry => entry.Number >= number))
        {
            var draft = entry.Number == number ? change(entry) : entry;
            balances = balances.After(draft.Postings);
            draft = draft with { PreviousHash = hash, AvailableAfter = balances.Available, HeldAfter = balances.Held };
            hash = draft.Hash();
            await WriteAsync(draft);
        }

        await WriteHeadAsync(head with { Balances = balances, LastHash = hash });
    }

    public async ValueTask DisposeAsync()
    {
        var kept = before.Select(row => row.RowKey).ToHashSet(StringComparer.Ordinal);
        foreach (var row in await RowsAsync<TableEntity>(table, Partition, ""))
        {
            if (!kept.Contains(row.RowKey))
            {
                await DeleteAsync(row.RowKey);
            }
        }

        foreach (var row in before)
        {
            await table.UpsertEntityAsync(row, TableUpdateMode.Replace);
        }
    }

    private static async Task<IReadOnlyList<T>> RowsAsync<T>(TableClient table, string partition, string and)
        where T : class, ITableEntity
    {
        var rows = new List<T>();
        await foreach (var row in table.QueryAsync<T>($"PartitionKey eq '{partition}'{and}"))
        {
            rows.Add(row);
        }

        return rows;
    }
}

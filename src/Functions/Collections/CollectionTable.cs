using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Collections;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace WalletFunctions.Collections;

/// <summary>A collection with what it was read with, and who has paid it.</summary>
internal sealed record StoredCollection(Collection Collection, ETag ETag, IReadOnlyList<CollectionPaymentRow> Payments)
{
    public CollectionStatus StatusAt(DateTimeOffset now) => Collection.StatusAt(Payments.Count, now);
}

/// <summary>Finds collections: by id or code over all books, and those of one book.</summary>
public sealed class CollectionTable
{
    internal const string TableName = "collections";

    private const string Lookup = "lookup";

    private readonly TableClient lookups;
    private readonly Ledger ledger;

    internal CollectionTable(Storage storage, Ledger ledger) => (lookups, this.ledger) = (storage.Table(TableName), ledger);

    /// <summary>Writes where a collection will be found; before it is made, so that one that is made can always be found.</summary>
    /// <returns>False when another one has the code.</returns>
    internal async Task<bool> AnnounceAsync(CollectionId id, CollectionCode code, WalletId book, CancellationToken cancellation) =>
        await TryAddAsync(code.Value, id, book, cancellation) && await TryAddAsync(id.Value, id, book, cancellation);

    /// <summary>A collection by its id or its code; null when there is none.</summary>
    internal async Task<StoredCollection?> FindAsync(CollectionRef reference, CancellationToken cancellation)
    {
        var found = await lookups.GetEntityIfExistsAsync<TableEntity>(PartitionOf(reference.Key), Lookup, cancellationToken: cancellation);
        return found.HasValue && found.Value is { } row
            ? await FindAsync(WalletId.Of(row.GetString("Wallet")), CollectionId.Of(row.GetString("Id")), cancellation)
            : null;
    }

    /// <summary>A collection of one book.</summary>
    internal async Task<StoredCollection?> FindAsync(WalletId book, CollectionId id, CancellationToken cancellation)
    {
        if (await ledger.Store.FindAsync<CollectionRow>(BookKeys.Partition(book), CollectionRow.KeyOf(id), cancellation) is not { } row)
        {
            return null;
        }

        var keys = CollectionPaymentRow.KeysOf(id);
        return new StoredCollection(row.ToDomain(), row.ETag, await PaymentsAsync(book, keys, keys + "~", cancellation));
    }

    /// <summary>One page of a book's collections, newest first.</summary>
    internal async Task<(IReadOnlyList<StoredCollection> Items, string? Continuation)> ListAsync(WalletId book, Page page, CancellationToken cancellation)
    {
        var (rows, next) = await ledger.Store.PageAsync<CollectionRow>(book, CollectionRow.Prefix, page, null, cancellation);
        if (rows.Count == 0)
        {
            return ([], null);
        }

        // The collections of a page lie side by side, and so do their payments.
        var (first, last) = (CollectionPaymentRow.KeysOf(CollectionId.Of(rows[0].Id)), CollectionPaymentRow.KeysOf(CollectionId.Of(rows[^1].Id)));
        var payments = (await PaymentsAsync(book, first, last + "~", cancellation)).ToLookup(row => row.RowKey[..(first.Length)], StringComparer.Ordinal);
        return ([.. rows.Select(row => new StoredCollection(row.ToDomain(), row.ETag, [.. payments[CollectionPaymentRow.KeysOf(CollectionId.Of(row.Id))]]))], next);
    }

    private async Task<IReadOnlyList<CollectionPaymentRow>> PaymentsAsync(WalletId book, string from, string to, CancellationToken cancellation)
    {
        var payments = new List<CollectionPaymentRow>();
        await foreach (var row in ledger.Store.RangeAsync<CollectionPaymentRow>(BookKeys.Partition(book), from, to, null, cancellation))
        {
            payments.Add(row);
        }

        return payments;
    }

    private async Task<bool> TryAddAsync(string key, CollectionId id, WalletId book, CancellationToken cancellation)
    {
        try
        {
            await lookups.AddEntityAsync(new TableEntity(PartitionOf(key), Lookup) { ["Id"] = id.Value, ["Wallet"] = book.Value }, cancellation);
            return true;
        }
        catch (RequestFailedException fault) when (fault.Status == 409)
        {
            return false;
        }
    }

    /// <summary>Ids sort by time; the hash keeps new ones from heating one range.</summary>
    private static string PartitionOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)).AsSpan(0, 2)) + key;
}

/// <summary>What a client names a collection by: its id, or its code.</summary>
/// <param name="Key">In the one form it is looked up by.</param>
internal sealed record CollectionRef(string Key)
{
    /// <summary>Null for what can be neither.</summary>
    public static CollectionRef? Read(string text) =>
        Id.TryParse<CollectionId>(text, out var id) ? new CollectionRef(id.Value)
        : CollectionCode.TryParse(text, out var code) ? new CollectionRef(code.Value)
        : null;
}

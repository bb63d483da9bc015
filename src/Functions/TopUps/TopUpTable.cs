using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain;
using WalletFunctions.Domain.TopUps;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace WalletFunctions.TopUps;

/// <summary>A top-up with the ETag it was read with.</summary>
internal sealed record StoredTopUp(CardTopUp TopUp, ETag ETag);

/// <summary>The rows of top-ups by bank card. They stand in their wallet's book; what moves money goes through the ledger with <see cref="Replacing"/>.</summary>
internal sealed class TopUpTable(Storage storage)
{
    private const string Prefix = "t|";

    /// <summary>The one after <see cref="Prefix"/>'s last character.</summary>
    private const string AfterPrefix = "t}";

    /// <summary>Sorts behind <see cref="AfterPrefix"/>, so that pointers are in no list.</summary>
    private const string PointerPrefix = "t~";

    private readonly TableClient table = storage.Table(Ledger.TableName);

    /// <summary>Newest first.</summary>
    public static string RowKey(TopUpId id) => Prefix + BookKeys.NewestFirst(id.Value[TopUpId.Prefix.Length..]);

    /// <summary>The rows of a new top-up, for the transaction that reserves it.</summary>
    public static IReadOnlyList<Companion> Adding(CardTopUp topUp, RequestKey key) =>
    [
        Companion.Add(CardTopUpRow.From(topUp)),
        Companion.Add(new TopUpPointerRow { RowKey = PointerKey(key), TopUp = topUp.Id.Value, Fingerprint = key.Fingerprint }),
    ];

    /// <summary>The row after a step, for that step's transaction.</summary>
    public static Companion Replacing(CardTopUp topUp, ETag etag) => Companion.Replace(CardTopUpRow.From(topUp), etag);

    /// <summary>The row with the operation that its money was for, for that operation's transaction. Though it has ended, what is reported of it may change it meanwhile.</summary>
    public static Companion Linking(StoredTopUp stored, string operation) => Replacing(stored.TopUp with { PaysFor = operation }, stored.ETag);

    public async Task<StoredTopUp?> FindAsync(WalletId wallet, TopUpId id, CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<CardTopUpRow>(BookKeys.Partition(wallet), RowKey(id), cancellationToken: cancellationToken);
        return found.HasValue ? new StoredTopUp(found.Value!.ToDomain(), found.Value.ETag) : null;
    }

    /// <exception cref="InvalidOperationException">There is none: whoever asks was given its id by its own row.</exception>
    public async Task<StoredTopUp> GetAsync(WalletId wallet, TopUpId id, CancellationToken cancellationToken) =>
        await FindAsync(wallet, id, cancellationToken) ?? throw new InvalidOperationException($"Top-up {id} has no row.");

    /// <summary>Which top-up a request has begun; null while it has begun none.</summary>
    public async Task<TopUpPointerRow?> FindBegunAsync(WalletId wallet, RequestKey key, CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<TopUpPointerRow>(BookKeys.Partition(wallet), PointerKey(key), cancellationToken: cancellationToken);
        return found.HasValue ? found.Value : null;
    }

    /// <summary>Stores a change that moves no money and counts nothing; null when the row has changed since it was read.</summary>
    public async Task<StoredTopUp?> ReplaceAsync(CardTopUp topUp, ETag etag, CancellationToken cancellationToken) =>
        await table.TryReplaceAsync(CardTopUpRow.From(topUp), etag, cancellationToken) is { } now ? new StoredTopUp(topUp, now) : null;

    /// <summary>A wallet's top-ups by bank card, newest first, with where the next page starts.</summary>
    public Task<(IReadOnlyList<CardTopUp> Items, string? Continuation)> ListAsync(WalletId wallet, Page page, CancellationToken cancellationToken) =>
        table.PageAsync<CardTopUpRow, CardTopUp>(
            TableClient.CreateQueryFilter($"PartitionKey eq {BookKeys.Partition(wallet)} and RowKey gt {page.Cursor ?? Prefix} and RowKey lt {AfterPrefix}"),
            page, row => row.ToDomain(), topUp => RowKey(topUp.Id), cancellationToken);

    /// <summary>What stands behind <c>k|</c> is a hash already.</summary>
    private static string PointerKey(RequestKey key) => PointerPrefix + key.RowKey[2..];
}

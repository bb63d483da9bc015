using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Refunds;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace WalletFunctions.Refunds;

/// <summary>A refund with the ETag it was read with.</summary>
internal sealed record StoredRefund(Refund Refund, ETag ETag);

/// <summary>The refunds' rows, in their payers' books. What changes the payment too goes through the ledger: see <see cref="RefundBook"/>.</summary>
internal sealed class RefundTable(Storage storage)
{
    /// <summary>The one after <see cref="RefundRow.Prefix"/>'s last character.</summary>
    private const string AfterPrefix = "f}";

    private readonly TableClient table = storage.Table(Ledger.TableName);

    public async Task<StoredRefund?> FindAsync(WalletId payer, RefundId id, CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<RefundRow>(BookKeys.Partition(payer), RefundRow.KeyOf(id), cancellationToken: cancellationToken);
        return found is { HasValue: true, Value: { } row } ? new StoredRefund(row.ToDomain(), row.ETag) : null;
    }

    /// <exception cref="InvalidOperationException">There is none: whoever asks was given its id by its own row.</exception>
    public async Task<StoredRefund> GetAsync(WalletId payer, RefundId id, CancellationToken cancellationToken) =>
        await FindAsync(payer, id, cancellationToken) ?? throw new InvalidOperationException($"Refund {id} has no row.");

    /// <summary>Stores a change that leaves the payment alone; null when the row has changed since it was read.</summary>
    public async Task<StoredRefund?> ReplaceAsync(Refund refund, ETag etag, CancellationToken cancellationToken) =>
        await table.TryReplaceAsync(RefundRow.Of(refund), etag, cancellationToken) is { } now ? new StoredRefund(refund, now) : null;

    /// <summary>What a wallet's owner has asked for, newest first, with where the next page starts.</summary>
    public Task<(IReadOnlyList<Refund> Items, string? Continuation)> ListAsync(WalletId payer, Page page, CancellationToken cancellationToken) =>
        table.PageAsync<RefundRow, Refund>(
            TableClient.CreateQueryFilter($"PartitionKey eq {BookKeys.Partition(payer)} and RowKey gt {page.Cursor ?? RefundRow.Prefix} and RowKey lt {AfterPrefix}"),
            page, row => row.ToDomain(), refund => RefundRow.KeyOf(refund.Id), cancellationToken);
}

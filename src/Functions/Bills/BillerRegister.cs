using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Bills;
using WalletFunctions.Platform;

namespace WalletFunctions.Bills;

/// <summary>Whose bills can be paid, and what their numbers look like.</summary>
public sealed class BillerRegister(Storage storage)
{
    internal const string TableName = "billers";

    private readonly TableClient table = storage.Table(TableName);

    /// <summary>A biller as the register has it now; null for nobody.</summary>
    internal async Task<Biller?> FindAsync(BillerId id, CancellationToken cancellationToken) => (await FindRowAsync(id, cancellationToken))?.Biller;

    internal async Task<BillerRow?> FindRowAsync(BillerId id, CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<BillerRow>(BillerRow.Register, id.Value, cancellationToken: cancellationToken);
        return found.HasValue ? found.Value : null;
    }

    /// <summary>Enters a biller, once: the first entry of an id counts.</summary>
    /// <returns>The entry that counts.</returns>
    internal async Task<Biller> EnterAsync(Biller biller, CancellationToken cancellationToken)
    {
        try
        {
            await table.AddEntityAsync(BillerRow.Of(biller), cancellationToken);
            return biller;
        }
        catch (RequestFailedException fault) when (fault.Status == 409)
        {
            return await FindAsync(biller.Id, cancellationToken) ?? throw new InvalidOperationException("An entry of the register is gone.", fault);
        }
    }

    /// <summary>Replaces an entry that nobody changed since it was read; null if somebody did.</summary>
    internal Task<ETag?> ReplaceAsync(Biller biller, ETag read, CancellationToken cancellationToken) => table.TryReplaceAsync(BillerRow.Of(biller), read, cancellationToken);

    /// <summary>One page of the register, by id.</summary>
    /// <param name="activeOnly">Leaves out those whose bills cannot be paid.</param>
    internal async Task<(IReadOnlyList<Biller> Items, string? Continuation)> ListAsync(Page page, bool activeOnly, CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {BillerRow.Register} and RowKey gt {page.Cursor ?? ""}");
        var items = new List<Biller>();
        await foreach (var row in table.QueryAsync<BillerRow>(filter, page.Limit + 1, cancellationToken: cancellationToken))
        {
            if (activeOnly && row.Biller.Status != BillerStatus.Active)
            {
                continue;
            }

            if (items.Count == page.Limit)
            {
                return (items, items[^1].Id.Value);
            }

            items.Add(row.Biller);
        }

        return (items, null);
    }
}

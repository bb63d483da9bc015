using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Merchants;
using WalletFunctions.Platform;

namespace WalletFunctions.Merchants;

/// <summary>Who may be paid as a merchant, and how.</summary>
public sealed class MerchantRegister(Storage storage)
{
    internal const string TableName = "merchants";

    private readonly TableClient table = storage.Table(TableName);

    /// <summary>A merchant as the register has it now; null for nobody.</summary>
    internal async Task<Merchant?> FindAsync(AccountId id, CancellationToken cancellationToken) => (await FindRowAsync(id, cancellationToken))?.Merchant;

    internal async Task<MerchantRow?> FindRowAsync(AccountId id, CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<MerchantRow>(MerchantRow.Register, id.Value, cancellationToken: cancellationToken);
        return found.HasValue ? found.Value : null;
    }

    /// <summary>Enters a merchant, once: the first entry counts.</summary>
    /// <param name="enteredBy">Names the request; a repeat of it finds its own entry.</param>
    /// <returns>The entry that counts.</returns>
    internal async Task<MerchantRow> EnterAsync(Merchant merchant, string enteredBy, CancellationToken cancellationToken)
    {
        try
        {
            await table.AddEntityAsync(MerchantRow.Of(merchant, enteredBy), cancellationToken);
        }
        catch (RequestFailedException fault) when (fault.Status == 409)
        {
            // Entered before; that one is answered.
        }

        return await FindRowAsync(merchant.Id, cancellationToken) ?? throw new InvalidOperationException("An entry of the register is gone.");
    }

    /// <summary>Replaces an entry that nobody changed since it was read; null if somebody did.</summary>
    internal Task<ETag?> ReplaceAsync(Merchant merchant, MerchantRow read, CancellationToken cancellationToken) =>
        table.TryReplaceAsync(MerchantRow.Of(merchant, read.EnteredBy), read.ETag, cancellationToken);

    /// <summary>One page of the register, by id.</summary>
    internal Task<(IReadOnlyList<Merchant> Items, string? Continuation)> ListAsync(Page page, CancellationToken cancellationToken) => table.PageAsync<MerchantRow, Merchant>(
        TableClient.CreateQueryFilter($"PartitionKey eq {MerchantRow.Register} and RowKey gt {page.Cursor ?? ""}"),
        page, row => row.Merchant, merchant => merchant.Id.Value, cancellationToken);
}

using System.Globalization;
using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Recalls;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace WalletFunctions.Recalls;

/// <summary>A recall with the ETag it was read with.</summary>
internal sealed record StoredRecall(Recall Recall, ETag ETag);

/// <summary>The recalls' rows, and the list of those that wait for an answer, the most urgent first.</summary>
public sealed class RecallTable
{
    internal const string DueTableName = "recallsdue";

    private const string Due = "due";

    private readonly Ledger ledger;
    private readonly TableClient due;

    internal RecallTable(Storage storage, Ledger ledger) => (due, this.ledger) = (storage.Table(DueTableName), ledger);

    internal async Task<StoredRecall?> FindAsync(WalletId payee, RecallId id, CancellationToken cancellation) =>
        await ledger.Store.FindAsync<RecallRow>(BookKeys.Partition(payee), RecallRow.KeyOf(id), cancellation) is { } row ? new StoredRecall(row.ToDomain(), row.ETag) : null;

    /// <summary>Stores a recall, once for its transfer: the first counts.</summary>
    /// <returns>The one that counts.</returns>
    internal async Task<Recall> AskAsync(Recall recall, CancellationToken cancellation)
    {
        // First the list, so that no recall is forgotten; one that is in it and nowhere else does no harm.
        await due.UpsertEntityAsync(new TableEntity(Due, DueKey(recall)) { ["Payee"] = recall.Payee.Value, ["Id"] = recall.Id.Value }, TableUpdateMode.Replace, cancellation);
        return await ledger.Store.TryAddAsync(RecallRow.Of(recall), cancellation)
            ? recall
            : (await FindAsync(recall.Payee, recall.Id, cancellation))?.Recall ?? throw new InvalidOperationException($"Recall {recall.Id} is gone.");
    }

    /// <summary>Stores a change that moves no money. False when the row has changed since it was read.</summary>
    internal async Task<bool> TryReplaceAsync(Recall recall, ETag etag, CancellationToken cancellation)
    {
        var row = RecallRow.Of(recall);
        row.ETag = etag;
        try
        {
            await ledger.Store.ReplaceAsync(row, cancellation);
            return true;
        }
        catch (RequestFailedException fault) when (fault.Status == 412)
        {
            return false;
        }
    }

    /// <summary>What a payee is or was asked for, newest transfer first.</summary>
    internal async Task<(IReadOnlyList<Recall> Items, string? Continuation)> ListAsync(WalletId payee, Page page, CancellationToken cancellation)
    {
        var (rows, next) = await ledger.Store.PageAsync<RecallRow>(payee, RecallRow.Prefix, page, null, cancellation);
        return ([.. rows.Select(row => row.ToDomain())], next);
    }

    /// <summary>Those whose time was over at a moment.</summary>
    internal async IAsyncEnumerable<(string Key, WalletId Payee, RecallId Id)> DueAsync(
        DateTimeOffset now, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var until = now.UtcTicks.ToString("D19", CultureInfo.InvariantCulture) + "~";
        await foreach (var row in due.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {Due} and RowKey lt {until}"), cancellationToken: cancellation))
        {
            yield return (row.RowKey, WalletId.Of(row.GetString("Payee")), RecallId.Of(row.GetString("Id")));
        }
    }

    /// <summary>Takes one off the list.</summary>
    internal async Task DoneAsync(string key, CancellationToken cancellation)
    {
        try
        {
            await due.DeleteEntityAsync(Due, key, ETag.All, cancellation);
        }
        catch (RequestFailedException fault) when (fault.Status == 404)
        {
            // Another host was quicker.
        }
    }

    private static string DueKey(Recall recall) => string.Create(CultureInfo.InvariantCulture, $"{recall.AnswerBy.UtcTicks:D19}|{recall.Id}");
}

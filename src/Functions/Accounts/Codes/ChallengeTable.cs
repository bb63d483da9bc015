using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain;
using WalletFunctions.Platform;

namespace WalletFunctions.Accounts.Codes;

/// <summary>The only class that reads and writes the table <c>challenges</c>: challenges by id, and for each bound request its newest.</summary>
internal sealed class ChallengeTable(Storage storage)
{
    public const string TableName = "challenges";

    private const string Newest = "newest";

    private readonly TableClient table = storage.Table(TableName);

    public async Task<ChallengeRow?> FindAsync(ChallengeId id, CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<ChallengeRow>(id.Value, ChallengeRow.Key, cancellationToken: cancellationToken);
        return found.HasValue ? found.Value : null;
    }

    public Task AddAsync(ChallengeRow row, CancellationToken cancellationToken) => table.UpsertEntityAsync(row, TableUpdateMode.Replace, cancellationToken);

    /// <returns>False if somebody changed it since it was read.</returns>
    public async Task<bool> ReplaceAsync(ChallengeRow row, CancellationToken cancellationToken)
    {
        try
        {
            await table.UpdateEntityAsync(row, row.ETag, TableUpdateMode.Replace, cancellationToken);
            return true;
        }
        catch (RequestFailedException e) when (e.Status == 412)
        {
            return false;
        }
    }

    /// <summary>The newest challenge of a request; null where there is none.</summary>
    public async Task<(ChallengeId Id, ETag ETag)?> NewestAsync(string binding, CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<TableEntity>(binding, Newest, cancellationToken: cancellationToken);
        return found is { HasValue: true, Value: { } row } ? (ChallengeId.Of(row.GetString("Challenge")), row.ETag) : null;
    }

    /// <summary>Names the newest challenge of a request.</summary>
    /// <param name="before">The ETag of the one it follows; null where there was none.</param>
    /// <returns>False if another one was named meanwhile.</returns>
    public async Task<bool> NameAsync(string binding, ChallengeId id, ETag? before, CancellationToken cancellationToken)
    {
        var row = new TableEntity(binding, Newest) { ["Challenge"] = id.Value };
        try
        {
            await (before is { } etag ? table.UpdateEntityAsync(row, etag, TableUpdateMode.Replace, cancellationToken) : table.AddEntityAsync(row, cancellationToken));
            return true;
        }
        catch (RequestFailedException e) when (e.Status is 404 or 409 or 412)
        {
            return await NewestAsync(binding, cancellationToken) is { } now && now.Id == id; // our own write, its answer lost
        }
    }
}

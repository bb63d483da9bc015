using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain;
using WalletFunctions.Platform;

namespace WalletFunctions.Files;

/// <summary>What is known of files, and the list of those that may belong to nothing, by the day on which somebody should look.</summary>
internal sealed class FileTable(Storage storage)
{
    public const string TableName = "files";
    public const string DueTableName = "filesdue";

    private const string Row = "file";

    private readonly TableClient table = storage.Table(TableName);
    private readonly TableClient due = storage.Table(DueTableName);

    public async Task<(StoredFile File, ETag ETag)?> FindAsync(FileId id, CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<TableEntity>(Partition(id), Row, cancellationToken: cancellationToken);
        return found is { HasValue: true, Value: { } row } ? (Read(id, row), row.ETag) : null;
    }

    public Task AddAsync(StoredFile file, CancellationToken cancellationToken) => table.UpsertEntityAsync(Entity(file), TableUpdateMode.Replace, cancellationToken);

    /// <summary>False where it has changed, or is gone.</summary>
    public Task<bool> ReplaceAsync(StoredFile file, ETag etag, CancellationToken cancellationToken) =>
        IfUnchangedAsync(() => table.UpdateEntityAsync(Entity(file), etag, TableUpdateMode.Replace, cancellationToken));

    /// <summary>False where it has changed, or is gone.</summary>
    public Task<bool> RemoveAsync(FileId id, ETag etag, CancellationToken cancellationToken) =>
        IfUnchangedAsync(() => table.DeleteEntityAsync(Partition(id), Row, etag, cancellationToken));

    /// <summary>Somebody should look at this file on a day.</summary>
    public Task ListAsync(FileId id, DateOnly day, CancellationToken cancellationToken) =>
        due.UpsertEntityAsync(new TableEntity(Day(day), id.Value), TableUpdateMode.Replace, cancellationToken);

    /// <summary>Those at which somebody should look by a day.</summary>
    public async IAsyncEnumerable<(string Day, FileId Id)> DueAsync(DateOnly day, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in due.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey le {Day(day)}"), cancellationToken: cancellationToken))
        {
            yield return (row.PartitionKey, FileId.Of(row.RowKey));
        }
    }

    public async Task StrikeAsync(string day, FileId id, CancellationToken cancellationToken)
    {
        try
        {
            await due.DeleteEntityAsync(day, id.Value, ETag.All, cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            // Another host was quicker.
        }
    }

    private static async Task<bool> IfUnchangedAsync(Func<Task> act)
    {
        try
        {
            await act();
            return true;
        }
        catch (RequestFailedException e) when (e.Status is 404 or 412)
        {
            return false;
        }
    }

    private static TableEntity Entity(StoredFile file) => new(Partition(file.Id), Row)
    {
        ["Owner"] = file.Owner.Value,
        ["Name"] = file.Name,
        ["MediaType"] = file.MediaType,
        ["Bytes"] = file.Bytes,
        ["AttachedTo"] = file.AttachedTo,
        ["UploadedAt"] = file.UploadedAt,
    };

    private static StoredFile Read(FileId id, TableEntity row) => new(
        id,
        AccountId.Of(row.GetString("Owner")),
        row.GetString("Name"),
        row.GetString("MediaType"),
        row.GetInt64("Bytes") ?? 0,
        row.GetString("AttachedTo"),
        row.GetDateTimeOffset("UploadedAt")!.Value);

    private static string Day(DateOnly day) => day.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    /// <summary>Ids sort by time, which would heat one range of partitions, so four hash characters come first.</summary>
    private static string Partition(FileId id) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id.Value)).AsSpan(0, 2)) + id.Value;
}

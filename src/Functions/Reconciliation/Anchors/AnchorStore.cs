using Azure;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using WalletFunctions.Domain.Reconciliation;
using WalletFunctions.Platform;

namespace WalletFunctions.Reconciliation.Anchors;

/// <summary>An anchor that is known to have been written.</summary>
/// <param name="Day">Its day.</param>
/// <param name="Books">How many books it has.</param>
/// <param name="Jws">The signed statement.</param>
internal sealed record KnownAnchor(DateOnly Day, long Books, string Jws);

/// <summary>
/// The anchors: blobs that are created and never written again, nor can be where the container is immutable. A row beside
/// each remembers that it was there, so that the newest cannot vanish and be made anew over rewritten books.
/// </summary>
internal sealed class AnchorStore(Storage storage)
{
    public const string ContainerName = "anchors";

    private const string Partition = "anchors";

    private readonly TableClient table = storage.Table(FindingTable.TableName);

    private BlobContainerClient Container => storage.Container(ContainerName);

    /// <summary>Creates the document of a day; false when there is one.</summary>
    public async Task<bool> CreateAsync(DateOnly day, Stream content, CancellationToken cancellationToken)
    {
        try
        {
            var options = new BlobUploadOptions
            {
                Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All },
                HttpHeaders = new BlobHttpHeaders { ContentType = "text/plain; charset=utf-8" },
            };
            await Blob(day).UploadAsync(content, options, cancellationToken);
            return true;
        }
        catch (RequestFailedException fault) when (fault.Status is 409 or 412)
        {
            return false;
        }
    }

    /// <summary>The document of a day; null where there is none. To be disposed.</summary>
    public async Task<Stream?> OpenAsync(DateOnly day, CancellationToken cancellationToken)
    {
        try
        {
            return (await Blob(day).DownloadStreamingAsync(cancellationToken: cancellationToken)).Value.Content;
        }
        catch (RequestFailedException fault) when (fault.Status == 404)
        {
            return null;
        }
    }

    /// <summary>The days that have a document, the oldest first.</summary>
    public async Task<SortedSet<DateOnly>> DaysAsync(CancellationToken cancellationToken)
    {
        var days = new SortedSet<DateOnly>();
        await foreach (var blob in Container.GetBlobsAsync(cancellationToken: cancellationToken))
        {
            if (AnchorDocument.DayOf(blob.Name) is { } day)
            {
                days.Add(day);
            }
        }

        return days;
    }

    /// <summary>Remembers an anchor that was written; the first memory of a day is kept.</summary>
    public async Task RememberAsync(KnownAnchor anchor, CancellationToken cancellationToken)
    {
        try
        {
            await table.AddEntityAsync(new TableEntity(Partition, RowOf(anchor.Day)) { ["Books"] = anchor.Books, ["Signed"] = anchor.Jws }, cancellationToken);
        }
        catch (RequestFailedException fault) when (fault.Status == 409)
        {
            // Another host was first, or our own write was repeated.
        }
    }

    /// <summary>The anchors remembered, newest first.</summary>
    public Task<(IReadOnlyList<KnownAnchor> Items, string? Continuation)> ListAsync(Page page, CancellationToken cancellationToken) =>
        table.PageAsync<TableEntity, KnownAnchor>(
            TableClient.CreateQueryFilter($"PartitionKey eq {Partition} and RowKey gt {page.Cursor ?? ""}"),
            page,
            row => new KnownAnchor(DateOnly.FromDayNumber(LastDay - int.Parse(row.RowKey)), row.GetInt64("Books") ?? 0, row.GetString("Signed")),
            anchor => RowOf(anchor.Day),
            cancellationToken);

    private static int LastDay => DateOnly.MaxValue.DayNumber;

    /// <summary>Counted down, so that rows sort newest first.</summary>
    private static string RowOf(DateOnly day) => $"{LastDay - day.DayNumber:D7}";

    private BlobClient Blob(DateOnly day) => Container.GetBlobClient(AnchorDocument.NameOf(day));
}

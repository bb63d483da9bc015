using Azure.Core;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Shared;

namespace Azure.Storage.Blobs.Specialized;

/// <summary>What can be done with any blob. Source of the protocol: learn.microsoft.com/rest/api/storageservices/operations-on-blobs.</summary>
public class BlobBaseClient
{
    public BlobBaseClient(string connectionString, string blobContainerName, string blobName)
        : this(connectionString, blobContainerName, blobName, null)
    {
    }

    public BlobBaseClient(string connectionString, string blobContainerName, string blobName, BlobClientOptions options)
    {
        options ??= new BlobClientOptions();
        var account = StorageAccount.Parse(connectionString, "Blob", 10000);
        Pipeline = StoragePipeline.From(account, options, BlobClientOptions.VersionString);
        Uri = StoragePipeline.Child(StoragePipeline.Child(account.Endpoint, blobContainerName), blobName);
        BlobContainerName = blobContainerName;
        Name = blobName;
    }

    internal BlobBaseClient(StoragePipeline pipeline, Uri uri, string container, string name)
    {
        Pipeline = pipeline;
        Uri = uri;
        BlobContainerName = container;
        Name = name;
    }

    protected BlobBaseClient()
    {
    }

    public virtual Uri Uri { get; }

    public virtual string AccountName => Pipeline.Account;

    public virtual string BlobContainerName { get; }

    public virtual string Name { get; }

    internal StoragePipeline Pipeline { get; }

    public virtual Task<Response<BlobDownloadResult>> DownloadContentAsync() => DownloadContentAsync(default(BlobDownloadOptions));

    public virtual Task<Response<BlobDownloadResult>> DownloadContentAsync(CancellationToken cancellationToken) => DownloadContentAsync(default(BlobDownloadOptions), cancellationToken);

    public virtual Task<Response<BlobDownloadResult>> DownloadContentAsync(BlobRequestConditions conditions, CancellationToken cancellationToken) =>
        DownloadContentAsync(new BlobDownloadOptions { Conditions = conditions }, cancellationToken);

    /// <summary>The whole content in memory.</summary>
    public virtual async Task<Response<BlobDownloadResult>> DownloadContentAsync(BlobDownloadOptions options = null, CancellationToken cancellationToken = default)
    {
        using var message = Download(options);
        var response = await Pipeline.SendAsync(message, Expected.OkOrPart, cancellationToken).ConfigureAwait(false);
        return Response.FromValue(new BlobDownloadResult { Content = response.Content, Details = BlobWire.Details(response) }, response);
    }

    /// <summary>The content as it arrives. A connection that breaks midway is reported by the stream, not repaired.</summary>
    public virtual async Task<Response<BlobDownloadStreamingResult>> DownloadStreamingAsync(BlobDownloadOptions options = null, CancellationToken cancellationToken = default)
    {
        using var message = Download(options);
        message.BufferResponse = false;
        var response = await Pipeline.SendAsync(message, Expected.OkOrPart, cancellationToken).ConfigureAwait(false);
        return Response.FromValue(new BlobDownloadStreamingResult { Content = message.ExtractResponseContent(), Details = BlobWire.Details(response) }, response);
    }

    public virtual async Task<Response<bool>> ExistsAsync(CancellationToken cancellationToken = default)
    {
        using var message = Pipeline.Request(RequestMethod.Head, Uri);
        var response = await Pipeline.SendAsync(message, Expected.OkOrAbsent, cancellationToken).ConfigureAwait(false);
        return Response.FromValue(response.Status == 200, response);
    }

    public virtual async Task<Response<BlobProperties>> GetPropertiesAsync(BlobRequestConditions conditions = null, CancellationToken cancellationToken = default)
    {
        using var message = Pipeline.Request(RequestMethod.Head, Uri);
        BlobWire.SetConditions(message.Request, conditions);
        var response = await Pipeline.SendAsync(message, Expected.Ok, cancellationToken).ConfigureAwait(false);
        return Response.FromValue(BlobWire.Properties(response), response);
    }

    public virtual async Task<Response> DeleteAsync(DeleteSnapshotsOption snapshotsOption = DeleteSnapshotsOption.None, BlobRequestConditions conditions = null, CancellationToken cancellationToken = default)
    {
        using var message = Deletion(snapshotsOption, conditions);
        return await Pipeline.SendAsync(message, Expected.Accepted, cancellationToken).ConfigureAwait(false);
    }

    /// <returns>False if there was no such blob, or no such container.</returns>
    public virtual async Task<Response<bool>> DeleteIfExistsAsync(DeleteSnapshotsOption snapshotsOption = DeleteSnapshotsOption.None, BlobRequestConditions conditions = null, CancellationToken cancellationToken = default)
    {
        using var message = Deletion(snapshotsOption, conditions);
        var response = await Pipeline.SendAsync(message, Expected.AcceptedOrAbsent, cancellationToken).ConfigureAwait(false);
        return Response.FromValue(response.Status == 202, response);
    }

    private HttpMessage Download(BlobDownloadOptions options)
    {
        var message = Pipeline.Request(RequestMethod.Get, Uri);
        BlobWire.SetConditions(message.Request, options?.Conditions);
        if (options is not null && options.Range != default) message.Request.Headers.Add("x-ms-range", options.Range.ToString());
        return message;
    }

    private HttpMessage Deletion(DeleteSnapshotsOption snapshots, BlobRequestConditions conditions)
    {
        var message = Pipeline.Request(RequestMethod.Delete, Uri);
        BlobWire.SetConditions(message.Request, conditions);
        if (snapshots != DeleteSnapshotsOption.None) message.Request.Headers.Add("x-ms-delete-snapshots", snapshots == DeleteSnapshotsOption.OnlySnapshots ? "only" : "include");
        return message;
    }
}

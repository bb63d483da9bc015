using System.Globalization;
using Azure.Core;
using Azure.Storage.Blobs.Models;

namespace Azure.Storage.Blobs.Specialized;

/// <summary>A lease on a blob or container. Source: learn.microsoft.com/rest/api/storageservices/lease-blob.</summary>
public class BlobLeaseClient
{
    public static readonly TimeSpan InfiniteLeaseDuration = TimeSpan.FromSeconds(-1);

    private readonly StoragePipeline _pipeline;
    private readonly string _resource;

    public BlobLeaseClient(BlobBaseClient client, string leaseId = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        (Uri, _pipeline, LeaseId) = (client.Uri, client.Pipeline, leaseId ?? Guid.NewGuid().ToString());
    }

    public BlobLeaseClient(BlobContainerClient client, string leaseId = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        (Uri, _pipeline, LeaseId, _resource) = (client.Uri, client.Pipeline, leaseId ?? Guid.NewGuid().ToString(), "container");
    }

    protected BlobLeaseClient()
    {
    }

    public Uri Uri { get; }

    public virtual string LeaseId { get; private set; }

    /// <param name="duration">15 to 60 seconds, or <see cref="InfiniteLeaseDuration"/>.</param>
    /// <param name="conditions">What must be so.</param>
    /// <param name="cancellationToken">Ends the wait, not necessarily the lease.</param>
    /// <exception cref="RequestFailedException">409 LeaseAlreadyPresent.</exception>
    public virtual Task<Response<BlobLease>> AcquireAsync(TimeSpan duration, RequestConditions conditions = null, CancellationToken cancellationToken = default)
    {
        var seconds = duration < TimeSpan.Zero ? -1 : (long)duration.TotalSeconds;
        return LeaseAsync("acquire", [("x-ms-lease-duration", seconds.ToString(CultureInfo.InvariantCulture)), ("x-ms-proposed-lease-id", LeaseId)], Expected.Created, conditions, cancellationToken);
    }

    /// <exception cref="RequestFailedException">409 LeaseIdMismatchWithLeaseOperation, LeaseLost: somebody else may have had it.</exception>
    public virtual Task<Response<BlobLease>> RenewAsync(RequestConditions conditions = null, CancellationToken cancellationToken = default) =>
        LeaseAsync("renew", [("x-ms-lease-id", LeaseId)], Expected.Ok, conditions, cancellationToken);

    public virtual async Task<Response<ReleasedObjectInfo>> ReleaseAsync(RequestConditions conditions = null, CancellationToken cancellationToken = default)
    {
        var released = await LeaseAsync("release", [("x-ms-lease-id", LeaseId)], Expected.Ok, conditions, cancellationToken).ConfigureAwait(false);
        return Response.FromValue(new ReleasedObjectInfo(released.Value.ETag, released.Value.LastModified), released.GetRawResponse());
    }

    private async Task<Response<BlobLease>> LeaseAsync(string action, (string Name, string Value)[] headers, StatusCodeClassifier expected, RequestConditions conditions, CancellationToken cancellationToken)
    {
        using var message = _pipeline.Request(RequestMethod.Put, Uri, ("comp", "lease"), ("restype", _resource));
        message.Request.Headers.Add("x-ms-lease-action", action);
        foreach (var (name, value) in headers) message.Request.Headers.Add(name, value);
        BlobWire.SetConditions(message.Request, conditions);
        var response = await _pipeline.SendAsync(message, expected, cancellationToken).ConfigureAwait(false);
        LeaseId = StoragePipeline.Header(response, "x-ms-lease-id") ?? LeaseId;
        return Response.FromValue(new BlobLease { ETag = BlobWire.ETag(response), LastModified = BlobWire.LastModified(response), LeaseId = LeaseId }, response);
    }
}

public static class SpecializedBlobExtensions
{
    public static BlobLeaseClient GetBlobLeaseClient(this BlobBaseClient client, string leaseId = null) => new(client, leaseId);

    public static BlobLeaseClient GetBlobLeaseClient(this BlobContainerClient client, string leaseId = null) => new(client, leaseId);
}

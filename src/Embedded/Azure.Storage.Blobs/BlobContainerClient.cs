using System.Globalization;
using System.Xml.Linq;
using Azure.Core;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Shared;

namespace Azure.Storage.Blobs;

/// <summary>One container of blobs.</summary>
public class BlobContainerClient
{
    public BlobContainerClient(string connectionString, string blobContainerName)
        : this(connectionString, blobContainerName, null)
    {
    }

    public BlobContainerClient(string connectionString, string blobContainerName, BlobClientOptions options)
    {
        options ??= new BlobClientOptions();
        var account = StorageAccount.Parse(connectionString, "Blob", 10000);
        Pipeline = StoragePipeline.From(account, options, BlobClientOptions.VersionString);
        Uri = StoragePipeline.Child(account.Endpoint, blobContainerName);
    }

    public BlobContainerClient(Uri blobContainerUri, StorageSharedKeyCredential credential, BlobClientOptions options = null)
        : this(StoragePipeline.From(credential, options ??= new BlobClientOptions(), BlobClientOptions.VersionString), blobContainerUri)
    {
    }

    public BlobContainerClient(Uri blobContainerUri, TokenCredential credential, BlobClientOptions options = null)
        : this(StoragePipeline.From(blobContainerUri, credential, options ??= new BlobClientOptions(), BlobClientOptions.VersionString), blobContainerUri)
    {
    }

    internal BlobContainerClient(StoragePipeline pipeline, Uri uri)
    {
        Pipeline = pipeline;
        Uri = uri;
    }

    protected BlobContainerClient()
    {
    }

    public virtual Uri Uri { get; }

    public virtual string AccountName => Pipeline.Account;

    public virtual string Name => Uri.UnescapeDataString(Uri.Segments[^1]);

    internal StoragePipeline Pipeline { get; }

    public virtual BlobClient GetBlobClient(string blobName) => new(Pipeline, StoragePipeline.Child(Uri, blobName), Name, blobName);

    public virtual Task<Response<BlobContainerInfo>> CreateAsync(PublicAccessType publicAccessType, IDictionary<string, string> metadata, CancellationToken cancellationToken) =>
        CreateAsync(publicAccessType, metadata, null, cancellationToken);

    public virtual async Task<Response<BlobContainerInfo>> CreateAsync(PublicAccessType publicAccessType = PublicAccessType.None, IDictionary<string, string> metadata = null, BlobContainerEncryptionScopeOptions encryptionScopeOptions = null, CancellationToken cancellationToken = default)
    {
        using var message = Creation(publicAccessType, metadata, encryptionScopeOptions);
        return Info(await Pipeline.SendAsync(message, Expected.Created, cancellationToken).ConfigureAwait(false));
    }

    public virtual Task<Response<BlobContainerInfo>> CreateIfNotExistsAsync(PublicAccessType publicAccessType, IDictionary<string, string> metadata, CancellationToken cancellationToken) =>
        CreateIfNotExistsAsync(publicAccessType, metadata, null, cancellationToken);

    /// <returns>Null if the container was there before.</returns>
    public virtual async Task<Response<BlobContainerInfo>> CreateIfNotExistsAsync(PublicAccessType publicAccessType = PublicAccessType.None, IDictionary<string, string> metadata = null, BlobContainerEncryptionScopeOptions encryptionScopeOptions = null, CancellationToken cancellationToken = default)
    {
        using var message = Creation(publicAccessType, metadata, encryptionScopeOptions);
        var response = await Pipeline.SendAsync(message, Expected.CreatedOrConflict, cancellationToken).ConfigureAwait(false);
        if (response.Status == 201) return Info(response);
        return new RequestFailedException(response) is var failure && failure.ErrorCode == BlobErrorCode.ContainerAlreadyExists ? null : throw failure;
    }

    public virtual async Task<Response<bool>> ExistsAsync(CancellationToken cancellationToken = default)
    {
        using var message = Pipeline.Request(RequestMethod.Head, Uri, ("restype", "container"));
        var response = await Pipeline.SendAsync(message, Expected.OkOrAbsent, cancellationToken).ConfigureAwait(false);
        return Response.FromValue(response.Status == 200, response);
    }

    public virtual async Task<Response<bool>> DeleteIfExistsAsync(BlobRequestConditions conditions = null, CancellationToken cancellationToken = default)
    {
        using var message = Pipeline.Request(RequestMethod.Delete, Uri, ("restype", "container"));
        BlobWire.SetConditions(message.Request, conditions);
        var response = await Pipeline.SendAsync(message, Expected.AcceptedOrAbsent, cancellationToken).ConfigureAwait(false);
        return Response.FromValue(response.Status == 202, response);
    }

    /// <summary>Blobs in the order of their names.</summary>
    public virtual AsyncPageable<BlobItem> GetBlobsAsync(BlobTraits traits = BlobTraits.None, BlobStates states = BlobStates.None, string prefix = null, CancellationToken cancellationToken = default) =>
        new MarkerPageable<BlobItem>(async (marker, size, cancel) =>
        {
            using var message = Pipeline.Request(RequestMethod.Get, Uri, ("restype", "container"), ("comp", "list"), ("prefix", prefix), ("marker", marker), ("maxresults", size?.ToString(CultureInfo.InvariantCulture)), ("include", traits.HasFlag(BlobTraits.Metadata) ? "metadata" : null));
            var response = await Pipeline.SendAsync(message, Expected.Ok, cancel).ConfigureAwait(false);
            var list = StoragePipeline.Xml(response);
            var blobs = list.Element("Blobs")?.Elements("Blob").Select(Item).ToList() ?? [];
            return Page<BlobItem>.FromValues(blobs, list.Element("NextMarker")?.Value, response);
        }, cancellationToken);

    private HttpMessage Creation(PublicAccessType access, IDictionary<string, string> metadata, BlobContainerEncryptionScopeOptions encryption)
    {
        if (access != PublicAccessType.None) throw new NotSupportedException("The embedded client makes private containers only.");
        if (encryption is not null) throw new NotSupportedException("The embedded client knows no encryption scopes.");
        var message = Pipeline.Request(RequestMethod.Put, Uri, ("restype", "container"));
        StoragePipeline.SetMetadata(message.Request, metadata);
        return message;
    }

    private static Response<BlobContainerInfo> Info(Response response) =>
        Response.FromValue(new BlobContainerInfo { ETag = BlobWire.ETag(response), LastModified = BlobWire.LastModified(response) }, response);

    private static BlobItem Item(XElement blob)
    {
        var name = blob.Element("Name");
        var properties = blob.Element("Properties");
        return new BlobItem
        {
            Name = (string)name?.Attribute("Encoded") == "true" ? Uri.UnescapeDataString(name.Value) : name?.Value,
            Properties = new BlobItemProperties
            {
                ETag = properties?.Element("Etag") is { } etag ? new ETag(etag.Value) : null,
                LastModified = properties?.Element("Last-Modified") is { } modified ? BlobWire.Time(modified.Value) : null,
                CreatedOn = properties?.Element("Creation-Time") is { } created ? BlobWire.Time(created.Value) : null,
                ContentLength = (long?)properties?.Element("Content-Length"),
                ContentType = properties?.Element("Content-Type")?.Value,
            },
            Metadata = blob.Element("Metadata")?.Elements().ToDictionary(m => m.Name.LocalName, m => m.Value, StringComparer.OrdinalIgnoreCase) ?? new(StringComparer.OrdinalIgnoreCase),
        };
    }
}

using Azure.Core;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Shared;

namespace Azure.Storage.Blobs;

/// <summary>The containers of one storage account.</summary>
public class BlobServiceClient
{
    private readonly StoragePipeline _pipeline;

    public BlobServiceClient(string connectionString)
        : this(connectionString, null)
    {
    }

    public BlobServiceClient(string connectionString, BlobClientOptions options)
    {
        options ??= new BlobClientOptions();
        var account = StorageAccount.Parse(connectionString, "Blob", 10000);
        (Uri, _pipeline) = (account.Endpoint, StoragePipeline.From(account, options, BlobClientOptions.VersionString));
    }

    public BlobServiceClient(Uri serviceUri, StorageSharedKeyCredential credential, BlobClientOptions options = null)
    {
        options ??= new BlobClientOptions();
        (Uri, _pipeline) = (serviceUri, StoragePipeline.From(credential, options, BlobClientOptions.VersionString));
    }

    public BlobServiceClient(Uri serviceUri, TokenCredential credential, BlobClientOptions options = null)
    {
        options ??= new BlobClientOptions();
        (Uri, _pipeline) = (serviceUri, StoragePipeline.From(serviceUri, credential, options, BlobClientOptions.VersionString));
    }

    protected BlobServiceClient()
    {
    }

    public virtual Uri Uri { get; }

    public string AccountName => _pipeline.Account;

    public virtual BlobContainerClient GetBlobContainerClient(string blobContainerName) => new(_pipeline, StoragePipeline.Child(Uri, blobContainerName));

    public virtual async Task<Response<BlobContainerClient>> CreateBlobContainerAsync(string blobContainerName, PublicAccessType publicAccessType = PublicAccessType.None, IDictionary<string, string> metadata = null, CancellationToken cancellationToken = default)
    {
        var container = GetBlobContainerClient(blobContainerName);
        var created = await container.CreateAsync(publicAccessType, metadata, cancellationToken).ConfigureAwait(false);
        return Response.FromValue(container, created.GetRawResponse());
    }
}

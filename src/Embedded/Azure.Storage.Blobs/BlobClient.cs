using System.Globalization;
using System.Text;
using System.Xml.Linq;
using Azure.Core;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace Azure.Storage.Blobs;

/// <summary>One block blob.</summary>
public class BlobClient : BlobBaseClient
{
    /// <summary>Content up to 8 MiB is one request; longer content is staged in blocks of 4 MiB, one after the other, and appears as a whole at the end.</summary>
    private const int SinglePut = 8 * 1024 * 1024;

    private const int BlockSize = 4 * 1024 * 1024;

    public BlobClient(string connectionString, string blobContainerName, string blobName)
        : base(connectionString, blobContainerName, blobName)
    {
    }

    public BlobClient(string connectionString, string blobContainerName, string blobName, BlobClientOptions options)
        : base(connectionString, blobContainerName, blobName, options)
    {
    }

    internal BlobClient(StoragePipeline pipeline, Uri uri, string container, string name)
        : base(pipeline, uri, container, name)
    {
    }

    protected BlobClient()
    {
    }

    /// <exception cref="RequestFailedException">409 BlobAlreadyExists.</exception>
    public virtual Task<Response<BlobContentInfo>> UploadAsync(BinaryData content) => UploadAsync(content, overwrite: false);

    public virtual Task<Response<BlobContentInfo>> UploadAsync(BinaryData content, CancellationToken cancellationToken) => UploadAsync(content, overwrite: false, cancellationToken);

    public virtual Task<Response<BlobContentInfo>> UploadAsync(BinaryData content, bool overwrite = false, CancellationToken cancellationToken = default) =>
        UploadAsync(content, Overwriting(overwrite), cancellationToken);

    public virtual Task<Response<BlobContentInfo>> UploadAsync(BinaryData content, BlobUploadOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        return content.ToMemory().Length <= SinglePut ? PutAsync(content, options, cancellationToken) : UploadAsync(content.ToStream(), options, cancellationToken);
    }

    /// <inheritdoc cref="UploadAsync(BinaryData)"/>
    public virtual Task<Response<BlobContentInfo>> UploadAsync(Stream content) => UploadAsync(content, overwrite: false);

    public virtual Task<Response<BlobContentInfo>> UploadAsync(Stream content, CancellationToken cancellationToken) => UploadAsync(content, overwrite: false, cancellationToken);

    public virtual Task<Response<BlobContentInfo>> UploadAsync(Stream content, bool overwrite = false, CancellationToken cancellationToken = default) =>
        UploadAsync(content, Overwriting(overwrite), cancellationToken);

    public virtual async Task<Response<BlobContentInfo>> UploadAsync(Stream content, BlobUploadOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        var first = await ReadAsync(content, SinglePut, cancellationToken).ConfigureAwait(false);
        if (first.Length < SinglePut) return await PutAsync(BinaryData.FromBytes(first), options, cancellationToken).ConfigureAwait(false);

        var blocks = new List<string>();
        for (var at = 0; at < first.Length; at += BlockSize) blocks.Add(await StageAsync(first.AsMemory(at, BlockSize), blocks.Count, cancellationToken).ConfigureAwait(false));
        while (await ReadAsync(content, BlockSize, cancellationToken).ConfigureAwait(false) is { Length: > 0 } block)
            blocks.Add(await StageAsync(block, blocks.Count, cancellationToken).ConfigureAwait(false));
        return await CommitAsync(blocks, options, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Response<BlobContentInfo>> PutAsync(BinaryData content, BlobUploadOptions options, CancellationToken cancellationToken)
    {
        using var message = Pipeline.Request(RequestMethod.Put, Uri);
        message.Request.Headers.Add("x-ms-blob-type", "BlockBlob");
        message.Request.Headers.Add("Content-Type", "application/octet-stream");
        Describe(message.Request, options);
        message.Request.Content = RequestContent.Create(content);
        var response = await Pipeline.SendAsync(message, Expected.Created, cancellationToken).ConfigureAwait(false);
        return Response.FromValue(BlobWire.ContentInfo(response), response);
    }

    private async Task<string> StageAsync(ReadOnlyMemory<byte> block, int index, CancellationToken cancellationToken)
    {
        var id = Convert.ToBase64String(Encoding.ASCII.GetBytes(index.ToString("D12", CultureInfo.InvariantCulture)));
        using var message = Pipeline.Request(RequestMethod.Put, Uri, ("comp", "block"), ("blockid", id));
        message.Request.Headers.Add("Content-Type", "application/octet-stream");
        message.Request.Content = RequestContent.Create(block);
        await Pipeline.SendAsync(message, Expected.Created, cancellationToken).ConfigureAwait(false);
        return id;
    }

    private async Task<Response<BlobContentInfo>> CommitAsync(List<string> blocks, BlobUploadOptions options, CancellationToken cancellationToken)
    {
        using var message = Pipeline.Request(RequestMethod.Put, Uri, ("comp", "blocklist"));
        Describe(message.Request, options);
        StoragePipeline.SetXml(message.Request, new XElement("BlockList", blocks.Select(id => new XElement("Uncommitted", id))));
        var response = await Pipeline.SendAsync(message, Expected.Created, cancellationToken).ConfigureAwait(false);
        return Response.FromValue(BlobWire.ContentInfo(response), response);
    }

    private static void Describe(Request request, BlobUploadOptions options)
    {
        BlobWire.SetHttpHeaders(request, options?.HttpHeaders);
        StoragePipeline.SetMetadata(request, options?.Metadata);
        BlobWire.SetConditions(request, options?.Conditions);
    }

    private static BlobUploadOptions Overwriting(bool overwrite) =>
        new() { Conditions = overwrite ? null : new BlobRequestConditions { IfNoneMatch = ETag.All } };

    /// <summary>Up to <paramref name="size"/> bytes: less only at the end of the stream.</summary>
    private static async Task<byte[]> ReadAsync(Stream content, int size, CancellationToken cancellationToken)
    {
        var buffer = new byte[content.CanSeek ? (int)Math.Clamp(content.Length - content.Position, 0, size) : size];
        var read = await content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return read == buffer.Length ? buffer : buffer[..read];
    }
}

using System.Globalization;
using System.Xml.Linq;
using Azure.Core;
using Azure.Storage.Queues.Models;
using Azure.Storage.Shared;

namespace Azure.Storage.Queues;

/// <summary>One queue. Source of the protocol: learn.microsoft.com/rest/api/storageservices/queue-service-rest-api.</summary>
public partial class QueueClient
{
    private readonly StoragePipeline _pipeline;
    private readonly QueueMessageEncoding _encoding;

    public QueueClient(string connectionString, string queueName)
        : this(connectionString, queueName, null)
    {
    }

    public QueueClient(string connectionString, string queueName, QueueClientOptions options)
    {
        options ??= new QueueClientOptions();
        var account = StorageAccount.Parse(connectionString, "Queue", 10001);
        _pipeline = StoragePipeline.From(account, options, QueueClientOptions.VersionString);
        _encoding = options.MessageEncoding;
        Uri = StoragePipeline.Child(account.Endpoint, queueName);
        MessagesUri = new Uri(Uri.AbsoluteUri + "/messages");
    }

    public QueueClient(Uri queueUri, StorageSharedKeyCredential credential, QueueClientOptions options = null)
        : this(StoragePipeline.From(credential, options ??= new QueueClientOptions(), QueueClientOptions.VersionString), queueUri, options.MessageEncoding)
    {
    }

    public QueueClient(Uri queueUri, TokenCredential credential, QueueClientOptions options = null)
        : this(StoragePipeline.From(queueUri, credential, options ??= new QueueClientOptions(), QueueClientOptions.VersionString), queueUri, options.MessageEncoding)
    {
    }

    internal QueueClient(StoragePipeline pipeline, Uri uri, QueueMessageEncoding encoding)
    {
        _pipeline = pipeline;
        _encoding = encoding;
        Uri = uri;
        MessagesUri = new Uri(uri.AbsoluteUri + "/messages");
    }

    protected QueueClient()
    {
    }

    public virtual Uri Uri { get; }

    protected virtual Uri MessagesUri { get; }

    public virtual string AccountName => _pipeline.Account;

    public virtual string Name => Uri.UnescapeDataString(Uri.Segments[^1]);

    /// <summary>64 KiB, as stored: in Base64 that is 48 KiB of content.</summary>
    public virtual int MessageMaxBytes => 64 * 1024;

    public virtual int MaxPeekableMessages => 32;

    /// <exception cref="RequestFailedException">409 QueueAlreadyExists, with other metadata.</exception>
    public virtual async Task<Response> CreateAsync(IDictionary<string, string> metadata = null, CancellationToken cancellationToken = default)
    {
        using var message = Creation(metadata);
        return await _pipeline.SendAsync(message, Expected.CreatedOrNoContent, cancellationToken).ConfigureAwait(false);
    }

    /// <returns>Null if the queue was there before.</returns>
    public virtual async Task<Response> CreateIfNotExistsAsync(IDictionary<string, string> metadata = null, CancellationToken cancellationToken = default)
    {
        using var message = Creation(metadata);
        var response = await _pipeline.SendAsync(message, Expected.CreatedOrConflict, cancellationToken).ConfigureAwait(false);
        if (response.Status == 409 && new RequestFailedException(response) is var failure && failure.ErrorCode != QueueErrorCode.QueueAlreadyExists) throw failure;
        return response.Status == 201 ? response : null;
    }

    public virtual async Task<Response<bool>> ExistsAsync(CancellationToken cancellationToken = default)
    {
        using var message = _pipeline.Request(RequestMethod.Get, Uri, ("comp", "metadata"));
        var response = await _pipeline.SendAsync(message, Expected.OkOrAbsent, cancellationToken).ConfigureAwait(false);
        return Response.FromValue(response.Status == 200, response);
    }

    public virtual async Task<Response> DeleteAsync(CancellationToken cancellationToken = default)
    {
        using var message = _pipeline.Request(RequestMethod.Delete, Uri);
        return await _pipeline.SendAsync(message, Expected.NoContent, cancellationToken).ConfigureAwait(false);
    }

    public virtual async Task<Response<bool>> DeleteIfExistsAsync(CancellationToken cancellationToken = default)
    {
        using var message = _pipeline.Request(RequestMethod.Delete, Uri);
        var response = await _pipeline.SendAsync(message, Expected.NoContentOrAbsent, cancellationToken).ConfigureAwait(false);
        return Response.FromValue(response.Status == 204, response);
    }

    public virtual async Task<Response<QueueProperties>> GetPropertiesAsync(CancellationToken cancellationToken = default)
    {
        using var message = _pipeline.Request(RequestMethod.Get, Uri, ("comp", "metadata"));
        var response = await _pipeline.SendAsync(message, Expected.Ok, cancellationToken).ConfigureAwait(false);
        var properties = new QueueProperties
        {
            ApproximateMessagesCount = int.Parse(StoragePipeline.Header(response, "x-ms-approximate-messages-count") ?? "0", CultureInfo.InvariantCulture),
            Metadata = StoragePipeline.Metadata(response),
        };
        return Response.FromValue(properties, response);
    }

    private HttpMessage Creation(IDictionary<string, string> metadata)
    {
        var message = _pipeline.Request(RequestMethod.Put, Uri);
        StoragePipeline.SetMetadata(message.Request, metadata);
        return message;
    }

    private static string Seconds(TimeSpan? time) => time is { } t ? ((long)t.TotalSeconds).ToString(CultureInfo.InvariantCulture) : null;

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private static DateTimeOffset? OptionalTime(XElement message, string name) => message.Element(name) is { Value.Length: > 0 } time ? Time(time.Value) : null;
}

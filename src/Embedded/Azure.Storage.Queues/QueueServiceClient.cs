using Azure.Core;
using Azure.Storage.Queues.Models;
using Azure.Storage.Shared;

namespace Azure.Storage.Queues;

/// <summary>The queues of one storage account.</summary>
public class QueueServiceClient
{
    private readonly StoragePipeline _pipeline;
    private readonly QueueMessageEncoding _encoding;

    public QueueServiceClient(string connectionString)
        : this(connectionString, null)
    {
    }

    public QueueServiceClient(string connectionString, QueueClientOptions options)
    {
        options ??= new QueueClientOptions();
        var account = StorageAccount.Parse(connectionString, "Queue", 10001);
        (Uri, _encoding, _pipeline) = (account.Endpoint, options.MessageEncoding, StoragePipeline.From(account, options, QueueClientOptions.VersionString));
    }

    public QueueServiceClient(Uri serviceUri, StorageSharedKeyCredential credential, QueueClientOptions options = null)
    {
        options ??= new QueueClientOptions();
        (Uri, _encoding, _pipeline) = (serviceUri, options.MessageEncoding, StoragePipeline.From(credential, options, QueueClientOptions.VersionString));
    }

    public QueueServiceClient(Uri serviceUri, TokenCredential credential, QueueClientOptions options = null)
    {
        options ??= new QueueClientOptions();
        (Uri, _encoding, _pipeline) = (serviceUri, options.MessageEncoding, StoragePipeline.From(serviceUri, credential, options, QueueClientOptions.VersionString));
    }

    protected QueueServiceClient()
    {
    }

    public virtual Uri Uri { get; }

    public virtual string AccountName => _pipeline.Account;

    public virtual QueueClient GetQueueClient(string queueName) => new(_pipeline, StoragePipeline.Child(Uri, queueName), _encoding);

    public virtual async Task<Response<QueueClient>> CreateQueueAsync(string queueName, IDictionary<string, string> metadata = null, CancellationToken cancellationToken = default)
    {
        var queue = GetQueueClient(queueName);
        return Response.FromValue(queue, await queue.CreateAsync(metadata, cancellationToken).ConfigureAwait(false));
    }

    public virtual Task<Response> DeleteQueueAsync(string queueName, CancellationToken cancellationToken = default) =>
        GetQueueClient(queueName).DeleteAsync(cancellationToken);

    public virtual AsyncPageable<QueueItem> GetQueuesAsync(QueueTraits traits = QueueTraits.None, string prefix = null, CancellationToken cancellationToken = default) =>
        new MarkerPageable<QueueItem>(async (marker, size, cancel) =>
        {
            using var message = _pipeline.Request(RequestMethod.Get, Uri, ("comp", "list"), ("prefix", prefix), ("marker", marker), ("maxresults", size?.ToString()), ("include", traits.HasFlag(QueueTraits.Metadata) ? "metadata" : null));
            var response = await _pipeline.SendAsync(message, Expected.Ok, cancel).ConfigureAwait(false);
            var list = StoragePipeline.Xml(response);
            var queues = list.Element("Queues")?.Elements("Queue").Select(q => new QueueItem
            {
                Name = q.Element("Name")?.Value,
                Metadata = q.Element("Metadata")?.Elements().ToDictionary(m => m.Name.LocalName, m => m.Value, StringComparer.OrdinalIgnoreCase),
            }).ToList() ?? [];
            return Page<QueueItem>.FromValues(queues, list.Element("NextMarker")?.Value, response);
        }, cancellationToken);
}

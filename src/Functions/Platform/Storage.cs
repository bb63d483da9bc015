using System.Collections.Concurrent;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;

namespace WalletFunctions.Platform;

/// <summary>Clients of the tables, containers and queues of the app's one storage account. Thread-safe; clients are shared.</summary>
public sealed class Storage
{
    /// <summary>How long a call on a table or a queue may be without an answer. The SDK's own 100 s are meant for long downloads.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    /// <summary>After faults, of whatever kind the service is: people wait for some of these calls, and those of tables are repeated so often by themselves.</summary>
    private const int Repeats = 3;

    private readonly StorageAddress address;
    private readonly HttpPipelinePolicy[] policies;
    private readonly TimeSpan callTimeout;
    private readonly Lazy<TokenCredential> credential = new(() => new DefaultAzureCredential());
    private readonly Lazy<TableServiceClient> tables;
    private readonly Lazy<TableServiceClient> ledgerTables;
    private readonly Lazy<BlobServiceClient> blobs;
    private readonly Lazy<QueueServiceClient> queues;
    private readonly ConcurrentDictionary<string, TableClient> tableClients = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TableClient> ledgerClients = new(StringComparer.Ordinal);

    /// <param name="callTimeout">How long a call on a table or a queue may be without an answer; null: 20 seconds.</param>
    internal Storage(StorageAddress address, IEnumerable<HttpPipelinePolicy> policies, TimeSpan? callTimeout = null)
    {
        this.address = address;
        this.callTimeout = callTimeout ?? Longest;
        this.policies = [.. policies];
        tables = new(() => MakeTables(maxRetries: null));
        ledgerTables = new(() => MakeTables(maxRetries: 0));
        blobs = new(MakeBlobs);
        queues = new(MakeQueues);
    }

    /// <summary>A table whose calls the SDK repeats after faults.</summary>
    public TableClient Table(string name) => tableClients.GetOrAdd(name, static (n, service) => service.Value.GetTableClient(n), tables);

    /// <summary>A table whose calls are made once: a blind repeat would hide whether the first one was the writer.</summary>
    public TableClient LedgerTable(string name) => ledgerClients.GetOrAdd(name, static (n, service) => service.Value.GetTableClient(n), ledgerTables);

    /// <summary>A blob container.</summary>
    public BlobContainerClient Container(string name) => blobs.Value.GetBlobContainerClient(name);

    /// <summary>A queue whose messages are base64 on the wire, as host.json says.</summary>
    public QueueClient Queue(string name) => queues.Value.GetQueueClient(name);

    private TableServiceClient MakeTables(int? maxRetries)
    {
        var options = WithPolicies(new TableClientOptions { Retry = { NetworkTimeout = callTimeout } });
        if (maxRetries is { } count)
        {
            options.Retry.MaxRetries = count;
        }

        return address.ConnectionString is { } text
            ? new TableServiceClient(text, options)
            : new TableServiceClient(address.Tables!, credential.Value, options);
    }

    private BlobServiceClient MakeBlobs()
    {
        var options = WithPolicies(new BlobClientOptions { Retry = { MaxRetries = Repeats } });
        return address.ConnectionString is { } text
            ? new BlobServiceClient(text, options)
            : new BlobServiceClient(address.Blobs!, credential.Value, options);
    }

    private QueueServiceClient MakeQueues()
    {
        var options = WithPolicies(new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64, Retry = { MaxRetries = Repeats, NetworkTimeout = callTimeout } });
        return address.ConnectionString is { } text
            ? new QueueServiceClient(text, options)
            : new QueueServiceClient(address.Queues!, credential.Value, options);
    }

    private T WithPolicies<T>(T options)
        where T : ClientOptions
    {
        foreach (var policy in policies)
        {
            options.AddPolicy(policy, HttpPipelinePosition.PerCall);
        }

        return options;
    }
}

using System.Collections.Concurrent;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Identity;

namespace WalletFunctions.Platform;

/// <summary>Clients of the tables, containers and queues of the app's one storage account. Thread-safe; clients are shared.</summary>
public sealed class Storage
{
    private readonly StorageAddress address;
    private readonly HttpPipelinePolicy[] policies;
    private readonly Lazy<TokenCredential> credential = new(() => new DefaultAzureCredential());
    private readonly Lazy<TableServiceClient> tables;
    private readonly Lazy<TableServiceClient> ledgerTables;
    private readonly ConcurrentDictionary<string, TableClient> tableClients = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TableClient> ledgerClients = new(StringComparer.Ordinal);

    internal Storage(StorageAddress address, IEnumerable<HttpPipelinePolicy> policies)
    {
        this.address = address;
        this.policies = [.. policies];
        tables = new(() => MakeTables(maxRetries: null));
        ledgerTables = new(() => MakeTables(maxRetries: 0));
    }

    /// <summary>A table whose calls the SDK repeats after faults.</summary>
    public TableClient Table(string name) => tableClients.GetOrAdd(name, static (n, service) => service.Value.GetTableClient(n), tables);

    /// <summary>A table whose calls are made once: a blind repeat would hide whether the first one was the writer.</summary>
    public TableClient LedgerTable(string name) => ledgerClients.GetOrAdd(name, static (n, service) => service.Value.GetTableClient(n), ledgerTables);

    private TableServiceClient MakeTables(int? maxRetries)
    {
        var options = WithPolicies(new TableClientOptions());
        if (maxRetries is { } count)
        {
            options.Retry.MaxRetries = count;
        }

        return address.ConnectionString is { } text
            ? new TableServiceClient(text, options)
            : new TableServiceClient(address.Tables!, credential.Value, options);
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

using Azure;
using Azure.Data.Tables;
using Microsoft.DurableTask.Client;
using WalletFunctions.Platform;

namespace WalletFunctions.Workflows;

/// <summary>A restart that somebody has begun.</summary>
/// <param name="Id">The workflow's.</param>
/// <param name="Created">When the orchestration came to be that was to be replaced; a later one is its successor.</param>
internal sealed record WorkflowRestart(string Id, DateTimeOffset Created);

/// <summary>
/// The restarts that are under way: a row each, stored before the orchestration is ended and deleted once its successor is
/// started, so that a host which dies in between leaves nothing that lies dead for ever. Hardly ever more than none.
/// </summary>
/// <param name="patience">How long whoever began a restart has to end it before the clock does.</param>
internal sealed class WorkflowRestarts(Storage storage, MachineClock clock, TimeSpan patience)
{
    public const string TableName = "workflowrestarts";

    private const string Partition = "restart";

    private readonly TableClient table = storage.Table(TableName);

    public Task BeginAsync(OrchestrationMetadata instance, CancellationToken cancellationToken) => table.UpsertEntityAsync(
        new TableEntity(Partition, instance.InstanceId) { ["Created"] = instance.CreatedAt, ["Since"] = clock.GetUtcNow() }, TableUpdateMode.Replace, cancellationToken);

    public Task EndAsync(string id, CancellationToken cancellationToken) => table.DeleteEntityAsync(Partition, id, ETag.All, cancellationToken);

    /// <summary>Those that take too long.</summary>
    public async Task<IReadOnlyList<WorkflowRestart>> LateAsync(CancellationToken cancellationToken)
    {
        var late = new List<WorkflowRestart>();
        var limit = clock.GetUtcNow() - patience;
        await foreach (var row in table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {Partition}"), cancellationToken: cancellationToken))
        {
            if (row.GetDateTimeOffset("Since") <= limit)
            {
                late.Add(new WorkflowRestart(row.RowKey, row.GetDateTimeOffset("Created")!.Value));
            }
        }

        return late;
    }
}

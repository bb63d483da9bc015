using Azure;
using Azure.Data.Tables;
using Microsoft.DurableTask.Client;
using WalletFunctions.Platform;

namespace WalletFunctions.Workflows;

/// <summary>A restart that somebody has begun.</summary>
/// <param name="Id">The workflow's.</param>
/// <param name="Beginning">Which beginning of the workflow it wants. An orchestration at work with this one, or a later one, is its successor; one that has continued as new by itself is not.</param>
/// <param name="ETag">Of whoever carries it out: another who takes it over has another one.</param>
internal sealed record WorkflowRestart(string Id, int Beginning, ETag ETag);

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

    /// <summary>Notes it. Two who want the same orchestration replaced want the same restart; it is the later one's to end.</summary>
    public async Task<WorkflowRestart> BeginAsync(OrchestrationMetadata instance, CancellationToken cancellationToken)
    {
        var beginning = Orchestrations.BeginningOf(instance) + 1;
        var answer = await table.UpsertEntityAsync(RowOf(instance.InstanceId, beginning), TableUpdateMode.Replace, cancellationToken);
        return new WorkflowRestart(instance.InstanceId, beginning, answer.Headers.ETag!.Value);
    }

    /// <summary>Takes over one that is late: whoever was about it may go on, but its end no longer takes the note away.</summary>
    /// <returns>Null where it has ended, or is somebody else's by now.</returns>
    public async Task<WorkflowRestart?> TakeOverAsync(WorkflowRestart late, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await table.UpdateEntityAsync(RowOf(late.Id, late.Beginning), late.ETag, TableUpdateMode.Replace, cancellationToken);
            return late with { ETag = answer.Headers.ETag!.Value };
        }
        catch (RequestFailedException e) when (e.Status is 404 or 412)
        {
            return null;
        }
    }

    /// <summary>Takes the note away, unless it is somebody else's by now, who may have ended the successor.</summary>
    public async Task EndAsync(WorkflowRestart restart, CancellationToken cancellationToken)
    {
        try
        {
            await table.DeleteEntityAsync(Partition, restart.Id, restart.ETag, cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status is 404 or 412)
        {
            // Theirs to take away.
        }
    }

    /// <summary>Those that take too long.</summary>
    public async Task<IReadOnlyList<WorkflowRestart>> LateAsync(CancellationToken cancellationToken)
    {
        var late = new List<WorkflowRestart>();
        var limit = clock.GetUtcNow() - patience;
        await foreach (var row in table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {Partition}"), cancellationToken: cancellationToken))
        {
            if (row.GetDateTimeOffset("Since") <= limit)
            {
                // An older build's note says when its orchestration began instead: that was a first one, as far as anybody counted.
                late.Add(new WorkflowRestart(row.RowKey, row.GetInt32("Beginning") ?? 1, row.ETag));
            }
        }

        return late;
    }

    private TableEntity RowOf(string id, int beginning) => new(Partition, id) { ["Beginning"] = beginning, ["Since"] = clock.GetUtcNow() };
}

using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace WalletFunctions.Workflows;

/// <summary>What is done to workflows by the calendar.</summary>
public sealed class WorkflowClock(WorkflowDesk desk, TimeProvider clock, ILogger<WorkflowClock> logger)
{
    /// <summary>As long as idempotency keys are kept: until then an operator may look at how it went.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    /// <summary>Before anything of ours; some back ends cannot search without a beginning.</summary>
    private static readonly DateTimeOffset Ever = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// Every night at 03:40 in Shanghai: deletes the histories of what has long ended. The things themselves (withdrawals,
    /// refunds) stay: their rows are the truth.
    /// </summary>
    /// <remarks>
    /// Failed ones are left: somebody has to look at them. So is a terminated one whose thing goes on: its history says what a restart begins with.
    /// </remarks>
    [Function("PurgeWorkflows")]
    public async Task PurgeAsync([TimerTrigger("0 40 19 * * *")] TimerInfo timer, [DurableClient] DurableTaskClient durable, CancellationToken cancellationToken)
    {
        var (until, count) = (clock.GetUtcNow() - Kept, 0);
        var ended = new OrchestrationQuery(Ever, until, [OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Terminated], FetchInputsAndOutputs: true);
        await foreach (var instance in durable.GetAllInstancesAsync(ended).WithCancellation(cancellationToken))
        {
            // The search goes by when they began, and some last for weeks.
            if (instance.LastUpdatedAt <= until && (instance.RuntimeStatus == OrchestrationRuntimeStatus.Completed || !await desk.IsOpenAsync(instance, cancellationToken)))
            {
                count += (await durable.PurgeInstanceAsync(instance.InstanceId, cancellationToken)).PurgedInstanceCount;
            }
        }

        logger.LogInformation("{Count} workflows that ended long ago were purged", count);
    }

    /// <summary>Every minute, and first thing after a start, which may follow the death of whoever began a restart: one read where there is none.</summary>
    [Function("FinishRestarts")]
    public Task FinishRestartsAsync(
        [TimerTrigger("45 * * * * *", RunOnStartup = true)] TimerInfo timer, [DurableClient] DurableTaskClient durable, CancellationToken cancellationToken) =>
        desk.FinishRestartsAsync(durable, cancellationToken);
}

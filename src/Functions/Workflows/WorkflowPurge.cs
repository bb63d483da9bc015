using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace WalletFunctions.Workflows;

/// <summary>Deletes the histories of what has long ended. The things themselves (withdrawals, refunds) stay: their rows are the truth.</summary>
public sealed class WorkflowPurge(TimeProvider clock, ILogger<WorkflowPurge> logger)
{
    /// <summary>As long as idempotency keys are kept: until then an operator may look at how it went.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    /// <summary>Before anything of ours; some back ends cannot search without a beginning.</summary>
    private static readonly DateTimeOffset Ever = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Failed ones are left: somebody has to look at them.</summary>
    private static readonly OrchestrationRuntimeStatus[] Ended = [OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Terminated];

    /// <summary>Every night at 03:40 in Shanghai.</summary>
    [Function("PurgeWorkflows")]
    public async Task RunAsync([TimerTrigger("0 40 19 * * *")] TimerInfo timer, [DurableClient] DurableTaskClient durable, CancellationToken cancellationToken)
    {
        var purged = await durable.PurgeAllInstancesAsync(new PurgeInstancesFilter(Ever, clock.GetUtcNow() - Kept, Ended), cancellationToken);
        logger.LogInformation("{Count} workflows that ended long ago were purged", purged.PurgedInstanceCount);
    }
}

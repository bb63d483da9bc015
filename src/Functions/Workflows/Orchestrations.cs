using DurableTask.Core.Exceptions;
using Grpc.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace WalletFunctions.Workflows;

/// <summary>Starts, restarts and rings orchestrations whose id is that of the thing they carry.</summary>
internal static class Orchestrations
{
    private static readonly OrchestrationRuntimeStatus[] AtWork =
        [OrchestrationRuntimeStatus.Pending, OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Suspended];

    private static readonly OrchestrationRuntimeStatus[] Ever =
        [.. AtWork, OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated];

    /// <summary>Starts it, once for ever.</summary>
    /// <returns>False if it was started before.</returns>
    public static Task<bool> StartOnceAsync(DurableTaskClient durable, TaskName orchestrator, string id, object run, CancellationToken cancellationToken) =>
        StartAsync(durable, orchestrator, id, run, Ever, cancellationToken);

    /// <summary>How often staff had begun it anew when a run's input was made; what continues as new by itself hands that on.</summary>
    /// <param name="instance">With its input.</param>
    public static int BeginningOf(OrchestrationMetadata instance) => instance.ReadInputAs<Begun>()?.Beginning ?? 0;

    /// <summary>Starts it anew over what is stored, in place of one that has ended.</summary>
    /// <returns>False if one is at work.</returns>
    public static Task<bool> RestartAsync(DurableTaskClient durable, TaskName orchestrator, string id, object run, CancellationToken cancellationToken) =>
        StartAsync(durable, orchestrator, id, run, AtWork, cancellationToken);

    /// <summary>Has it look at what is stored.</summary>
    /// <param name="what">Why, for whoever reads its history.</param>
    /// <returns>False if nobody is there to open: its start is still to come, or it has ended.</returns>
    public static async Task<bool> RingAsync(DurableTaskClient durable, string id, string doorbell, string what, CancellationToken cancellationToken)
    {
        try
        {
            await durable.RaiseEventAsync(id, doorbell, what, cancellationToken);
            return true;
        }
        catch (RpcException nobody) when (nobody.StatusCode is StatusCode.NotFound or StatusCode.FailedPrecondition)
        {
            return false;
        }
    }

    private static async Task<bool> StartAsync(
        DurableTaskClient durable, TaskName orchestrator, string id, object run, OrchestrationRuntimeStatus[] unless, CancellationToken cancellationToken)
    {
        try
        {
            await durable.ScheduleNewOrchestrationInstanceAsync(orchestrator, run, new StartOrchestrationOptions(id).WithDedupeStatuses(unless), cancellationToken);
            return true;
        }
        catch (OrchestrationAlreadyExistsException)
        {
            // Where an older host ignores the statuses above, a second run reads the row and finds nothing to do.
            return false;
        }
    }

    /// <summary>What every orchestration's input has; runs that older builds began do not know of it.</summary>
    private sealed record Begun(int Beginning = 0);
}

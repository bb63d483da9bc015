using DurableTask.Core.Exceptions;
using Grpc.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using WalletFunctions.Domain;

namespace WalletFunctions.Refunds;

/// <summary>Starts a refund's orchestration, once, and rings it: its id is the refund's.</summary>
internal static class RefundStarts
{
    private static readonly OrchestrationRuntimeStatus[] AtWork =
        [OrchestrationRuntimeStatus.Pending, OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Suspended];

    private static readonly OrchestrationRuntimeStatus[] Ever =
        [.. AtWork, OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated];

    /// <returns>False if it was started before.</returns>
    public static Task<bool> StartAsync(DurableTaskClient durable, WalletId payer, RefundId id, CancellationToken cancellationToken) =>
        StartAsync(durable, payer, id, Ever, cancellationToken);

    /// <summary>Starts it anew over the stored row, in place of one that has ended.</summary>
    public static Task RestartAsync(DurableTaskClient durable, WalletId payer, RefundId id, CancellationToken cancellationToken) =>
        StartAsync(durable, payer, id, AtWork, cancellationToken);

    /// <returns>False if nobody is there to open: its start is still to come, or it has ended.</returns>
    public static async Task<bool> RingAsync(DurableTaskClient durable, RefundId id, string what, CancellationToken cancellationToken)
    {
        try
        {
            await durable.RaiseEventAsync(id.Value, RefundOrchestrator.Doorbell, what, cancellationToken);
            return true;
        }
        catch (RpcException nobody) when (nobody.StatusCode is StatusCode.NotFound or StatusCode.FailedPrecondition)
        {
            return false;
        }
    }

    private static async Task<bool> StartAsync(DurableTaskClient durable, WalletId payer, RefundId id, OrchestrationRuntimeStatus[] unless, CancellationToken cancellationToken)
    {
        var run = new RefundRun(payer.Value, id.Value);
        try
        {
            await durable.ScheduleNewOrchestrationInstanceAsync(nameof(RefundOrchestrator), run, new StartOrchestrationOptions(id.Value).WithDedupeStatuses(unless), cancellationToken);
            return true;
        }
        catch (OrchestrationAlreadyExistsException)
        {
            // Where an older host ignores the statuses above, a second run reads the row and finds nothing to do.
            return false;
        }
    }
}

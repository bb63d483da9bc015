using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using WalletFunctions.Domain.Withdrawals;

namespace WalletFunctions.Withdrawals;

/// <summary>Starts a withdrawal's orchestration: its id is the withdrawal's.</summary>
internal static class WithdrawalStarts
{
    private static readonly OrchestrationRuntimeStatus[] AtWork =
        [OrchestrationRuntimeStatus.Pending, OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Suspended];

    private static readonly OrchestrationRuntimeStatus[] Ever =
        [.. AtWork, OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated];

    /// <summary>Starts it, once for ever.</summary>
    public static Task StartAsync(DurableTaskClient durable, Withdrawal withdrawal, CancellationToken cancellationToken) =>
        StartAsync(durable, withdrawal, Ever, cancellationToken);

    /// <summary>Starts it anew over the stored row, in place of one that has ended.</summary>
    public static Task RestartAsync(DurableTaskClient durable, Withdrawal withdrawal, CancellationToken cancellationToken) =>
        StartAsync(durable, withdrawal, AtWork, cancellationToken);

    private static async Task StartAsync(DurableTaskClient durable, Withdrawal withdrawal, OrchestrationRuntimeStatus[] unless, CancellationToken cancellationToken)
    {
        var run = new WithdrawalRun(withdrawal.WalletId.Value, withdrawal.Id.Value, withdrawal.PromisedBy);
        try
        {
            await durable.ScheduleNewOrchestrationInstanceAsync(
                nameof(WithdrawalOrchestrator), run, new StartOrchestrationOptions(withdrawal.Id.Value).WithDedupeStatuses(unless), cancellationToken);
        }
        catch (OrchestrationAlreadyExistsException)
        {
            // Started before. Where an older host ignores the statuses above, a second run reads the row and finds nothing to do.
        }
    }
}

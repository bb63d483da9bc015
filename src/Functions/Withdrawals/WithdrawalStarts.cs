using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using WalletFunctions.Domain.Withdrawals;

namespace WalletFunctions.Withdrawals;

/// <summary>Starts a withdrawal's orchestration, once: its id is the withdrawal's.</summary>
internal static class WithdrawalStarts
{
    public static async Task StartAsync(DurableTaskClient durable, Withdrawal withdrawal, CancellationToken cancellationToken)
    {
        var options = new StartOrchestrationOptions(withdrawal.Id.Value).WithDedupeStatuses(
            OrchestrationRuntimeStatus.Pending,
            OrchestrationRuntimeStatus.Running,
            OrchestrationRuntimeStatus.Suspended,
            OrchestrationRuntimeStatus.Completed,
            OrchestrationRuntimeStatus.Failed,
            OrchestrationRuntimeStatus.Terminated);
        var run = new WithdrawalRun(withdrawal.WalletId.Value, withdrawal.Id.Value, withdrawal.PromisedBy);
        try
        {
            await durable.ScheduleNewOrchestrationInstanceAsync(nameof(WithdrawalOrchestrator), run, options, cancellationToken);
        }
        catch (OrchestrationAlreadyExistsException)
        {
            // Started before. Where an older host ignores the statuses above, a second run reads the row and finds nothing to do.
        }
    }
}

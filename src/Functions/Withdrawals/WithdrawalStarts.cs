using Microsoft.DurableTask.Client;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Withdrawals;
using WalletFunctions.Workflows;

namespace WalletFunctions.Withdrawals;

/// <summary>Starts a withdrawal's orchestration, and rings it: its id is the withdrawal's.</summary>
internal static class WithdrawalStarts
{
    /// <summary>Starts it, once for ever.</summary>
    /// <returns>False if it was started before.</returns>
    public static Task<bool> StartAsync(DurableTaskClient durable, Withdrawal withdrawal, CancellationToken cancellationToken) =>
        Orchestrations.StartOnceAsync(durable, nameof(WithdrawalOrchestrator), withdrawal.Id.Value, RunOf(withdrawal), cancellationToken);

    /// <summary>Starts it anew over the stored row, in place of one that has ended.</summary>
    public static Task RestartAsync(DurableTaskClient durable, Withdrawal withdrawal, int beginning, CancellationToken cancellationToken) =>
        Orchestrations.RestartAsync(durable, nameof(WithdrawalOrchestrator), withdrawal.Id.Value, RunOf(withdrawal) with { Beginning = beginning }, cancellationToken);

    /// <returns>False if nobody is there to open.</returns>
    public static Task<bool> RingAsync(DurableTaskClient durable, WithdrawalId id, string what, CancellationToken cancellationToken) =>
        Orchestrations.RingAsync(durable, id.Value, WithdrawalOrchestrator.Doorbell, what, cancellationToken);

    private static WithdrawalRun RunOf(Withdrawal withdrawal) => new(withdrawal.WalletId.Value, withdrawal.Id.Value, withdrawal.PromisedBy, CountsFailures: true);
}

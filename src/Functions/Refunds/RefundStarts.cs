using Microsoft.DurableTask.Client;
using WalletFunctions.Domain;
using WalletFunctions.Workflows;

namespace WalletFunctions.Refunds;

/// <summary>Starts a refund's orchestration, and rings it: its id is the refund's.</summary>
internal static class RefundStarts
{
    /// <summary>Starts it, once for ever.</summary>
    /// <returns>False if it was started before.</returns>
    public static Task<bool> StartAsync(DurableTaskClient durable, WalletId payer, RefundId id, CancellationToken cancellationToken) =>
        Orchestrations.StartOnceAsync(durable, nameof(RefundOrchestrator), id.Value, RunOf(payer, id), cancellationToken);

    /// <summary>Starts it anew over the stored row, in place of one that has ended.</summary>
    public static Task RestartAsync(DurableTaskClient durable, WalletId payer, RefundId id, int beginning, CancellationToken cancellationToken) =>
        Orchestrations.RestartAsync(durable, nameof(RefundOrchestrator), id.Value, RunOf(payer, id) with { Beginning = beginning }, cancellationToken);

    /// <returns>False if nobody is there to open.</returns>
    public static Task<bool> RingAsync(DurableTaskClient durable, RefundId id, string what, CancellationToken cancellationToken) =>
        Orchestrations.RingAsync(durable, id.Value, RefundOrchestrator.Doorbell, what, cancellationToken);

    private static RefundRun RunOf(WalletId payer, RefundId id) => new(payer.Value, id.Value, CountsFailures: true);
}

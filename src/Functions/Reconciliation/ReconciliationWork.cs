using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Domain;
using WalletFunctions.Platform;

namespace WalletFunctions.Reconciliation;

/// <summary>What the timer and the queue set going.</summary>
public sealed class ReconciliationWork(Reconciler reconciler)
{
    /// <summary>Production ticks once an hour: the first tick after midnight in Asia/Shanghai begins the day's run, and any tick takes up what a host left half-way.</summary>
    [Function("Reconcile")]
    public Task TickAsync([TimerTrigger("%Reconciliation:Schedule%")] TimerInfo timer, CancellationToken cancellationToken) => reconciler.TickAsync(cancellationToken);

    /// <summary>Somebody asked for a run. The message is a doorbell: lost, the next tick does the work.</summary>
    [Function("RunReconciliation")]
    public Task RunAsync([QueueTrigger(ReconciliationBell.QueueName)] ReconciliationRequest request, CancellationToken cancellationToken) =>
        reconciler.FinishAsync(ReconciliationId.Of(request.ReconciliationId), cancellationToken);
}

/// <summary>A run that was asked for.</summary>
public sealed record ReconciliationRequest(string ReconciliationId);

/// <summary>Rings for a run.</summary>
public sealed class ReconciliationBell(Storage storage)
{
    internal const string QueueName = "reconciliations";

    internal Task RingAsync(ReconciliationId id, CancellationToken cancellationToken) =>
        storage.Queue(QueueName).SendMessageAsync(JsonSerializer.Serialize(new ReconciliationRequest(id.Value)), cancellationToken);
}

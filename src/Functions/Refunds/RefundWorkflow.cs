using Microsoft.DurableTask.Client;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Refunds;
using WalletFunctions.Workflows;

namespace WalletFunctions.Refunds;

/// <summary>Refunds as operators see them.</summary>
internal sealed class RefundWorkflow(RefundTable table, RefundDesk desk) : IWorkflowKind
{
    public string Kind => "refund";

    public string IdPrefix => RefundId.Prefix;

    public bool IsId(string text) => Id.TryParse<RefundId>(text, out _);

    public async Task<WorkflowFacts?> FindAsync(OrchestrationMetadata instance, CancellationToken cancellationToken) =>
        PlaceOf(instance) is var (payer, id) && await table.FindAsync(payer, id, cancellationToken) is { Refund: var refund }
            ? new WorkflowFacts(refund.Status.Name(), !refund.IsOver, refund.RequestedAt, refund.Escalations > 0 || (refund.IsSupportTold && !refund.IsOver))
            : null;

    public Task RestartAsync(OrchestrationMetadata instance, int beginning, DurableTaskClient durable, CancellationToken cancellationToken) =>
        PlaceOf(instance) is var (payer, id) ? RefundStarts.RestartAsync(durable, payer, id, beginning, cancellationToken) : Task.CompletedTask;

    public async Task<DomainError?> CompensateAsync(OrchestrationMetadata instance, CancellationToken cancellationToken) =>
        PlaceOf(instance) is var (payer, id) ? await desk.TerminateAsync(payer, id, cancellationToken) : null;

    private static (WalletId Payer, RefundId Id)? PlaceOf(OrchestrationMetadata instance) =>
        instance.ReadInputAs<RefundRun>() is { } run ? (WalletId.Of(run.WalletId), RefundId.Of(run.RefundId)) : null;
}

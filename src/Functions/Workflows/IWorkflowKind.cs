using Microsoft.DurableTask.Client;
using WalletFunctions.Domain;

namespace WalletFunctions.Workflows;

/// <summary>What operators may know of a workflow's stored state, and do to it. The instance's id is the thing's own: a withdrawal's, a refund's.</summary>
internal interface IWorkflowKind
{
    /// <summary>Its name in <c>?kind=</c>: <c>withdrawal</c>.</summary>
    string Kind { get; }

    /// <summary>How the ids of its instances begin: <c>wdr_</c>.</summary>
    string IdPrefix { get; }

    /// <summary>Whether a text from outside has the form of such an id.</summary>
    bool IsId(string text);

    /// <summary>How the stored thing stands; null where there is none.</summary>
    /// <param name="instance">With its input.</param>
    Task<WorkflowFacts?> FindAsync(OrchestrationMetadata instance, CancellationToken cancellationToken);

    /// <summary>Starts the orchestration anew over the stored state, in place of one that has ended. Nothing that was done is done again.</summary>
    /// <param name="beginning">Which one that is: what its input says, from run to run (<see cref="Orchestrations.BeginningOf"/>).</param>
    Task RestartAsync(OrchestrationMetadata instance, int beginning, DurableTaskClient durable, CancellationToken cancellationToken);

    /// <summary>Ends the stored thing so that nothing is left half done. Said again, it changes nothing more.</summary>
    /// <returns>A conflict where that cannot be proven safe; null where it has ended.</returns>
    Task<DomainError?> CompensateAsync(OrchestrationMetadata instance, CancellationToken cancellationToken);
}

/// <summary>How the stored thing behind a workflow stands.</summary>
/// <param name="State">Its status by name.</param>
/// <param name="IsOpen">Whether anything is still to come.</param>
/// <param name="Since">When it began, by the business clock.</param>
/// <param name="Overdue">Whether what was promised is late.</param>
internal sealed record WorkflowFacts(string State, bool IsOpen, DateTimeOffset Since, bool Overdue = false);

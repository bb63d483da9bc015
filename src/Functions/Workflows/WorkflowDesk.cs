using Grpc.Core;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using WalletFunctions.Audit;
using WalletFunctions.Domain;
using WalletFunctions.Platform;

namespace WalletFunctions.Workflows;

/// <summary>What operators do to workflows. Each act is in the audit log before it is done, and may be said again.</summary>
public sealed class WorkflowDesk
{
    /// <summary>So many pages are searched for one answer; what is further is behind its cursor.</summary>
    private const int MostPages = 20;

    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(20);

    /// <summary>Those that ended as they should are asked for by name only: they are many.</summary>
    private static readonly OrchestrationRuntimeStatus[] OfConcern =
    [
        OrchestrationRuntimeStatus.Pending, OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Suspended,
        OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated,
    ];

    private readonly IWorkflowKind[] kinds;
    private readonly WorkflowRestarts restarts;
    private readonly AuditLog audit;
    private readonly TimeProvider clock;
    private readonly ILogger<WorkflowDesk> logger;

    internal WorkflowDesk(IEnumerable<IWorkflowKind> kinds, WorkflowRestarts restarts, AuditLog audit, TimeProvider clock, ILogger<WorkflowDesk> logger) =>
        (this.kinds, this.restarts, this.audit, this.clock, this.logger) = ([.. kinds], restarts, audit, clock, logger);

    internal IEnumerable<string> KindNames => kinds.Select(kind => kind.Kind);

    internal IWorkflowKind? KindNamed(string name) => Array.Find(kinds, kind => kind.Kind == name);

    /// <summary>One page, in the order of ids, which is that of age: what waits longest comes first.</summary>
    internal async Task<(IReadOnlyList<WorkflowView> Items, string? Next)> ListAsync(DurableTaskClient durable, WorkflowFilter filter, Page page, CancellationToken cancellationToken)
    {
        var until = clock.GetUtcNow() - (filter.OlderThan ?? TimeSpan.Zero);
        var query = new OrchestrationQuery(
            Statuses: filter.Runtime is { } one ? [one] : OfConcern, InstanceIdPrefix: filter.Kind?.IdPrefix, PageSize: page.Limit, FetchInputsAndOutputs: true, ContinuationToken: page.Cursor);
        var searched = 0;
        await foreach (var found in durable.GetAllInstancesAsync(query).AsPages(page.Cursor, page.Limit).WithCancellation(cancellationToken))
        {
            var views = (await Task.WhenAll(found.Values.Select(instance => ViewAsync(instance, cancellationToken)))).OfType<WorkflowView>();
            var items = views.Where(view => (filter.State ?? view.State) == view.State && view.Since <= until).ToList();
            if (items.Count > 0 || found.ContinuationToken is null || ++searched == MostPages)
            {
                return (items, found.ContinuationToken);
            }
        }

        return ([], null);
    }

    /// <summary>A workflow as it stands; null where there is none.</summary>
    internal async Task<WorkflowView?> FindAsync(DurableTaskClient durable, string id, CancellationToken cancellationToken) =>
        KindOf(id) is not null && await durable.GetInstanceAsync(id, getInputsAndOutputs: true, cancellationToken) is { } instance ? await ViewAsync(instance, cancellationToken) : null;

    /// <summary>Does what an operator wants.</summary>
    /// <returns>The workflow afterwards; <c>not_found</c>, or a conflict.</returns>
    internal async Task<Result<WorkflowView>> ActAsync(DurableTaskClient durable, string id, WorkflowAct act, string? reason, Caller caller, CancellationToken cancellationToken)
    {
        if (KindOf(id) is not { } kind
            || await durable.GetInstanceAsync(id, getInputsAndOutputs: true, cancellationToken) is not { } instance
            || await kind.FindAsync(instance, cancellationToken) is not { } facts)
        {
            return PlatformErrors.NotFound;
        }

        if (Refusal(act, instance, facts) is { } refusal)
        {
            return refusal;
        }

        var name = act.ToString().ToLowerInvariant();
        await audit.AddAsync(caller, $"workflow.{name}", id, new { facts.State, Runtime = WorkflowView.RuntimeOf(instance.RuntimeStatus), Reason = reason }, cancellationToken);
        switch (act)
        {
            case WorkflowAct.Suspend when instance.RuntimeStatus != OrchestrationRuntimeStatus.Suspended:
                await durable.SuspendInstanceAsync(id, reason, cancellationToken);
                break;
            case WorkflowAct.Resume when instance.RuntimeStatus == OrchestrationRuntimeStatus.Suspended:
                await durable.ResumeInstanceAsync(id, reason, cancellationToken);
                break;
            case WorkflowAct.Terminate:
                if (await kind.CompensateAsync(instance, cancellationToken) is { } unsafeToEnd)
                {
                    await audit.AddAsync(caller, $"workflow.{name}_refused", id, new { unsafeToEnd.Code }, cancellationToken);
                    return unsafeToEnd;
                }

                await EndAsync(durable, instance, cancellationToken);
                break;
            case WorkflowAct.Restart:
                if (!await RestartAsync(durable, kind, instance, await restarts.BeginAsync(instance, cancellationToken), cancellationToken))
                {
                    // The clock goes on with it.
                    return PlatformErrors.ServiceUnavailable;
                }

                break;
        }

        return await FindAsync(durable, id, cancellationToken) ?? WorkflowView.Of(kind, instance, facts);
    }

    /// <summary>Whether anything is still to come for the thing behind an orchestration.</summary>
    internal async Task<bool> IsOpenAsync(OrchestrationMetadata instance, CancellationToken cancellationToken) =>
        KindOf(instance.InstanceId) is { } kind && await kind.FindAsync(instance, cancellationToken) is { IsOpen: true };

    /// <summary>Brings restarts to their end that somebody began and did not.</summary>
    internal async Task FinishRestartsAsync(DurableTaskClient durable, CancellationToken cancellationToken)
    {
        foreach (var late in await restarts.LateAsync(cancellationToken))
        {
            try
            {
                // Before the look: what is found then is nobody else's to end.
                if (await restarts.TakeOverAsync(late, cancellationToken) is { } restart)
                {
                    await FinishAsync(durable, restart, cancellationToken);
                }
            }
            catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
            {
                // One that cannot be ended now must not keep the others waiting; it stays noted.
                logger.LogWarning("The restart of workflow {WorkflowId} could not be brought to its end: {Fault}", late.Id, Faults.Describe(fault));
            }
        }
    }

    private static DomainError? Refusal(WorkflowAct act, OrchestrationMetadata instance, WorkflowFacts facts) => act switch
    {
        WorkflowAct.Suspend when instance.IsCompleted => WorkflowErrors.Ended,
        WorkflowAct.Resume when instance.IsCompleted => WorkflowErrors.Ended,
        WorkflowAct.Terminate when instance.IsCompleted && !facts.IsOpen => WorkflowErrors.Ended,
        WorkflowAct.Restart when !facts.IsOpen => WorkflowErrors.Ended,
        WorkflowAct.Suspend or WorkflowAct.Resume or WorkflowAct.Terminate or WorkflowAct.Restart => null,
    };

    private async Task FinishAsync(DurableTaskClient durable, WorkflowRestart restart, CancellationToken cancellationToken)
    {
        var instance = await durable.GetInstanceAsync(restart.Id, getInputsAndOutputs: true, cancellationToken);
        var hasSuccessor = instance is { IsCompleted: false } && Orchestrations.BeginningOf(instance) >= restart.Beginning;
        if (instance is null || hasSuccessor || !await IsOpenAsync(instance, cancellationToken))
        {
            // Done but for the note of it, or its thing was ended by whoever came later.
            await restarts.EndAsync(restart, cancellationToken);
        }
        else
        {
            await RestartAsync(durable, KindOf(restart.Id)!, instance, restart, cancellationToken);
        }
    }

    /// <summary>Replaces the orchestration by one that begins over what is stored; may be repeated.</summary>
    /// <returns>False if the old one has not ended in time.</returns>
    private async Task<bool> RestartAsync(DurableTaskClient durable, IWorkflowKind kind, OrchestrationMetadata instance, WorkflowRestart restart, CancellationToken cancellationToken)
    {
        if (!await EndAsync(durable, instance, cancellationToken))
        {
            return false;
        }

        // It may have come to its own end before ours: then there is nothing to begin anew.
        if (await IsOpenAsync(instance, cancellationToken))
        {
            await kind.RestartAsync(instance, restart.Beginning, durable, cancellationToken);
        }

        await restarts.EndAsync(restart, cancellationToken);
        return true;
    }

    /// <summary>Ends the orchestration, and waits for that: the call alone says only that it was asked.</summary>
    /// <returns>False if it has not ended in time.</returns>
    private static async Task<bool> EndAsync(DurableTaskClient durable, OrchestrationMetadata instance, CancellationToken cancellationToken)
    {
        if (instance.IsCompleted)
        {
            return true;
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(EndsWithin);
        try
        {
            await durable.TerminateInstanceAsync(instance.InstanceId, "ended by staff", cancellationToken);
            await durable.WaitForInstanceCompletionAsync(instance.InstanceId, patience.Token);
            return true;
        }
        catch (RpcException gone) when (gone.StatusCode is StatusCode.NotFound or StatusCode.FailedPrecondition)
        {
            // It ended by itself meanwhile.
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task<WorkflowView?> ViewAsync(OrchestrationMetadata instance, CancellationToken cancellationToken) =>
        KindOf(instance.InstanceId) is { } kind && await kind.FindAsync(instance, cancellationToken) is { } facts ? WorkflowView.Of(kind, instance, facts) : null;

    private IWorkflowKind? KindOf(string id) => Array.Find(kinds, kind => kind.IsId(id));
}

/// <summary>What can be done to a workflow.</summary>
internal enum WorkflowAct
{
    Suspend,
    Resume,
    Restart,
    Terminate,
}

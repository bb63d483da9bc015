using System.Collections.Frozen;
using Grpc.Core;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Engine;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Replay;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Storage;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask;

/// <summary>
/// The client. In the host that owns the hub a message is handed over in memory, and the call returns when the turn that
/// took it is stored; elsewhere it is put into the instance's inbox, with a ring that the owner finds.
/// </summary>
internal sealed class HubClient(TaskHub hub, DataConverter converter, TimeProvider clock) : DurableTaskClient(hub.Name)
{
    private const int MaxIdLength = 100;

    public override async Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null, CancellationToken cancellation = default)
    {
        if (options is { StartAt: not null }) throw new NotSupportedException("A start at a later time is not part of the embedded engine; begin the orchestrator with a timer.");
        if (options is { Version: not null } or { Tags.Count: > 0 }) throw new NotSupportedException("Versions and tags are not part of the embedded engine.");
        ArgumentException.ThrowIfNullOrEmpty(orchestratorName.Name, nameof(orchestratorName));
        var id = options?.InstanceId ?? Guid.NewGuid().ToString("N");
        CheckId(id);
        var key = InstanceStore.NewMessageKey(RealNow.UtcTicks);
        var request = new StartRequest(id, orchestratorName.Name, converter.Serialize(input), key, Statuses(options?.DedupeStatuses));
        if (hub.Session is { } session && await DeliverAsync(session, id, new StartMail(request), cancellation)) return id;
        await hub.EnsureTablesAsync(cancellation);
        await hub.Work.RingAsync(id, key, RealNow, cancellation);
        await request.CreateAsync(hub.Store, null, clock.GetUtcNow(), cancellation);
        return id;
    }

    public override Task RaiseEventAsync(string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        return SendAsync(instanceId, new(EventKind.EventRaised) { Name = eventName, Data = converter.Serialize(eventPayload) }, cancellation);
    }

    public override Task TerminateInstanceAsync(string instanceId, TerminateInstanceOptions? options = null, CancellationToken cancellation = default)
        => SendAsync(instanceId, new(EventKind.ExecutionTerminated) { Data = converter.Serialize(options?.Output) }, cancellation);

    public override Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default)
        => SwitchAsync(instanceId, new(EventKind.ExecutionSuspended) { Data = reason }, cancellation);

    public override Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default)
        => SwitchAsync(instanceId, new(EventKind.ExecutionResumed) { Data = reason }, cancellation);

    public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default)
        => WaitAsync(instanceId, state => state.Status != OrchestrationRuntimeStatus.Pending, getInputsAndOutputs, cancellation);

    public override Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default)
        => WaitAsync(instanceId, state => state.IsEnded, getInputsAndOutputs, cancellation);

    public override async Task<OrchestrationMetadata?> GetInstancesAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default)
        => await FindAsync(instanceId, getInputsAndOutputs, cancellation) is { } state ? Metadata(state, getInputsAndOutputs) : null;

    public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null)
    {
        var query = filter ?? new OrchestrationQuery();
        return Pageable.Create<OrchestrationMetadata>(async (continuation, pageSize, cancellation) =>
        {
            await hub.EnsureTablesAsync(cancellation);
            var (heads, next) = await hub.Store.QueryAsync(query, continuation ?? query.ContinuationToken, pageSize ?? query.PageSize, cancellation);
            List<OrchestrationMetadata> page = [];
            foreach (var head in heads)
            {
                var whole = query.FetchInputsAndOutputs && head.IsCut ? await hub.Store.LoadAsync(head.Id, cancellation) : head;
                if (whole is not null) page.Add(Metadata(whole, query.FetchInputsAndOutputs));
            }
            return new(page, next);
        });
    }

    public override async Task<PurgeResult> PurgeInstanceAsync(
        string instanceId, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        CheckId(instanceId);
        await hub.EnsureTablesAsync(cancellation);
        var purged = await hub.Store.PurgeAsync(instanceId, cancellation);
        if (purged) hub.Session?.Refresh(instanceId);
        return new PurgeResult(purged ? 1 : 0);
    }

    public override async Task<PurgeResult> PurgeAllInstancesAsync(
        PurgeInstancesFilter filter, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        if (filter.Timeout is not null) throw new NotSupportedException("A time limit of a purge is not part of the embedded engine; use the cancellation token.");
        var count = 0;
        await foreach (var instance in GetAllInstancesAsync(new(filter.CreatedFrom, filter.CreatedTo, filter.Statuses)).WithCancellation(cancellation))
            if (instance.IsCompleted) count += (await PurgeInstanceAsync(instance.InstanceId, options, cancellation)).PurgedInstanceCount;
        return new PurgeResult(count, isComplete: true);
    }

    public override ValueTask DisposeAsync() => default; // The host owns the hub.

    private static DateTimeOffset RealNow => TimeProvider.System.GetUtcNow();

    private async Task SendAsync(string instanceId, HistoryEvent message, CancellationToken cancellation)
    {
        CheckId(instanceId);
        if (hub.Session is { } session && await DeliverAsync(session, instanceId, new EventMail(message), cancellation)) return;
        await hub.EnsureTablesAsync(cancellation);
        var head = await hub.Store.ReadHeadAsync(instanceId, cancellation)
            ?? throw new RpcException(new Status(StatusCode.NotFound, $"There is no orchestration with the instance id '{instanceId}'."));
        if (head.IsEnded) throw new RpcException(new Status(StatusCode.FailedPrecondition, $"The orchestration '{instanceId}' has ended: it is {head.Status}."));
        var key = InstanceStore.NewMessageKey(RealNow.UtcTicks);
        // The ring first: a message without one would lie unseen if this process died between the two.
        await hub.Work.RingAsync(instanceId, key, RealNow, cancellation);
        await hub.Store.SendAsync(instanceId, key, message, cancellation);
    }

    /// <summary>The official client reports every refusal of these two as Unknown.</summary>
    private async Task SwitchAsync(string instanceId, HistoryEvent message, CancellationToken cancellation)
    {
        try
        {
            await SendAsync(instanceId, message, cancellation);
        }
        catch (RpcException e)
        {
            throw new RpcException(new Status(StatusCode.Unknown, e.Status.Detail));
        }
    }

    /// <returns>False when the host has lost the hub meanwhile.</returns>
    private static async Task<bool> DeliverAsync(HubSession session, string instanceId, Mail mail, CancellationToken cancellation)
    {
        session.Post(instanceId, mail);
        try
        {
            await mail.Done.WaitAsync(cancellation);
            return true;
        }
        catch (NotOwnerException)
        {
            return false;
        }
    }

    private async Task<OrchestrationMetadata> WaitAsync(string instanceId, Predicate<InstanceState> reached, bool details, CancellationToken cancellation)
    {
        for (var pause = 100; ; pause = Math.Min(pause * 2, 5_000))
        {
            // Asked for before the look, so that no change falls between the two.
            var change = hub.Session?.ChangeOf(instanceId);
            if (await FindAsync(instanceId, details, cancellation) is { } state && reached(state)) return Metadata(state, details);
            var time = Task.Delay(pause, cancellation);
            await (change is null ? time : Task.WhenAny(change, time));
            cancellation.ThrowIfCancellationRequested();
        }
    }

    private async Task<InstanceState?> FindAsync(string instanceId, bool details, CancellationToken cancellation)
    {
        CheckId(instanceId);
        // An ended instance may have been purged or replaced by another host; a running one is ours alone.
        if (hub.Session?.Find(instanceId) is { IsEnded: false } live) return live;
        await hub.EnsureTablesAsync(cancellation);
        var head = await hub.Store.ReadHeadAsync(instanceId, cancellation);
        return details && head is { IsCut: true } ? await hub.Store.LoadAsync(instanceId, cancellation) : head;
    }

    private OrchestrationMetadata Metadata(InstanceState state, bool details) => new(state.Name, state.Id)
    {
        RuntimeStatus = state.Status,
        CreatedAt = state.Created,
        LastUpdatedAt = state.Updated,
        DataConverter = details ? converter : null,
        SerializedInput = details ? state.Input : null,
        SerializedOutput = details ? state.Output : null,
        SerializedCustomStatus = details ? state.CustomStatus : null,
        FailureDetails = details ? state.Failure : null,
    };

    private static FrozenSet<OrchestrationRuntimeStatus> Statuses(IReadOnlyList<string>? names) => (names ?? []).Select(name =>
        Enum.TryParse<OrchestrationRuntimeStatus>(name, ignoreCase: true, out var status)
            ? status
            : throw new ArgumentException($"'{name}' is no orchestration status.", nameof(names))).ToFrozenSet();

    private static void CheckId(string instanceId)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        if (instanceId[0] == '@' || instanceId.Length > MaxIdLength || instanceId.Any(c => c is '/' or '\\' or '#' or '?' || char.IsControl(c)))
            throw new ArgumentException($"'{instanceId}' is no instance id: at most {MaxIdLength} characters, none of / \\ # ? nor control characters, and no @ in front.", nameof(instanceId));
    }
}

using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics;
using DurableTask.Core.Exceptions;
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
    public override async Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(orchestratorName.Name, nameof(orchestratorName));
        HistoryEvent start = new(EventKind.ExecutionStarted)
        {
            Name = orchestratorName.Name, Data = converter.Serialize(input), Version = options?.Version?.Version ?? hub.DefaultVersion,
            Tags = options?.Tags is { Count: > 0 } tags ? tags : null,
            At = options?.StartAt is { } at && at > clock.GetUtcNow() ? at.UtcDateTime : null,
        };
        return await StartAsync(options?.InstanceId, start, Statuses(options?.DedupeStatuses), cancellation);
    }

    public override async Task<string> RestartAsync(string instanceId, bool restartWithNewInstanceId = false, CancellationToken cancellation = default)
    {
        if (await FindAsync(instanceId, details: true, cancellation) is not { } old)
            throw new ArgumentException($"There is no orchestration with the instance id '{instanceId}'.", nameof(instanceId));
        try
        {
            HistoryEvent start = new(EventKind.ExecutionStarted) { Name = old.Name, Data = old.Input, Version = hub.DefaultVersion };
            return await StartAsync(restartWithNewInstanceId ? null : instanceId, start, Statuses(null), cancellation);
        }
        catch (OrchestrationAlreadyExistsException e)
        {
            throw new InvalidOperationException($"The orchestration '{instanceId}' cannot be restarted: it has not ended.", e);
        }
    }

    public override async Task RaiseEventAsync(string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default)
    {
        InstanceIds.CheckGiven(instanceId);
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        HistoryEvent raised = new(EventKind.EventRaised) { Name = eventName, Data = converter.Serialize(eventPayload) };
        await AsRpcAsync(SendAsync(instanceId, raised, cancellation), cancellation);
    }

    public override async Task TerminateInstanceAsync(string instanceId, TerminateInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        HistoryEvent terminated = new(EventKind.ExecutionTerminated) { Data = converter.Serialize(options?.Output), Recursive = options?.Recursive ?? false };
        await AsRpcAsync(SendAsync(instanceId, terminated, cancellation), cancellation);
    }

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
    {
        if (string.IsNullOrEmpty(instanceId)) throw new ArgumentNullException(nameof(instanceId));
        var find = FindAsync(instanceId, getInputsAndOutputs, cancellation);
        await AsRpcAsync(find, cancellation);
        return await find is { } state ? Metadata(state, getInputsAndOutputs) : null;
    }

    public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null)
    {
        var query = filter ?? new OrchestrationQuery();
        InstanceIds.CheckNoEntity(query.InstanceIdPrefix);
        if (query.TaskHubNames?.All(name => name.Equals(hub.Name, StringComparison.OrdinalIgnoreCase)) == false)
            throw new NotSupportedException("The embedded engine lists the instances of its own task hub only.");
        return Pageable.Create<OrchestrationMetadata>(async (continuation, pageSize, cancellation) =>
        {
            await hub.EnsureTablesAsync(cancellation);
            var (heads, next) = await hub.Store.QueryAsync(query, continuation ?? query.ContinuationToken, pageSize ?? query.PageSize, cancellation);
            List<OrchestrationMetadata> page = [];
            foreach (var head in heads)
            {
                var whole = query.FetchInputsAndOutputs && head.IsCut ? await hub.Store.LoadAsync(head.Id, cancellation) : head;
                if (whole is not null) page.Add(Metadata(whole, query.FetchInputsAndOutputs, listed: true));
            }
            return new(page, next);
        });
    }

    public override async Task<PurgeResult> PurgeInstanceAsync(
        string instanceId, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        InstanceIds.CheckGiven(instanceId);
        cancellation.ThrowIfCancellationRequested();
        await hub.EnsureTablesAsync(cancellation);
        return new PurgeResult(InstanceIds.CanBe(instanceId) ? await PurgeAsync(instanceId, options is { Recursive: true }, parent: null, cancellation) : 0);
    }

    public override async Task<PurgeResult> PurgeAllInstancesAsync(
        PurgeInstancesFilter filter, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        if (filter.Timeout <= TimeSpan.Zero) throw new ArgumentOutOfRangeException(nameof(filter), filter.Timeout, "The time limit must be positive.");
        var (count, began) = (0, Stopwatch.GetTimestamp());
        await foreach (var instance in GetAllInstancesAsync(new(filter.CreatedFrom, filter.CreatedTo, filter.Statuses)).WithCancellation(cancellation))
        {
            if (Stopwatch.GetElapsedTime(began) > filter.Timeout) return new PurgeResult(count, isComplete: false);
            if (instance.IsCompleted) count += (await PurgeInstanceAsync(instance.InstanceId, options, cancellation)).PurgedInstanceCount;
        }
        return new PurgeResult(count, isComplete: true);
    }

    public override ValueTask DisposeAsync() => default; // The host owns the hub.

    private static DateTimeOffset RealNow => TimeProvider.System.GetUtcNow();

    /// <summary>Children first: as long as the parent is there, a purge that was interrupted can be repeated.</summary>
    /// <param name="parent">Whose children alone may be purged: an id may have been used again.</param>
    private async Task<int> PurgeAsync(string instanceId, bool recursive, InstanceState? parent, CancellationToken cancellation)
    {
        if (await hub.Store.LoadAsync(instanceId, cancellation) is not { IsEnded: true } ended || (parent is not null && !ended.IsChildOf(parent))) return 0;
        if (ended.TakesChildrenAlong && !await AreEndedAsync(ended, cancellation)) return 0;
        var count = 0;
        foreach (var child in recursive ? ended.Children : []) count += await PurgeAsync(child, recursive, ended, cancellation);
        if (!await hub.Store.PurgeAsync(ended, cancellation)) return count;
        hub.Session?.Refresh(instanceId);
        return count + 1;
    }

    /// <summary>Waits for the children that a termination takes along: their parent alone knows that they are to end.</summary>
    /// <returns>False if that takes too long: nobody may own the hub.</returns>
    private async Task<bool> AreEndedAsync(InstanceState parent, CancellationToken cancellation)
    {
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < hub.LostTime; await Task.Delay(100, cancellation))
        {
            var children = await Task.WhenAll(parent.PendingChildren.Values.Select(child => hub.Store.LoadAsync(child.Instance!, cancellation)));
            if (children.Any(child => child is { IsEnded: false } && child.IsChildOf(parent))) continue;
            // One that is not there may be about to begin for as long as the parent's row stands.
            if (children.All(child => child is not null)
                || !(await hub.Work.ReadAsync(0, clock.GetUtcNow().UtcTicks, cancellation)).Exists(row => row.InstanceId == parent.Id)) return true;
        }
        return false;
    }

    private async Task<string> StartAsync(string? instanceId, HistoryEvent start, FrozenSet<OrchestrationRuntimeStatus> dedupe, CancellationToken cancellation)
    {
        var id = string.IsNullOrEmpty(instanceId) ? Guid.NewGuid().ToString("N") : instanceId;
        InstanceIds.Check(id);
        cancellation.ThrowIfCancellationRequested();
        var key = InstanceStore.NewMessageKey(RealNow.UtcTicks);
        var request = new StartRequest(id, start, key, dedupe);
        if (hub.Session is { } session && await DeliverAsync(session, id, new StartMail(request), cancellation)) return id;
        await hub.EnsureTablesAsync(cancellation);
        await AnnounceAsync(id, key, () => request.CreateAsync(hub.Store, clock.GetUtcNow(), cancellation), cancellation);
        return id;
    }

    /// <summary>The ring first: a message without one would lie unseen if this process died between the two.</summary>
    private async Task AnnounceAsync(string instanceId, string messageKey, Func<Task> write, CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        await hub.Work.RingAsync(instanceId, messageKey, RealNow, cancellation);
        await write();
        // An owner that has looked for it so long may be about to give it up.
        if (Stopwatch.GetElapsedTime(began) > hub.LostTime / 2) await hub.Work.RingAsync(instanceId, messageKey, RealNow, cancellation);
    }

    private async Task SendAsync(string instanceId, HistoryEvent message, CancellationToken cancellation)
    {
        InstanceIds.CheckGiven(instanceId);
        cancellation.ThrowIfCancellationRequested();
        var key = InstanceStore.NewMessageKey(RealNow.UtcTicks);
        message = message with { Instance = key };
        var canBe = InstanceIds.CanBe(instanceId);
        if (canBe && hub.Session is { } session && await DeliverAsync(session, instanceId, new EventMail(message), cancellation)) return;
        await hub.EnsureTablesAsync(cancellation);
        var head = (canBe ? await hub.Store.ReadHeadAsync(instanceId, cancellation) : null)
            ?? throw new RpcException(new Status(StatusCode.NotFound, $"There is no orchestration with the instance id '{instanceId}'."));
        if (!head.Takes(message)) throw new RpcException(new Status(StatusCode.FailedPrecondition, $"The orchestration '{instanceId}' is {head.Status}."));
        await AnnounceAsync(instanceId, key, () => hub.Store.SendAsync(instanceId, key, message, cancellation), cancellation);
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

    /// <summary>For the calls whose cancellation the official client leaves as gRPC tells it.</summary>
    private static async Task AsRpcAsync(Task call, CancellationToken cancellation)
    {
        try
        {
            await call;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.Cancelled, "Call canceled by the client."));
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
        InstanceIds.CheckGiven(instanceId);
        cancellation.ThrowIfCancellationRequested();
        if (!InstanceIds.CanBe(instanceId)) return null;
        // An ended instance may have been purged or replaced by another host; a running one is ours alone.
        if (hub.Session?.Find(instanceId) is { IsEnded: false } live) return live;
        await hub.EnsureTablesAsync(cancellation);
        var head = await hub.Store.ReadHeadAsync(instanceId, cancellation);
        return details && head is { IsCut: true } ? await hub.Store.LoadAsync(instanceId, cancellation) : head;
    }

    /// <param name="listed">Lists tell the custom status even without the other details, and of a failure no more than the output.</param>
    private OrchestrationMetadata Metadata(InstanceState state, bool details, bool listed = false) => new(state.Name, state.Id)
    {
        RuntimeStatus = state.Status,
        CreatedAt = state.Created,
        LastUpdatedAt = state.Updated,
        Tags = state.Tags ?? ImmutableDictionary.Create<string, string>(StringComparer.Ordinal),
        DataConverter = details ? converter : null,
        SerializedInput = details ? state.Input : null,
        // What a failed one leaves is a sentence, as bare text (AzureTableTrackingStore.cs in durabletask).
        SerializedOutput = details ? state.Output ?? state.Failure?.ToString() : null,
        SerializedCustomStatus = details || listed ? state.CustomStatus : null,
        FailureDetails = details && !listed ? state.Failure : null,
    };

    private static FrozenSet<OrchestrationRuntimeStatus> Statuses(IReadOnlyList<string>? names) => (names ?? []).Select(name =>
        Enum.TryParse<OrchestrationRuntimeStatus>(name, ignoreCase: true, out var status)
            ? status
            : throw new ArgumentException($"'{name}' is no orchestration status.", nameof(names))).ToFrozenSet();
}

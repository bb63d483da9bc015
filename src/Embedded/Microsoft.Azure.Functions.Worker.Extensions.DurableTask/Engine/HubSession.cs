using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Diagnostics;
using DurableTask.Core.Exceptions;
using Grpc.Core;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Replay;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Storage;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Engine;

/// <summary>The time during which this host owns the hub: it wakes instances, and lets them sleep again.</summary>
internal sealed class HubSession : IDisposable
{
    private readonly HubOptions _options;
    private readonly Lease _lease;
    private readonly ConcurrentDictionary<string, LiveInstance> _live = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _changes = new(StringComparer.Ordinal);
    private readonly Timetable _timetable;
    private readonly HubRings _rings;
    private readonly SemaphoreSlim _reads;
    private readonly SemaphoreSlim _turns;
    private readonly SemaphoreSlim _activities;
    private readonly CancellationTokenSource _end = new();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationToken _stopping;
    private readonly long _began = Stopwatch.GetTimestamp();

    public HubSession(InstanceStore store, WorkTable work, Lease lease, IDurableFunctions functions, HubOptions options, CancellationToken stopping)
    {
        (Store, Work, _lease, Functions, _options, _stopping) = (store, work, lease, functions, options, stopping);
        (_timetable, _rings) = (new(work), new(work, options));
        _reads = new(options.MaxConcurrentOrchestrators + PartitionReader.Capacity);
        _turns = new(options.MaxConcurrentOrchestrators);
        _activities = new(options.MaxConcurrentActivities);
        Token = _end.Token;
        Logger = functions.Loggers.CreateLogger("DurableTask.Hub");
    }

    public InstanceStore Store { get; }

    public WorkTable Work { get; }

    public IDurableFunctions Functions { get; }

    public ILogger Logger { get; }

    public TimeProvider Clock => Functions.Clock;

    public CancellationToken Token { get; }

    public bool HasEnded => _end.IsCancellationRequested;

    public bool IsStopping => _stopping.IsCancellationRequested;

    /// <summary>Whether clients may hand over in memory.</summary>
    public bool IsOpen => !HasEnded && !_stopping.IsCancellationRequested && _lease.IsHeld;

    /// <summary>Whether a former owner might still commit: what is loaded now is first made ours.</summary>
    public bool MustFence => _lease.WasSilent && Stopwatch.GetElapsedTime(_began) < _options.LeaseLength * 2;

    /// <summary>Runs until the lease is lost or the host stops.</summary>
    public async Task RunAsync()
    {
        using var _ = _stopping.UnsafeRegister(static self => ((HubSession)self!)._stopped.TrySetResult(), this);
        var loops = Task.WhenAll(Loop(FireTimersAsync), Loop(ReadRingsAsync), Loop(SettleAsync), Loop(RepairAsync));
        await Task.WhenAny(RenewAsync(), _stopped.Task);
        if (!_stopping.IsCancellationRequested) await EndAsync(loops);
    }

    public async Task EndAsync(Task? loops = null)
    {
        await _end.CancelAsync();
        foreach (var live in _live.Values) live.End();
        foreach (var change in _changes.Values) change.TrySetResult();
        if (loops is not null) await loops;
    }

    /// <summary>Hands something over to an instance, waking it if need be.</summary>
    public void Post(string instanceId, Mail? mail, WorkRow? row = null, bool reload = false)
    {
        while (true)
        {
            if (HasEnded)
            {
                mail?.Refuse(new NotOwnerException());
                return;
            }
            if (_live.GetOrAdd(instanceId, static (id, session) => new LiveInstance(id, session), this).Post(mail, row, reload)) return;
        }
    }

    /// <summary>What is remembered of an instance is no longer true.</summary>
    public void Refresh(string instanceId)
    {
        if (_live.TryGetValue(instanceId, out var live)) live.Post(null, reload: true);
    }

    public InstanceState? Find(string instanceId) => IsOpen && _live.TryGetValue(instanceId, out var live) ? live.State : null;

    /// <summary>Completes when the instance is stored next.</summary>
    public Task ChangeOf(string instanceId)
        => _changes.GetOrAdd(instanceId, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public void Changed(string instanceId)
    {
        if (_changes.TryRemove(instanceId, out var change)) change.TrySetResult();
    }

    public void Forget(LiveInstance live) => _live.TryRemove(new(live.Id, live));

    public bool IsKnown(WorkRow row) => _timetable.IsKnown(row);

    public void Learn(WorkRow row) => _timetable.Learn(row);

    public void Resolve(Ring ring) => _rings.Resolve(ring);

    public void ThrowIfNotOwner()
    {
        if (HasEnded || !_lease.IsHeld) throw new NotOwnerException();
    }

    /// <summary>Once the host stops, no orchestrator is run any more.</summary>
    public void ThrowIfStopping()
    {
        if (IsStopping) throw new NotOwnerException();
    }

    /// <summary>Bounds how many sleepers are in memory before their turn; held until it is over.</summary>
    public async Task<IDisposable> EnterReadAsync()
    {
        await _reads.WaitAsync(Token);
        return new Place(_reads);
    }

    public async Task<IDisposable> EnterTurnAsync()
    {
        await _turns.WaitAsync(Token);
        return new Place(_turns);
    }

    public async Task DelayAsync(TimeSpan time) => await Task.Delay(time, Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    public void Enqueue(InstanceState state) => _timetable.Enqueue(state);

    /// <returns>The answer, or null when the host stopped the activity, which will be run again.</returns>
    public async Task<HistoryEvent?> RunActivityAsync(string instanceId, HistoryEvent task)
    {
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(Token, _stopping);
            await _activities.WaitAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        using var place = new Place(_activities);
        try
        {
            var result = await Functions.RunActivityAsync(task.Name!, instanceId, task.Data, Token);
            return new(EventKind.TaskCompleted) { Id = task.Id, Data = result };
        }
        catch (OperationCanceledException) when (HasEnded || _stopping.IsCancellationRequested)
        {
            return null;
        }
        catch (MissingFunctionException e)
        {
            return new(EventKind.TaskFailed) { Id = task.Id, Failure = e.Details(MissingFunctionException.Activity), Final = true };
        }
        catch (Exception e)
        {
            return new(EventKind.TaskFailed) { Id = task.Id, Failure = TaskFailureDetails.FromException(e).Storable() };
        }
    }

    /// <summary>Starts a sub-orchestration, which may have been started already.</summary>
    /// <returns>Null, or the answer when it cannot be started.</returns>
    public async Task<HistoryEvent?> StartChildAsync(HistoryEvent child, ParentLink parent)
    {
        HistoryEvent start = new(EventKind.ExecutionStarted)
        {
            Name = child.Name, Data = child.Data, Version = child.Version ?? _options.DefaultVersion, Tags = child.Tags, Parent = parent,
        };
        var key = InstanceStore.NewMessageKey(TimeProvider.System.GetUtcNow().UtcTicks);
        var mail = new StartMail(new(child.Instance!, start, key, FrozenSet<OrchestrationRuntimeStatus>.Empty));
        Post(child.Instance!, mail);
        try
        {
            await mail.Done;
            return null;
        }
        catch (OrchestrationAlreadyExistsException e)
        {
            return new(EventKind.SubOrchestrationFailed) { Id = child.Id, Failure = TaskFailureDetails.FromException(e) };
        }
    }

    /// <summary>Terminates the sub-orchestrations that a terminated instance waited for, and theirs.</summary>
    public async Task EndChildrenAsync(InstanceState parent)
    {
        var output = parent.Output;
        await Task.WhenAll(parent.PendingChildren.Select(async child =>
        {
            var link = parent.LinkOf(child.Key);
            // One that was asked for and is not there yet is made first, or it could begin later.
            var start = StartChildAsync(child.Value, link);
            var mail = new EventMail(new(EventKind.ExecutionTerminated) { Data = output, Recursive = true, Parent = link });
            Post(child.Value.Instance!, mail);
            await start;
            try
            {
                await mail.Done;
            }
            catch (RpcException)
            {
                // It has ended, or its id is another's.
            }
        }));
    }

    /// <summary>Tells a parent how its sub-orchestration ended; a parent that does not want to know any more has been told too.</summary>
    public async Task ReportAsync(ParentLink parent, InstanceState child)
    {
        var kind = child.Status == OrchestrationRuntimeStatus.Completed ? EventKind.SubOrchestrationCompleted : EventKind.SubOrchestrationFailed;
        var mail = new EventMail(new(kind)
        {
            Id = parent.TaskId, Generation = parent.Generation, Instance = parent.Start, Data = child.Output, Failure = child.Failure,
            Final = child.Failure?.ErrorType == MissingFunctionException.Orchestrator,
        });
        Post(parent.InstanceId, mail);
        try
        {
            await mail.Done;
        }
        catch (RpcException)
        {
        }
    }

    /// <summary>Hands over an activity's answer; a host that is stopping leaves it in the inbox for the next owner.</summary>
    public async Task AnswerAsync(string instanceId, HistoryEvent answer)
    {
        if (!IsStopping)
        {
            Post(instanceId, new EventMail(answer));
            return;
        }
        try
        {
            await Store.SendAsync(instanceId, InstanceStore.NewMessageKey(TimeProvider.System.GetUtcNow().UtcTicks), answer, Token);
        }
        catch (Exception e)
        {
            Logger.LogWarning(e, "The result of activity {Id} of {InstanceId} could not be stored before the stop; it will be run again", answer.Id, instanceId);
        }
    }

    public void Dispose()
    {
        _end.Dispose();
        _reads.Dispose();
        _turns.Dispose();
        _activities.Dispose();
    }

    private async Task Loop(Func<Task> round)
    {
        while (!HasEnded && !_stopping.IsCancellationRequested)
        {
            try
            {
                await round();
            }
            catch (Exception e) when (!HasEnded)
            {
                // The hub outlives a storage that is away for a while.
                Logger.LogWarning(e, "A round of the task hub failed and is repeated");
                await DelayAsync(TimeSpan.FromSeconds(1));
            }
            catch (Exception)
            {
                return;
            }
        }
    }

    private async Task RenewAsync()
    {
        while (!HasEnded && !_stopping.IsCancellationRequested)
        {
            await DelayAsync(_options.LeaseLength / 4);
            try
            {
                if (HasEnded || _stopping.IsCancellationRequested) return;
                if (!await _lease.RenewAsync(Token)) return;
            }
            catch (Exception e)
            {
                Logger.LogWarning(e, "The task hub's lease could not be renewed");
                if (!_lease.IsHeld) return;
            }
        }
    }

    private async Task FireTimersAsync()
    {
        var now = Clock.GetUtcNow().UtcTicks;
        if (_timetable.EndsBefore(now))
        {
            await _timetable.LoadAsync(now, Token);
            // Awake instances have their later timers in memory only.
            foreach (var live in _live.Values)
                if (live.State is { } state) Enqueue(state);
        }
        foreach (var row in _timetable.TakeDue(now)) Post(row.InstanceId, null, IsKnown(row) ? row : null);
        await DelayAsync(_options.TimerInterval);
    }

    private async Task ReadRingsAsync() => await DelayAsync(await _rings.ReadAsync((id, mail) => Post(id, mail), Token));

    /// <summary>Lets quiet instances leave memory, many with one call: a work row is left for the next timer, all others go.</summary>
    private async Task SettleAsync()
    {
        await DelayAsync(_options.QuietTime / 5);
        var quiet = _live.Values.Where(live => live.TrySettle(_options.QuietTime, _options.LostTime)).ToList();
        var rings = _rings.Resolved;
        var plans = quiet.Select(live => (Live: live, Wanted: Wanted(live))).ToList();
        try
        {
            // What was announced and has not come by now is looked for once more before its row goes.
            foreach (var (live, _) in plans.Where(plan => plan.Live.IsAwaited))
            {
                live.Post(null, reload: true);
                live.Settled(leave: false, []);
            }
            plans.RemoveAll(plan => plan.Live.IsAwaited);
            var added = plans.Where(plan => plan.Wanted is { } row && !plan.Live.Rows.Contains(row)).Select(plan => plan.Wanted!).ToList();
            var deleted = plans.SelectMany(plan => plan.Live.Rows.Append(plan.Live.AssumedRow).OfType<WorkRow>().Distinct().Where(row => row != plan.Wanted)).ToList();
            await Work.ChangeAsync(added, [.. deleted.Select(row => row.RowKey), .. rings.Select(ring => ring.RowKey)], Token);
            foreach (var row in deleted) _timetable.Forget(row);
            foreach (var row in added) Learn(row);
            foreach (var ring in rings) _rings.Forget(ring);
            foreach (var (live, wanted) in plans) live.Settled(leave: true, wanted is null ? [] : [wanted]);
        }
        catch
        {
            foreach (var (live, _) in plans) live.Settled(leave: false, []);
            throw;
        }
    }

    private static WorkRow? Wanted(LiveInstance live) => live.State is { IsEnded: false, NextDue: { } due } ? new(due.Ticks, live.Id) : null;

    /// <summary>The net: due rows that this owner has not seen, such as a deposed one's, or whose instance is not awake.</summary>
    private async Task RepairAsync()
    {
        await DelayAsync(_options.RepairInterval);
        foreach (var row in await Work.ReadAsync(0, Clock.GetUtcNow().UtcTicks, Token))
            if (_timetable.Discover(row) || !_live.ContainsKey(row.InstanceId)) Post(row.InstanceId, null, row, reload: true);
    }

    private sealed class Place(SemaphoreSlim places) : IDisposable
    {
        public void Dispose() => places.Release();
    }
}

using System.Security.Cryptography;
using System.Text;
using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using CoreTaskFailedException = DurableTask.Core.Exceptions.TaskFailedException;
using TaskFailedException = Microsoft.DurableTask.TaskFailedException;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Replay;

/// <summary>The context of one replay: it collects what the orchestrator asks for, and is told what became of it.</summary>
internal sealed class ReplayContext(
    string instanceId, HistoryEvent start, DataConverter converter, ILoggerFactory loggers, OrchestratorThread thread) : TaskOrchestrationContext
{
    /// <summary>Longer timers are made of pieces, as the official worker's default has it.</summary>
    private static readonly TimeSpan MaximumTimerInterval = TimeSpan.FromDays(3);

    // The namespace of the official NewGuid; with it both make the same ids.
    private static readonly byte[] GuidNamespace = new Guid("9e952958-5e33-4daf-827f-2fa12937b875").ToByteArray(bigEndian: true);

    private readonly Dictionary<int, Open> _open = [];
    private readonly EventWaiters _events = new(converter);
    private SortedDictionary<int, HistoryEvent> _asked = [];
    private SortedDictionary<int, HistoryEvent>? _askedBeforeSuspension;
    private readonly Queue<HistoryEvent> _whileSuspended = new();
    private int _ids;
    private int _guids;
    private DateTime _now;
    private bool _replaying;
    private object? _customStatus;

    public override TaskName Name => start.Name!;

    public override string InstanceId => instanceId;

    public override ParentOrchestrationInstance? Parent => start.Parent is { } parent ? new(parent.Name, parent.InstanceId) : null;

    public override string Version => start.Version ?? "";

    public override DateTime CurrentUtcDateTime => _now;

    public override bool IsReplaying => _replaying;

    public string? RawInput => start.Data;

    /// <summary>Whether the orchestrator has used its context, which proves that it was reached synchronously.</summary>
    public bool IsAccessed { get; private set; }

    public bool IsSuspended => _askedBeforeSuspension is not null;

    public HistoryEvent? Terminated { get; private set; }

    public bool HasOpenTasks => _open.Count > 0;

    public bool IsWaiting => HasOpenTasks || _events.Any || IsSuspended;

    /// <summary>What was asked for and is not in the history yet, in order.</summary>
    public IReadOnlyCollection<HistoryEvent> Asked => _asked.Values;

    /// <summary>Timers that the orchestrator gave up; whether they fire no longer matters.</summary>
    public HashSet<int> CancelledTimers { get; } = [];

    /// <summary>How the next execution starts, once ContinueAsNew was called.</summary>
    public (string? Input, string? Version, List<HistoryEvent> Events)? Next { get; private set; }

    public string? CustomStatus => converter.Serialize(_customStatus);

    protected override ILoggerFactory LoggerFactory => loggers;

    public override T? GetInput<T>()
        where T : default
    {
        Access();
        return converter.Deserialize<T>(start.Data);
    }

    public override Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null)
    {
        Access();
        return CallActivity<TResult>(name, input, options);
    }

    public override Task<TResult> CallSubOrchestratorAsync<TResult>(TaskName orchestratorName, object? input = null, TaskOptions? options = null)
    {
        Access();
        return CallSubOrchestrator<TResult>(orchestratorName, input, options);
    }

    public override void SendEvent(string instanceId, string eventName, object payload)
        => throw new NotSupportedException("Events from orchestrator to orchestrator are not part of the embedded engine; raise them from an activity.");

    public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
    {
        Access();
        return Timer(fireAt.ToUniversalTime(), cancellationToken);
    }

    public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default)
    {
        Access();
        return _events.Wait<T>(eventName, cancellationToken);
    }

    public override void SetCustomStatus(object? customStatus)
    {
        Access();
        _customStatus = customStatus;
    }

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true)
        => ContinueAsNew(new ContinueAsNewOptions { NewInput = newInput, PreserveUnprocessedEvents = preserveUnprocessedEvents });

    public override void ContinueAsNew(ContinueAsNewOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Access();
        var version = string.IsNullOrWhiteSpace(options.NewVersion) ? start.Version : options.NewVersion;
        Next = (converter.Serialize(options.NewInput), version, [.. Next?.Events ?? [], .. options.PreserveUnprocessedEvents ? _events.TakeBuffered() : []]);
    }

    public override Guid NewGuid()
    {
        Access();
        var text = Encoding.UTF8.GetBytes($"{instanceId}_{_now:o}_{_guids++}");
#pragma warning disable CA5350 // version 5 UUIDs are defined by SHA-1; nothing secret depends on it
        var hash = SHA1.HashData([.. GuidNamespace, .. text]);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash.AsSpan(0, 16), bigEndian: true);
    }

    /// <summary>Plays one event; past ones only rebuild the state.</summary>
    /// <exception cref="NonDeterministicOrchestrationException">The history holds what this replay did not ask for.</exception>
    public void Play(HistoryEvent e, bool replaying)
    {
        _replaying = replaying;
        if (IsSuspended && e.Kind is not (EventKind.TurnStarted or EventKind.ExecutionSuspended or EventKind.ExecutionResumed or EventKind.ExecutionTerminated))
        {
            _whileSuspended.Enqueue(e);
            return;
        }
        switch (e.Kind)
        {
            case EventKind.TurnStarted:
                _now = e.At!.Value;
                break;
            case EventKind.TaskScheduled or EventKind.TimerCreated or EventKind.SubOrchestrationCreated:
                Confirm(e);
                break;
            case EventKind.TaskCompleted or EventKind.TimerFired or EventKind.SubOrchestrationCompleted:
                if (_open.Remove(e.Id!.Value, out var done)) done.Source.TrySetResult(e.Data);
                break;
            case EventKind.TaskFailed or EventKind.SubOrchestrationFailed:
                if (_open.Remove(e.Id!.Value, out var failed)) failed.Source.TrySetException(Failure(failed.Name!, e));
                break;
            case EventKind.EventRaised when Next is { } next:
                // Too late for this execution: the next one gets it.
                next.Events.Add(e);
                break;
            case EventKind.EventRaised:
                _events.Raise(e.Name!, e.Data);
                break;
            case EventKind.ExecutionSuspended:
                Suspend();
                break;
            case EventKind.ExecutionResumed:
                Resume(replaying);
                break;
            case EventKind.ExecutionTerminated:
                Terminated ??= e;
                break;
        }
    }

    private void Access()
    {
        thread.ThrowIfLeft();
        IsAccessed = true;
    }

    private async Task<TResult> CallActivity<TResult>(TaskName name, object? input, TaskOptions? options)
    {
        if (input is TaskOptions && options is null)
            throw new ArgumentException("TaskOptions were given as the activity's input; use the overload (name, options), or name the argument options.", nameof(input));
        return await Call<TResult>(new(EventKind.TaskScheduled) { Name = name.Name, Data = converter.Serialize(input) }, options);
    }

    private async Task<TResult> CallSubOrchestrator<TResult>(TaskName name, object? input, TaskOptions? options)
    {
        var id = (options as SubOrchestrationOptions)?.InstanceId ?? NewGuid().ToString("N");
        // Officially made of the execution's own id, which nobody outside knows.
        if (string.IsNullOrWhiteSpace(id)) id = Guid.NewGuid().ToString("N");
        InstanceIds.Check(id);
        var tags = new Dictionary<string, string>(start.Tags ?? new Dictionary<string, string>(StringComparer.Ordinal), StringComparer.Ordinal);
        foreach (var (key, value) in options?.Tags ?? new Dictionary<string, string>(StringComparer.Ordinal)) tags[key] = value;
        HistoryEvent child = new(EventKind.SubOrchestrationCreated)
        {
            Name = name.Name, Data = converter.Serialize(input), Instance = id, Version = options?.Version?.Version, Tags = tags.Count > 0 ? tags : null,
        };
        return await Call<TResult>(child, options);
    }

    private async Task<TResult> Call<TResult>(HistoryEvent task, TaskOptions? options)
    {
        // Officially the message to the host refuses it, and the instance fails.
        if (task.Name is null) throw new ArgumentNullException(nameof(task), "The task has no name.");
        return options?.Retry switch
        {
            { Policy: { } policy } => await Retries.ByPolicy(this, policy, OnceAsync),
            { Handler: { } handler } => await Retries.ByHandler(this, handler, OnceAsync),
            _ => await OnceAsync(),
        };

        // A result that does not fit is a failure of the attempt.
        async Task<TResult> OnceAsync() => await Schedule(task) is { } result ? converter.Deserialize<TResult>(result)! : default!;
    }

    private Task<string?> Schedule(HistoryEvent task)
    {
        var id = _ids++;
        _asked.Add(id, task with { Id = id });
        var source = new TaskCompletionSource<string?>();
        _open.Add(id, new(task.Name, source));
        return source.Task;
    }

    private async Task Timer(DateTime fireAt, CancellationToken cancellation)
    {
        while (fireAt - _now > MaximumTimerInterval && !cancellation.IsCancellationRequested) await TimerPiece(_now + MaximumTimerInterval, cancellation);
        await TimerPiece(fireAt, cancellation);
    }

    /// <summary>One timer of the history.</summary>
    public Task<string?> TimerPiece(DateTime fireAt, CancellationToken cancellation)
    {
        var id = _ids++;
        _asked.Add(id, new(EventKind.TimerCreated) { Id = id, At = fireAt });
        var source = new TaskCompletionSource<string?>();
        _open.Add(id, new(null, source));
        cancellation.Register(() =>
        {
            // Forgotten before its awaiters go on, as they may be the ones who end the execution.
            if (!_open.Remove(id)) return;
            CancelledTimers.Add(id);
            source.TrySetCanceled();
        });
        return source.Task;
    }

    private static TaskFailedException Failure(string task, HistoryEvent e)
    {
        var id = e.Id!.Value;
        var failure = e.Kind == EventKind.TaskFailed
            ? new TaskFailedException(task, id, new CoreTaskFailedException(e.Failure!.ErrorMessage) { ScheduleId = id, Name = task, Failure = e.Failure })
            : new TaskFailedException(task, id, failureDetails: e.Failure!);
        if (e.Final) failure.Data[Retries.Final] = true;
        return failure;
    }

    private void Confirm(HistoryEvent recorded)
    {
        if (!_asked.Remove(recorded.Id!.Value, out var asked))
            throw Diverged(recorded, "has not asked for it");
        if (asked.Kind != recorded.Kind || !string.Equals(asked.Name, recorded.Name, StringComparison.OrdinalIgnoreCase))
            throw Diverged(recorded, $"asked for {Describe(asked)} instead");
    }

    private static NonDeterministicOrchestrationException Diverged(HistoryEvent recorded, string instead)
        => new($"Non-Deterministic workflow detected: as number {recorded.Id} it asked for {Describe(recorded)} before, but this replay {instead}. "
            + "Was the orchestrator's code changed while the instance was running, or does it depend on something that differs from run to run?");

    private static string Describe(HistoryEvent e) => e.Kind switch
    {
        EventKind.TimerCreated => "a timer",
        EventKind.SubOrchestrationCreated => $"the sub-orchestration '{e.Name}'",
        _ => $"the activity '{e.Name}'",
    };

    private void Suspend()
    {
        if (IsSuspended) return;
        // What was asked for in this very turn waits for the resumption too.
        _askedBeforeSuspension = _asked;
        _asked = [];
    }

    private void Resume(bool replaying)
    {
        if (!IsSuspended) return;
        _asked = _askedBeforeSuspension!;
        _askedBeforeSuspension = null;
        while (!IsSuspended && _whileSuspended.TryDequeue(out var e)) Play(e, replaying);
    }

    private sealed record Open(string? Name, TaskCompletionSource<string?> Source);
}

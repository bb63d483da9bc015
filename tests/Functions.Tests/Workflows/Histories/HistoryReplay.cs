using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Functions.Tests.Workflows.Histories;

/// <summary>Runs an orchestrator of today over a history of any day, and complains where it does something else than it did then.</summary>
internal sealed class HistoryReplay : TaskOrchestrationContext
{
    /// <summary>A longer timer is asked for in pieces, as DurableTaskWorkerOptions.MaximumTimerInterval has it.</summary>
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(3);

    private readonly Dictionary<int, (string? Task, TaskCompletionSource<string?> Source)> open = [];
    private readonly SortedDictionary<int, RecordedEvent> asked = [];
    private readonly Queue<string?> events = new();
    private readonly Stack<TaskCompletionSource<string?>> waiters = new();
    private readonly RecordedEvent start;
    private readonly string instanceId;
    private int ids;
    private DateTime now;

    private HistoryReplay(string instanceId, RecordedEvent start) => (this.instanceId, this.start) = (instanceId, start);

    public override TaskName Name => start.Name!;

    public override string InstanceId => instanceId;

    public override ParentOrchestrationInstance? Parent => null;

    public override DateTime CurrentUtcDateTime => now;

    public override bool IsReplaying => true;

    /// <summary>The next run's input, once it was asked for.</summary>
    public string? Next { get; private set; }

    protected override ILoggerFactory LoggerFactory => NullLoggerFactory.Instance;

    /// <summary>Replays one run as far as it has got.</summary>
    /// <returns>The next run's input, once it was asked for; the output, once there is one; and what is asked for and not in the history yet.</returns>
    public static (string? Next, string? Output, IReadOnlyList<RecordedEvent> Asked) Play(
        string instanceId, IReadOnlyList<RecordedEvent> run, Func<TaskOrchestrationContext, Task<string>> orchestrator)
    {
        var (context, output) = Replay(instanceId, run, orchestrator);
        return (context.Next, output, [.. context.asked.Select(pair => pair.Value with { Id = pair.Key })]);
    }

    /// <summary>Replays one run.</summary>
    /// <returns>The orchestrator's output, or the next run's input; null while it waits.</returns>
    /// <exception cref="InvalidOperationException">It diverged.</exception>
    public static string? Run(string instanceId, IReadOnlyList<RecordedEvent> run, Func<TaskOrchestrationContext, Task<string>> orchestrator)
    {
        var (context, output) = Replay(instanceId, run, orchestrator);
        return (run[^1].Kind == "ExecutionEnded", output) switch
        {
            (true, null) => throw new InvalidOperationException("It had ended then, and waits today."),
            (true, _) when context.asked.Count > 0 => throw new InvalidOperationException($"Today it asks for {Describe(context.asked.First().Value)} as well."),
            _ => output is null ? null : context.Next ?? output,
        };
    }

    public override T? GetInput<T>()
        where T : default => JsonSerializer.Deserialize<T>(start.Data!, JsonSerializerOptions.Web);

    public override async Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return JsonSerializer.Deserialize<TResult>((await Ask(new RecordedEvent("TaskScheduled", Name: name.Name)))!, JsonSerializerOptions.Web)!;
            }
            catch (TaskFailedException) when (options?.Retry?.Policy is { } policy && attempt < policy.MaxNumberOfAttempts)
            {
                await CreateTimer(now + (policy.FirstRetryInterval * Math.Pow(policy.BackoffCoefficient, attempt - 1)), CancellationToken.None);
            }
        }
    }

    public override async Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
    {
        while (fireAt - now > LongestTimer)
        {
            await CreatePieceAsync(now + LongestTimer, cancellationToken);
        }

        await CreatePieceAsync(fireAt, cancellationToken);
    }

    private async Task CreatePieceAsync(DateTime fireAt, CancellationToken cancellationToken)
    {
        var id = ids;
        var fires = Ask(new RecordedEvent("TimerCreated", At: fireAt));
        cancellationToken.Register(() =>
        {
            if (open.Remove(id, out var timer))
            {
                timer.Source.TrySetCanceled(cancellationToken);
            }
        });
        await fires;
    }

    public override async Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default)
    {
        if (!events.TryDequeue(out var data))
        {
            var waiter = new TaskCompletionSource<string?>();
            waiters.Push(waiter);
            data = await waiter.Task;
        }

        return JsonSerializer.Deserialize<T>(data ?? "null", JsonSerializerOptions.Web)!;
    }

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true) => Next = JsonSerializer.Serialize(newInput);

    public override void SetCustomStatus(object? customStatus)
    {
        // Nothing follows from it.
    }

    public override Guid NewGuid() => throw new NotSupportedException();

    public override void SendEvent(string instanceId, string eventName, object payload) => throw new NotSupportedException();

    public override Task<TResult> CallSubOrchestratorAsync<TResult>(TaskName orchestratorName, object? input = null, TaskOptions? options = null) => throw new NotSupportedException();

    private static (HistoryReplay Context, string? Output) Replay(
        string instanceId, IReadOnlyList<RecordedEvent> run, Func<TaskOrchestrationContext, Task<string>> orchestrator)
    {
        var context = new HistoryReplay(instanceId, run.First(line => line.Kind == "ExecutionStarted"));
        var before = SynchronizationContext.Current;

        // As in the engine, what continues does so on the spot.
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            Task<string>? running = null;
            foreach (var line in run)
            {
                if (line.Kind == "ExecutionStarted")
                {
                    running = orchestrator(context);
                }
                else
                {
                    context.Play(line);
                }
            }

            if (running!.IsFaulted)
            {
                throw new InvalidOperationException("The orchestrator failed.", running.Exception!.InnerException);
            }

            return (context, running.IsCompleted ? JsonSerializer.Serialize(running.Result) : null);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    private static string Describe(RecordedEvent line) => line.Kind == "TimerCreated" ? $"a timer for {line.At:O}" : $"the activity {line.Name}";

    private Task<string?> Ask(RecordedEvent wanted)
    {
        var id = ids++;
        asked.Add(id, wanted);
        var source = new TaskCompletionSource<string?>();
        open.Add(id, (wanted.Name, source));
        return source.Task;
    }

    private void Play(RecordedEvent line)
    {
        switch (line.Kind)
        {
            case "TurnStarted":
                now = line.At!.Value;
                break;
            case "TaskScheduled" or "TimerCreated":
                if (!asked.Remove(line.Id!.Value, out var wanted) || wanted.Kind != line.Kind || wanted.Name != line.Name)
                {
                    throw new InvalidOperationException($"As number {line.Id} it asked for {Describe(line)}, and today for {(wanted is null ? "nothing" : Describe(wanted))}.");
                }

                break;
            case "TaskCompleted" or "TimerFired":
                if (open.Remove(line.Id!.Value, out var done))
                {
                    done.Source.TrySetResult(line.Data);
                }

                break;
            case "TaskFailed":
                if (open.Remove(line.Id!.Value, out var failed))
                {
                    failed.Source.TrySetException(new TaskFailedException(failed.Task!, line.Id.Value, new InvalidOperationException("as recorded")));
                }

                break;
            case "EventRaised" when waiters.TryPop(out var waiter):
                waiter.TrySetResult(line.Data);
                break;
            case "EventRaised":
                events.Enqueue(line.Data);
                break;
            case "ExecutionEnded" or "ExecutionSuspended" or "ExecutionResumed" or "ExecutionTerminated":
                break;
            default:
                throw new InvalidOperationException($"A history cannot hold {line.Kind}.");
        }
    }
}

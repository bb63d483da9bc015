using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Replay;

/// <summary>
/// What a turn came to: the activities and timers to be recorded and started, the timers that need not fire, and either
/// an end, or the next execution's input with the events that it inherits, or neither.
/// </summary>
internal sealed record TurnResult(
    IReadOnlyCollection<HistoryEvent> Asked, IReadOnlySet<int> CancelledTimers, string? CustomStatus, bool IsSuspended,
    ExecutionEnd? End, (string? Input, string? Version, List<HistoryEvent> Events)? Next);

internal sealed record ExecutionEnd(OrchestrationRuntimeStatus Status, string? Output, TaskFailureDetails? Failure);

/// <summary>Runs an orchestrator over its history (TaskOrchestrationExecutor.cs in durabletask).</summary>
internal sealed class Execution(string instanceId, DataConverter converter, ILoggerFactory loggers)
{
    /// <summary>Characters of JSON; the official limit is 16 KB of UTF-16.</summary>
    private const int CustomStatusLimit = 8 * 1024;

    /// <param name="past">Played before; it begins with TurnStarted and ExecutionStarted.</param>
    /// <param name="now">What is played for the first time.</param>
    /// <param name="orchestrator">Returns the orchestrator's output.</param>
    public TurnResult Run(IReadOnlyList<HistoryEvent> past, IReadOnlyList<HistoryEvent> now, Func<ReplayContext, Task<object?>> orchestrator)
    {
        var start = past.Concat(now).First(e => e.Kind == EventKind.ExecutionStarted);
        var thread = new OrchestratorThread(loggers);
        var context = new ReplayContext(instanceId, start, converter, loggers, thread);
        Task<string?>? execution = null;
        ExecutionEnd? end = null;
        thread.Run(() =>
        {
            try
            {
                foreach (var (e, replaying) in past.Select(e => (e, true)).Concat(now.Select(e => (e, false))))
                {
                    context.Play(e, replaying);
                    if (e.Kind == EventKind.ExecutionStarted) execution = ExecuteAsync(context, thread, orchestrator);
                    thread.Drain();
                }
                end = End(context, thread, execution!);
            }
            catch (Exception e)
            {
                // The history does not fit the code, or an event does not fit its waiter: the instance fails, with the reason.
                end = Failed(e);
            }
        });
        var status = Status(context, ref end);
        var next = end?.Status == OrchestrationRuntimeStatus.Completed ? context.Next : null;
        return new(context.Asked, context.CancelledTimers, status, context.IsSuspended, next is null ? end : null, next);
    }

    private async Task<string?> ExecuteAsync(ReplayContext context, OrchestratorThread thread, Func<ReplayContext, Task<object?>> orchestrator)
    {
        var running = orchestrator(context);
        if (!running.IsCompleted && !context.IsAccessed) throw new InvalidOperationException(OrchestratorThread.IllegalAwait);
        var output = await running;
        thread.ThrowIfLeft();
        return converter.Serialize(output);
    }

    /// <summary>An execution ends only when nothing that it asked for is still open; a suspension in the turn in which it returns comes too late.</summary>
    private static ExecutionEnd? End(ReplayContext context, OrchestratorThread thread, Task<string?> execution)
    {
        if (context.Terminated is { } terminated) return new(OrchestrationRuntimeStatus.Terminated, terminated.Data, null);
        if (context.HasOpenTasks) return null;
        if (execution.IsCompletedSuccessfully) return new(OrchestrationRuntimeStatus.Completed, execution.Result, null);
        if (execution.IsCompleted) return Failed(execution.Exception?.InnerException ?? new TaskCanceledException(execution));
        // Nothing can ever wake it: said now rather than waited for.
        return thread.WasLeft || !context.IsWaiting ? Failed(new InvalidOperationException(OrchestratorThread.IllegalAwait)) : null;
    }

    private static ExecutionEnd Failed(Exception e) => new(OrchestrationRuntimeStatus.Failed, null, TaskFailureDetails.OfOrchestrator(e).Storable());

    private static string? Status(ReplayContext context, ref ExecutionEnd? end)
    {
        try
        {
            var status = context.CustomStatus;
            if (!(status?.Length > CustomStatusLimit)) return status;
            throw new InvalidOperationException($"The custom status has {status.Length} characters of JSON; at most {CustomStatusLimit} are allowed.");
        }
        catch (Exception e)
        {
            end = Failed(e);
            return null;
        }
    }
}

using Microsoft.DurableTask;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Replay;

/// <summary>What can happen to an execution. The names are stored.</summary>
internal enum EventKind
{
    TurnStarted,
    ExecutionStarted,
    TaskScheduled,
    TaskCompleted,
    TaskFailed,
    TimerCreated,
    TimerFired,
    EventRaised,
    ExecutionSuspended,
    ExecutionResumed,
    ExecutionTerminated,
    ExecutionEnded,
}

/// <summary>One line of an execution's history, and, before it is played, one message to it.</summary>
internal sealed record HistoryEvent(EventKind Kind)
{
    /// <summary>Which task or timer of the execution, by the order in which the orchestrator asked for them.</summary>
    public int? Id { get; init; }

    /// <summary>The activity's, the event's or the orchestrator's name.</summary>
    public string? Name { get; init; }

    /// <summary>Input, result, payload, reason or output: JSON, as the worker's serializer wrote it.</summary>
    public string? Data { get; init; }

    /// <summary>The turn's time or the timer's, UTC.</summary>
    public DateTime? At { get; init; }

    public TaskFailureDetails? Failure { get; init; }

    /// <summary>Of an activity's answer: which generation asked; an answer to an earlier one is dropped.</summary>
    public int? Generation { get; init; }

    /// <summary>A failure that no retry can mend, such as a missing activity.</summary>
    public bool Final { get; init; }
}

using System.Text.Json.Serialization;
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
    SubOrchestrationCreated,
    SubOrchestrationCompleted,
    SubOrchestrationFailed,
    TimerCreated,
    TimerFired,
    EventRaised,
    ExecutionSuspended,
    ExecutionResumed,
    ExecutionTerminated,
    ExecutionEnded,
}

/// <summary>Which task of which execution a sub-orchestration answers to; no two tasks are alike, even if the parent was purged and started again.</summary>
internal sealed record ParentLink(string InstanceId, string Name, string Start, int Generation, int TaskId);

/// <summary>One line of an execution's history, and, before it is played, one message to it.</summary>
internal sealed record HistoryEvent(EventKind Kind)
{
    /// <summary>Which task or timer of the execution, by the order in which the orchestrator asked for them.</summary>
    public int? Id { get; init; }

    /// <summary>The activity's, the event's or the orchestrator's name.</summary>
    public string? Name { get; init; }

    /// <summary>Input, result, payload, reason or output: JSON, as the worker's serializer wrote it.</summary>
    public string? Data { get; init; }

    /// <summary>The turn's time, the timer's or, of a start, the earliest; UTC.</summary>
    public DateTime? At { get; init; }

    public TaskFailureDetails? Failure { get; init; }

    /// <summary>Of an answer: which generation asked; an answer to an earlier one is dropped.</summary>
    public int? Generation { get; init; }

    /// <summary>A failure that no retry can mend, such as a missing activity.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Final { get; init; }

    /// <summary>Of a termination: whether it goes on to the sub-orchestrations.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Recursive { get; init; }

    /// <summary>
    /// The sub-orchestration's instance id; of a start, what tells it from all others of the same id; of an answer, until it is played, whose
    /// start it was that asked; of a client's message, what tells a repeat of it.
    /// </summary>
    public string? Instance { get; init; }

    /// <summary>Of a start, or of a sub-orchestration that is asked for; null is the app's default.</summary>
    public string? Version { get; init; }

    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>Of a sub-orchestration's start, or of a message that is for it alone and for none that has taken its id since.</summary>
    public ParentLink? Parent { get; init; }

    [JsonIgnore]
    public bool IsOfClient => Kind is EventKind.EventRaised or EventKind.ExecutionSuspended or EventKind.ExecutionResumed or EventKind.ExecutionTerminated;

    [JsonIgnore]
    public bool IsAnswer => Kind is EventKind.TaskCompleted or EventKind.TaskFailed or EventKind.SubOrchestrationCompleted or EventKind.SubOrchestrationFailed;
}

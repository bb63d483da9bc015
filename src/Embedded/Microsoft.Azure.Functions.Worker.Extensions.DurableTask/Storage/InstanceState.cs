using Azure;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Replay;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Storage;

/// <summary>A message that waits in an instance's inbox.</summary>
/// <param name="Key">Sorts by the sender's time; its rows are this key and a part's number.</param>
internal sealed record InboxMessage(string Key, IReadOnlyList<string> RowKeys, HistoryEvent Event);

/// <summary>An instance as of one ETag of its head. Only the head's columns are there when it was read alone.</summary>
internal sealed record InstanceState(string Id, string Name)
{
    public OrchestrationRuntimeStatus Status { get; init; } = OrchestrationRuntimeStatus.Pending;

    /// <summary>Of this generation.</summary>
    public DateTimeOffset Created { get; init; }

    public DateTimeOffset Updated { get; init; }

    /// <summary>Goes up with every continue-as-new and every new start; rows of another generation are garbage.</summary>
    public int Generation { get; init; } = 1;

    /// <summary>Turns of this generation; the next history row's number.</summary>
    public int Turns { get; init; }

    /// <summary>Who wrote the head last: tells whether a write whose answer was lost has landed.</summary>
    public string Write { get; init; } = "";

    public string? Input { get; init; }

    public string? Output { get; init; }

    public string? CustomStatus { get; init; }

    public TaskFailureDetails? Failure { get; init; }

    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>When the earliest timer is due that the orchestrator still waits for, or the start of a later one, UTC.</summary>
    public DateTime? NextDue { get; init; }

    /// <summary>Whether the head alone lacks an input or output for its length.</summary>
    public bool IsCut { get; init; }

    public ETag ETag { get; init; }

    public IReadOnlyList<HistoryEvent> History { get; init; } = [];

    /// <summary>The rows that hold <see cref="History"/>.</summary>
    public IReadOnlyList<string> HistoryRows { get; init; } = [];

    public IReadOnlyList<string> Garbage { get; init; } = [];

    public IReadOnlyList<InboxMessage> Inbox { get; init; } = [];

    /// <summary>The event that began this execution, played or not; null when only the head was read.</summary>
    public HistoryEvent? Start => History.FirstOrDefault(e => e.Kind == EventKind.ExecutionStarted)
        ?? Inbox.Select(message => message.Event).FirstOrDefault(e => e.Kind == EventKind.ExecutionStarted);

    /// <summary>Whether it is to begin later; what comes until then waits in the inbox.</summary>
    public bool WaitsForItsStart => !IsEnded && History.Count == 0 && NextDue is not null;

    public bool IsEnded => Status is OrchestrationRuntimeStatus.Completed or OrchestrationRuntimeStatus.Failed or OrchestrationRuntimeStatus.Terminated;

    /// <summary>The sub-orchestrations of this execution, whether or not they have answered.</summary>
    public IEnumerable<string> Children => History.Where(e => e.Kind == EventKind.SubOrchestrationCreated).Select(e => e.Instance!).Distinct(StringComparer.Ordinal);

    /// <summary>Whether the sub-orchestrations that it waited for are to end with it.</summary>
    public bool TakesChildrenAlong => Status == OrchestrationRuntimeStatus.Terminated && PendingChildren.Count > 0
        && History.Any(e => e is { Kind: EventKind.ExecutionTerminated, Recursive: true });

    public bool IsChildOf(InstanceState parent) => Start?.Parent is { } link && link.InstanceId == parent.Id && link.Start == parent.Start?.Instance;

    /// <summary>The link that the answer to a task of this execution comes back by.</summary>
    public ParentLink LinkOf(int taskId) => new(Id, Name, Start!.Instance!, Generation, taskId);

    /// <summary>Whether a message is not for another that had this id.</summary>
    public bool IsMeantBy(HistoryEvent message) => message.Parent is null || message.Parent == Start?.Parent;

    /// <summary>Whether an answer is to this execution; one that an older build has left in the inbox does not tell the start.</summary>
    public bool HasAsked(HistoryEvent answer) => answer.Generation == Generation && (answer.Instance is null || answer.Instance == Start?.Instance);

    /// <summary>Whether a message is welcome; an ended instance takes none.</summary>
    public bool Takes(HistoryEvent message) => message.Kind switch
    {
        _ when IsEnded => false,
        _ when !IsMeantBy(message) => false,
        EventKind.ExecutionSuspended => Status != OrchestrationRuntimeStatus.Suspended,
        EventKind.ExecutionResumed => Status == OrchestrationRuntimeStatus.Suspended,
        _ => true,
    };

    /// <summary>Activities that were scheduled and have not answered.</summary>
    public IReadOnlyDictionary<int, HistoryEvent> PendingActivities { get; private init; } = new Dictionary<int, HistoryEvent>();

    /// <summary>Sub-orchestrations that were asked for and have not answered.</summary>
    public IReadOnlyDictionary<int, HistoryEvent> PendingChildren { get; private init; } = new Dictionary<int, HistoryEvent>();

    /// <summary>Timers that have not fired, cancelled ones among them.</summary>
    public IReadOnlyList<HistoryEvent> OpenTimers { get; private init; } = [];

    public InstanceState WithHistory(IReadOnlyList<HistoryEvent> history)
    {
        var pending = new Dictionary<int, HistoryEvent>();
        var children = new Dictionary<int, HistoryEvent>();
        var timers = new Dictionary<int, HistoryEvent>();
        foreach (var e in history)
        {
            switch (e.Kind)
            {
                case EventKind.TaskScheduled: pending[e.Id!.Value] = e; break;
                case EventKind.TaskCompleted or EventKind.TaskFailed: pending.Remove(e.Id!.Value); break;
                case EventKind.SubOrchestrationCreated: children[e.Id!.Value] = e; break;
                case EventKind.SubOrchestrationCompleted or EventKind.SubOrchestrationFailed: children.Remove(e.Id!.Value); break;
                case EventKind.TimerCreated: timers[e.Id!.Value] = e; break;
                case EventKind.TimerFired: timers.Remove(e.Id!.Value); break;
                default: break;
            }
        }
        return this with { History = history, PendingActivities = pending, PendingChildren = children, OpenTimers = [.. timers.Values] };
    }
}

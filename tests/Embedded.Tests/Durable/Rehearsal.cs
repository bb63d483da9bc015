using Azure.Core.Serialization;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Replay;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Embedded.Tests.Durable;

/// <summary>Plays an orchestrator turn by turn in memory; each turn replays everything before it.</summary>
internal sealed class Rehearsal(Func<TaskOrchestrationContext, Task<object?>> orchestrator, object? input = null, ILoggerFactory? loggers = null)
{
    public static readonly DateTime Start = new(2026, 11, 2, 8, 0, 0, DateTimeKind.Utc);

    private readonly List<HistoryEvent> _history = [];

    public static SerializerConverter Converter { get; } = new(new JsonObjectSerializer(new() { PropertyNameCaseInsensitive = true }));

    public DateTime Now { get; set; } = Start;

    public IReadOnlyList<HistoryEvent> History => _history;

    public Func<TaskOrchestrationContext, Task<object?>> Orchestrator { get; set; } = orchestrator;

    public TurnResult Turn(params HistoryEvent[] messages)
    {
        List<HistoryEvent> now = [new(EventKind.TurnStarted) { At = Now }];
        if (_history.Count == 0) now.Add(new(EventKind.ExecutionStarted) { Name = "Rehearsed", Data = Converter.Serialize(input) });
        now.AddRange(messages);
        var result = new Execution("rehearsal", Converter, loggers ?? NullLoggerFactory.Instance).Run(_history, now, Orchestrator);
        _history.AddRange(now);
        _history.AddRange(result.Asked);
        return result;
    }

    public static HistoryEvent Done(int id, object? result = null) => new(EventKind.TaskCompleted) { Id = id, Data = Converter.Serialize(result) };

    public static HistoryEvent Fired(int id) => new(EventKind.TimerFired) { Id = id };

    public static HistoryEvent Raised(string name, object? payload = null) => new(EventKind.EventRaised) { Name = name, Data = Converter.Serialize(payload) };

    public static HistoryEvent Broke(int id, Exception exception) => new(EventKind.TaskFailed) { Id = id, Failure = TaskFailureDetails.FromException(exception) };
}

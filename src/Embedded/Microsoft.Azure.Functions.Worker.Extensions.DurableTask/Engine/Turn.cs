using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Replay;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Storage;
using Microsoft.DurableTask.Client;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Engine;

/// <summary>What a turn makes of an instance, before it is stored.</summary>
internal sealed record Turn(InstanceState After, IReadOnlyList<HistoryEvent> Events, IReadOnlyList<InboxMessage> Consumed, IReadOnlySet<int> CancelledTimers)
{
    private const int MaxMessages = 40;
    private const int MaxCharacters = 1_000_000;

    /// <summary>Plays what has come in; null when that is nothing.</summary>
    /// <param name="direct">Handed over in memory, with the activities' answers.</param>
    /// <param name="cancelled">Timers that are known not to matter any more.</param>
    public static async Task<Turn?> PlayAsync(InstanceState before, IReadOnlyList<HistoryEvent> direct, IReadOnlySet<int> cancelled, IDurableFunctions functions)
    {
        var now = Now(before, functions.Clock);
        var consumed = Portion(before.Inbox);
        var messages = consumed.Select(message => message.Event).Concat(direct).ToList();
        if (before.History.Count == 0)
        {
            // The start goes first, whatever the senders' clocks said.
            var start = messages.Find(e => e.Kind == EventKind.ExecutionStarted);
            if (start is null) return null;
            if (start.At > now && !messages.Exists(e => e.Kind == EventKind.ExecutionTerminated)) return null;
            messages.Remove(start);
            messages.Insert(0, start);
        }
        messages.AddRange(before.OpenTimers.Where(timer => timer.At <= now && !cancelled.Contains(timer.Id!.Value)).OrderBy(timer => timer.At)
            .Select(timer => new HistoryEvent(EventKind.TimerFired) { Id = timer.Id }));
        var pending = before.PendingActivities.Keys.Concat(before.PendingChildren.Keys).ToHashSet();
        messages.RemoveAll(e => e.IsAnswer && !(before.HasAsked(e) && pending.Remove(e.Id!.Value)));
        // A client that was not told of a commit, the hub being lost over it, has put its message into the inbox too.
        var seen = before.History.Where(e => e.IsOfClient).Select(e => e.Instance).ToHashSet(StringComparer.Ordinal);
        messages.RemoveAll(e => e.IsOfClient && e.Instance is not null && !seen.Add(e.Instance));
        if (messages.Count == 0 && consumed.Count == 0) return null;

        var head = new HistoryEvent(EventKind.TurnStarted) { At = now };
        IReadOnlyList<HistoryEvent> past = before.History;
        List<HistoryEvent> events = [head, .. messages.Select(e => e.IsAnswer ? e with { Instance = null } : e)];
        var (generation, input) = (before.Generation, before.Input);
        var result = await RunAsync(before, past, events, functions);
        string? lastStatus = null;
        while (result.Next is { } next)
        {
            (generation, input, past, lastStatus) = (generation + 1, next.Input, [], result.CustomStatus);
            // A beginning has a time of its own, or its guids would be those of the one before.
            head = head with { At = now = now.AddTicks(1) };
            events = [head, before.Start! with { Data = next.Input, Version = next.Version, At = null }, .. next.Events];
            result = await RunAsync(before, past, events, functions);
        }
        var anew = generation != before.Generation;
        if (result.End is null) events.AddRange(result.Asked);
        else events.Add(new(EventKind.ExecutionEnded) { Data = result.End.Output });
        var after = before.WithHistory([.. past, .. events]) with
        {
            Generation = generation,
            Created = anew ? new DateTimeOffset(now, TimeSpan.Zero) : before.Created,
            Turns = anew ? 1 : before.Turns + 1,
            HistoryRows = anew ? [] : before.HistoryRows,
            Garbage = anew ? [.. before.HistoryRows, .. before.Garbage] : before.Garbage,
            Input = input,
            Output = result.End?.Output,
            Failure = result.End?.Failure,
            // An execution that began in this turn and has set none keeps its predecessor's for as long as this turn is the last.
            CustomStatus = result.CustomStatus ?? lastStatus,
            Status = result.End?.Status ?? (result.IsSuspended ? OrchestrationRuntimeStatus.Suspended : OrchestrationRuntimeStatus.Running),
            Updated = new DateTimeOffset(now, TimeSpan.Zero),
            Write = Guid.NewGuid().ToString("N"),
        };
        after = after with
        {
            NextDue = after.IsEnded ? null : after.OpenTimers.Where(timer => !result.CancelledTimers.Contains(timer.Id!.Value)).Min(timer => timer.At),
        };
        return new(after, events, consumed, result.CancelledTimers);
    }

    private static async Task<TurnResult> RunAsync(InstanceState instance, IReadOnlyList<HistoryEvent> past, List<HistoryEvent> events, IDurableFunctions functions)
    {
        await using var run = functions.Begin(instance.Name);
        if (run is not null) return new Execution(instance.Id, functions.Converter, functions.Loggers).Run(past, events, run.RunAsync);
        var missing = new MissingFunctionException($"There is no orchestrator function '{instance.Name}' in this app.");
        var end = new ExecutionEnd(OrchestrationRuntimeStatus.Failed, null, missing.Details(MissingFunctionException.Orchestrator));
        return new([], new HashSet<int>(), null, false, end, null);
    }

    /// <summary>An instance's time never runs backwards, even when hosts' clocks differ.</summary>
    private static DateTime Now(InstanceState instance, TimeProvider clock)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var last = instance.History.LastOrDefault(e => e.Kind == EventKind.TurnStarted)?.At ?? DateTime.MinValue;
        return now < last ? last : now;
    }

    private static List<InboxMessage> Portion(IReadOnlyList<InboxMessage> inbox)
    {
        var characters = 0;
        return [.. inbox.TakeWhile((message, i) => i == 0 || (i < MaxMessages && (characters += message.Event.Data?.Length ?? 0) < MaxCharacters))];
    }
}

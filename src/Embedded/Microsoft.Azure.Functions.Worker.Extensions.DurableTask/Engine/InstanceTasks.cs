using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Replay;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Storage;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Engine;

/// <summary>What an instance has asked for and this host has begun.</summary>
internal sealed class InstanceTasks(string id, HubSession session)
{
    private readonly Lock _lock = new();
    private readonly HashSet<Key> _running = [];
    private readonly HashSet<Key> _begun = [];

    /// <summary>Whether an activity runs, or a sub-orchestration is being started.</summary>
    public bool AreRunning
    {
        get
        {
            lock (_lock) return _running.Count > 0;
        }
    }

    /// <summary>Begins what the stored state asks for and what has not been begun.</summary>
    public void Dispatch(InstanceState? state)
    {
        lock (_lock)
        {
            if (state is not { IsEnded: false })
            {
                _running.Clear();
                return;
            }
            // A task counts as running until its answer is stored, or not wanted any more; a sub-orchestration until it is begun.
            bool IsOver(Key task) => task.Generation != state.Generation || task.Start != state.Start?.Instance
                || !(state.PendingActivities.ContainsKey(task.Id) || state.PendingChildren.ContainsKey(task.Id));
            _running.RemoveWhere(IsOver);
            _begun.RemoveWhere(IsOver);
            foreach (var task in state.PendingActivities.Values.Concat(state.PendingChildren.Values))
            {
                var key = new Key(state.Start?.Instance, state.Generation, task.Id!.Value);
                if (_begun.Contains(key) || !_running.Add(key)) continue;
                _ = Task.Run(() => task.Kind == EventKind.TaskScheduled ? ActAsync(key, task) : BeginChildAsync(key, task, state));
            }
        }
    }

    private async Task ActAsync(Key key, HistoryEvent task)
    {
        if (await session.RunActivityAsync(id, task) is { } answer) await session.AnswerAsync(id, key.Of(answer));
    }

    private async Task BeginChildAsync(Key key, HistoryEvent child, InstanceState state)
    {
        try
        {
            var answer = await session.StartChildAsync(child, state.LinkOf(key.Id));
            if (answer is not null) await session.AnswerAsync(id, key.Of(answer));
        }
        catch (NotOwnerException)
        {
            return; // The next owner begins it.
        }
        lock (_lock)
        {
            if (_running.Remove(key)) _begun.Add(key);
        }
    }

    /// <summary>A task of one execution. The start tells it from those of a purged instance of the same id, whose generations began at 1 too.</summary>
    private readonly record struct Key(string? Start, int Generation, int Id)
    {
        public HistoryEvent Of(HistoryEvent answer) => answer with { Generation = Generation, Instance = Start };
    }
}

using System.Collections.Concurrent;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Storage;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Engine;

/// <summary>The near future: when which instance must be looked at, and which work rows are stored that say so.</summary>
internal sealed class Timetable(WorkTable work)
{
    /// <summary>Timers that are due later stay in storage, so that sleeping instances cost no memory.</summary>
    private static readonly TimeSpan Horizon = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private readonly PriorityQueue<string, long> _timers = new();
    private readonly ConcurrentDictionary<WorkRow, byte> _known = new();
    private long _loadedUntil;

    public bool IsKnown(WorkRow row) => _known.ContainsKey(row);

    /// <summary>Notes a stored row; one beyond the horizon is found by its time.</summary>
    public void Learn(WorkRow row)
    {
        lock (_lock)
        {
            if (row.Due < _loadedUntil) _known.TryAdd(row, 0);
        }
    }

    /// <returns>Whether a row that was found in storage is news.</returns>
    public bool Discover(WorkRow row) => _known.TryAdd(row, 0);

    public void Forget(WorkRow row) => _known.TryRemove(row, out _);

    public void Enqueue(InstanceState state)
    {
        if (state.NextDue is not { } due) return;
        lock (_lock)
        {
            if (due.Ticks < _loadedUntil) _timers.Enqueue(state.Id, due.Ticks);
        }
    }

    /// <summary>Whether the future that is known ends soon.</summary>
    public bool EndsBefore(long now) => now + TimeSpan.TicksPerMinute >= _loadedUntil;

    /// <summary>Reads rows up to the next horizon; what is due later is not touched, however much it is.</summary>
    public async Task LoadAsync(long now, CancellationToken cancellation)
    {
        var until = now + Horizon.Ticks;
        var rows = await work.ReadAsync(_loadedUntil, until, cancellation);
        lock (_lock)
        {
            foreach (var row in rows)
            {
                _known.TryAdd(row, 0);
                _timers.Enqueue(row.InstanceId, row.Due);
            }
            _loadedUntil = until;
        }
    }

    /// <summary>Takes what is due, neighbours together, for they are read together.</summary>
    public List<WorkRow> TakeDue(long now)
    {
        List<WorkRow> due = [];
        lock (_lock)
        {
            while (_timers.TryPeek(out _, out var at) && at <= now) due.Add(new(at, _timers.Dequeue()));
        }
        due.Sort(static (a, b) => string.CompareOrdinal(a.InstanceId, b.InstanceId));
        return due;
    }
}

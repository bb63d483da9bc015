using Microsoft.DurableTask;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Replay;

/// <summary>
/// External events of one execution. Names ignore case. The newest waiter is served first; a waiter that was cancelled
/// keeps its place and swallows the event that reaches it; events that nobody waits for are kept in order.
/// (TaskOrchestrationContextWrapper.cs in durabletask-dotnet)
/// </summary>
internal sealed class EventWaiters(DataConverter converter)
{
    private readonly Dictionary<string, Stack<IWaiter>> _waiters = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Queue<string?>> _buffered = new(StringComparer.OrdinalIgnoreCase);

    private interface IWaiter
    {
        Type Type { get; }

        void Serve(object? value);
    }

    public bool Any => _waiters.Count > 0;

    public Task<T> Wait<T>(string name, CancellationToken cancellation)
    {
        if (!_waiters.TryGetValue(name, out var stack)) _waiters[name] = stack = new();
        else if (stack.Peek().Type != typeof(T))
            throw new ArgumentException($"Another wait for '{name}' expects {stack.Peek().Type}; all concurrent waits for one name must ask for the same type, not {typeof(T)}.", nameof(name));
        var waiter = new Waiter<T>();
        stack.Push(waiter);
        if (_buffered.TryGetValue(name, out var queue))
        {
            var payload = queue.Dequeue();
            if (queue.Count == 0) _buffered.Remove(name);
            Raise(name, payload);
        }
        cancellation.Register(() => waiter.TrySetCanceled(cancellation));
        return waiter.Task;
    }

    public void Raise(string name, string? payload)
    {
        if (_waiters.TryGetValue(name, out var stack))
        {
            var waiter = stack.Pop();
            if (stack.Count == 0) _waiters.Remove(name);
            waiter.Serve(converter.Deserialize(payload, waiter.Type));
            return;
        }
        if (!_buffered.TryGetValue(name, out var queue)) _buffered[name] = queue = new();
        queue.Enqueue(payload);
    }

    public List<HistoryEvent> TakeBuffered()
    {
        var events = _buffered
            .SelectMany(pair => pair.Value.Select(payload => new HistoryEvent(EventKind.EventRaised) { Name = pair.Key, Data = payload })).ToList();
        _buffered.Clear();
        return events;
    }

    private sealed class Waiter<T> : TaskCompletionSource<T>, IWaiter
    {
        public Type Type => typeof(T);

        // Officially too, null is not made the default of a type that has none.
        public void Serve(object? value) => TrySetResult((T)value!);
    }
}

using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Replay;

/// <summary>
/// The single thread of an orchestrator: what awaits a durable task goes on inside the event that completes it, so that
/// the order of everything is the history's. A continuation that arrives from elsewhere belongs to a task that is not
/// durable; it is dropped, for its next use of the context would be refused anyway.
/// </summary>
internal sealed class OrchestratorThread(ILoggerFactory loggers) : SynchronizationContext
{
    public const string IllegalAwait =
        "The orchestrator awaited something that is not durable, or left its thread. It may await only tasks made by its "
        + "TaskOrchestrationContext, without ConfigureAwait(false), Task.Run or Task.Delay; middleware in front of it must not go asynchronous.";

    private readonly Queue<(SendOrPostCallback Callback, object? State)> _posted = new();

    /// <summary>Made at once: a stray continuation may arrive after the host, and its factory, are gone.</summary>
    private readonly ILogger _logger = loggers.CreateLogger<OrchestratorThread>();

    private int _threadId;

    /// <summary>Whether something that is not durable was seen to complete.</summary>
    public bool WasLeft { get; private set; }

    public bool IsCurrent => _threadId == Environment.CurrentManagedThreadId;

    public void Run(Action action)
    {
        var previous = Current;
        SetSynchronizationContext(this);
        _threadId = Environment.CurrentManagedThreadId;
        try
        {
            action();
        }
        finally
        {
            _threadId = 0;
            SetSynchronizationContext(previous);
        }
    }

    /// <summary>Runs what was posted rather than run in place, as happens on a deep stack.</summary>
    public void Drain()
    {
        while (_posted.TryDequeue(out var next)) next.Callback(next.State);
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (IsCurrent)
        {
            _posted.Enqueue((d, state));
            return;
        }
        if (!WasLeft) _logger.LogError("{Problem}", IllegalAwait);
        WasLeft = true;
    }

    public override void Send(SendOrPostCallback d, object? state)
        => throw new InvalidOperationException(IllegalAwait);

    public override SynchronizationContext CreateCopy() => this;

    public void ThrowIfLeft()
    {
        if (!IsCurrent) throw new InvalidOperationException(IllegalAwait);
    }
}

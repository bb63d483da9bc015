using Microsoft.DurableTask.Abstractions;
using Microsoft.Extensions.Logging;

namespace Microsoft.DurableTask;

/// <summary>What an orchestrator may use of the world: everything else would differ when it is replayed.</summary>
public abstract class TaskOrchestrationContext
{
    private const int DeepestWrapping = 10;

    private ILoggerFactory? _replaySafeLoggers;

    public abstract TaskName Name { get; }

    public abstract string InstanceId { get; }

    /// <summary>Null for an orchestration that a client started.</summary>
    public abstract ParentOrchestrationInstance? Parent { get; }

    /// <summary>The time of the current turn; it does not move between awaits.</summary>
    public abstract DateTime CurrentUtcDateTime { get; }

    public abstract bool IsReplaying { get; }

    public virtual string Version => string.Empty;

    public virtual IReadOnlyDictionary<string, object?> Properties { get; } = new Dictionary<string, object?>(StringComparer.Ordinal);

    public virtual ILoggerFactory ReplaySafeLoggerFactory => _replaySafeLoggers ??= new ReplaySafeLoggers(this);

    protected abstract ILoggerFactory LoggerFactory { get; }

    public abstract T? GetInput<T>();

    public virtual Task CallActivityAsync(TaskName name, object? input = null, TaskOptions? options = null)
        => CallActivityAsync<object>(name, input, options);

    public virtual Task CallActivityAsync(TaskName name, TaskOptions options)
        => CallActivityAsync(name, null, options);

    public virtual Task<TResult> CallActivityAsync<TResult>(TaskName name, TaskOptions options)
        => CallActivityAsync<TResult>(name, null, options);

    public abstract Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null);

    public virtual Task CreateTimer(TimeSpan delay, CancellationToken cancellationToken)
        => CreateTimer(CurrentUtcDateTime.Add(delay), cancellationToken);

    /// <summary>A durable timer; cancel its token when it is no longer wanted, or the instance stays open until it fires.</summary>
    public abstract Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken);

    /// <summary>
    /// Waits for the next event of that name (case ignored). The newest waiter is served first, and one that was cancelled
    /// still takes the event that reaches it: ask once, race the task with timers, and ask again only when it is done.
    /// </summary>
    public abstract Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default);

    /// <summary>As above; throws <see cref="TaskCanceledException"/> when the time is up.</summary>
    public Task<T> WaitForExternalEvent<T>(string eventName, TimeSpan timeout)
        => WaitForExternalEvent<T>(eventName, timeout, CancellationToken.None);

    /// <inheritdoc cref="WaitForExternalEvent{T}(string, TimeSpan)"/>
    public async Task<T> WaitForExternalEvent<T>(string eventName, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var timerEnd = new CancellationTokenSource();
        var timer = CreateTimer(timeout, timerEnd.Token);
        using var waitEnd = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var wait = WaitForExternalEvent<T>(eventName, waitEnd.Token);
        // Cancelled synchronously: on this thread the order of continuations is part of the replay.
        if (await Task.WhenAny(timer, wait) == wait) timerEnd.Cancel();
        else waitEnd.Cancel();
        return await wait;
    }

    public abstract void SendEvent(string instanceId, string eventName, object payload);

    /// <summary>Seen by clients after the next await; at most 16 KB of UTF-16 JSON.</summary>
    public abstract void SetCustomStatus(object? customStatus);

    /// <summary>
    /// Runs another orchestration as a part of this one. Its id is that of the <see cref="SubOrchestrationOptions"/>, or made by
    /// <see cref="NewGuid"/>; a retry uses it again. A child that fails or is terminated fails the task.
    /// </summary>
    public abstract Task<TResult> CallSubOrchestratorAsync<TResult>(TaskName orchestratorName, object? input = null, TaskOptions? options = null);

    public virtual Task<TResult> CallSubOrchestratorAsync<TResult>(TaskName orchestratorName, TaskOptions options)
        => CallSubOrchestratorAsync<TResult>(orchestratorName, null, options);

    public virtual Task CallSubOrchestratorAsync(TaskName orchestratorName, TaskOptions options)
        => CallSubOrchestratorAsync(orchestratorName, null, options);

    public virtual Task CallSubOrchestratorAsync(TaskName orchestratorName, object? input = null, TaskOptions? options = null)
        => CallSubOrchestratorAsync<object>(orchestratorName, input, options);

    /// <summary>Begins anew with an empty history, once the orchestrator has returned and no task of it is open.</summary>
    public abstract void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true);

    public virtual void ContinueAsNew(ContinueAsNewOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ContinueAsNew(options.NewInput, options.PreserveUnprocessedEvents);
    }

    /// <summary>A version 5 UUID of instance id, time and a counter: the same in every replay.</summary>
    public abstract Guid NewGuid();

    /// <inheritdoc cref="TaskOrchestrationVersioningUtils.CompareVersions"/>
    public virtual int CompareVersionTo(string version) => TaskOrchestrationVersioningUtils.CompareVersions(Version, version);

    public virtual ILogger CreateReplaySafeLogger(string categoryName) => new ReplaySafeLogger(this, AppLoggers().CreateLogger(categoryName));

    public virtual ILogger CreateReplaySafeLogger(Type type) => new ReplaySafeLogger(this, AppLoggers().CreateLogger(type));

    public virtual ILogger CreateReplaySafeLogger<T>() => new ReplaySafeLogger(this, AppLoggers().CreateLogger<T>());

    /// <summary>A context around another may give that one's replay-safe factory for its own: one check for replay is enough.</summary>
    private ILoggerFactory AppLoggers()
    {
        var loggers = LoggerFactory;
        for (var depth = 0; loggers is ReplaySafeLoggers wrapped; depth++)
        {
            if (depth == DeepestWrapping) throw new InvalidOperationException("The context's LoggerFactory leads back to its own replay-safe factory; it must be that of the context inside.");
            loggers = wrapped.Inner;
        }
        return loggers;
    }

    private sealed class ReplaySafeLoggers(TaskOrchestrationContext context) : ILoggerFactory
    {
        public ILoggerFactory Inner => context.LoggerFactory;

        public ILogger CreateLogger(string categoryName) => new ReplaySafeLogger(context, context.AppLoggers().CreateLogger(categoryName));

        public void AddProvider(ILoggerProvider provider)
            => throw new NotSupportedException("Providers are added to the application's logger factory, not to the replay-safe one.");

        public void Dispose()
        {
            // The application owns the factory behind it.
        }
    }

    private sealed class ReplaySafeLogger(TaskOrchestrationContext context, ILogger logger) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => logger.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => logger.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!context.IsReplaying) logger.Log(logLevel, eventId, state, exception, formatter);
        }
    }
}

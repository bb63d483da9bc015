using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Replay;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Engine;

/// <summary>How the engine is paced; all in real time.</summary>
internal sealed record HubOptions
{
    public int MaxConcurrentActivities { get; init; } = 10 * Environment.ProcessorCount;

    public int MaxConcurrentOrchestrators { get; init; } = 10 * Environment.ProcessorCount;

    /// <summary>The version of what is started without one.</summary>
    public string? DefaultVersion { get; init; }

    /// <summary>After a host has vanished without a word, another takes over at most this much later.</summary>
    public TimeSpan LeaseLength { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A storage call that has no answer by then is made again; a third of the lease, so that a renewal can be.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often the business clock is compared with the next timer.</summary>
    public TimeSpan TimerInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How often the rings of other hosts are read, when there were some lately and when not.</summary>
    public TimeSpan MinRingInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    public TimeSpan MaxRingInterval { get; init; } = TimeSpan.FromMilliseconds(1500);

    /// <summary>An instance that has been quiet so long leaves memory.</summary>
    public TimeSpan QuietTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// A ring whose message never came, and an instance that was announced but never made, are waited for so long. A sender that takes
    /// more than half of it rings again.
    /// </summary>
    public TimeSpan LostTime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often the work table is read for rows that this owner does not know.</summary>
    public TimeSpan RepairInterval { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>The app's functions, as the engine runs them.</summary>
internal interface IDurableFunctions
{
    DataConverter Converter { get; }

    ILoggerFactory Loggers { get; }

    /// <summary>The business clock; durable time is its time.</summary>
    TimeProvider Clock { get; }

    /// <summary>Null when there is no orchestrator of that name.</summary>
    IOrchestratorRun? Begin(string orchestrator);

    /// <returns>The result as JSON.</returns>
    /// <exception cref="MissingFunctionException">There is no activity of that name.</exception>
    Task<string?> RunActivityAsync(string activity, string instanceId, string? input, CancellationToken cancellation);
}

/// <summary>One replay through the worker's pipeline; disposed when the turn is over, whether or not the function has returned.</summary>
internal interface IOrchestratorRun : IAsyncDisposable
{
    Task<object?> RunAsync(ReplayContext context);
}

/// <summary>The host has no such function.</summary>
internal sealed class MissingFunctionException(string message) : InvalidOperationException(message)
{
    /// <summary>The official types of such failures; a retry does not mend them.</summary>
    public const string Activity = "ActivityTaskNotFound";

    public const string Orchestrator = "OrchestratorTaskNotFound";

    public TaskFailureDetails Details(string type) => new(type, Message, null, null, null);
}

/// <summary>This host does not own the hub, or no longer does: the message must go through storage.</summary>
internal sealed class NotOwnerException() : Exception("This host does not own the task hub.");

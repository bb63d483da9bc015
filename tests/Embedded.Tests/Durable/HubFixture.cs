using System.Collections.Concurrent;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Engine;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Replay;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Storage;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using WalletFunctions.TestSupport;

namespace Embedded.Tests.Durable;

/// <summary>An app of delegates: what the engine runs instead of functions.</summary>
internal sealed class App : IDurableFunctions
{
    private readonly ConcurrentDictionary<string, Func<TaskOrchestrationContext, Task<object?>>> _orchestrators = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, Func<string?, CancellationToken, Task<object?>>> _activities = new(StringComparer.OrdinalIgnoreCase);

    public Microsoft.DurableTask.DataConverter Converter => Rehearsal.Converter;

    public ILoggerFactory Loggers => NullLoggerFactory.Instance;

    public TimeProvider Clock => Time;

    public MovableClock Time { get; } = new();

    public App Orchestrator(string name, Func<TaskOrchestrationContext, Task<object?>> body)
    {
        _orchestrators[name] = body;
        return this;
    }

    public App Activity<T>(string name, Func<T, object?> body) => Activity<T>(name, (input, _) => Task.FromResult(body(input)));

    public App Activity<T>(string name, Func<T, CancellationToken, Task<object?>> body)
    {
        _activities[name] = (input, cancellation) => body(Converter.Deserialize<T>(input)!, cancellation);
        return this;
    }

    public IOrchestratorRun? Begin(string orchestrator) => _orchestrators.TryGetValue(orchestrator, out var body) ? new Run(body) : null;

    public async Task<string?> RunActivityAsync(string activity, string instanceId, string? input, CancellationToken cancellation)
        => _activities.TryGetValue(activity, out var body) ? Converter.Serialize(await body(input, cancellation)) : throw new MissingFunctionException(activity);

    private sealed class Run(Func<TaskOrchestrationContext, Task<object?>> body) : IOrchestratorRun
    {
        public Task<object?> RunAsync(ReplayContext context) => body(context);

        public ValueTask DisposeAsync() => default;
    }
}

/// <summary>Real time plus what was added.</summary>
internal sealed class MovableClock : TimeProvider
{
    private long _offset;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Volatile.Read(ref _offset));

    public void Advance(TimeSpan time) => Interlocked.Add(ref _offset, time.Ticks);
}

/// <summary>How a storage call goes wrong.</summary>
internal enum Fault
{
    /// <summary>The process dies before the call: neither it nor any later one is made.</summary>
    KilledBefore,

    /// <summary>The process dies after the call was carried out and before its answer came.</summary>
    KilledAfter,

    /// <summary>The call is not carried out; the process goes on.</summary>
    Refused,

    /// <summary>The call is carried out, its answer is lost; the process goes on.</summary>
    AnswerLost,

    /// <summary>The call is carried out, the connection stays open and nothing comes; the process goes on.</summary>
    Unanswered,
}

/// <summary>Counts storage calls and lets one of them, from 1, go wrong.</summary>
internal class FaultPolicy(int at = int.MaxValue, Fault fault = Fault.KilledBefore) : HttpPipelinePolicy
{
    private int _calls;

    public int Calls => Volatile.Read(ref _calls);

    public bool WasReached => Calls >= at;

    public volatile bool IsKilled;

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        if (IsKilled) throw new IOException("killed");
        // The lease and the polls go on in the background and would make the walk endless.
        var uri = Uri.UnescapeDataString(message.Request.Uri.ToString());
        var counts = !uri.Contains("'lease'", StringComparison.Ordinal) && !(message.Request.Method == RequestMethod.Get && uri.Contains("Work", StringComparison.Ordinal));
        var isIt = counts && Interlocked.Increment(ref _calls) == at;
        if (isIt && fault is Fault.KilledBefore) IsKilled = true;
        if (isIt && fault is Fault.KilledBefore or Fault.Refused) throw new IOException("the call was not made");
        if (isIt && fault is Fault.Unanswered) SilencePolicy.Mark(message);
        await ProcessNextAsync(message, pipeline);
        if (isIt && fault is Fault.Unanswered) return;
        if (isIt && fault is Fault.KilledAfter) IsKilled = true;
        if (isIt) throw new IOException("the answer is lost");
    }

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException();
}

/// <summary>Keeps the answer to the first try of a marked call back for ever. Stands where the client's own patience reaches it.</summary>
internal sealed class SilencePolicy : HttpPipelinePolicy
{
    /// <summary>Only that try has little patience: what is not silent may be slow.</summary>
    public static void Mark(HttpMessage message)
    {
        message.SetProperty(typeof(SilencePolicy), true);
        message.NetworkTimeout = TimeSpan.FromSeconds(1);
    }

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        var isSilent = message.TryGetProperty(typeof(SilencePolicy), out var mark) && mark is true;
        message.SetProperty(typeof(SilencePolicy), false);
        message.NetworkTimeout = null;
        await ProcessNextAsync(message, pipeline);
        if (isSilent) await Task.Delay(Timeout.Infinite, message.CancellationToken);
    }

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException();
}

/// <summary>A storage of which one call in ten goes wrong, half of these after they were carried out.</summary>
internal sealed class UnreliablePolicy(int seed) : FaultPolicy
{
    private readonly Random _random = new(seed);

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        int dice;
        lock (_random) dice = _random.Next(20);
        if (dice == 0) throw new IOException("the call was not made");
        await base.ProcessAsync(message, pipeline);
        if (dice == 1) throw new IOException("the answer is lost");
    }
}

/// <summary>One host: an engine and a client over the shared Azurite.</summary>
internal sealed class Host : IAsyncDisposable
{
    public static readonly HubOptions Fast = new()
    {
        LeaseLength = TimeSpan.FromSeconds(10),
        TimerInterval = TimeSpan.FromMilliseconds(20),
        MinRingInterval = TimeSpan.FromMilliseconds(50),
        MaxRingInterval = TimeSpan.FromMilliseconds(200),
        QuietTime = TimeSpan.FromMilliseconds(250),
        LostTime = TimeSpan.FromSeconds(1),
        RepairInterval = TimeSpan.FromSeconds(2),
    };

    /// <summary>As fast, with few calls that have no reason: for hosts by the dozen, that end by being killed and have no rival.</summary>
    public static readonly HubOptions Calm = Fast with
    {
        MaxRingInterval = TimeSpan.FromSeconds(1),
        LostTime = TimeSpan.FromMilliseconds(400),
    };

    public Host(string hub, App app, FaultPolicy? calls = null, HubOptions? options = null, bool engine = true)
    {
        Calls = calls ?? new FaultPolicy();
        options ??= Fast;
        var clientOptions = HubClientOptions.Make(options.CallTimeout, Calls);
        clientOptions.AddPolicy(new SilencePolicy(), HttpPipelinePosition.BeforeTransport);
        Hub = new TaskHub(new TableServiceClient(Azurite.SharedConnectionString, clientOptions), hub, options, NullLogger.Instance);
        Client = new HubClient(Hub, app.Converter, app.Clock);
        if (engine) Hub.Start(app);
    }

    public FaultPolicy Calls { get; }

    public TaskHub Hub { get; }

    public HubClient Client { get; }

    public Task Owns() => Eventually.True("the host owns the hub", () => Hub.Session is not null);

    /// <summary>Ends without another word to storage.</summary>
    public async Task KillAsync()
    {
        Calls.IsKilled = true;
        await Hub.DisposeAsync();
    }

    public ValueTask DisposeAsync() => Hub.DisposeAsync();
}

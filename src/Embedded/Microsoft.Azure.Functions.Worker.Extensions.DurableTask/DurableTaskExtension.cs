using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Engine;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Replay;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Storage;
using Microsoft.Azure.Functions.Worker.Local;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

[assembly: LocalExtension(typeof(DurableTaskExtension))]

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask;

/// <summary>Plugs the engine into the local host. A registered <see cref="HttpPipelinePolicy"/> joins its table clients, per call.</summary>
internal sealed class DurableTaskExtension : LocalExtension
{
    public override void ConfigureServices(FunctionsApplicationBuilder builder)
    {
        builder.Services.AddSingleton<HubLifetime>();
        builder.Services.AddHostedService(services => services.GetRequiredService<HubLifetime>());
        builder.Services.AddSingleton(services => new SerializerConverter(services.GetRequiredService<IOptions<WorkerOptions>>().Value.Serializer!));
        // By its own type, for the official package does not let a DurableTaskClient be injected either.
        builder.Services.AddSingleton(services => new HubClient(
            services.GetRequiredService<HubLifetime>().Hub, services.GetRequiredService<SerializerConverter>(), Clock(services)));
    }

    public override LocalBinding? Describe(Attribute attribute, string name) => attribute switch
    {
        OrchestrationTriggerAttribute => new(this, attribute, name, "orchestrationTrigger", BindingDirection.In),
        ActivityTriggerAttribute => new(this, attribute, name, "activityTrigger", BindingDirection.In),
        DurableClientAttribute => new(this, attribute, name, "durableClient", BindingDirection.In),
        _ => null,
    };

    public override void Check(LocalFunction function)
    {
        if (function.Trigger.Type != "orchestrationTrigger") return;
        if (function.Outputs.Count > 0 || function.Inputs.OfType<LocalBinding>().Count() > 1)
            throw new HostStartException($"The orchestrator '{function.Name}' has bindings besides its trigger (DURABLE0008); an activity must do that work.");
    }

    public override ITriggerListener CreateListener(IReadOnlyList<LocalFunction> functions, IServiceProvider services)
        => new Listener(services.GetRequiredService<HubLifetime>(), new HostFunctions(functions, services));

    public override ValueTask<object?> BindAsync(LocalBinding binding, FunctionParameter parameter, object? value, FunctionContext context) => binding.Type switch
    {
        "orchestrationTrigger" => new(value),
        "durableClient" when parameter.Type == typeof(DurableTaskClient) => new(context.InstanceServices.GetRequiredService<HubClient>()),
        "durableClient" => throw new InvalidOperationException($"The parameter '{parameter.Name}' of '{context.FunctionDefinition.Name}' must be of the type DurableTaskClient."),
        _ => new(Input(parameter, (string?)value, context)),
    };

    public static TimeProvider Clock(IServiceProvider services) => services.GetService<TimeProvider>() ?? TimeProvider.System;

    /// <summary>
    /// An activity's input is JSON whatever its type: a text arrives without its quotes, and what was not given as null
    /// (ActivityInputConverter.cs, and DurableActivityContext.cs of the host).
    /// </summary>
    private static object? Input(FunctionParameter parameter, string? json, FunctionContext context) => parameter.Type == typeof(FunctionContext)
        ? context
        : context.InstanceServices.GetRequiredService<SerializerConverter>().Deserialize(json ?? "null", parameter.Type);

    private sealed class Listener(HubLifetime lifetime, HostFunctions functions) : ITriggerListener
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            lifetime.Hub.Start(functions);
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => lifetime.Hub.StopTakingWorkAsync();
    }
}

/// <summary>The hub of <c>host.json</c>; its ownership is given up once the running invocations have ended.</summary>
internal sealed class HubLifetime(IConfiguration configuration, HostJson hostJson, IEnumerable<HttpPipelinePolicy> policies, ILoggerFactory loggers) : IHostedService
{
    private readonly Lock _lock = new();
    private TaskHub? _hub;

    /// <summary>Made when first asked for: an app without durable functions needs no storage for them.</summary>
    public TaskHub Hub
    {
        get
        {
            lock (_lock) return _hub ??= Create();
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_hub is { } hub) await hub.DisposeAsync();
    }

    private TaskHub Create()
    {
        string? Setting(string name) => configuration[$"AzureFunctionsJobHost:extensions:durableTask:{name}"] ?? hostJson.Extension("durableTask")[name];

        if (Setting("versionMatchStrategy") is { Length: > 0 } strategy && !strategy.Equals("None", StringComparison.OrdinalIgnoreCase))
            throw new HostStartException($"The version match strategy '{strategy}' of host.json is not part of the embedded engine; an orchestrator can compare versions itself.");
        var pace = new HubOptions { DefaultVersion = Setting("defaultVersion") };
        if (int.TryParse(Setting("maxConcurrentActivityFunctions"), out var activities)) pace = pace with { MaxConcurrentActivities = activities };
        if (int.TryParse(Setting("maxConcurrentOrchestratorFunctions"), out var orchestrators)) pace = pace with { MaxConcurrentOrchestrators = orchestrators };
        var tables = new TableServiceClient(
            configuration.ConnectionString(Setting("storageProvider:connectionName")), HubClientOptions.Make(pace.CallTimeout, policies));
        return new TaskHub(tables, Setting("hubName") ?? "TestHubName", pace, loggers.CreateLogger("DurableTask.Hub"));
    }
}

/// <summary>Runs orchestrators and activities through the worker's pipeline, so that middleware sees them.</summary>
internal sealed class HostFunctions(IReadOnlyList<LocalFunction> functions, IServiceProvider services) : IDurableFunctions
{
    private readonly Dictionary<(string Trigger, string Name), LocalFunction> _functions =
        functions.ToDictionary(function => (function.Trigger.Type, function.Name.ToUpperInvariant()));

    private readonly FunctionInvoker _invoker = services.GetRequiredService<FunctionInvoker>();

    public DataConverter Converter { get; } = services.GetRequiredService<SerializerConverter>();

    public ILoggerFactory Loggers { get; } = services.GetRequiredService<ILoggerFactory>();

    public TimeProvider Clock { get; } = DurableTaskExtension.Clock(services);

    public IOrchestratorRun? Begin(string orchestrator) => Find("orchestrationTrigger", orchestrator) is { } function ? new Run(function, _invoker, Converter) : null;

    public async Task<string?> RunActivityAsync(string activity, string instanceId, string? input, CancellationToken cancellation)
    {
        var function = Find("activityTrigger", activity) ?? throw new MissingFunctionException($"There is no activity function '{activity}' in this app.");
        var data = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase) { ["instanceId"] = instanceId };
        return Converter.Serialize(await _invoker.InvokeAsync(function, input, data, cancellation));
    }

    private LocalFunction? Find(string trigger, string name) => _functions.GetValueOrDefault((trigger, name.ToUpperInvariant()));

    private sealed class Run(LocalFunction function, FunctionInvoker invoker, DataConverter converter) : IOrchestratorRun
    {
        private LocalInvocation? _invocation;

        public Task<object?> RunAsync(ReplayContext context)
        {
            _invocation = invoker.Begin(function, context, Input(context));
            return _invocation.RunAsync();
        }

        public ValueTask DisposeAsync() => _invocation?.DisposeAsync() ?? default;

        /// <summary>
        /// The first parameter that is neither bound nor the context nor a token takes the input, if that is of exactly its
        /// type (OrchestrationInputConverter.cs).
        /// </summary>
        private Dictionary<string, object?>? Input(ReplayContext context)
        {
            for (var i = 0; i < function.Parameters.Length; i++)
            {
                var parameter = function.Parameters[i];
                if (function.Inputs[i] is not null || parameter.Type == typeof(FunctionContext) || parameter.Type == typeof(CancellationToken)) continue;
                var value = converter.Deserialize(context.RawInput, parameter.Type);
                return value?.GetType() == parameter.Type ? new(StringComparer.OrdinalIgnoreCase) { [parameter.Name] = value } : null;
            }
            return null;
        }
    }
}

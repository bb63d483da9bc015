using System.Collections;
using System.Diagnostics;
using Microsoft.Azure.Functions.Worker.Local;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>What goes into an invocation and what comes out of it.</summary>
internal sealed class FunctionBindings
{
    public object? TriggerValue { get; init; }
    public object? InvocationResult { get; set; }
    public Dictionary<string, object?> Outputs { get; } = new(StringComparer.OrdinalIgnoreCase);
}

internal sealed class LocalFunctionContext(
    LocalFunction function, IReadOnlyDictionary<string, object?>? bindingData, IServiceScopeFactory scopes, CancellationToken cancellationToken)
    : FunctionContext, IAsyncDisposable
{
    private AsyncServiceScope? _scope;
    private IServiceProvider? _services;

    public override string InvocationId { get; } = Guid.NewGuid().ToString();
    public override string FunctionId => function.Id;
    public override FunctionDefinition FunctionDefinition => function;
    public override TraceContext TraceContext { get; } = new ActivityTraceContext();
    public override BindingContext BindingContext { get; } = new LocalBindingContext(bindingData ?? LocalBindingContext.None);
    public override RetryContext RetryContext => NoRetry.Instance;
    public override IDictionary<object, object> Items { get; set; } = new Dictionary<object, object>();
    public override IInvocationFeatures Features { get; } = new InvocationFeatures();
    public override CancellationToken CancellationToken => cancellationToken;

    public override IServiceProvider InstanceServices
    {
        get => _services ??= (_scope = scopes.CreateAsyncScope()).Value.ServiceProvider;
        set => _services = value;
    }

    public async ValueTask DisposeAsync()
    {
        if (_scope is { } scope) await scope.DisposeAsync();
    }
}

internal sealed class LocalBindingContext(IReadOnlyDictionary<string, object?> data) : BindingContext
{
    public static readonly IReadOnlyDictionary<string, object?> None = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);

    public override IReadOnlyDictionary<string, object?> BindingData => data;
}

internal sealed class ActivityTraceContext : TraceContext
{
    public override string TraceParent { get; } = Activity.Current?.Id ?? "";
    public override string TraceState { get; } = Activity.Current?.TraceStateString ?? "";
}

/// <summary>The retry attributes of the official package are not implemented, so nothing is ever a retry.</summary>
internal sealed class NoRetry : RetryContext
{
    public static readonly NoRetry Instance = new();

    public override int RetryCount => 0;
    public override int MaxRetryCount => 0;
}

internal sealed class InvocationFeatures : IInvocationFeatures
{
    private readonly Dictionary<Type, object> _features = [];

    public void Set<T>(T instance)
    {
        ArgumentNullException.ThrowIfNull(instance);
        _features[typeof(T)] = instance;
    }

    public T? Get<T>() => _features.TryGetValue(typeof(T), out var feature) ? (T)feature : default;

    public IEnumerator<KeyValuePair<Type, object>> GetEnumerator() => _features.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

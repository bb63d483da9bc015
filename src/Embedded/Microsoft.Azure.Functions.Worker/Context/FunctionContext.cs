namespace Microsoft.Azure.Functions.Worker;

/// <summary>One invocation of one function.</summary>
public abstract class FunctionContext
{
    public abstract string InvocationId { get; }
    public abstract string FunctionId { get; }
    public abstract TraceContext TraceContext { get; }
    public abstract BindingContext BindingContext { get; }
    public abstract RetryContext RetryContext { get; }

    /// <summary>The invocation's own scope, made on first use and disposed when the invocation ends.</summary>
    public abstract IServiceProvider InstanceServices { get; set; }

    public abstract FunctionDefinition FunctionDefinition { get; }
    public abstract IDictionary<object, object> Items { get; set; }
    public abstract IInvocationFeatures Features { get; }

    /// <summary>Cancelled when the host stops and its grace is over, or the HTTP client goes away.</summary>
    public virtual CancellationToken CancellationToken { get; } = CancellationToken.None;
}

public abstract class TraceContext
{
    public abstract string TraceParent { get; }
    public abstract string TraceState { get; }
}

public abstract class BindingContext
{
    /// <summary>The trigger's metadata by name, whatever the casing.</summary>
    public abstract IReadOnlyDictionary<string, object?> BindingData { get; }
}

public abstract class RetryContext
{
    public abstract int RetryCount { get; }
    public abstract int MaxRetryCount { get; }
}

public interface IInvocationFeatures : IEnumerable<KeyValuePair<Type, object>>
{
    void Set<T>(T instance);

    T? Get<T>();
}

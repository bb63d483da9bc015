using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker;

public static class FunctionContextLoggerExtensions
{
    public static ILogger<T> GetLogger<T>(this FunctionContext context) => context.InstanceServices.GetService<ILogger<T>>()!;

    public static ILogger GetLogger(this FunctionContext context, string categoryName) =>
        context.InstanceServices.GetService<ILoggerFactory>()!.CreateLogger(categoryName);
}

public static class FunctionContextBindingFeatureExtensions
{
    /// <summary>The function's result, to read or to replace.</summary>
    public static InvocationResult GetInvocationResult(this FunctionContext context) => new BoundInvocationResult(context.Bindings());

    /// <exception cref="InvalidOperationException">The result is null or of another type.</exception>
    public static InvocationResult<T> GetInvocationResult<T>(this FunctionContext context)
    {
        var bindings = context.Bindings();
        return bindings.InvocationResult is T
            ? new BoundInvocationResult<T>(bindings)
            : throw new InvalidOperationException(
                $"The invocation's result is {bindings.InvocationResult?.GetType().ToString() ?? "null"}, not {typeof(T)}.");
    }

    public static IEnumerable<OutputBindingData<T>> GetOutputBindings<T>(this FunctionContext context)
    {
        var bindings = context.Bindings();
        return context.FunctionDefinition.OutputBindings.Values.Select(binding => new BoundOutput<T>(bindings, binding));
    }

    private static FunctionBindings Bindings(this FunctionContext context) =>
        context.Features.Get<FunctionBindings>() ?? throw new InvalidOperationException("This context was not made by the host, so it has no bindings.");
}

public abstract class InvocationResult<T>
{
    public abstract T? Value { get; set; }
}

public abstract class InvocationResult : InvocationResult<object>
{
}

public abstract class OutputBindingData<T>
{
    public abstract string BindingType { get; }
    public abstract string Name { get; }
    public abstract T? Value { get; set; }
}

internal sealed class BoundInvocationResult(FunctionBindings bindings) : InvocationResult
{
    public override object? Value { get => bindings.InvocationResult; set => bindings.InvocationResult = value; }
}

internal sealed class BoundInvocationResult<T>(FunctionBindings bindings) : InvocationResult<T>
{
    public override T? Value { get => (T?)bindings.InvocationResult; set => bindings.InvocationResult = value; }
}

internal sealed class BoundOutput<T>(FunctionBindings bindings, BindingMetadata binding) : OutputBindingData<T>
{
    public override string BindingType => binding.Type;
    public override string Name => binding.Name;

    public override T? Value
    {
        get => bindings.Outputs.GetValueOrDefault(binding.Name) is T value ? value : default;
        set => bindings.Outputs[binding.Name] = value;
    }
}

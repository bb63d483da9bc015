using Microsoft.Azure.Functions.Worker.Local;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Runs functions: middleware, then the function, then its outputs.</summary>
internal sealed class FunctionInvoker(
    FunctionExecutionDelegate pipeline, IServiceScopeFactory scopes, RunningInvocations running, ILoggerFactory loggers)
{
    /// <returns>The function's result, after middleware; null when it was taken apart into outputs.</returns>
    /// <param name="prepare">Sees the context before any middleware does.</param>
    public async Task<object?> InvokeAsync(
        LocalFunction function,
        object? triggerValue,
        IReadOnlyDictionary<string, object?>? bindingData = null,
        CancellationToken cancellationToken = default,
        Action<FunctionContext>? prepare = null)
    {
        await using var invocation = Begin(function, triggerValue, bindingData, cancellationToken);
        prepare?.Invoke(invocation.Context);
        return await invocation.RunAsync();
    }

    /// <summary>Prepares an invocation; disposing it ends its scope, whether or not the function has returned.</summary>
    public LocalInvocation Begin(
        LocalFunction function, object? triggerValue, IReadOnlyDictionary<string, object?>? bindingData = null, CancellationToken cancellationToken = default)
    {
        var cancellation = running.Enter(cancellationToken);
        var context = new LocalFunctionContext(function, bindingData, scopes, cancellation.Token);
        var bindings = new FunctionBindings { TriggerValue = triggerValue };
        context.Features.Set(bindings);
        return new LocalInvocation(function, context, bindings, pipeline, running, cancellation, loggers);
    }

    /// <summary>The end of every pipeline: calls the function, and splits what it returned into its outputs.</summary>
    public static async Task ExecuteAsync(FunctionContext context)
    {
        var function = (LocalFunction)context.FunctionDefinition;
        var bindings = context.Features.Get<FunctionBindings>()!;
        var result = await function.Executor.ExecuteAsync(context, bindings.TriggerValue);
        bindings.InvocationResult = result;
        if (result is null || !function.Outputs.Any(o => o.Property is not null)) return;
        foreach (var output in function.Outputs)
            if (output.Property!.GetValue(result) is { } value) bindings.Outputs[output.Binding.Name] = value;
        bindings.InvocationResult = null;
    }
}

internal sealed class LocalInvocation(
    LocalFunction function,
    LocalFunctionContext context,
    FunctionBindings bindings,
    FunctionExecutionDelegate pipeline,
    RunningInvocations running,
    CancellationTokenSource cancellation,
    ILoggerFactory loggers) : IAsyncDisposable
{
    public FunctionContext Context => context;

    public async Task<object?> RunAsync()
    {
        try
        {
            await pipeline(context);
            foreach (var output in function.Outputs)
            {
                var value = output.Property is null ? bindings.InvocationResult : bindings.Outputs.GetValueOrDefault(output.Binding.Name);
                if (value is not null) await output.Binding.Extension.WriteAsync(output.Binding, value, context);
            }
            return bindings.InvocationResult;
        }
        catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
        {
            loggers.CreateLogger("Function." + function.Name).LogWarning(
                "Executed 'Functions.{Function}' (Cancelled, Id={InvocationId})", function.Name, context.InvocationId);
            throw;
        }
        catch (Exception e)
        {
            loggers.CreateLogger("Function." + function.Name).LogError(
                e, "Executed 'Functions.{Function}' (Failed, Id={InvocationId})", function.Name, context.InvocationId);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await context.DisposeAsync();
        cancellation.Dispose();
        running.Exit();
    }
}

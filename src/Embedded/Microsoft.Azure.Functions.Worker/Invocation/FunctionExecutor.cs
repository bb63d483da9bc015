using System.Reflection;
using Microsoft.Azure.Functions.Worker.Local;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Makes the function's class, binds the parameters, calls the method and awaits its result.</summary>
internal sealed class FunctionExecutor
{
    private readonly LocalFunction _function;
    private readonly Func<Task, object?>? _result;
    private readonly Lazy<ObjectFactory> _factory;

    public FunctionExecutor(LocalFunction function)
    {
        _function = function;
        var returned = function.Method.ReturnType;
        if (returned.IsGenericType && returned.GetGenericTypeDefinition() == typeof(Task<>))
            _result = typeof(FunctionExecutor).GetMethod(nameof(ResultOf), BindingFlags.NonPublic | BindingFlags.Static)!
                .MakeGenericMethod(returned.GenericTypeArguments).CreateDelegate<Func<Task, object?>>();
        _factory = new(() => ActivatorUtilities.CreateFactory(function.Method.DeclaringType!, Type.EmptyTypes));
    }

    public async Task<object?> ExecuteAsync(FunctionContext context, object? triggerValue)
    {
        var instance = _function.Method.IsStatic ? null : _factory.Value(context.InstanceServices, null);
        var arguments = await BindAsync(context, triggerValue);
        var returned = _function.Method.Invoke(instance, BindingFlags.DoNotWrapExceptions, binder: null, arguments, culture: null);
        if (returned is not Task task) return returned;
        await task;
        return _result?.Invoke(task);
    }

    private async ValueTask<object?[]> BindAsync(FunctionContext context, object? triggerValue)
    {
        var arguments = new object?[_function.Parameters.Length];
        for (var i = 0; i < arguments.Length; i++)
        {
            var parameter = _function.Parameters[i];
            var binding = _function.Inputs[i];
            arguments[i] = binding is null
                ? InputConversion.Convert(context, parameter, context.BindingContext.BindingData.GetValueOrDefault(parameter.Name))
                : await binding.Extension.BindAsync(binding, parameter, ReferenceEquals(binding, _function.Trigger) ? triggerValue : null, context);
        }
        return arguments;
    }

    private static object? ResultOf<T>(Task task) => ((Task<T>)task).Result;
}

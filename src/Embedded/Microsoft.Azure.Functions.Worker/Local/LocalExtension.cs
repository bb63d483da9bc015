using Microsoft.AspNetCore.Builder;
using Microsoft.Azure.Functions.Worker.Builder;

namespace Microsoft.Azure.Functions.Worker.Local;

// How an extension project (HTTP, timers, queues, Durable Task) plugs into the local host
//
//   [assembly: LocalExtension(typeof(TimerExtension))]
//   internal sealed class TimerExtension : LocalExtension { ... }
//
// 1. FunctionsApplication.CreateBuilder makes one instance for each host and calls ConfigureServices.
// 2. Build() shows it every binding attribute of every function through Describe: for a trigger, an input or an
//    output of its own it answers a LocalBinding, else null. Check may then refuse a function (HostStartException).
// 3. Build() calls CreateListener once with the functions whose trigger it described. The listener is started before
//    HTTP is served, and takes work: FunctionInvoker.InvokeAsync(function, trigger value, binding data, token) runs
//    the middleware, binds the parameters, calls the function, writes its outputs and returns its result, or throws
//    the function's own exception. (FunctionInvoker.Begin is the same in two steps, for a caller who may abandon the
//    function half-way, as a replayed orchestrator does. Nothing between Begin and the function leaves the caller's
//    synchronisation context or completes asynchronously of its own accord.)
// 4. At shutdown every listener's StopAsync is called: it stops taking work. The host itself waits for the running
//    invocations, cancels their tokens after the grace, and gives up, by the token of StopAsync, after a second one.
// Listener, services and HTTP share one container; a hosted service of the extension's own is stopped after the drain.

/// <summary>Names the class through which an assembly extends the local host.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
internal sealed class LocalExtensionAttribute(Type extension) : Attribute
{
    public Type Extension { get; } = extension;
}

internal abstract class LocalExtension
{
    public virtual void ConfigureServices(FunctionsApplicationBuilder builder) { }

    /// <summary>The binding that the attribute asks for, or null when the attribute is another extension's.</summary>
    /// <param name="attribute">On a parameter (trigger, input), a method or a property of the returned type (output).</param>
    /// <param name="name">The parameter's or property's name, or <c>$return</c>.</param>
    public abstract LocalBinding? Describe(Attribute attribute, string name);

    /// <summary>Refuses a function that this extension triggers, with a <see cref="HostStartException"/>.</summary>
    public virtual void Check(LocalFunction function) { }

    /// <summary>Takes the functions that this extension triggers; null when nothing is to be started.</summary>
    public virtual ITriggerListener? CreateListener(IReadOnlyList<LocalFunction> functions, IServiceProvider services) => null;

    /// <summary>Maps endpoints, before the host starts; called whether or not the extension triggers a function.</summary>
    public virtual void ConfigureApplication(WebApplication application, IReadOnlyList<LocalFunction> functions) { }

    /// <summary>
    /// The value of a parameter that carries this extension's attribute. The trigger's <paramref name="value"/> is what
    /// was given to the invoker; it is null for other inputs. The base converts as the worker does (text, bytes, JSON).
    /// </summary>
    public virtual ValueTask<object?> BindAsync(LocalBinding binding, FunctionParameter parameter, object? value, FunctionContext context) =>
        new(InputConversion.Convert(context, parameter, value));

    /// <summary>Writes one output, after the function and its middleware ended well; never called with null.</summary>
    public virtual Task WriteAsync(LocalBinding binding, object value, FunctionContext context) => Task.CompletedTask;

    /// <summary>What the list of functions shows behind the name, such as <c>[GET] http://…</c>.</summary>
    public virtual string Display(LocalFunction function, string address) => function.Trigger.Type;
}

/// <summary>An attribute of a parameter that is no binding of <c>function.json</c> but that its extension describes and binds.</summary>
internal interface IParameterConverter
{
}

internal interface ITriggerListener
{
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Takes nothing more at once; returns when what was taken is settled (a message deleted, a lease released), or when
    /// the token says that the host gives up.
    /// </summary>
    Task StopAsync(CancellationToken cancellationToken);
}

/// <summary>The host cannot start; the message is the one sentence that is shown.</summary>
internal sealed class HostStartException(string message, Exception? inner = null) : Exception(message, inner);

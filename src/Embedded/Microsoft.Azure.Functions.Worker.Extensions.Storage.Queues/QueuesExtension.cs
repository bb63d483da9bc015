using System.Text.RegularExpressions;
using Azure.Storage.Queues.Models;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.Extensions.Storage.Queues;
using Microsoft.Azure.Functions.Worker.Local;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

[assembly: LocalExtension(typeof(QueuesExtension))]

namespace Microsoft.Azure.Functions.Worker.Extensions.Storage.Queues;

/// <summary>Serves queue triggers and queue outputs, by the rules of the host's own queue extension.</summary>
internal sealed partial class QueuesExtension : LocalExtension
{
    public override void ConfigureServices(FunctionsApplicationBuilder builder) => builder.Services.AddSingleton<QueueClients>();

    public override LocalBinding? Describe(Attribute attribute, string name) => attribute switch
    {
        QueueTriggerAttribute => new(this, attribute, name, "queueTrigger", BindingDirection.In),
        QueueOutputAttribute => new(this, attribute, name, "queue", BindingDirection.Out),
        _ => null,
    };

    public override ITriggerListener CreateListener(IReadOnlyList<LocalFunction> functions, IServiceProvider services)
    {
        var configuration = services.GetRequiredService<IConfiguration>();
        var clients = services.GetRequiredService<QueueClients>();
        var listeners = functions.Select(function =>
        {
            var trigger = (QueueTriggerAttribute)function.Trigger.Attribute;
            var name = configuration.Resolve(trigger.QueueName).ToLowerInvariant();
            if (!QueueName().IsMatch(name)) throw Discovery.Refuse(function.Name, $"is triggered by '{name}', which is no valid queue name");
            return new QueueListener(function, trigger.Connection, name, clients, services.GetRequiredService<FunctionInvoker>(), services.GetRequiredService<ILoggerFactory>().CreateLogger("Host.Queues"));
        }).ToList();
        return new QueueListeners(listeners);
    }

    public override ValueTask<object?> BindAsync(LocalBinding binding, FunctionParameter parameter, object? value, FunctionContext context) =>
        value is not QueueMessage message || parameter.Type == typeof(QueueMessage) ? new(value) : base.BindAsync(binding, parameter, message.Body, context);

    public override async Task WriteAsync(LocalBinding binding, object value, FunctionContext context)
    {
        var output = (QueueOutputAttribute)binding.Attribute;
        var name = context.InstanceServices.GetRequiredService<IConfiguration>().Resolve(output.QueueName).ToLowerInvariant();
        var clients = context.InstanceServices.GetRequiredService<QueueClients>();
        foreach (var message in QueueOutput.Messages(value, InputConversion.Serializer(context.InstanceServices)))
            await clients.SendAsync(output.Connection, name, message);
    }

    [GeneratedRegex("^(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex QueueName();

    private sealed class QueueListeners(IReadOnlyList<QueueListener> listeners) : ITriggerListener, IDisposable
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            foreach (var listener in listeners) listener.Start();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.WhenAll(listeners.Select(l => l.StopAsync(cancellationToken)));

        public void Dispose()
        {
            foreach (var listener in listeners) listener.Dispose();
        }
    }
}

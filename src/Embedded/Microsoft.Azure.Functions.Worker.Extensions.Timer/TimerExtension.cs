using Azure.Storage.Blobs;
using Microsoft.Azure.Functions.Worker.Extensions.Timer;
using Microsoft.Azure.Functions.Worker.Local;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NCrontab;

[assembly: LocalExtension(typeof(TimerExtension))]

namespace Microsoft.Azure.Functions.Worker.Extensions.Timer;

/// <summary>Serves timer triggers, by the rules of the host's own timer extension.</summary>
internal sealed class TimerExtension : LocalExtension
{
    public override LocalBinding? Describe(Attribute attribute, string name) =>
        attribute is TimerTriggerAttribute ? new(this, attribute, name, "timerTrigger", BindingDirection.In) : null;

    public override ITriggerListener CreateListener(IReadOnlyList<LocalFunction> functions, IServiceProvider services)
    {
        var configuration = services.GetRequiredService<IConfiguration>();
        var hostId = HostId(configuration, functions[0]);
        var container = new BlobContainerClient(configuration.ConnectionString(name: null), "azure-webjobs-hosts");
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("Host.Timers");
        var timers = functions.Select(function => new FunctionTimer(
            function, Schedule(configuration, function), new ScheduleMonitor(container, $"timers/{hostId}/Host.Functions.{function.Name}/status"),
            services.GetRequiredService<FunctionInvoker>(), logger)).ToList();
        return new TimerListener(timers, new TimerLease(container, $"locks/{hostId}/Host.Timers.Listener"), logger);
    }

    public override ValueTask<object?> BindAsync(LocalBinding binding, FunctionParameter parameter, object? value, FunctionContext context) =>
        parameter.Type == typeof(string)
            ? new(InputConversion.Serializer(context.InstanceServices).Serialize(value).ToString())
            : base.BindAsync(binding, parameter, value, context);

    /// <summary>What hosts of one app have in common, and what another app's must not have.</summary>
    private static string HostId(IConfiguration configuration, LocalFunction function) =>
        (configuration["AzureFunctionsWebHost:hostid"] ?? function.Method.DeclaringType!.Assembly.GetName().Name!.Replace('.', '-')).ToLowerInvariant();

    private static CrontabSchedule Schedule(IConfiguration configuration, LocalFunction function)
    {
        var expression = configuration.Resolve(((TimerTriggerAttribute)function.Trigger.Attribute).Schedule);
        var fields = expression.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
        return CrontabSchedule.TryParse(expression, new CrontabSchedule.ParseOptions { IncludingSeconds = fields == 6 })
            ?? throw Discovery.Refuse(function.Name, $"has the schedule '{expression}', which is no NCRONTAB expression (six fields: second, minute, hour, day, month, day of week)");
    }
}

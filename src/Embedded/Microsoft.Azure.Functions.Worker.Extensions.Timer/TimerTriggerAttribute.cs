using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <param name="schedule">NCRONTAB, six fields, seconds first, in UTC; or <c>%Setting%</c>.</param>
public sealed class TimerTriggerAttribute(string schedule) : TriggerBindingAttribute
{
    public string Schedule { get; private set; } = schedule;

    /// <summary>Keeps the last and next time in blob storage, so that a run missed while the app was down is made up for.</summary>
    public bool UseMonitor { get; set; } = true;

    public bool RunOnStartup { get; set; }
}

public class TimerInfo
{
    /// <summary>Null when the schedule is not monitored.</summary>
    public ScheduleStatus? ScheduleStatus { get; set; }

    public bool IsPastDue { get; set; }
}

public class ScheduleStatus
{
    public DateTime Last { get; set; }
    public DateTime Next { get; set; }
    public DateTime LastUpdated { get; set; }
}

using Microsoft.Azure.Functions.Worker.Local;
using Microsoft.Extensions.Logging;
using NCrontab;

namespace Microsoft.Azure.Functions.Worker.Extensions.Timer;

/// <summary>Runs one timer function, one run after the other. Times are UTC.</summary>
internal sealed class FunctionTimer(LocalFunction function, CrontabSchedule schedule, ScheduleMonitor monitor, FunctionInvoker invoker, ILogger logger)
{
    private readonly TimerTriggerAttribute _trigger = (TimerTriggerAttribute)function.Trigger.Attribute;
    private bool _started;

    /// <param name="stop">No further run is begun.</param>
    /// <param name="lost">Nor is the present one to go on.</param>
    public async Task RunAsync(CancellationToken stop, CancellationToken lost)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop, lost);
        try
        {
            var now = DateTime.UtcNow;
            var (status, isPastDue) = await FirstStatusAsync(now);
            if (isPastDue || (_trigger.RunOnStartup && !_started)) status = await RunOnceAsync(status, isPastDue, now, lost);
            _started = true;
            while (!ending.IsCancellationRequested)
            {
                await WaitAsync(status.Next, ending.Token);
                status = await RunOnceAsync(status, isPastDue: false, Later(DateTime.UtcNow, status.Next), lost);
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // Stopped while waiting for the next time.
        }
        catch (Exception e)
        {
            // Storage trouble at the start; the schedule must not die of it, so it is begun anew.
            logger.LogError(e, "The timer of '{Function}' could not be started; it is tried again", function.Name);
            await Task.Delay(TimerLease.Renewal, ending.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
            if (!ending.IsCancellationRequested) await RunAsync(stop, lost);
        }
    }

    /// <summary>The stored status, set right if the schedule was changed since; a new timer is never past due.</summary>
    private async Task<(ScheduleStatus Status, bool IsPastDue)> FirstStatusAsync(DateTime now)
    {
        var status = _trigger.UseMonitor ? await monitor.ReadAsync() : null;
        if (status is null)
        {
            status = new ScheduleStatus { Next = schedule.GetNextOccurrence(now), LastUpdated = now };
            if (_trigger.UseMonitor) await monitor.WriteAsync(status);
            return (status, IsPastDue: false);
        }
        var since = status.Last != default ? status.Last : status.LastUpdated != default ? status.LastUpdated : now;
        var expected = schedule.GetNextOccurrence(since);
        if (status.Next != expected)
        {
            var isOver = now > expected;
            status = new ScheduleStatus { Next = isOver ? schedule.GetNextOccurrence(now) : expected, LastUpdated = isOver ? now : since };
            await monitor.WriteAsync(status);
        }
        return (status, now > status.Next);
    }

    private async Task<ScheduleStatus> RunOnceAsync(ScheduleStatus status, bool isPastDue, DateTime at, CancellationToken lost)
    {
        try
        {
            await invoker.InvokeAsync(function, new TimerInfo { ScheduleStatus = _trigger.UseMonitor ? status : null, IsPastDue = isPastDue }, cancellationToken: lost);
        }
        catch (Exception)
        {
            // The invoker has logged it; the schedule goes on.
        }
        var next = new ScheduleStatus { Last = at, Next = schedule.GetNextOccurrence(at), LastUpdated = at };
        if (!_trigger.UseMonitor || lost.IsCancellationRequested) return next;
        try
        {
            await monitor.WriteAsync(next);
        }
        catch (Exception e)
        {
            logger.LogError(e, "The status of the timer of '{Function}' could not be stored", function.Name);
        }
        return next;
    }

    private static async Task WaitAsync(DateTime until, CancellationToken cancellationToken)
    {
        for (var left = until - DateTime.UtcNow; left > TimeSpan.Zero; left = until - DateTime.UtcNow)
            await Task.Delay(left < TimeSpan.FromDays(1) ? left + TimeSpan.FromMilliseconds(1) : TimeSpan.FromDays(1), cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private static DateTime Later(DateTime a, DateTime b) => a > b ? a : b;
}

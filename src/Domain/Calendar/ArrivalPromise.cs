namespace WalletFunctions.Domain.Calendar;

/// <summary>By when money sent to a bank must have arrived: the end of the n-th working day after the day the request counts for.</summary>
/// <remarks>
/// A request counts for the day it is made, if that is a working day and the cut-off time has not come; else for the
/// next working day. So with two working days nobody waits longer than the third working day after asking.
/// </remarks>
public sealed record ArrivalPromise
{
    /// <summary>Makes the rule.</summary>
    /// <param name="workingDays">1 to 3.</param>
    /// <param name="cutOff">Time of day in Asia/Shanghai; a request at that very time is late.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number of working days is not 1 to 3.</exception>
    public ArrivalPromise(int workingDays, TimeOnly cutOff)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workingDays, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(workingDays, 3);
        (WorkingDays, CutOff) = (workingDays, cutOff);
    }

    /// <summary>Two working days, cut-off at 17:00.</summary>
    public static ArrivalPromise Default { get; } = new(2, new TimeOnly(17, 0));

    /// <summary>1 to 3.</summary>
    public int WorkingDays { get; }

    /// <summary>Time of day in Asia/Shanghai.</summary>
    public TimeOnly CutOff { get; }

    /// <summary>The last second of the promised day, in UTC; <c>calendar_not_loaded</c> if a day on the way is not known.</summary>
    public Result<DateTimeOffset> For(DateTimeOffset requestedAt, WorkingCalendar calendar)
    {
        var day = Shanghai.DayOf(requestedAt);
        var counted = calendar.WorkingDayFrom(Shanghai.TimeOf(requestedAt) < CutOff ? day : day.AddDays(1));
        if (!counted.IsOk)
        {
            return counted.Error;
        }

        var promised = calendar.WorkingDayAfter(counted.Value, WorkingDays);
        return promised.IsOk ? Shanghai.EndOf(promised.Value) : promised.Error;
    }
}

using System.Collections.Frozen;

namespace WalletFunctions.Domain.Calendar;

/// <summary>On which days banks in mainland China work: Monday to Friday, but for published days off and published working weekends.</summary>
/// <remarks>
/// A calendar knows the days from <see cref="First"/> to <see cref="Last"/>, both included. About any other day it
/// refuses to guess: every question answers <c>calendar_not_loaded</c>.
/// </remarks>
public sealed class WorkingCalendar
{
    private readonly FrozenSet<DateOnly> daysOff;
    private readonly FrozenSet<DateOnly> workingWeekends;

    /// <summary>Makes a calendar from published data.</summary>
    /// <param name="first">The first day known.</param>
    /// <param name="last">The last day known; not before <paramref name="first"/>.</param>
    /// <param name="daysOff">Days off, weekends among them or not.</param>
    /// <param name="workingWeekends">Saturdays and Sundays on which banks work.</param>
    /// <exception cref="ArgumentException">The data contradict themselves.</exception>
    public WorkingCalendar(DateOnly first, DateOnly last, IEnumerable<DateOnly> daysOff, IEnumerable<DateOnly> workingWeekends)
    {
        (First, Last) = (first, last);
        this.daysOff = daysOff.ToFrozenSet();
        this.workingWeekends = workingWeekends.ToFrozenSet();
        if (last < first)
        {
            throw new ArgumentException("A calendar ends before it begins.", nameof(last));
        }

        if (this.workingWeekends.Any(day => !IsWeekend(day) || this.daysOff.Contains(day)))
        {
            throw new ArgumentException("A working weekend must be a weekend, and not off at the same time.", nameof(workingWeekends));
        }
    }

    /// <summary>The first day known.</summary>
    public DateOnly First { get; }

    /// <summary>The last day known.</summary>
    public DateOnly Last { get; }

    /// <summary>Days off, in order.</summary>
    public IEnumerable<DateOnly> DaysOff => daysOff.Order();

    /// <summary>Saturdays and Sundays on which banks work, in order.</summary>
    public IEnumerable<DateOnly> WorkingWeekends => workingWeekends.Order();

    /// <summary>Whether banks work on a day.</summary>
    public Result<bool> IsWorkingDay(DateOnly day)
    {
        if (day < First || day > Last)
        {
            return CalendarErrors.NotLoaded(day);
        }

        return workingWeekends.Contains(day) || (!IsWeekend(day) && !daysOff.Contains(day));
    }

    /// <summary>The day itself if banks work on it, else the next day on which they do.</summary>
    public Result<DateOnly> WorkingDayFrom(DateOnly day)
    {
        while (true)
        {
            var works = IsWorkingDay(day);
            if (!works.IsOk)
            {
                return works.Error;
            }

            if (works.Value)
            {
                return day;
            }

            day = day.AddDays(1);
        }
    }

    /// <summary>The n-th working day after a day, which itself does not count.</summary>
    /// <param name="day">Any day, working or not.</param>
    /// <param name="count">At least 1, else <see cref="ArgumentOutOfRangeException"/>.</param>
    public Result<DateOnly> WorkingDayAfter(DateOnly day, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        for (; count > 0; count--)
        {
            var next = WorkingDayFrom(day.AddDays(1));
            if (!next.IsOk)
            {
                return next.Error;
            }

            day = next.Value;
        }

        return day;
    }

    private static bool IsWeekend(DateOnly day) => day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;
}

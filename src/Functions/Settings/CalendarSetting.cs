using System.Globalization;
using WalletFunctions.Domain.Calendar;
using WalletFunctions.Platform;

namespace WalletFunctions.Settings;

/// <summary>The published working days as a setting: one version holds all that is known. What was promised stays promised.</summary>
internal sealed class CalendarSetting() : SettingKind<WorkingCalendar>("calendar", MainlandChina.Calendar)
{
    private const string Day = "yyyy-MM-dd";
    private const int MostDays = 1_000;

    /// <summary>Longer than any calendar that a government publishes ahead.</summary>
    private const int MostYears = 10;

    protected override WorkingCalendar Read(JsonForm form)
    {
        // Days off that nobody wrote down would be promised as working days: none is said by an empty list, never by silence.
        var (begin, end) = (One("first"), One("last"));
        var (off, working) = (Many("daysOff"), Many("workingWeekends"));
        if (begin is not { } first || end is not { } last || off is null || working is null)
        {
            return MainlandChina.Calendar;
        }

        if (last < first || last.DayNumber - first.DayNumber > MostYears * 366)
        {
            form.Fail(FieldErrors.Invalid("last", new($"不得早于 first，且最多 {MostYears} 年。", $"it must not be before first, and at most {MostYears} years after it.")));
            return MainlandChina.Calendar;
        }

        if (off.Concat(working).Any(day => day < first || day > last))
        {
            form.Fail(FieldErrors.Invalid("daysOff", new("日期须在 first 与 last 之间。", "its days, and those of workingWeekends, must be between first and last.")));
            return MainlandChina.Calendar;
        }

        if (working.Any(day => day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) || off.Contains(day)))
        {
            form.Fail(FieldErrors.Invalid("workingWeekends", new("须为周六或周日，且不在 daysOff 中。", "it must hold Saturdays and Sundays that are not among daysOff.")));
            return MainlandChina.Calendar;
        }

        return new WorkingCalendar(first, last, off, working);

        DateOnly? One(string name) => form.RequiredString(name, Day.Length) is { Length: > 0 } text ? Parse(name, text) : null;

        List<DateOnly>? Many(string name)
        {
            if (!form.Has(name))
            {
                form.Fail(FieldErrors.Missing(name));
            }

            var days = form.Strings(name, MostDays, Day.Length).Select(text => Parse(name, text)).ToList();
            return form.Has(name) && days.TrueForAll(day => day is not null) ? days.ConvertAll(day => day!.Value) : null;
        }

        DateOnly? Parse(string name, string text)
        {
            if (DateOnly.TryParseExact(text, Day, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            {
                return day;
            }

            form.Fail(FieldErrors.Invalid(name, new("须为日期，例如 2027-02-06。", "it must be a date such as 2027-02-06.")));
            return null;
        }
    }

    protected override object Write(WorkingCalendar value) => new Content(
        Text(value.First), Text(value.Last), [.. value.DaysOff.Select(Text)], [.. value.WorkingWeekends.Select(Text)]);

    private static string Text(DateOnly day) => day.ToString(Day, CultureInfo.InvariantCulture);

    /// <summary>Days in Asia/Shanghai. Monday to Friday are working days unless they are off; about days before first and after last nothing is promised.</summary>
    internal sealed record Content(string First, string Last, IReadOnlyList<string> DaysOff, IReadOnlyList<string> WorkingWeekends);
}

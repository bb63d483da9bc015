using System.Globalization;

namespace WalletFunctions.Domain.Calendar;

/// <summary>Refusals of the working-day calendar.</summary>
public static class CalendarErrors
{
    /// <summary>A day is needed that no published calendar covers yet, so nothing can be promised.</summary>
    public static DomainError NotLoaded(DateOnly day)
    {
        var shown = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return new(
            "calendar_not_loaded",
            ErrorKind.Unavailable,
            new("工作日历尚未公布。", "The working-day calendar is not known that far."),
            new($"{shown} 的工作日安排尚未公布，暂时无法承诺到账时间。", $"The working days around {shown} are not published yet, so no arrival can be promised."));
    }
}

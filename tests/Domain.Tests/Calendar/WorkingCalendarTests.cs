using Shouldly;
using WalletFunctions.Domain.Calendar;
using Xunit;

namespace WalletFunctions.Domain.Tests.Calendar;

public class WorkingCalendarTests
{
    private static readonly WorkingCalendar China = MainlandChina.Calendar;

    [Theory]
    [InlineData("2026-01-03", false)] // New Year's Saturday
    [InlineData("2026-01-04", true)]  // the Sunday worked for it
    [InlineData("2026-02-14", true)]  // the Saturday before the Spring Festival
    [InlineData("2026-02-23", false)] // its last Monday
    [InlineData("2026-02-24", true)]
    [InlineData("2026-09-25", false)]
    [InlineData("2026-10-07", false)]
    [InlineData("2026-10-08", true)]
    [InlineData("2026-10-10", true)]
    [InlineData("2026-11-21", false)] // an ordinary Saturday
    [InlineData("2026-11-23", true)]
    [InlineData("2027-01-01", false)]
    [InlineData("2027-01-04", true)]
    public void Banks_work_on_the_published_days(string day, bool works) =>
        China.IsWorkingDay(DateOnly.Parse(day)).Value.ShouldBe(works);

    [Fact]
    public void The_year_2026_has_the_working_days_of_the_notice()
    {
        // 365 days, 104 at weekends; 19 days off fall on Monday to Friday, 6 weekend days are worked.
        var days = Enumerable.Range(0, 365).Select(new DateOnly(2026, 1, 1).AddDays);
        days.Count(day => China.IsWorkingDay(day).Value).ShouldBe(365 - 104 - 19 + 6);
    }

    [Theory]
    [InlineData("2025-12-31")]
    [InlineData("2027-01-23")]
    [InlineData("2030-06-01")]
    public void A_day_outside_the_calendar_is_refused_not_guessed(string day) =>
        China.IsWorkingDay(DateOnly.Parse(day)).Error!.Code.ShouldBe("calendar_not_loaded");

    [Fact]
    public void Working_days_are_counted_over_a_long_holiday() =>
        China.WorkingDayAfter(new DateOnly(2026, 9, 30), 2).Value.ShouldBe(new DateOnly(2026, 10, 9));

    [Fact]
    public void Working_days_are_counted_over_the_years_end() =>
        China.WorkingDayAfter(new DateOnly(2026, 12, 31), 1).Value.ShouldBe(new DateOnly(2027, 1, 4));

    [Fact]
    public void Contradictory_data_are_refused_at_once()
    {
        var monday = new DateOnly(2026, 11, 23);
        Should.Throw<ArgumentException>(() => new WorkingCalendar(monday, monday.AddDays(7), [], [monday]));
        Should.Throw<ArgumentException>(() => new WorkingCalendar(monday, monday.AddDays(-1), [], []));
        Should.Throw<ArgumentException>(() => new WorkingCalendar(monday, monday.AddDays(7), [monday.AddDays(5)], [monday.AddDays(5)]));
    }
}

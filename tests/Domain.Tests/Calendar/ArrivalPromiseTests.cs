using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using WalletFunctions.Domain.Calendar;
using Xunit;

namespace WalletFunctions.Domain.Tests.Calendar;

public class ArrivalPromiseTests
{
    private static readonly WorkingCalendar China = MainlandChina.Calendar;

    [Theory]
    [InlineData("2026-11-23T10:00:00+08:00", 1, "2026-11-24")] // Monday morning
    [InlineData("2026-11-23T16:59:59+08:00", 1, "2026-11-24")]
    [InlineData("2026-11-23T17:00:00+08:00", 1, "2026-11-25")] // at the cut-off: counts for Tuesday
    [InlineData("2026-11-22T10:00:00+08:00", 2, "2026-11-25")] // Sunday: counts for Monday
    [InlineData("2026-11-20T18:00:00+08:00", 3, "2026-11-26")] // Friday evening: counts for Monday
    [InlineData("2026-09-30T09:00:00+08:00", 3, "2026-10-10")] // over National Day, into a worked Saturday
    [InlineData("2026-12-31T09:00:00+08:00", 1, "2027-01-04")] // over New Year
    [InlineData("2026-11-23T00:30:00+08:00", 1, "2026-11-24")] // still Sunday in UTC
    public void The_promise_is_the_end_of_the_nth_working_day(string asked, int workingDays, string promised) =>
        new ArrivalPromise(workingDays, new TimeOnly(17, 0)).For(DateTimeOffset.Parse(asked), China).Value
            .ShouldBe(DateTimeOffset.Parse(promised + "T23:59:59+08:00"));

    [Theory]
    [InlineData("2027-01-21T18:00:00+08:00")] // the first day it counts for is known, the promised one is not
    [InlineData("2027-01-22T18:00:00+08:00")]
    [InlineData("2028-01-01T09:00:00+08:00")]
    [InlineData("2025-12-31T09:00:00+08:00")]
    public void Nothing_is_promised_beyond_the_calendar(string asked) =>
        ArrivalPromise.Default.For(DateTimeOffset.Parse(asked), China).Error!.Code.ShouldBe("calendar_not_loaded");

    [Fact]
    public void The_promise_is_a_working_day_never_before_the_next_one_and_at_most_one_day_late_for_the_cut_off() =>
        Prop.ForAll(Moments().ToArbitrary(), Gen.Choose(1, 3).ToArbitrary(), Gen.Choose(0, 23).ToArbitrary(), (asked, workingDays, cutOffHour) =>
        {
            var promise = new ArrivalPromise(workingDays, new TimeOnly(cutOffHour, 0)).For(asked, China);
            if (!promise.IsOk)
            {
                return China.WorkingDayAfter(Shanghai.DayOf(asked), workingDays + 1).IsOk == false;
            }

            var day = Shanghai.DayOf(promise.Value);
            var asking = Shanghai.DayOf(asked);
            return China.IsWorkingDay(day).Value
                && promise.Value == Shanghai.EndOf(day)
                && day >= China.WorkingDayAfter(asking, workingDays).Value
                && IsAtMost(day, China.WorkingDayAfter(asking, workingDays + 1));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void By_default_nobody_waits_longer_than_three_working_days() =>
        Prop.ForAll(Moments().ToArbitrary(), asked =>
        {
            var promise = ArrivalPromise.Default.For(asked, China);
            return !promise.IsOk || IsAtMost(Shanghai.DayOf(promise.Value), China.WorkingDayAfter(Shanghai.DayOf(asked), 3));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Asking_later_never_promises_earlier() =>
        Prop.ForAll(Moments().ToArbitrary(), Gen.Choose(0, 500_000).ToArbitrary(), (asked, later) =>
        {
            var first = ArrivalPromise.Default.For(asked, China);
            var second = ArrivalPromise.Default.For(asked.AddSeconds(later), China);
            return !first.IsOk || !second.IsOk || first.Value <= second.Value;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void Only_one_to_three_working_days_can_be_promised(int workingDays) =>
        Should.Throw<ArgumentOutOfRangeException>(() => new ArrivalPromise(workingDays, new TimeOnly(17, 0)));

    [Fact]
    public void The_last_days_of_the_calendar_can_be_promised()
    {
        var onTheLastEvening = DateTimeOffset.Parse("2027-01-21T22:41:55+08:00");
        Shanghai.DayOf(new ArrivalPromise(1, new TimeOnly(23, 0)).For(onTheLastEvening, China).Value).ShouldBe(new DateOnly(2027, 1, 22));
    }

    /// <summary>A bound beyond the calendar's end is later than every day within it.</summary>
    private static bool IsAtMost(DateOnly day, Result<DateOnly> bound) => !bound.IsOk || day <= bound.Value;

    private static Gen<DateTimeOffset> Moments() =>
        from day in Gen.Choose(0, 385)
        from second in Gen.Choose(0, 86_399)
        select new DateTimeOffset(2026, 1, 1, 0, 0, 0, Shanghai.Offset).AddDays(day).AddSeconds(second);
}

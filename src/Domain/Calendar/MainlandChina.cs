namespace WalletFunctions.Domain.Calendar;

/// <summary>The published working days of mainland China.</summary>
/// <remarks>
/// Source: the State Council's yearly notice on public holidays, published each November. 2026 is complete. Of 2027
/// only what follows from the law itself is here: 1 January is off, and no working weekend can fall before the days
/// around the Spring Festival of 6 February, so the calendar ends on 22 January 2027 until the notice is entered.
/// </remarks>
public static class MainlandChina
{
    /// <summary>What is known: 1 January 2026 to 22 January 2027.</summary>
    public static WorkingCalendar Calendar { get; } = new(
        new DateOnly(2026, 1, 1),
        new DateOnly(2027, 1, 22),
        [
            .. Days(2026, (1, 1), (1, 3)),      // New Year
            .. Days(2026, (2, 15), (2, 23)),    // Spring Festival
            .. Days(2026, (4, 4), (4, 6)),      // Qingming
            .. Days(2026, (5, 1), (5, 5)),      // Labour Day
            .. Days(2026, (6, 19), (6, 21)),    // Dragon Boat Festival
            .. Days(2026, (9, 25), (9, 27)),    // Mid-Autumn Festival
            .. Days(2026, (10, 1), (10, 7)),    // National Day
            .. Days(2027, (1, 1), (1, 1)),      // New Year, by law
        ],
        [
            new(2026, 1, 4), new(2026, 2, 14), new(2026, 2, 28), new(2026, 5, 9), new(2026, 9, 20), new(2026, 10, 10),
        ]);

    private static IEnumerable<DateOnly> Days(int year, (int Month, int Day) first, (int Month, int Day) last)
    {
        for (var day = new DateOnly(year, first.Month, first.Day); day <= new DateOnly(year, last.Month, last.Day); day = day.AddDays(1))
        {
            yield return day;
        }
    }
}

using WalletFunctions.Domain;
using WalletFunctions.Domain.Calendar;
using WalletFunctions.Domain.Settings;
using WalletFunctions.Settings;

namespace WalletFunctions.Withdrawals;

/// <summary>By when money must have arrived, by the rule and the calendar in force; the calendar is kept in memory for some seconds.</summary>
/// <param name="rule">How many working days, and the cut-off time.</param>
/// <param name="table">The calendar's versions.</param>
/// <param name="kinds">Reads them.</param>
/// <param name="clock">The business clock: when the sandbox moves it, what is in memory is old at once.</param>
internal sealed class ArrivalPromises(ArrivalPromise rule, SettingTable table, SettingKinds kinds, TimeProvider clock)
{
    /// <summary>Less than <see cref="SettingVersion.Spread"/>: no host misses a version that is in force.</summary>
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(7);

    private volatile Known? known;

    /// <summary>The promise of what leaves at a moment; <c>calendar_not_loaded</c> if a day on the way is not known.</summary>
    public async ValueTask<Result<DateTimeOffset>> ForAsync(DateTimeOffset moment, CancellationToken cancellationToken) =>
        rule.For(moment, await CalendarAsync(cancellationToken));

    private async ValueTask<WorkingCalendar> CalendarAsync(CancellationToken cancellationToken)
    {
        // The clock before the look: what is written during it may not be seen.
        var now = clock.GetUtcNow();
        if (known is not { } mine || now < mine.At || now - mine.At >= GoodFor)
        {
            var kind = kinds.Calendar;
            var version = new SettingTimeline(kind.BuiltIn, await table.ApprovedAsync(kind.Name, cancellationToken)).At(now);
            known = mine = new Known(version.Content == known?.Content ? known.Calendar : kind.Parse(version.Content), version.Content, now);
        }

        return mine.Calendar;
    }

    private sealed record Known(WorkingCalendar Calendar, string Content, DateTimeOffset At);
}

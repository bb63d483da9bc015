using WalletFunctions.Domain;
using WalletFunctions.Domain.Calendar;
using WalletFunctions.Settings;

namespace WalletFunctions.Withdrawals;

/// <summary>By when money must have arrived, by the rule and the calendar in force.</summary>
/// <param name="rule">How many working days, and the cut-off time.</param>
/// <param name="table">The calendar's versions.</param>
/// <param name="kinds">Reads them.</param>
/// <param name="clock">The business clock.</param>
internal sealed class ArrivalPromises(ArrivalPromise rule, SettingTable table, SettingKinds kinds, TimeProvider clock)
{
    private readonly SettingInForce<WorkingCalendar> calendars = new(kinds.Calendar, table, clock);

    /// <summary>The promise of what leaves at a moment; <c>calendar_not_loaded</c> if a day on the way is not known.</summary>
    public async ValueTask<Result<DateTimeOffset>> ForAsync(DateTimeOffset moment, CancellationToken cancellationToken) =>
        rule.For(moment, await calendars.AtAsync(clock.GetUtcNow(), cancellationToken));
}

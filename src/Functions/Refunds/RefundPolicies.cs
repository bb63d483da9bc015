using WalletFunctions.Domain.Refunds;
using WalletFunctions.Domain.Settings;
using WalletFunctions.Settings;

namespace WalletFunctions.Refunds;

/// <summary>The refund policy out of its stored versions, kept in memory for some seconds.</summary>
/// <param name="table">The versions.</param>
/// <param name="kinds">Reads them.</param>
/// <param name="clock">The business clock: when the sandbox moves it, what is in memory is old at once.</param>
internal sealed class RefundPolicies(SettingTable table, SettingKinds kinds, TimeProvider clock)
{
    /// <summary>Less than <see cref="SettingVersion.Spread"/>: no host misses a version that is in force.</summary>
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(7);

    private volatile Known? known;

    /// <summary>The policy in force at a moment that is not to come.</summary>
    public async ValueTask<RefundPolicy> AtAsync(DateTimeOffset moment, CancellationToken cancellation)
    {
        // The clock before the look: what is written during it may not be seen.
        var now = clock.GetUtcNow();
        if (known is not { } mine || now < mine.At || now - mine.At >= GoodFor)
        {
            var kind = kinds.Refunds;
            known = mine = new Known(new SettingTimeline(kind.BuiltIn, await table.ApprovedAsync(kind.Name, cancellation)), now);
        }

        return kinds.Refunds.Parse(mine.Timeline.At(moment).Content);
    }

    private sealed record Known(SettingTimeline Timeline, DateTimeOffset At);
}

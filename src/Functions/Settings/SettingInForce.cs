using WalletFunctions.Domain.Settings;

namespace WalletFunctions.Settings;

/// <summary>What a setting says at a moment, out of its stored versions, which are kept in memory for some seconds.</summary>
/// <param name="kind">Reads the versions.</param>
/// <param name="table">The versions.</param>
/// <param name="clock">The business clock: when the sandbox moves it, what is in memory is old at once.</param>
internal class SettingInForce<T>(SettingKind<T> kind, SettingTable table, TimeProvider clock)
    where T : class
{
    /// <summary>Less than <see cref="SettingVersion.Spread"/>: no host misses a version that is in force.</summary>
    public static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(7);

    private volatile Known? known;
    private volatile Parsed? latest;

    /// <summary>The content in force at a moment that is not to come.</summary>
    /// <param name="moment">By the business clock.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async ValueTask<T> AtAsync(DateTimeOffset moment, CancellationToken cancellationToken)
    {
        // The clock before the look: what is written during it may not be seen.
        var now = clock.GetUtcNow();
        if (known is not { } mine || now < mine.At || now - mine.At >= GoodFor)
        {
            known = mine = new Known(new SettingTimeline(kind.BuiltIn, await table.ApprovedAsync(kind.Name, cancellationToken)), now);
        }

        var content = mine.Timeline.At(moment).Content;
        if (latest is not { } parsed || parsed.Content != content)
        {
            latest = parsed = new Parsed(content, kind.Parse(content));
        }

        return parsed.Value;
    }

    private sealed record Known(SettingTimeline Timeline, DateTimeOffset At);

    private sealed record Parsed(string Content, T Value);
}

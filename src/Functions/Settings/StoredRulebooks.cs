using Azure;
using Microsoft.Extensions.Logging;
using WalletFunctions.Domain.Rules;
using WalletFunctions.Domain.Settings;
using WalletFunctions.Wallet;

namespace WalletFunctions.Settings;

/// <summary>
/// The rules out of the stored versions, kept in memory: moves cost no read. A version counts no sooner than
/// <see cref="SettingVersion.Spread"/> after its approval, and every host looks more often than that, so no two hosts
/// decide one moment by different rules.
/// </summary>
/// <param name="table">The versions.</param>
/// <param name="kinds">Reads them.</param>
/// <param name="clock">The business clock: when the sandbox moves it, what is in memory is old at once.</param>
/// <param name="log">For a look that failed while another was still good.</param>
internal sealed class StoredRulebooks(SettingTable table, SettingKinds kinds, TimeProvider clock, ILogger<StoredRulebooks> log) : IRulebooks, IDisposable
{
    /// <summary>From this age on somebody looks, while the others still go by what is known.</summary>
    private static readonly TimeSpan LookAfter = TimeSpan.FromSeconds(3);

    /// <summary>From this age on everybody waits for the look.</summary>
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(7);

    private readonly SemaphoreSlim one = new(1, 1);
    private volatile Known? known;

    public ValueTask<Rulebook> CurrentAsync(CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        if (known is not { } mine || mine.AgeAt(now) >= GoodFor)
        {
            return new ValueTask<Rulebook>(LookAsync(now, cancellation));
        }

        if (mine.AgeAt(now) >= LookAfter && one.Wait(0, CancellationToken.None))
        {
            _ = LookAheadAsync(now);
        }

        return new ValueTask<Rulebook>(mine.Rulebook);
    }

    public void Dispose() => one.Dispose();

    private async Task<Rulebook> LookAsync(DateTimeOffset asked, CancellationToken cancellation)
    {
        await one.WaitAsync(cancellation);
        try
        {
            // Whoever waited finds what the one before has brought.
            if (known is not { } mine || mine.AgeAt(asked) >= GoodFor)
            {
                known = await ReadAsync(cancellation);
            }

            return known!.Rulebook;
        }
        finally
        {
            one.Release();
        }
    }

    /// <summary>Holds the semaphore already.</summary>
    private async Task LookAheadAsync(DateTimeOffset asked)
    {
        try
        {
            if (known!.AgeAt(asked) >= LookAfter)
            {
                known = await ReadAsync(CancellationToken.None);
            }
        }
        catch (Exception fault)
        {
            // What is known is good for a while; whoever comes after that looks again, and hears of the fault.
            log.LogWarning(fault, "The rules could not be read");
        }
        finally
        {
            one.Release();
        }
    }

    private async Task<Known> ReadAsync(CancellationToken cancellation)
    {
        // The clock before the look: what was written during it may not have been seen.
        var at = clock.GetUtcNow();
        var stamps = await table.StampsAsync(cancellation);
        if (known is { } before && before.Stamps.Count == stamps.Count && stamps.All(stamp => before.Stamps.TryGetValue(stamp.Key, out var old) && old == stamp.Value))
        {
            return before with { At = at };
        }

        var rulebook = new Rulebook(await VersionsAsync(kinds.Fees, cancellation), await VersionsAsync(kinds.Limits, cancellation), await VersionsAsync(kinds.Risk, cancellation));
        return new Known(rulebook, stamps, at);
    }

    private async Task<List<RuleVersion<T>>> VersionsAsync<T>(SettingKind<T> kind, CancellationToken cancellation)
        where T : class
    {
        var timeline = new SettingTimeline(kind.BuiltIn, await table.ApprovedAsync(kind.Name, cancellation));
        return [.. timeline.Versions.Select(version => new RuleVersion<T>(version.Number, version.EffectiveFrom!.Value, kind.Parse(version.Content)))];
    }

    private sealed record Known(Rulebook Rulebook, IReadOnlyDictionary<string, ETag> Stamps, DateTimeOffset At)
    {
        /// <summary>A clock that went back makes everything old.</summary>
        public TimeSpan AgeAt(DateTimeOffset now) => now < At ? TimeSpan.MaxValue : now - At;
    }
}

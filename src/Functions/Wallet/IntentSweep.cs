using System.Collections.Concurrent;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using WalletFunctions.Platform;

namespace WalletFunctions.Wallet;

/// <summary>Brings abandoned operations to their end: at start, then every 15 seconds.</summary>
public sealed class IntentSweep : PeriodicWork
{
    private const int AtOnce = 8;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(15);

    private readonly Intents intents;
    private readonly Dictionary<string, IIntentSweeper> sweepers;
    private readonly LedgerOptions options;

    internal IntentSweep(Intents intents, IEnumerable<IIntentSweeper> sweepers, TimeProvider clock, LedgerOptions options, ILogger<IntentSweep> log)
        : base(Every, clock, "The sweep of intents failed", log)
    {
        (this.intents, this.options) = (intents, options);
        this.sweepers = sweepers.ToDictionary(sweeper => sweeper.Kind, StringComparer.Ordinal);
    }

    /// <summary>Sweeps once.</summary>
    /// <returns>How many intents were brought to their end.</returns>
    internal async Task<int> RunAsync(CancellationToken cancellation)
    {
        var swept = 0;
        await foreach (var group in intents.OlderThanAsync(options.IntentAge, cancellation))
        {
            var left = new ConcurrentBag<Intent>();
            var bounded = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation };
            await Parallel.ForEachAsync(group.Intents, bounded, async (intent, token) =>
            {
                if (await TrySweepAsync(intent, token))
                {
                    intents.Clear(intent);
                    Interlocked.Increment(ref swept);
                }
                else
                {
                    left.Add(intent);
                }
            });
            if (!left.IsEmpty && left.Count < group.Intents.Count)
            {
                await intents.KeepAsync(group, [.. left], cancellation);
            }
        }

        return swept;
    }

    private async Task<bool> TrySweepAsync(Intent intent, CancellationToken cancellation)
    {
        try
        {
            return sweepers.TryGetValue(intent.Kind, out var sweeper) && await sweeper.SweepAsync(intent, cancellation);
        }
        catch (Exception fault) when (!cancellation.IsCancellationRequested)
        {
            // One intent that cannot be finished now must not keep the others waiting; it is met again next time.
            Log.LogWarning("The sweep of {Operation} failed: {Fault}", intent.OperationId, Faults.Describe(fault));
            return false;
        }
    }

    /// <inheritdoc/>
    protected override Task RoundAsync(CancellationToken cancellationToken) => RunAsync(cancellationToken);
}

/// <summary>Wakes the app where it has scaled to nothing, so that what a killed instance left behind is still swept.</summary>
public sealed class IntentSweepTimer(IntentSweep sweep)
{
    /// <summary>Every minute; the rounds in between are <see cref="IntentSweep"/>'s own.</summary>
    [Function("SweepIntents")]
    public Task Run([TimerTrigger("0 * * * * *")] TimerInfo timer, CancellationToken cancellation) => sweep.RunAsync(cancellation);
}

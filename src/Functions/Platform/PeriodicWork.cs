using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace WalletFunctions.Platform;

/// <summary>
/// Work that every running host does beside its functions: a round at start, then one in every period. A round that takes longer
/// delays the next and skips what it has overrun.
/// </summary>
/// <remarks>A host that has scaled to nothing does none: what must not wait for one has a timer function as well.</remarks>
public abstract class PeriodicWork : BackgroundService
{
    private readonly TimeSpan every;
    private readonly TimeProvider clock;
    private readonly string failure;

    /// <param name="every">The period.</param>
    /// <param name="clock">Paces the rounds.</param>
    /// <param name="failure">What is logged of a round that fails, such as "The sweep failed"; the fault is named behind it.</param>
    /// <param name="log">Where.</param>
    private protected PeriodicWork(TimeSpan every, TimeProvider clock, string failure, ILogger log) =>
        (this.every, this.clock, this.failure, Log) = (every, clock, failure, log);

    private protected ILogger Log { get; }

    /// <summary>One round. What it throws is logged, and the next round comes all the same.</summary>
    protected abstract Task RoundAsync(CancellationToken cancellationToken);

    /// <inheritdoc/>
    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(every, clock);
        do
        {
            try
            {
                await RoundAsync(stoppingToken);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                // Mostly storage that is out of reach for a while.
                Log.LogWarning("{Failure}: {Fault}", failure, Faults.Describe(fault));
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}

using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using WalletFunctions.Domain.TopUps;
using WalletFunctions.Platform;

namespace WalletFunctions.TopUps;

/// <summary>Looks after top-ups that have no end yet: asks the acquirer, ever more seldom, until it says which way they went.</summary>
/// <remarks>Several hosts may look at one at once; every step they take is one on the row's ETag.</remarks>
public sealed class TopUpPolls : PeriodicWork
{
    private const int AtOnce = 8;

    /// <summary>How soon a top-up that has become due, or a move of the clock, is seen.</summary>
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private readonly ChargeIndex index;
    private readonly TopUpDesk desk;
    private readonly TimeProvider clock;

    internal TopUpPolls(ChargeIndex index, TopUpDesk desk, TimeProvider clock, MachineClock machine, ILogger<TopUpPolls> log)
        : base(Every, machine, "The round over top-ups failed", log) =>
        (this.index, this.desk, this.clock) = (index, desk, clock);

    /// <summary>One round.</summary>
    internal Task RunAsync(CancellationToken cancellationToken) => Parallel.ForEachAsync(
        index.DueAsync(clock.GetUtcNow(), cancellationToken),
        new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
        async (due, token) =>
        {
            try
            {
                if (!await desk.LookAfterAsync(due.Wallet, due.Id, token))
                {
                    // The next look is noted before this one is struck out, so that it is never in neither.
                    await index.ExpectAsync(due with { At = clock.GetUtcNow() + AcquirerPatience.PauseAfter(due.Round), Round = due.Round + 1 }, token);
                }

                await index.DoneAsync(due, token);
            }
            catch (Exception fault) when (!token.IsCancellationRequested)
            {
                // One that cannot be looked at now must not keep the others waiting; it is met again in the next round.
                Log.LogWarning("The look at top-up {TopUpId} failed: {Fault}", due.Id, Faults.Describe(fault));
            }
        });

    /// <inheritdoc/>
    protected override Task RoundAsync(CancellationToken cancellationToken) => RunAsync(cancellationToken);
}

/// <summary>Wakes the app where it has scaled to nothing, so that what a killed instance left behind is still looked after.</summary>
public sealed class TopUpPollTimer(TopUpPolls polls)
{
    /// <summary>Every minute; the rounds in between are <see cref="TopUpPolls"/>' own.</summary>
    [Function("LookAfterTopUps")]
    public Task Run([TimerTrigger("30 * * * * *")] TimerInfo timer, CancellationToken cancellation) => polls.RunAsync(cancellation);
}

using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace WalletFunctions.Platform;

/// <summary>Keeps this host's business clock at the shared offset. Runs only where the sandbox is on.</summary>
internal sealed class ClockFollower(ClockTable table, BusinessClock clock, ILogger<ClockFollower> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                clock.MoveTo(await table.ReadAsync(stoppingToken));
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // The storage may be away for a while; the clock simply goes on with the offset it has.
                log.LogDebug("The shared clock could not be read: {Fault}.", e.GetType().Name);
            }
        }
    }
}

/// <summary>Sets the business clock before anything is served: a restarted host must not be days behind what it promised.</summary>
internal sealed class ClockStart(ClockTable table, BusinessClock clock) : StartupWork
{
    public override async Task StartingAsync(CancellationToken cancellationToken) => clock.MoveTo(await table.ReadAsync(cancellationToken));
}

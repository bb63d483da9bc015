using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;
using Microsoft.Azure.Functions.Worker.Local;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Extensions.Timer;

/// <summary>Runs the timers while this host, among those of the app, holds the lease.</summary>
internal sealed class TimerListener(IReadOnlyList<FunctionTimer> timers, TimerLease lease, ILogger logger) : ITriggerListener, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _loop = Task.Run(RunAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        // Given up, a run that goes on is not the lease's owner for longer than the lease lasts.
        await _loop.WaitAsync(cancellationToken).ContinueWith(static _ => { }, TaskScheduler.Default);
    }

    public void Dispose() => _stop.Dispose();

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                if (await lease.TryAcquireAsync()) await RunOwningAsync();
            }
            catch (Exception e)
            {
                logger.LogError(e, "The timers could not be run; it is tried again");
            }
            await Task.Delay(TimerLease.Renewal, _stop.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
        }
    }

    /// <summary>Ends when the host stops, once the runs have ended, or when the lease is lost, and the runs with it.</summary>
    private async Task RunOwningAsync()
    {
        using var lost = new CancellationTokenSource();
        var running = Task.WhenAll(timers.Select(t => t.RunAsync(_stop.Token, lost.Token)));
        while (!running.IsCompleted)
        {
            await Task.WhenAny(running, Task.Delay(TimerLease.Renewal));
            if (running.IsCompleted || await lease.TryRenewAsync()) continue;
            logger.LogWarning("The lease on the timers is lost to another host");
            await lost.CancelAsync();
            await running;
            return;
        }
        await lease.ReleaseAsync();
        await running;
    }
}

/// <summary>The lease on a blob that makes one host among several the one that runs the timers.</summary>
internal sealed class TimerLease(BlobContainerClient container, string name)
{
    private BlobLeaseClient? _lease;
    private DateTime _until;

    public static TimeSpan Renewal => TimeSpan.FromSeconds(4);

    /// <summary>The shortest that the service grants: a dead owner is succeeded after as long.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(15);

    public async Task<bool> TryAcquireAsync()
    {
        var blob = container.GetBlobClient(name);
        var lease = blob.GetBlobLeaseClient();
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                var asked = DateTime.UtcNow;
                await lease.AcquireAsync(Duration);
                (_lease, _until) = (lease, asked + Duration);
                return true;
            }
            catch (RequestFailedException e) when (e.Status == 409)
            {
                return false;
            }
            catch (RequestFailedException e) when (e.Status == 404 && attempt == 0)
            {
                await container.CreateIfNotExistsAsync();
                await blob.UploadAsync(BinaryData.FromString(""), overwrite: true);
            }
        }
    }

    /// <summary>False once it is another's, or may be: a failed renewal is only a loss when the lease has run out.</summary>
    public async Task<bool> TryRenewAsync()
    {
        try
        {
            // The client would repeat the call for longer than the lease lasts.
            var asked = DateTime.UtcNow;
            using var inTime = new CancellationTokenSource(_until - asked > Renewal ? _until - asked : Renewal);
            await _lease!.RenewAsync(cancellationToken: inTime.Token);
            _until = asked + Duration;
            return true;
        }
        catch (RequestFailedException e) when (e.Status is 404 or 409 or 412)
        {
            return false;
        }
        catch (Exception)
        {
            return DateTime.UtcNow + Renewal < _until;
        }
    }

    public async Task ReleaseAsync()
    {
        try
        {
            await _lease!.ReleaseAsync();
        }
        catch (RequestFailedException)
        {
            // It runs out by itself.
        }
    }
}

using Microsoft.Extensions.Hosting;

namespace WalletFunctions.Platform;

/// <summary>
/// Work that must be done before the first call. The worker's own hosted service, registered before any of ours, lets calls
/// in as soon as it has started; so this comes a phase earlier, and in the order of registration.
/// </summary>
internal abstract class StartupWork : IHostedLifecycleService
{
    public abstract Task StartingAsync(CancellationToken cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

using Azure.Data.Tables;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Storage;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Engine;

/// <summary>A task hub as one host sees it: its tables, and the ownership that the host seeks as long as it runs.</summary>
/// <remarks>An ended session is left to the collector: activities that nobody waits for any more may still touch it.</remarks>
internal sealed class TaskHub(TableServiceClient tables, string name, HubOptions options, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan LeasePoll = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private Lease? _lease;
    private HubSession? _session;
    private Task _running = Task.CompletedTask;
    private Task? _tables;

    public string Name => name;

    public string? DefaultVersion => options.DefaultVersion;

    public TimeSpan LostTime => options.LostTime;

    public InstanceStore Store { get; } = new(tables.GetTableClient(name + "Instances"));

    public WorkTable Work { get; } = new(tables.GetTableClient(name + "Work"));

    /// <summary>Set while this host owns the hub and takes messages in memory.</summary>
    public HubSession? Session => Volatile.Read(ref _session) is { IsOpen: true } session ? session : null;

    public Task EnsureTablesAsync(CancellationToken cancellation)
    {
        lock (_lock)
        {
            // A failed attempt is not remembered.
            if (_tables is null or { IsFaulted: true } or { IsCanceled: true }) _tables = CreateAsync();
            return _tables.WaitAsync(cancellation);
        }

        async Task CreateAsync()
        {
            await Store.Table.CreateIfNotExistsAsync(CancellationToken.None);
            await Work.Table.CreateIfNotExistsAsync(CancellationToken.None);
        }
    }

    /// <summary>Begins to seek the ownership; returns at once.</summary>
    public void Start(IDurableFunctions functions) => _running = Task.Run(() => RunAsync(functions));

    /// <summary>No orchestrator and no activity is begun from now on; results of running activities are still stored.</summary>
    public Task StopTakingWorkAsync() => _stopping.CancelAsync();

    /// <summary>Gives the ownership up, so that another host need not wait for the lease to run out.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        if (_session is { } session) await session.EndAsync();
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            if (_lease is { } lease) await lease.ReleaseAsync(patience.Token);
        }
        catch (Exception e)
        {
            logger.LogWarning(e, "The lease of task hub {Hub} could not be released; it runs out by itself", name);
        }
    }

    private async Task RunAsync(IDurableFunctions functions)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await EnsureTablesAsync(_stopping.Token);
                var lease = _lease ??= new Lease(Work.Table, options.LeaseLength);
                if (await lease.TryTakeAsync(_stopping.Token))
                {
                    logger.LogInformation("This host owns task hub {Hub}", name);
                    var session = new HubSession(Store, Work, lease, functions, options, _stopping.Token);
                    Volatile.Write(ref _session, session);
                    await session.RunAsync();
                    if (_stopping.IsCancellationRequested) return;
                    Volatile.Write(ref _session, null);
                    logger.LogWarning("This host has lost task hub {Hub} to another", name);
                    continue;
                }
            }
            catch (Exception e) when (!_stopping.IsCancellationRequested)
            {
                logger.LogWarning(e, "Task hub {Hub} cannot be reached yet", name);
            }
            catch (Exception)
            {
                return;
            }
            await Task.Delay(LeasePoll, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}

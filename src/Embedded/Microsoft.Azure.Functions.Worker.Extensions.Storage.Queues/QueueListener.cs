using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Azure.Functions.Worker.Local;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Extensions.Storage.Queues;

/// <summary>Fetches the messages of one function's queue: in batches, backing off while there are none.</summary>
internal sealed class QueueListener(
    LocalFunction function, string? connection, string name, QueueClients clients, FunctionInvoker invoker, ILogger logger) : IDisposable
{
    private const string Poison = "-poison";
    private readonly QueueSettings _settings = clients.Settings;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _ended = new(0);
    private int _running;
    private Task _loop = Task.CompletedTask;

    public void Start()
    {
        var queue = clients.Get(connection, name);
        // A poison queue has no poison queue of its own, nor has a queue whose name leaves no room for it.
        var hasPoison = !name.EndsWith(Poison, StringComparison.Ordinal) && name.Length + Poison.Length <= 63;
        var processor = new MessageProcessor(function, queue, hasPoison ? clients.Get(connection, name + Poison) : null, _settings, invoker, logger);
        _loop = Task.Run(() => RunAsync(queue, processor));
    }

    /// <summary>Fetches nothing more; returns when what was fetched is settled, or the host gives up.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        try
        {
            await _loop.WaitAsync(cancellationToken);
            while (Volatile.Read(ref _running) > 0) await _ended.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The host gives up; the messages come back when their invisibility ends.
        }
    }

    public void Dispose()
    {
        _stop.Dispose();
        _ended.Dispose();
    }

    private async Task RunAsync(QueueClient queue, MessageProcessor processor)
    {
        var bell = clients.Bell(queue);
        var pause = QueueSettings.MinPollingInterval;
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                while (Volatile.Read(ref _running) > _settings.NewBatchThreshold) await _ended.WaitAsync(_stop.Token);
                var messages = await ReceiveAsync(queue);
                if (messages.Length > 0)
                {
                    pause = QueueSettings.MinPollingInterval;
                    foreach (var message in messages) Begin(processor, message);
                    continue;
                }
                var jitter = 0.8 + (0.4 * Random.Shared.NextDouble());
                if (await bell.WaitAsync(pause * jitter, _stop.Token))
                    while (bell.Wait(0)) { /* one look serves all the rings so far */ }
                else
                    pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, _settings.MaxPollingInterval.Ticks));
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Stopped while waiting.
        }
    }

    /// <summary>Not cancelled by a stop: an answer thrown away would leave its messages hidden.</summary>
    private async Task<QueueMessage[]> ReceiveAsync(QueueClient queue)
    {
        try
        {
            return (await queue.ReceiveMessagesAsync(_settings.BatchSize, _settings.Invisibility)).Value;
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return [];
        }
        catch (Exception e)
        {
            logger.LogError(e, "The queue '{Queue}' could not be read; it is tried again", name);
            return [];
        }
    }

    private void Begin(MessageProcessor processor, QueueMessage message)
    {
        Interlocked.Increment(ref _running);
        _ = Task.Run(async () =>
        {
            try
            {
                if (_stop.IsCancellationRequested) await processor.ReleaseAsync(message, TimeSpan.Zero);
                else await processor.ProcessAsync(message);
            }
            catch (Exception e)
            {
                logger.LogError(e, "The message {MessageId} of '{Queue}' could not be settled; it comes back when its invisibility ends", message.MessageId, name);
            }
            finally
            {
                Interlocked.Decrement(ref _running);
                _ended.Release();
            }
        });
    }
}

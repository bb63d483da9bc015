using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using WalletFunctions.Domain.Merchants;
using WalletFunctions.Platform;

namespace WalletFunctions.Merchants.Webhooks;

/// <summary>
/// Takes deliveries to their endpoints. Each endpoint has a line of its own, so none waits for another's; and those that did not answer
/// last time share a few places apart, so that however many are dead the others go on as ever.
/// </summary>
internal sealed partial class WebhookPostman(WebhookTable table, WebhookSender sender, WebhookClosing closing, TimeProvider clock, ILogger<WebhookPostman> log) : IAsyncDisposable
{
    /// <summary>Longer than a try may take; after it somebody else looks.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(45);

    private const int AtOnce = 32;
    private const int SuspectsAtOnce = 8;
    private const int AtOncePerEndpoint = 2;

    /// <summary>What is not begun by then waits in the table instead of in memory.</summary>
    private const int MostWaitingPerEndpoint = 50;

    private readonly SemaphoreSlim places = new(AtOnce);
    private readonly SemaphoreSlim suspects = new(SuspectsAtOnce);
    private readonly ConcurrentDictionary<string, Line> lines = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource stopping = new();

    /// <summary>Sends a delivery without being waited for. What goes wrong is found in the list of those that wait.</summary>
    public void Begin(WaitingDelivery waiting)
    {
        var line = lines.GetOrAdd(waiting.Delivery.Endpoint.Value, _ => new Line());
        if (Interlocked.Increment(ref line.Waiting) > MostWaitingPerEndpoint)
        {
            Interlocked.Decrement(ref line.Waiting);
            return;
        }

        using (ExecutionContext.SuppressFlow())
        {
            _ = Task.Run(() => WorkAsync(line, waiting));
        }
    }

    /// <summary>Takes what lies in the list, unless another host does, and sends it without being waited for.</summary>
    public async Task BeginDueAsync(WaitingDelivery waiting, CancellationToken cancellationToken)
    {
        if (lines.TryGetValue(waiting.Delivery.Endpoint.Value, out var line) && Volatile.Read(ref line.Waiting) >= MostWaitingPerEndpoint)
        {
            // Its line here is full. Later in the list, it does not stand before those of others.
            await table.SaveAsync(waiting, waiting.Delivery, clock.GetUtcNow() + Lease, cancellationToken);
            return;
        }

        if (await table.SaveAsync(waiting, waiting.Delivery, clock.GetUtcNow() + Lease, cancellationToken) is { } ours)
        {
            Begin(ours);
        }
    }

    /// <summary>Sends a delivery, and says what came of it.</summary>
    public async Task DeliverAsync(WaitingDelivery waiting, CancellationToken cancellationToken)
    {
        var delivery = waiting.Delivery;
        var endpoint = delivery.Status == DeliveryStatus.Pending ? await table.FindAsync(delivery.Merchant, delivery.Endpoint, cancellationToken) : null;
        if (endpoint is not { Status: WebhookStatus.Active })
        {
            var ended = delivery.Status == DeliveryStatus.Pending
                ? delivery with { Status = DeliveryStatus.Failed, LastResult = endpoint is null ? "endpoint_removed" : "endpoint_disabled", NextTryAt = null }
                : delivery;
            await table.SaveAsync(waiting, ended, due: null, cancellationToken);
            return;
        }

        var result = await SendAsync(endpoint, delivery, cancellationToken);
        var now = clock.GetUtcNow();
        var tried = delivery with { Tries = delivery.Tries + 1, LastTryAt = now, LastResult = result.Result };
        if (result.IsTaken)
        {
            await table.SaveAsync(waiting, tried with { Status = DeliveryStatus.Delivered, NextTryAt = null }, due: null, cancellationToken);
            await NoteAsync(endpoint, failingSince: null, cancellationToken);
            return;
        }

        endpoint = await NoteAsync(endpoint, endpoint.FailingSince ?? now, cancellationToken);
        var next = WebhookSchedule.NextAfter(tried.Tries, delivery.At, now, Random.Shared.NextDouble());
        if (result.IsGone || (next is null && endpoint.FailingSince <= delivery.At + WebhookSchedule.Grace))
        {
            // Told first, under keys of their own: whoever comes again after a crash tells nothing twice.
            await closing.CloseAsync(endpoint, result.IsGone, cancellationToken);
            next = null;
        }

        if (next is { } at && result.RetryAfter is { } wish && at < now + wish)
        {
            at = now + wish;
            next = at < delivery.At + WebhookSchedule.Patience ? at : delivery.At + WebhookSchedule.Patience;
        }

        await table.SaveAsync(waiting, tried with { Status = next is null ? DeliveryStatus.Failed : DeliveryStatus.Pending, NextTryAt = next }, next, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        stopping.Dispose();
        sender.Dispose();
    }

    private async Task WorkAsync(Line line, WaitingDelivery waiting)
    {
        try
        {
            await line.Gate.WaitAsync(stopping.Token);
            try
            {
                await DeliverAsync(waiting, stopping.Token);
            }
            finally
            {
                line.Gate.Release();
            }
        }
        catch (Exception) when (stopping.IsCancellationRequested)
        {
            // The next host finds it in the list.
        }
        catch (Exception e)
        {
            Left(log, waiting.Delivery.Id.Value, Faults.Describe(e));
        }
        finally
        {
            Interlocked.Decrement(ref line.Waiting);
        }
    }

    private async Task<SendResult> SendAsync(WebhookEndpoint endpoint, WebhookDelivery delivery, CancellationToken cancellationToken)
    {
        var lane = endpoint.FailingSince is null ? places : suspects;
        await lane.WaitAsync(cancellationToken);
        try
        {
            return await sender.SendAsync(endpoint, delivery, cancellationToken);
        }
        finally
        {
            lane.Release();
        }
    }

    /// <summary>Notes whether the endpoint answers; only a change is written, and whoever changed it meanwhile has the last word.</summary>
    private async Task<WebhookEndpoint> NoteAsync(WebhookEndpoint endpoint, DateTimeOffset? failingSince, CancellationToken cancellationToken)
    {
        if (endpoint.FailingSince == failingSince)
        {
            return endpoint;
        }

        var noted = endpoint with { FailingSince = failingSince };
        await table.ReplaceAsync(noted, cancellationToken);
        return await table.FindAsync(endpoint.Merchant, endpoint.Id, cancellationToken) ?? noted;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Webhook delivery {Delivery} was not made: {Fault}")]
    private static partial void Left(ILogger log, string delivery, string fault);

    /// <summary>What waits for one endpoint on this host.</summary>
    private sealed class Line
    {
        public int Waiting;

        public SemaphoreSlim Gate { get; } = new(AtOncePerEndpoint);
    }
}

using Microsoft.Extensions.Logging;
using WalletFunctions.Domain.Merchants;
using WalletFunctions.Platform;

namespace WalletFunctions.Merchants.Webhooks;

/// <summary>
/// Takes deliveries to their endpoints. Each endpoint has a line of its own, so none waits for another's; and those that did not answer
/// last time share a few places apart, so that however many are dead the others go on as ever.
/// </summary>
/// <remarks>
/// A delivery's place in the table is its lease: until it is due, nobody else takes it. It may wait here for longer than that, so just
/// before it is sent the lease is renewed unless it lasts for the whole try; whoever finds the place gone leaves it to who has it.
/// </remarks>
internal sealed partial class WebhookPostman(
    WebhookTable table, WebhookSender sender, WebhookClosing closing, WebhookOptions options, TimeProvider clock, ILogger<WebhookPostman> log) : IAsyncDisposable
{
    private const int AtOnce = 32;
    private const int SuspectsAtOnce = 8;
    private const int AtOncePerEndpoint = 2;

    /// <summary>What is not begun by then waits in the table instead of in memory.</summary>
    private const int MostWaitingPerEndpoint = 50;

    /// <summary>Of all endpoints together.</summary>
    private const int MostWaiting = 1_000;

    private readonly SemaphoreSlim places = new(AtOnce);
    private readonly SemaphoreSlim suspects = new(SuspectsAtOnce);
    private readonly Lock gate = new();
    private readonly Dictionary<string, Line> lines = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource stopping = new();
    private int all;

    /// <summary>For how many endpoints anything waits or is under way here.</summary>
    internal int Lines
    {
        get
        {
            lock (gate)
            {
                return lines.Count;
            }
        }
    }

    /// <summary>Sends a delivery without being waited for. What goes wrong is found in the list of those that wait.</summary>
    public void Begin(WaitingDelivery waiting)
    {
        var (endpoint, id) = (waiting.Delivery.Endpoint.Value, waiting.Delivery.Id.Value);
        Line? line;
        lock (gate)
        {
            line = lines.GetValueOrDefault(endpoint);
            if (line?.Waiting.ContainsKey(id) == true)
            {
                // Its lease ran out while it stood in line here: its turn comes, under the new one.
                line.Waiting[id] = waiting;
                return;
            }

            if (all >= MostWaiting || line?.Users >= MostWaitingPerEndpoint)
            {
                return;
            }

            line ??= lines[endpoint] = new Line();
            line.Waiting.Add(id, waiting);
            line.Users++;
            all++;
        }

        using (ExecutionContext.SuppressFlow())
        {
            _ = Task.Run(() => WorkAsync(line, endpoint, id));
        }
    }

    /// <summary>Takes what lies in the list, unless another host does, and sends it without being waited for. Where the line is full, it lies there later.</summary>
    public async Task BeginDueAsync(WaitingDelivery waiting, CancellationToken cancellationToken)
    {
        if (await table.SaveAsync(waiting, waiting.Delivery, clock.GetUtcNow() + options.Lease, cancellationToken) is { } ours)
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

        if (await SendAsync(endpoint, waiting, cancellationToken) is not var (ours, result))
        {
            return; // another host has it
        }

        waiting = ours;
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

    private async Task WorkAsync(Line line, string endpoint, string id)
    {
        try
        {
            await line.Gate.WaitAsync(stopping.Token);
            try
            {
                await DeliverAsync(Next(line, id), stopping.Token);
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
            Left(log, id, Faults.Describe(e));
        }
        finally
        {
            Leave(line, endpoint);
        }
    }

    private WaitingDelivery Next(Line line, string id)
    {
        lock (gate)
        {
            return line.Waiting.Remove(id, out var next) ? next : throw new InvalidOperationException("A delivery in line is gone.");
        }
    }

    /// <summary>A line that nobody stands in any more goes.</summary>
    private void Leave(Line line, string endpoint)
    {
        lock (gate)
        {
            all--;
            if (--line.Users == 0)
            {
                lines.Remove(endpoint);
            }
        }
    }

    /// <summary>Sends it, under a lease that lasts.</summary>
    /// <returns>Null where another host has taken it.</returns>
    private async Task<(WaitingDelivery Ours, SendResult Result)?> SendAsync(WebhookEndpoint endpoint, WaitingDelivery waiting, CancellationToken cancellationToken)
    {
        var lane = endpoint.FailingSince is null ? places : suspects;
        await lane.WaitAsync(cancellationToken);
        try
        {
            var now = clock.GetUtcNow();
            var ours = WebhookKeys.DueOf(waiting.Place) - now >= options.LongestTry ? waiting : await table.SaveAsync(waiting, waiting.Delivery, now + options.Lease, cancellationToken);
            return ours is null ? null : (ours, await sender.SendAsync(endpoint, ours.Delivery, cancellationToken));
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
        public SemaphoreSlim Gate { get; } = new(AtOncePerEndpoint);

        /// <summary>By the delivery's id, until its turn comes.</summary>
        public Dictionary<string, WaitingDelivery> Waiting { get; } = new(StringComparer.Ordinal);

        /// <summary>Those that wait, and those under way.</summary>
        public int Users { get; set; }
    }
}

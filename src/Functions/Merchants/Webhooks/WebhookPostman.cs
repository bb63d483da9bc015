using Microsoft.Extensions.Logging;
using WalletFunctions.Domain.Merchants;
using WalletFunctions.Platform;

namespace WalletFunctions.Merchants.Webhooks;

/// <summary>
/// Takes deliveries to their endpoints. Each endpoint has a line of its own, so none waits for another's; and those that did not answer
/// last time share a few places apart, so that however many are dead the others go on as ever.
/// </summary>
/// <remarks>
/// Whoever has a delivery has a lease on its place, by the machine's clock: until it ends nobody else takes it. It may wait here for longer
/// than that, so just before it is sent the lease is renewed unless it lasts for the whole try; whoever finds the place gone leaves it to who
/// has it. An endpoint that takes nothing is tried by one delivery after growing pauses, whatever waits for it.
/// </remarks>
internal sealed partial class WebhookPostman(
    WebhookTable table, WebhookSender sender, WebhookClosing closing, WebhookOptions options, TimeProvider clock, MachineClock machine, ILogger<WebhookPostman> log) : IAsyncDisposable
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
    /// <param name="waiting">Leased.</param>
    /// <param name="isFed">Whether it has waited for its endpoint; others must not overtake those that do.</param>
    public void Begin(WaitingDelivery waiting, bool isFed = false)
    {
        var (endpoint, id) = (waiting.Delivery.Endpoint.Value, waiting.Delivery.Id.Value);
        Line? line;
        lock (gate)
        {
            line = lines.GetValueOrDefault(endpoint);
            if (line?.Knows(id) == true || all >= MostWaiting || line?.Users >= MostWaitingPerEndpoint || (line?.HasMore == true && !isFed && waiting.Delivery.Type != MerchantEventTypes.Test))
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
            _ = Task.Run(() => WorkAsync(line, waiting.Delivery));
        }
    }

    /// <summary>Takes what lies in the list, unless another host does, and sends it without being waited for.</summary>
    public async Task BeginDueAsync(WaitingPlace place, CancellationToken cancellationToken)
    {
        if (await LeaseAsync(place, cancellationToken) is { } ours && await table.ReadAsync(ours, cancellationToken) is { } waiting)
        {
            Begin(waiting);
        }
    }

    /// <summary>Sends a delivery, and says what came of it.</summary>
    public async Task DeliverAsync(WaitingDelivery waiting, CancellationToken cancellationToken)
    {
        var delivery = waiting.Delivery;
        var endpoint = delivery.Status == DeliveryStatus.Pending ? await table.FindAsync(delivery.Merchant, delivery.Endpoint, cancellationToken) : null;
        if (endpoint is not { Status: WebhookStatus.Active })
        {
            var ended = delivery.Status == DeliveryStatus.Pending ? delivery with { Status = DeliveryStatus.Failed, LastResult = EndedBy(endpoint), NextTryAt = null } : delivery;
            await table.SaveAsync(waiting, ended, due: null, cancellationToken);
            return;
        }

        if (MustWait(endpoint, delivery))
        {
            await table.ParkAsync([waiting.Place], cancellationToken);
            return;
        }

        if (await SendAsync(endpoint, waiting, cancellationToken) is not var (tried, ours, result))
        {
            return; // another host has it, or it waits
        }

        await (result.IsTaken ? TakenAsync(tried, ours, result, cancellationToken) : NotTakenAsync(tried, ours, result, cancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        stopping.Dispose();
        sender.Dispose();
    }

    /// <summary>Whether a delivery is not to be offered now. What a merchant sends to see whether all is well always is.</summary>
    private bool MustWait(WebhookEndpoint endpoint, WebhookDelivery delivery) => delivery.Type != MerchantEventTypes.Test && endpoint.RestsAt(clock.GetUtcNow());

    private Task<WaitingPlace?> LeaseAsync(WaitingPlace place, CancellationToken cancellationToken) =>
        table.LeaseAsync(place, clock.GetUtcNow() + options.Lease, machine.GetUtcNow() + options.Lease, cancellationToken);

    private async Task WorkAsync(Line line, WebhookDelivery delivery)
    {
        try
        {
            await line.Gate.WaitAsync(stopping.Token);
            try
            {
                await DeliverAsync(Next(line, delivery.Id.Value), stopping.Token);
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
            Left(log, delivery.Id.Value, Faults.Describe(e));
        }
        finally
        {
            if (Leave(line, delivery))
            {
                await FeedAgainAsync(delivery);
            }
        }
    }

    private WaitingDelivery Next(Line line, string id)
    {
        lock (gate)
        {
            line.UnderWay.Add(id);
            return line.Waiting.Remove(id, out var next) ? next : throw new InvalidOperationException("A delivery in line is gone.");
        }
    }

    /// <summary>A line that nobody stands in any more goes.</summary>
    /// <returns>Whether it is to be filled again.</returns>
    private bool Leave(Line line, WebhookDelivery delivery)
    {
        lock (gate)
        {
            all--;
            line.UnderWay.Remove(delivery.Id.Value);
            if (--line.Users > 0)
            {
                return false;
            }

            lines.Remove(delivery.Endpoint.Value);
            return line.HasMore;
        }
    }

    /// <summary>Sends it, under a lease that lasts; to an endpoint that takes nothing, as the only one.</summary>
    /// <returns>Null where another host has taken it, or it must wait.</returns>
    private async Task<(WebhookEndpoint Endpoint, WaitingDelivery Ours, SendResult Result)?> SendAsync(WebhookEndpoint endpoint, WaitingDelivery waiting, CancellationToken cancellationToken)
    {
        var lane = endpoint.FailingSince is null ? places : suspects;
        await lane.WaitAsync(cancellationToken);
        try
        {
            var place = waiting.Place.LeasedUntil - machine.GetUtcNow() >= options.LongestTry ? waiting.Place : await LeaseAsync(waiting.Place, cancellationToken);
            if (place is null)
            {
                return null;
            }

            if (endpoint.FailingSince is not null && waiting.Delivery.Type != MerchantEventTypes.Test)
            {
                // Its next pause is written down before the try: whoever comes meanwhile waits for that one's end.
                if (await table.ReplaceAsync(endpoint.Failing(clock.GetUtcNow(), options.Timeout, Random.Shared.NextDouble()), cancellationToken) is not { } probed)
                {
                    await table.ParkAsync([place], cancellationToken);
                    return null;
                }

                endpoint = probed;
            }

            return (endpoint, waiting with { Place = place }, await sender.SendAsync(endpoint, waiting.Delivery, cancellationToken));
        }
        finally
        {
            lane.Release();
        }
    }

    private async Task TakenAsync(WebhookEndpoint endpoint, WaitingDelivery waiting, SendResult result, CancellationToken cancellationToken)
    {
        var delivery = waiting.Delivery;
        await table.SaveAsync(
            waiting, delivery with { Tries = delivery.Tries + 1, LastTryAt = clock.GetUtcNow(), LastResult = result.Result, Status = DeliveryStatus.Delivered, NextTryAt = null }, due: null, cancellationToken);
        if (endpoint.FailingSince is null)
        {
            return;
        }

        for (WebhookEndpoint? current = endpoint; current is { FailingSince: not null }; current = await table.FindAsync(endpoint.Merchant, endpoint.Id, cancellationToken))
        {
            if (await table.ReplaceAsync(current.Sound(), cancellationToken) is not null)
            {
                break;
            }
        }

        await table.WakeAsync(endpoint, cancellationToken);
        ExpectMore(endpoint.Id);
    }

    private async Task NotTakenAsync(WebhookEndpoint endpoint, WaitingDelivery waiting, SendResult result, CancellationToken cancellationToken)
    {
        var (now, delivery) = (clock.GetUtcNow(), waiting.Delivery);
        var tries = delivery.Tries + 1;
        endpoint = await NoteFailureAsync(endpoint, now, result.RetryAfter, cancellationToken);
        var next = WebhookSchedule.NextAfter(tries, delivery.At, now, Random.Shared.NextDouble());
        if (result.IsGone || (next is null && endpoint.FailingSince <= delivery.At + WebhookSchedule.Grace))
        {
            // Told first, under keys of their own: whoever comes again after a crash tells nothing twice.
            await closing.CloseAsync(endpoint, result.IsGone, cancellationToken);
            await table.WakeAsync(endpoint, cancellationToken);
            next = null;
        }

        if (next is { } at && endpoint.NextTryAt is { } rested && at < rested)
        {
            next = rested < delivery.At + WebhookSchedule.Patience ? rested : delivery.At + WebhookSchedule.Patience;
        }

        await table.SaveAsync(
            waiting,
            delivery with { Tries = tries, LastTryAt = now, LastResult = result.Result, Status = next is null ? DeliveryStatus.Failed : DeliveryStatus.Pending, NextTryAt = next },
            next, cancellationToken);
    }

    /// <summary>Notes that the endpoint takes nothing, and what it asked for; whoever changed it meanwhile has the last word.</summary>
    private async Task<WebhookEndpoint> NoteFailureAsync(WebhookEndpoint endpoint, DateTimeOffset now, TimeSpan? wish, CancellationToken cancellationToken)
    {
        var noted = endpoint.FailingSince is null ? endpoint.Failing(now, TimeSpan.Zero, Random.Shared.NextDouble()) : endpoint;
        if (wish is { } asked && noted.NextTryAt < now + asked)
        {
            noted = noted with { NextTryAt = now + asked };
        }

        return ReferenceEquals(noted, endpoint)
            ? endpoint
            : await table.ReplaceAsync(noted, cancellationToken) ?? await table.FindAsync(endpoint.Merchant, endpoint.Id, cancellationToken) ?? noted;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Webhook delivery {Delivery} was not made: {Fault}")]
    private static partial void Left(ILogger log, string delivery, string fault);

    /// <summary>What waits for one endpoint on this host.</summary>
    private sealed class Line
    {
        public SemaphoreSlim Gate { get; } = new(AtOncePerEndpoint);

        /// <summary>By the delivery's id, until its turn comes.</summary>
        public Dictionary<string, WaitingDelivery> Waiting { get; } = new(StringComparer.Ordinal);

        /// <summary>The ids of those whose turn it is.</summary>
        public HashSet<string> UnderWay { get; } = new(StringComparer.Ordinal);

        /// <summary>Those that wait, and those under way.</summary>
        public int Users { get; set; }

        /// <summary>Whether more may wait in the table.</summary>
        public bool HasMore { get; set; }

        public bool Knows(string id) => Waiting.ContainsKey(id) || UnderWay.Contains(id);
    }
}

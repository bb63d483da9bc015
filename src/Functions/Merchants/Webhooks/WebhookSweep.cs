using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Domain;
using WalletFunctions.Platform;

namespace WalletFunctions.Merchants.Webhooks;

/// <summary>Finds deliveries whose next try has come, or whose host is gone.</summary>
/// <remarks>
/// What its endpoint does not take at this time is moved out of the way, many in one transaction and without being read; so the list of what
/// is due stays short, and nobody's tries wait behind another's.
/// </remarks>
public sealed class WebhookSweep
{
    /// <summary>Begun at one look, of a shard.</summary>
    private const int MostBegun = 200;

    private readonly WebhookTable table;
    private readonly WebhookPostman postman;
    private readonly TimeProvider clock;
    private readonly MachineClock machine;

    internal WebhookSweep(WebhookTable table, WebhookPostman postman, TimeProvider clock, MachineClock machine) =>
        (this.table, this.postman, this.clock, this.machine) = (table, postman, clock, machine);

    /// <summary>Looks once at what is due. Several hosts may at the same moment.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        for (var shard = 0; shard < WebhookKeys.Shards; shard++)
        {
            var lines = await table.LinesAsync(shard, cancellationToken);
            await SortAsync(shard, lines.Select(line => line.Endpoint).ToHashSet(), cancellationToken);
            foreach (var line in lines.Where(line => line.DueAt <= clock.GetUtcNow()))
            {
                await postman.FeedAsync(line, cancellationToken);
            }
        }
    }

    private async Task SortAsync(int shard, HashSet<WebhookId> lines, CancellationToken cancellationToken)
    {
        var crowds = new Dictionary<WebhookId, Crowd>();
        var begun = 0;
        await foreach (var place in table.DueAsync(shard, clock.GetUtcNow(), cancellationToken))
        {
            var (merchant, id) = WebhookKeys.EndpointOf(place.Row);
            if (place.LeasedUntil > machine.GetUtcNow() || postman.Knows(id, place.DeliveryId))
            {
                continue;
            }

            if (!crowds.TryGetValue(id, out var crowd))
            {
                crowds.Add(id, crowd = new Crowd(await table.FindAsync(merchant, id, cancellationToken), lines.Contains(id)));
            }

            if (!crowd.MayBegin(clock.GetUtcNow()) || postman.IsCrowded(id))
            {
                crowd.Parking.Add(place);
                if (crowd.Parking.Count == WebhookTable.MostMoved)
                {
                    await table.ParkAsync(crowd.Parking, cancellationToken);
                    crowd.Parking.Clear();
                }
            }
            else if (begun < MostBegun && !postman.IsFull)
            {
                begun++;
                crowd.Begun++;
                await postman.BeginDueAsync(place, cancellationToken);
            }
        }

        foreach (var crowd in crowds.Values.Where(crowd => crowd.Parking.Count > 0))
        {
            await table.ParkAsync(crowd.Parking, cancellationToken);
        }
    }

    /// <summary>What is due for one endpoint.</summary>
    /// <param name="hasLine">Whether others wait for it, among which each has its turn to try.</param>
    private sealed class Crowd(WebhookEndpoint? endpoint, bool hasLine)
    {
        public List<WaitingPlace> Parking { get; } = [];

        public int Begun { get; set; }

        /// <summary>Whether one more may be offered: one at a time while it takes nothing.</summary>
        public bool MayBegin(DateTimeOffset now) =>
            endpoint is { Status: WebhookStatus.Active } && (endpoint.FailingSince is null || (!endpoint.RestsAt(now) && !hasLine && Begun == 0));
    }
}

/// <summary>The clock of webhooks.</summary>
public sealed class WebhookTimer(WebhookSweep sweep)
{
    [Function("DeliverWebhooks")]
    public Task RunAsync([TimerTrigger("*/5 * * * * *")] TimerInfo timer, CancellationToken cancellationToken) => sweep.RunAsync(cancellationToken);
}

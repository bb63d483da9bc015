using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;
using WalletFunctions.Accounts;
using WalletFunctions.Domain;
using WalletFunctions.Platform;

namespace WalletFunctions.Merchants.Webhooks;

/// <summary>The only class that reads and writes the table <c>merchantwebhooks</c>; see <see cref="WebhookKeys"/>.</summary>
internal sealed partial class WebhookTable(Storage storage, Vault vault)
{
    public const string TableName = "merchantwebhooks";

    /// <summary>A page of places; they are small.</summary>
    private const int PerPage = 1_000;

    /// <summary>So many places are looked at in one go.</summary>
    private const int MostSeen = 10_000;

    private readonly TableClient table = storage.Table(TableName);

    public async Task<IReadOnlyList<WebhookEndpoint>> EndpointsAsync(AccountId merchant, CancellationToken cancellationToken)
    {
        var prefix = WebhookKeys.Endpoints(merchant);
        var endpoints = new List<WebhookEndpoint>();
        await foreach (var row in table.QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"PartitionKey eq {WebhookKeys.Partition(merchant)} and RowKey gt {prefix} and RowKey lt {prefix + "~"}"), cancellationToken: cancellationToken))
        {
            endpoints.Add(WebhookEndpoint.Read(merchant, row, vault));
        }

        return endpoints;
    }

    /// <summary>The merchants with an endpoint that is told of a type of event; one may come several times. No secret is opened for it.</summary>
    public async IAsyncEnumerable<AccountId> WantingAsync(string type, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var shard = 0; shard < WebhookKeys.Shards; shard++)
        {
            await foreach (var row in table.QueryAsync<TableEntity>(
                TableClient.CreateQueryFilter($"PartitionKey eq {WebhookKeys.PartitionOf(shard)} and RowKey gt {WebhookKeys.EndpointPrefix} and RowKey lt {WebhookKeys.EndpointPrefix + "~"}"),
                select: ["RowKey", "Status", "Types"],
                cancellationToken: cancellationToken))
            {
                if (WebhookEndpoint.Wants(WebhookEndpoint.StatusOf(row), WebhookEndpoint.TypesOf(row), type))
                {
                    yield return WebhookKeys.MerchantOf(row.RowKey);
                }
            }
        }
    }

    public async Task<WebhookEndpoint?> FindAsync(AccountId merchant, WebhookId id, CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<TableEntity>(WebhookKeys.Partition(merchant), WebhookKeys.Endpoint(merchant, id), cancellationToken: cancellationToken);
        return found.HasValue ? WebhookEndpoint.Read(merchant, found.Value!, vault) : null;
    }

    /// <summary>False where it is there already.</summary>
    public Task<bool> AddAsync(WebhookEndpoint endpoint, CancellationToken cancellationToken) => IfPossibleAsync(() => table.AddEntityAsync(endpoint.ToRow(vault), cancellationToken));

    /// <summary>Null where it has changed since it was read, or is gone.</summary>
    public async Task<WebhookEndpoint?> ReplaceAsync(WebhookEndpoint endpoint, CancellationToken cancellationToken)
    {
        var etag = default(ETag);
        return await IfPossibleAsync(async () => etag = (await table.UpdateEntityAsync(endpoint.ToRow(vault), endpoint.ETag, TableUpdateMode.Replace, cancellationToken)).Headers.ETag!.Value)
            ? endpoint with { ETag = etag }
            : null;
    }

    /// <summary>False where there is none; the SDK answers that, and does not throw.</summary>
    public async Task<bool> RemoveAsync(AccountId merchant, WebhookId id, CancellationToken cancellationToken) =>
        (await table.DeleteEntityAsync(WebhookKeys.Partition(merchant), WebhookKeys.Endpoint(merchant, id), ETag.All, cancellationToken)).Status != 404;

    /// <summary>Stores an event's deliveries together, once.</summary>
    /// <param name="deliveries">Each with its place in the list, or null where it waits for its endpoint.</param>
    /// <returns>False where the event is known.</returns>
    public Task<bool> PublishAsync(string eventId, IReadOnlyList<(WebhookDelivery Delivery, WaitingPlace? Place)> deliveries, CancellationToken cancellationToken)
    {
        var partition = WebhookKeys.Partition(deliveries[0].Delivery.Merchant);
        return IfPossibleAsync(() => table.SubmitTransactionAsync(
            [
                Adding(new TableEntity(partition, WebhookKeys.Event(eventId))),
                .. deliveries.SelectMany(one => (TableTransactionAction[])
                [
                    Adding(one.Delivery.ToRow()),
                    .. one.Place is { } place
                        ? (TableTransactionAction[])[Adding(PlaceRow(partition, place))]
                        : [Adding(ParkedRow(partition, one.Delivery.RowKey, one.Delivery.Id.Value)), Touching(one.Delivery.Merchant, one.Delivery.Endpoint)],
                ]),
            ], cancellationToken));
    }

    /// <summary>Says what became of a delivery, and when somebody should look again: null for never. Whoever takes its place out of the list has it; nothing happens where somebody else had.</summary>
    public async Task SaveAsync(WaitingDelivery waiting, WebhookDelivery delivery, DateTimeOffset? due, CancellationToken cancellationToken)
    {
        var partition = WebhookKeys.Partition(delivery.Merchant);
        var rows = new List<TableTransactionAction>
        {
            Removing(partition, waiting.Place.Key),
            new(TableTransactionActionType.UpdateReplace, delivery.ToRow(), ETag.All),
        };
        if (due is { } at)
        {
            rows.Add(Adding(PlaceRow(partition, new WaitingPlace(WebhookKeys.Place(at, delivery.Id.Value), delivery.RowKey, DateTimeOffset.UnixEpoch))));
        }

        await IfPossibleAsync(() => table.SubmitTransactionAsync(rows, cancellationToken));
    }

    /// <summary>Takes a delivery for a while.</summary>
    /// <param name="place">Where it stands.</param>
    /// <param name="due">When somebody should look again, by the business clock, so that it stands among the others.</param>
    /// <param name="leasedUntil">Until when nobody else takes it whatever becomes of the business clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Null where somebody else has it.</returns>
    public async Task<WaitingPlace?> LeaseAsync(WaitingPlace place, DateTimeOffset due, DateTimeOffset leasedUntil, CancellationToken cancellationToken)
    {
        var partition = PartitionOf(place);
        var leased = place with { Key = WebhookKeys.Place(due, place.DeliveryId), LeasedUntil = leasedUntil };

        // Taken twice within a tick it would be removed and added under one key, which a transaction may not.
        leased = leased.Key == place.Key ? leased with { Key = WebhookKeys.Place(due.AddTicks(1), place.DeliveryId) } : leased;
        return await IfPossibleAsync(() => table.SubmitTransactionAsync([Removing(partition, place.Key), Adding(PlaceRow(partition, leased))], cancellationToken)) ? leased : null;
    }

    /// <summary>The delivery at a place; where there is none any more, its place goes as well.</summary>
    public async Task<WaitingDelivery?> ReadAsync(WaitingPlace place, CancellationToken cancellationToken)
    {
        var partition = PartitionOf(place);
        var found = await table.GetEntityIfExistsAsync<TableEntity>(partition, place.Row, cancellationToken: cancellationToken);
        if (found.HasValue)
        {
            return new WaitingDelivery(WebhookDelivery.Read(found.Value!), place);
        }

        await table.DeleteEntityAsync(partition, place.Key, ETag.All, cancellationToken);
        return null;
    }

    /// <summary>The places of a shard at which somebody should look, the longest waiting first.</summary>
    public async IAsyncEnumerable<WaitingPlace> DueAsync(int shard, DateTimeOffset now, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (partition, until, count) = (WebhookKeys.PartitionOf(shard), WebhookKeys.Waiting + WebhookKeys.Ticks(now), 0);
        await foreach (var place in table.QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey gt {WebhookKeys.Waiting} and RowKey lt {until}"), maxPerPage: PerPage, cancellationToken: cancellationToken))
        {
            yield return new WaitingPlace(place.RowKey, place.GetString("Row"), place.GetDateTimeOffset("Lease") ?? DateTimeOffset.UnixEpoch);
            if (++count == MostSeen)
            {
                yield break; // the others at the next look
            }
        }
    }

    /// <summary>What went to an endpoint, newest first.</summary>
    public Task<(IReadOnlyList<WebhookDelivery> Items, string? Continuation)> ListAsync(AccountId merchant, WebhookId endpoint, Page page, CancellationToken cancellationToken)
    {
        var prefix = WebhookKeys.Deliveries(merchant, endpoint);
        return table.PageAsync<TableEntity, WebhookDelivery>(
            TableClient.CreateQueryFilter($"PartitionKey eq {WebhookKeys.Partition(merchant)} and RowKey gt {page.Cursor ?? prefix} and RowKey lt {prefix + "~"}"),
            page, WebhookDelivery.Read, delivery => delivery.RowKey, cancellationToken);
    }

    private static TableTransactionAction Adding(TableEntity row) => new(TableTransactionActionType.Add, row);

    private static TableTransactionAction Removing(string partition, string key) => new(TableTransactionActionType.Delete, new TableEntity(partition, key), ETag.All);

    private static string PartitionOf(WaitingPlace place) => WebhookKeys.Partition(WebhookKeys.EndpointOf(place.Row).Merchant);

    private static TableEntity PlaceRow(string partition, WaitingPlace place) => new(partition, place.Key) { ["Row"] = place.Row, ["Lease"] = place.LeasedUntil };

    private static async Task<bool> IfPossibleAsync(Func<Task> write)
    {
        try
        {
            await write();
            return true;
        }
        catch (RequestFailedException e) when (e.Status is 404 or 409 or 412)
        {
            return false;
        }
    }
}

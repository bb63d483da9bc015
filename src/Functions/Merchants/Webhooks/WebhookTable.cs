using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;
using WalletFunctions.Accounts;
using WalletFunctions.Domain;
using WalletFunctions.Platform;

namespace WalletFunctions.Merchants.Webhooks;

/// <summary>The only class that reads and writes the table <c>merchantwebhooks</c>; see <see cref="WebhookKeys"/>.</summary>
internal sealed class WebhookTable(Storage storage, Vault vault)
{
    public const string TableName = "merchantwebhooks";

    private const int MostAtOnce = 200;

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

    /// <summary>False where it has changed since it was read, or is gone.</summary>
    public Task<bool> ReplaceAsync(WebhookEndpoint endpoint, CancellationToken cancellationToken) =>
        IfPossibleAsync(() => table.UpdateEntityAsync(endpoint.ToRow(vault), endpoint.ETag, TableUpdateMode.Replace, cancellationToken));

    /// <summary>False where there is none; the SDK answers that, and does not throw.</summary>
    public async Task<bool> RemoveAsync(AccountId merchant, WebhookId id, CancellationToken cancellationToken) =>
        (await table.DeleteEntityAsync(WebhookKeys.Partition(merchant), WebhookKeys.Endpoint(merchant, id), ETag.All, cancellationToken)).Status != 404;

    /// <summary>Stores an event's deliveries together, once.</summary>
    /// <param name="due">When somebody should look after them, whoever sends them at once.</param>
    /// <returns>False where the event is known.</returns>
    public Task<bool> PublishAsync(string eventId, IReadOnlyList<WebhookDelivery> deliveries, DateTimeOffset due, CancellationToken cancellationToken)
    {
        var key = new TableEntity(WebhookKeys.Partition(deliveries[0].Merchant), WebhookKeys.Event(eventId));
        return IfPossibleAsync(() => table.SubmitTransactionAsync(
            [Adding(key), .. deliveries.SelectMany(delivery => new[] { Adding(delivery.ToRow()), Adding(PlaceRow(delivery, due)) })], cancellationToken));
    }

    /// <summary>Says what became of a delivery, and when somebody should look again: null for never. Whoever takes its place out of the list has it.</summary>
    /// <returns>Null where somebody else had.</returns>
    public async Task<WaitingDelivery?> SaveAsync(WaitingDelivery waiting, WebhookDelivery delivery, DateTimeOffset? due, CancellationToken cancellationToken)
    {
        var partition = WebhookKeys.Partition(delivery.Merchant);
        var rows = new List<TableTransactionAction>
        {
            new(TableTransactionActionType.Delete, new TableEntity(partition, waiting.Place), ETag.All),
            new(TableTransactionActionType.UpdateReplace, delivery.ToRow(), ETag.All),
        };
        if (due is { } at)
        {
            rows.Add(Adding(PlaceRow(delivery, at)));
        }

        return await IfPossibleAsync(() => table.SubmitTransactionAsync(rows, cancellationToken))
            ? new WaitingDelivery(delivery, due is { } place ? WebhookKeys.Place(place, delivery) : waiting.Place)
            : null;
    }

    /// <summary>Those of a shard after which somebody should look, the longest waiting first.</summary>
    public async IAsyncEnumerable<WaitingDelivery> DueAsync(int shard, DateTimeOffset now, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (partition, until, count) = (WebhookKeys.PartitionOf(shard), WebhookKeys.Waiting + WebhookKeys.Ticks(now), 0);
        await foreach (var place in table.QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey gt {WebhookKeys.Waiting} and RowKey lt {until}"), maxPerPage: MostAtOnce, cancellationToken: cancellationToken))
        {
            var found = await table.GetEntityIfExistsAsync<TableEntity>(partition, place.GetString("Row"), cancellationToken: cancellationToken);
            if (found.HasValue)
            {
                yield return new WaitingDelivery(WebhookDelivery.Read(found.Value!), place.RowKey);
            }

            if (++count == MostAtOnce)
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

    private static TableEntity PlaceRow(WebhookDelivery delivery, DateTimeOffset due) =>
        new(WebhookKeys.Partition(delivery.Merchant), WebhookKeys.Place(due, delivery)) { ["Row"] = delivery.RowKey };

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

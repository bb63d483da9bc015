using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain;

namespace WalletFunctions.Merchants.Webhooks;

/// <summary>What waits for its endpoint, out of the list of what is due.</summary>
/// <remarks>
/// Whoever puts something there writes the endpoint's row of lines (<c>l|</c>) in the same transaction, and it goes only by the ETag it had
/// before nothing was found to wait; so nothing ever waits without it.
/// </remarks>
internal sealed partial class WebhookTable
{
    /// <summary>Two rows each, and the line's, in one transaction.</summary>
    public const int MostMoved = 45;

    private const int MostBatches = 40;

    /// <summary>The endpoints of a shard for which something waits.</summary>
    public async Task<IReadOnlyList<WebhookLine>> LinesAsync(int shard, CancellationToken cancellationToken)
    {
        var lines = new List<WebhookLine>();
        await foreach (var row in table.QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"PartitionKey eq {WebhookKeys.PartitionOf(shard)} and RowKey gt {WebhookKeys.LinePrefix} and RowKey lt {WebhookKeys.LinePrefix + "~"}"),
            cancellationToken: cancellationToken))
        {
            lines.Add(WebhookLine.Read(row));
        }

        return lines;
    }

    public async Task<WebhookLine?> FindLineAsync(AccountId merchant, WebhookId endpoint, CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<TableEntity>(WebhookKeys.Partition(merchant), WebhookKeys.Line(merchant, endpoint), cancellationToken: cancellationToken);
        return found.HasValue ? WebhookLine.Read(found.Value!) : null;
    }

    /// <summary>Has deliveries wait for their endpoint. Nothing happens where somebody else has taken one of them.</summary>
    /// <param name="places">Of one endpoint; at most <see cref="MostMoved"/>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task ParkAsync(IReadOnlyList<WaitingPlace> places, CancellationToken cancellationToken)
    {
        var (merchant, endpoint) = WebhookKeys.EndpointOf(places[0].Row);
        var partition = WebhookKeys.Partition(merchant);
        return IfPossibleAsync(() => table.SubmitTransactionAsync(
            [
                .. places.SelectMany(place => (TableTransactionAction[])[Removing(partition, place.Key), Adding(ParkedRow(partition, place.Row, place.DeliveryId))]),
                Touching(merchant, endpoint),
            ], cancellationToken));
    }

    /// <summary>What waits for an endpoint, the oldest first.</summary>
    /// <param name="line">The endpoint's.</param>
    /// <param name="after">Only what stands behind this place.</param>
    /// <param name="most">1 or more.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IReadOnlyList<ParkedDelivery>> ParkedAsync(WebhookLine line, string? after, int most, CancellationToken cancellationToken)
    {
        var prefix = WebhookKeys.AllParked(line.Merchant, line.Endpoint);
        var parked = new List<ParkedDelivery>();
        await foreach (var row in table.QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"PartitionKey eq {WebhookKeys.Partition(line.Merchant)} and RowKey gt {after ?? prefix} and RowKey lt {prefix + "~"}"),
            maxPerPage: most, cancellationToken: cancellationToken))
        {
            parked.Add(new ParkedDelivery(row.RowKey, row.GetString("Row"), row.GetString("Id")));
            if (parked.Count == most)
            {
                break;
            }
        }

        return parked;
    }

    /// <summary>Takes deliveries that wait, for a while.</summary>
    /// <param name="line">The endpoint's, as it is to be written.</param>
    /// <param name="parked">At most <see cref="MostMoved"/>.</param>
    /// <param name="due">See <see cref="LeaseAsync"/>.</param>
    /// <param name="leasedUntil">See <see cref="LeaseAsync"/>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>None where somebody else has taken one of them.</returns>
    public async Task<IReadOnlyList<WaitingPlace>> UnparkAsync(
        WebhookLine line, IReadOnlyList<ParkedDelivery> parked, DateTimeOffset due, DateTimeOffset leasedUntil, CancellationToken cancellationToken)
    {
        var partition = WebhookKeys.Partition(line.Merchant);
        var places = parked.Select(one => new WaitingPlace(WebhookKeys.Place(due, one.Id), one.Row, leasedUntil)).ToList();
        var row = LineRow(line.Merchant, line.Endpoint);
        (row["Due"], row["After"]) = (line.DueAt, line.After);
        return await IfPossibleAsync(() => table.SubmitTransactionAsync(
            [
                .. parked.Select(one => Removing(partition, one.Key)),
                .. places.Select(place => Adding(PlaceRow(partition, place))),
                new(TableTransactionActionType.UpsertMerge, row),
            ], cancellationToken)) ? places : [];
    }

    /// <summary>Ends what waits for an endpoint that is told of nothing any more, as far as it goes at one time.</summary>
    public async Task EndParkedAsync(WebhookLine line, string result, CancellationToken cancellationToken)
    {
        var partition = WebhookKeys.Partition(line.Merchant);
        for (var batch = 0; batch < MostBatches; batch++)
        {
            var parked = await ParkedAsync(line, after: null, MostMoved, cancellationToken);
            if (parked.Count == 0)
            {
                await RemoveAsync(line, cancellationToken);
                return;
            }

            if (!await IfPossibleAsync(() => table.SubmitTransactionAsync(parked.SelectMany(Ending), cancellationToken)))
            {
                // One of them is gone, or another host does the same: each by itself.
                foreach (var one in parked)
                {
                    await IfPossibleAsync(() => table.UpdateEntityAsync(Ended(one), ETag.All, TableUpdateMode.Merge, cancellationToken));
                    await table.DeleteEntityAsync(partition, one.Key, ETag.All, cancellationToken);
                }
            }
        }

        IEnumerable<TableTransactionAction> Ending(ParkedDelivery one) => [Removing(partition, one.Key), new(TableTransactionActionType.UpdateMerge, Ended(one), ETag.All)];

        TableEntity Ended(ParkedDelivery one) => new(partition, one.Row) { ["Status"] = nameof(DeliveryStatus.Failed), ["LastResult"] = result };
    }

    /// <summary>Has nobody look at a line before a moment, unless it has changed since it was read.</summary>
    public Task PutOffAsync(WebhookLine line, DateTimeOffset until, CancellationToken cancellationToken) => DueAsync(line.Merchant, line.Endpoint, until, line.ETag, cancellationToken);

    /// <summary>Has somebody look at an endpoint's line at once, if there is one.</summary>
    public Task WakeAsync(WebhookEndpoint endpoint, CancellationToken cancellationToken) => DueAsync(endpoint.Merchant, endpoint.Id, DateTimeOffset.UnixEpoch, ETag.All, cancellationToken);

    /// <summary>Takes away a line in which nothing was found, unless something has come since.</summary>
    public Task RemoveAsync(WebhookLine line, CancellationToken cancellationToken) =>
        IfPossibleAsync(() => table.DeleteEntityAsync(WebhookKeys.Partition(line.Merchant), WebhookKeys.Line(line.Merchant, line.Endpoint), line.ETag, cancellationToken));

    private Task<bool> DueAsync(AccountId merchant, WebhookId endpoint, DateTimeOffset due, ETag etag, CancellationToken cancellationToken)
    {
        var row = LineRow(merchant, endpoint);
        row["Due"] = due;
        return IfPossibleAsync(() => table.UpdateEntityAsync(row, etag, TableUpdateMode.Merge, cancellationToken));
    }

    private static TableEntity ParkedRow(string partition, string row, string id) => new(partition, WebhookKeys.Parked(row, id)) { ["Row"] = row, ["Id"] = id };

    private static TableEntity LineRow(AccountId merchant, WebhookId endpoint) =>
        new(WebhookKeys.Partition(merchant), WebhookKeys.Line(merchant, endpoint)) { ["Merchant"] = merchant.Value, ["Endpoint"] = endpoint.Value };

    /// <summary>Writes a line's row without changing it, but for its ETag.</summary>
    private static TableTransactionAction Touching(AccountId merchant, WebhookId endpoint) => new(TableTransactionActionType.UpsertMerge, LineRow(merchant, endpoint));
}

/// <summary>A delivery that waits for its endpoint.</summary>
/// <param name="Key">Its place's row key.</param>
/// <param name="Row">The delivery's row key.</param>
/// <param name="Id">The delivery's id.</param>
internal sealed record ParkedDelivery(string Key, string Row, string Id);

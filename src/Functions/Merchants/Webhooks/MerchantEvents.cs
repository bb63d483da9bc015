using System.Text;
using Azure;
using WalletFunctions.Domain;
using WalletFunctions.Platform;

namespace WalletFunctions.Merchants.Webhooks;

/// <summary>Tells merchants what happens with their payments and refunds, at the endpoints they registered.</summary>
public sealed class MerchantEvents
{
    private readonly WebhookTable table;
    private readonly WebhookPostman postman;
    private readonly WebhookOptions options;
    private readonly TimeProvider clock;
    private readonly MachineClock machine;

    internal MerchantEvents(WebhookTable table, WebhookPostman postman, WebhookOptions options, TimeProvider clock, MachineClock machine) =>
        (this.table, this.postman, this.options, this.clock, this.machine) = (table, postman, options, clock, machine);

    /// <summary>Publishes an event, once per key. When this returns it is stored for every endpoint, and goes out by itself; nobody waits for an endpoint.</summary>
    /// <param name="merchant">The merchant's account.</param>
    /// <param name="key">Names the occasion: <c>rfd_…:requested</c>. The same key again is the same event.</param>
    /// <param name="type">One of <see cref="MerchantEventTypes"/>.</param>
    /// <param name="data">The event's <c>data</c> as merchants get it; serialised as answers are.</param>
    /// <exception cref="RequestFailedException">The storage is out of reach: call again, with the same key.</exception>
    internal async Task PublishAsync(AccountId merchant, string key, string type, object data, CancellationToken cancellationToken)
    {
        var endpoints = (await table.EndpointsAsync(merchant, cancellationToken)).Order(WebhookEndpoint.ByAge).Take(WebhookDesk.MostEndpoints).Where(endpoint => endpoint.Wants(type)).ToList();
        if (endpoints.Count > 0)
        {
            await PublishAsync(endpoints, key, type, data, cancellationToken);
        }
    }

    /// <summary>Publishes an event to one endpoint, once per key.</summary>
    internal Task<IReadOnlyList<WaitingDelivery>> PublishAsync(WebhookEndpoint endpoint, string key, string type, object data, CancellationToken cancellationToken) =>
        PublishAsync([endpoint], key, type, data, cancellationToken);

    /// <summary>The merchants with an endpoint that is told of a type of event.</summary>
    internal IAsyncEnumerable<AccountId> WantingAsync(string type, CancellationToken cancellationToken) => table.WantingAsync(type, cancellationToken);

    /// <summary>Whether any endpoint of a merchant is told of a type of event.</summary>
    internal async Task<bool> IsWantedAsync(AccountId merchant, string type, CancellationToken cancellationToken) =>
        (await table.EndpointsAsync(merchant, cancellationToken)).Any(endpoint => endpoint.Wants(type));

    private async Task<IReadOnlyList<WaitingDelivery>> PublishAsync(List<WebhookEndpoint> endpoints, string key, string type, object data, CancellationToken cancellationToken)
    {
        var (now, merchant) = (clock.GetUtcNow(), endpoints[0].Merchant);
        var eventId = WebhookKeys.EventId(merchant, key);
        var body = AnswerJson.Serialize(new Envelope(type, now, data));

        // Sent at once from here; if this host dies, whoever looks at the list sends it. What its endpoint would not take waits for that.
        var (due, leasedUntil) = (now + options.Lease, machine.GetUtcNow() + options.Lease);
        var deliveries = endpoints.ConvertAll(endpoint =>
        {
            var id = Id.From<WebhookDeliveryId>(now, Encoding.ASCII.GetBytes($"{eventId}|{endpoint.Id}"));
            var row = WebhookKeys.Delivery(merchant, endpoint.Id, now, eventId);
            var rests = type != MerchantEventTypes.Test && endpoint.RestsAt(now);
            return (
                Delivery: new WebhookDelivery(merchant, endpoint.Id, row, id, eventId, type, body, now) { NextTryAt = rests ? endpoint.NextTryAt : now },
                Place: rests ? null : new WaitingPlace(WebhookKeys.Place(due, id.Value), row, leasedUntil));
        });
        var isNew = await table.PublishAsync(eventId, deliveries, cancellationToken);
        var sent = deliveries.Where(one => one.Place is not null).Select(one => new WaitingDelivery(one.Delivery, one.Place!)).ToList();
        if (isNew)
        {
            sent.ForEach(waiting => postman.Begin(waiting));
        }

        return sent;
    }

    /// <summary>The body of a webhook, as the Standard Webhooks specification 1.0 recommends it.</summary>
    private sealed record Envelope(string Type, DateTimeOffset Timestamp, object Data);
}

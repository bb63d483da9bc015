using System.Net;
using System.Text.Json;
using Azure.Data.Tables;
using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Merchants.Webhooks;
using WalletFunctions.Platform;
using WalletFunctions.TestSupport;
using Xunit;

namespace Functions.Tests.Merchants.Webhooks;

/// <summary>A busy endpoint that takes nothing, beside others of its shard. Storage and business clock are each test's own.</summary>
public sealed class WebhookCrowdTests(WebhookStage stage) : IClassFixture<WebhookStage>, IAsyncLifetime
{
    private static readonly DateTimeOffset Monday = new(2026, 11, 23, 0, 0, 0, TimeSpan.Zero);

    private readonly string account = Azurite.NewAccount();
    private readonly ManualTime clock = new();
    private WebhookHost host = null!;

    public async Task InitializeAsync()
    {
        await Table.CreateIfNotExistsAsync();
        host = WebhookHost.On(stage.App, clock, account: account, timeout: TimeSpan.FromSeconds(5));
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    private TableClient Table => new Storage(new StorageAddress(account, null, null, null), []).Table(WebhookTable.TableName);

    [Fact]
    public async Task Anothers_retry_goes_out_in_time_while_thousands_are_due_for_one_endpoint_and_looking_costs_little()
    {
        const int Thousands = 2_000;
        var dead = await EndpointAsync(0, "crowd-dead", "fail", failingUntil: TimeSpan.FromMinutes(10));
        var good = await EndpointAsync(1, "crowd-good", "take");
        await DueAsync(dead, Thousands, clock.GetUtcNow().AddHours(-1));
        await DueAsync(good, 1, clock.GetUtcNow().AddSeconds(-1));

        var before = host.Calls.Count;
        await host.Sweep.RunAsync(CancellationToken.None);
        await Eventually.True("the other's went out", async () => (await StatesAsync(good)).SequenceEqual(["Delivered"]));
        await Eventually.True("all is done", () => host.Postman.Lines == 0);
        (host.Calls.Count - before).ShouldBeLessThan(Thousands / 20, "many are moved at a time, and none is read");

        before = host.Calls.Count;
        await host.Sweep.RunAsync(CancellationToken.None);
        (host.Calls.Count - before).ShouldBeLessThan(14, "what waits for its endpoint costs nothing");
        (await ArrivedAsync("crowd-dead")).ShouldBeEmpty("it is not yet to be tried");

        // One tries for all; the pause after it is longer than the one before.
        clock.Advance(TimeSpan.FromMinutes(11));
        await host.Sweep.RunAsync(CancellationToken.None);
        await Eventually.True("it was tried", async () => (await ArrivedAsync("crowd-dead")).Length == 1 && host.Postman.Lines == 0);
        clock.Advance(TimeSpan.FromSeconds(20));
        await host.Sweep.RunAsync(CancellationToken.None);
        await Eventually.True("all is done", () => host.Postman.Lines == 0);
        (await ArrivedAsync("crowd-dead")).ShouldHaveSingleItem();
        (await StatesAsync(dead)).Count(state => state == "Pending").ShouldBe(Thousands);
    }

    [Fact]
    public async Task What_comes_while_an_endpoint_rests_waits_and_follows_the_first_that_is_taken()
    {
        var endpoint = await EndpointAsync(0, "crowd-back", "take", failingUntil: TimeSpan.FromMinutes(10));
        await DueAsync(endpoint, 100, clock.GetUtcNow().AddHours(-1));
        for (var i = 0; i < 3; i++)
        {
            await host.Events.PublishAsync(endpoint.Merchant, $"new-{i}", MerchantEventTypes.RefundRequested, new { }, CancellationToken.None);
        }

        await host.Sweep.RunAsync(CancellationToken.None);
        await Eventually.True("all is done", () => host.Postman.Lines == 0);
        (await ArrivedAsync("crowd-back")).ShouldBeEmpty();

        // One look is enough: the others come forward by themselves.
        clock.Advance(TimeSpan.FromMinutes(11));
        await host.Sweep.RunAsync(CancellationToken.None);
        await Eventually.True("all went out", async () => (await StatesAsync(endpoint)).All(state => state == "Delivered"), TimeSpan.FromSeconds(30));
        (await StatesAsync(endpoint)).Count.ShouldBe(103);
        await host.Sweep.RunAsync(CancellationToken.None);
        await Eventually.True("nothing is left of the line", async () => await RowsAsync(WebhookKeys.LinePrefix) == 0 && await RowsAsync("w|") == 0 && await RowsAsync(WebhookKeys.Waiting) == 0);
        (await host.Table.FindAsync(endpoint.Merchant, endpoint.Id, CancellationToken.None))!.FailingSince.ShouldBeNull();
    }

    [Fact]
    public async Task While_nothing_is_taken_each_has_its_turn_and_what_waits_for_a_removed_endpoint_ends()
    {
        var endpoint = await EndpointAsync(0, "crowd-one", "fail", failingUntil: TimeSpan.FromMinutes(10));
        await DueAsync(endpoint, 60, clock.GetUtcNow().AddHours(-1));
        await host.Sweep.RunAsync(CancellationToken.None);
        for (var tries = 1; tries <= 3; tries++)
        {
            clock.Advance(TimeSpan.FromHours(6));
            await host.Sweep.RunAsync(CancellationToken.None);
            await Eventually.True($"{tries} tries were made", async () => (await ArrivedAsync("crowd-one")).Length == tries && host.Postman.Lines == 0);
        }

        (await ArrivedAsync("crowd-one")).Select(one => one.GetProperty("webhookId").GetString()).Distinct().Count().ShouldBeGreaterThan(1, "each in turn");
        await host.Table.RemoveAsync(endpoint.Merchant, endpoint.Id, CancellationToken.None);
        clock.Advance(TimeSpan.FromHours(11));
        await host.Sweep.RunAsync(CancellationToken.None);
        (await StatesAsync(endpoint)).ShouldAllBe(state => state == "Failed");
        await host.Sweep.RunAsync(CancellationToken.None);
        (await RowsAsync("w|") + await RowsAsync(WebhookKeys.Waiting)).ShouldBe(0);
    }

    [Fact]
    public async Task A_merchants_test_goes_out_while_its_endpoint_rests_and_brings_what_waits()
    {
        var endpoint = await EndpointAsync(0, "crowd-test", "take", failingUntil: TimeSpan.FromHours(10));
        await DueAsync(endpoint, 5, clock.GetUtcNow().AddHours(-1));
        await host.Sweep.RunAsync(CancellationToken.None);
        await host.Sweep.RunAsync(CancellationToken.None);
        (await ArrivedAsync("crowd-test")).ShouldBeEmpty();

        await host.Events.PublishAsync(endpoint, "test:1", MerchantEventTypes.Test, new { }, CancellationToken.None);
        await Eventually.True("all went out", async () => (await StatesAsync(endpoint)) is { Count: 6 } states && states.All(state => state == "Delivered"));
    }

    /// <summary>An endpoint of a merchant; all of these stand in one shard.</summary>
    /// <param name="failingUntil">It has taken nothing for a while, and is next tried then.</param>
    private async Task<WebhookEndpoint> EndpointAsync(int number, string hook, string mode, TimeSpan? failingUntil = null)
    {
        (await stage.App.Anonymous.PutAsync($"sandbox/merchant/hooks/{hook}/behaviour", new { mode })).Must(HttpStatusCode.OK);
        var merchant = Enumerable.Range(0, 100).Select(i => Id.From<AccountId>(Monday, [(byte)i])).Where(id => WebhookKeys.Partition(id) == WebhookKeys.PartitionOf(0)).ElementAt(number);
        var endpoint = new WebhookEndpoint(Id.From<WebhookId>(Monday, [(byte)number]), merchant, new Uri(stage.App.Address, $"sandbox/merchant/hooks/{hook}"), [], new byte[32], clock.GetUtcNow().AddDays(-1));
        if (failingUntil is { } pause)
        {
            endpoint = endpoint with { FailingSince = clock.GetUtcNow().AddHours(-1), Failures = 3, NextTryAt = clock.GetUtcNow() + pause };
        }

        (await host.Table.AddAsync(endpoint, CancellationToken.None)).ShouldBeTrue();
        return (await host.Table.FindAsync(merchant, endpoint.Id, CancellationToken.None))!;
    }

    /// <summary>Writes deliveries that are due, without publishing them.</summary>
    private Task DueAsync(WebhookEndpoint endpoint, int count, DateTimeOffset since) => Parallel.ForEachAsync(
        Enumerable.Range(0, count).Chunk(50),
        new ParallelOptions { MaxDegreeOfParallelism = 4 },
        async (numbers, cancellation) => await Table.SubmitTransactionAsync(
            numbers.SelectMany(i =>
            {
                var at = since.AddTicks(i);
                var (id, eventId) = (Id.From<WebhookDeliveryId>(Monday, BitConverter.GetBytes(i)), WebhookKeys.EventId(endpoint.Merchant, $"due-{i}"));
                var delivery = new WebhookDelivery(endpoint.Merchant, endpoint.Id, WebhookKeys.Delivery(endpoint.Merchant, endpoint.Id, at, eventId), id, eventId, MerchantEventTypes.RefundRequested, "{}", at);
                var place = new TableEntity(WebhookKeys.PartitionOf(0), WebhookKeys.Place(at, id.Value)) { ["Row"] = delivery.RowKey };
                return (TableTransactionAction[])[new(TableTransactionActionType.Add, delivery.ToRow()), new(TableTransactionActionType.Add, place)];
            }), cancellation));

    private async Task<IReadOnlyList<string>> StatesAsync(WebhookEndpoint endpoint)
    {
        var (states, prefix) = (new List<string>(), WebhookKeys.Deliveries(endpoint.Merchant, endpoint.Id));
        await foreach (var row in Table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {WebhookKeys.PartitionOf(0)} and RowKey gt {prefix} and RowKey lt {prefix + "~"}"), select: ["Status"]))
        {
            states.Add(row.GetString("Status"));
        }

        return states;
    }

    private async Task<int> RowsAsync(string prefix)
    {
        var count = 0;
        await foreach (var row in Table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {WebhookKeys.PartitionOf(0)} and RowKey gt {prefix} and RowKey lt {prefix + "~"}"), select: ["RowKey"]))
        {
            count++;
        }

        return count;
    }

    private async Task<JsonElement[]> ArrivedAsync(string hook) => (await stage.App.Anonymous.GetAsync($"sandbox/merchant/hooks/{hook}")).Must(HttpStatusCode.OK).Items();
}

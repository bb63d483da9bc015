using System.Net;
using Azure.Core.Pipeline;
using Functions.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using WalletFunctions.Merchants.Webhooks;
using WalletFunctions.Platform;
using WalletFunctions.TestSupport;
using Xunit;

namespace Functions.Tests.Merchants.Webhooks;

/// <summary>Endpoints that fail, hang, redirect or are gone, and hosts that die on the way.</summary>
public sealed class WebhookFaultTests(WebhookStage stage) : IClassFixture<WebhookStage>
{
    [Theory]
    [InlineData("fail", "http_503")]
    [InlineData("hang", "timeout")]
    [InlineData("redirect", "http_302")]
    public async Task What_was_not_taken_is_offered_again_under_the_same_id_until_it_is(string mode, string result)
    {
        var hook = await stage.HookAsync($"again-{mode}");
        await hook.BehaveAsync(mode);
        await hook.PublishAsync(mode);
        await Eventually.True("a first try failed", async () => (await hook.DeliveriesAsync()) is [var one] && one.TryGetProperty("lastResult", out var last) && last.GetString() == result);
        (await stage.Merchant.GetAsync(hook.Path)).Must(HttpStatusCode.OK).Json.TryGetProperty("failingSince", out _).ShouldBeTrue();

        await hook.BehaveAsync("take");
        await stage.PassAsync(TimeSpan.FromSeconds(10));
        await Eventually.True("a later one was taken", async () => (await hook.DeliveriesAsync())[0].GetProperty("status").GetString() == "delivered");
        var arrived = await hook.ArrivedAsync();
        arrived.Length.ShouldBeGreaterThan(1);
        arrived.Select(one => one.GetProperty("webhookId").GetString()).Distinct().Count().ShouldBe(1);
        arrived.Select(one => one.GetProperty("body").GetString()).Distinct().Count().ShouldBe(1);
        arrived.ShouldAllBe(one => Hook.IsValid(one, hook.Secret));
        await Eventually.True("it counts as sound again", async () => !(await stage.Merchant.GetAsync(hook.Path)).Must(HttpStatusCode.OK).Json.TryGetProperty("failingSince", out _));
    }

    [Fact]
    public async Task After_three_days_of_nothing_the_endpoint_is_switched_off_and_the_merchant_and_support_hear_of_it_once()
    {
        var hook = await stage.HookAsync("dead");
        await hook.BehaveAsync("fail");
        await hook.PublishAsync("lost");
        await Eventually.True("a first try failed", async () => (await hook.DeliveriesAsync())[0].GetProperty("tries").GetInt32() == 1);
        await stage.PassAsync(TimeSpan.FromDays(2.9));
        await Eventually.True("a second try failed", async () => (await hook.DeliveriesAsync())[0].GetProperty("tries").GetInt32() == 2);
        (await stage.Merchant.GetAsync(hook.Path)).Must(HttpStatusCode.OK).Text("status").ShouldBe("active");
        await hook.PublishAsync("waiting");

        await stage.PassAsync(TimeSpan.FromHours(3));
        await Eventually.True("it is off", async () => (await stage.Merchant.GetAsync(hook.Path)).Must(HttpStatusCode.OK).Text("status") == "disabled");
        await Eventually.True("the event is given up", async () => (await hook.DeliveriesAsync()).Last().GetProperty("status").GetString() == "failed");
        await Eventually.True("the merchant is told", async () => await ToldAsync(hook) == 1);
        using var agent = await stage.App.AgentAsync();
        await Eventually.True("support is told", async () => (await agent.GetAsync("v1/inbox/conversations?view=all&limit=200")).Must(HttpStatusCode.OK).Items().Any(item => item.GetProperty("subject").GetString()!.Contains("回调地址已停用", StringComparison.Ordinal)));

        // What still waited for it ends as well, and nobody is told twice.
        await stage.PassAsync(TimeSpan.FromHours(13));
        await Eventually.True("the other is given up", async () => (await hook.DeliveriesAsync()).All(one => one.GetProperty("status").GetString() == "failed"));
        (await ToldAsync(hook)).ShouldBe(1);

        await hook.BehaveAsync("take");
        (await stage.Merchant.PatchAsync(hook.Path, new { status = "active" })).Must(HttpStatusCode.OK);
        await hook.PublishAsync("after");
        await Eventually.True("it is told again", async () => (await hook.DeliveriesAsync())[0].GetProperty("status").GetString() == "delivered");
    }

    [Fact]
    public async Task An_endpoint_that_says_it_is_gone_is_switched_off_at_once()
    {
        var hook = await stage.HookAsync("gone");
        await hook.BehaveAsync("gone");
        await hook.PublishAsync("gone");
        await Eventually.True("it is off", async () => (await stage.Merchant.GetAsync(hook.Path)).Must(HttpStatusCode.OK).Text("status") == "disabled");
        await Eventually.True("the event is given up", async () => (await hook.DeliveriesAsync())[0].GetProperty("status").GetString() == "failed");
        await Eventually.True("the merchant is told", async () => await ToldAsync(hook) == 1);
    }

    [Fact]
    public async Task Endpoints_that_hang_do_not_delay_the_others()
    {
        var good = await stage.HookAsync("good");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async i =>
        {
            (await stage.App.Anonymous.PutAsync($"sandbox/merchant/hooks/hanging-{i}/behaviour", new { mode = "hang" })).Must(HttpStatusCode.OK);
            (await stage.Merchant.PostAsync("v1/merchant/webhooks", new { url = new Uri(stage.App.Address, $"sandbox/merchant/hooks/hanging-{i}") })).Must(HttpStatusCode.Created);
        }));
        for (var i = 0; i < 30; i++)
        {
            await good.PublishAsync($"crowd-{i}");
        }

        // 120 tries of a second each, two at a time for each endpoint, would take a minute and a half in one line.
        await Eventually.True("the good one has them all", async () => (await good.ArrivedAsync()).Select(one => one.GetProperty("webhookId").GetString()).Distinct().Count() == 30, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Abandoned_at_any_storage_step_an_event_still_arrives_under_one_id()
    {
        var hook = await stage.HookAsync("abandoned");
        var survived = false;
        for (var step = 1; !survived; step++)
        {
            foreach (var after in new[] { false, true })
            {
                var death = new AbandonPolicy();
                death.DieAt(step, after);
                var key = $"step {step} {after}";
                survived = await WorkAsync(key, death);

                // Whoever publishes comes again, and another host looks after what waits: the app's own.
                await hook.PublishAsync(key);
                await stage.OutliveAsync();
                await Eventually.True($"{key} is delivered", async () => (await hook.DeliveriesAsync()).Any(one => one.GetProperty("eventId").GetString() == WebhookKeys.EventId(stage.MerchantId, key) && one.GetProperty("status").GetString() == "delivered"));
            }

            step.ShouldBeLessThan(20);
        }

        var deliveries = await hook.DeliveriesAsync();
        deliveries.Select(one => one.GetProperty("eventId").GetString()).Distinct().Count().ShouldBe(deliveries.Length, "each event is one");
    }

    [Fact]
    public async Task What_another_host_has_taken_is_not_sent_by_the_host_in_whose_memory_it_waited()
    {
        var hook = await stage.HookAsync("taken");
        var time = new ManualTime();
        await using var slow = WebhookHost.On(stage.App, machine: time);
        var waiting = await PublishAsync(slow, "taken");

        // It waits for its turn on the slow host for longer than its lease, so another takes it.
        await stage.OutliveAsync();
        await Eventually.True("it is delivered", async () => (await hook.DeliveriesAsync()) is [var only] && only.GetProperty("status").GetString() == "delivered");
        time.Advance(stage.Lease + TimeSpan.FromSeconds(1));
        await slow.Postman.DeliverAsync(waiting, CancellationToken.None);
        (await hook.ArrivedAsync()).ShouldHaveSingleItem();
        (await hook.DeliveriesAsync())[0].GetProperty("tries").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task What_waited_longer_than_its_lease_is_taken_anew_before_it_is_sent()
    {
        var hook = await stage.HookAsync("renewed");
        await hook.BehaveAsync("hang");
        var time = new ManualTime();
        await using var slow = WebhookHost.On(stage.App, machine: time, timeout: TimeSpan.FromSeconds(3));
        await using var other = WebhookHost.On(stage.App, machine: time);
        var waiting = await PublishAsync(slow, "renewed");
        await stage.App.AdvanceAsync(stage.Lease * 2);
        time.Advance(stage.Lease * 2);
        var sending = slow.Postman.DeliverAsync(waiting, CancellationToken.None);
        await Eventually.True("it is on its way", async () => (await hook.ArrivedAsync()).Length == 1);

        // Due by its first lease; under the one it is sent by it is nobody else's.
        await other.Sweep.RunAsync(CancellationToken.None);
        await Eventually.True("what the other began has ended", () => other.Postman.Lines == 0);
        await sending;
        (await hook.ArrivedAsync()).ShouldHaveSingleItem();
        (await hook.DeliveriesAsync())[0].GetProperty("tries").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task While_a_try_is_under_way_the_business_clock_may_move_and_its_lease_may_end_without_a_second_one()
    {
        var hook = await stage.HookAsync("moved");
        await hook.BehaveAsync("hang");
        var time = new ManualTime();
        await using var slow = WebhookHost.On(stage.App, machine: time, timeout: TimeSpan.FromSeconds(20));
        slow.Postman.Begin(await PublishAsync(slow, "moved"));
        await Eventually.True("it is on its way", async () => (await hook.ArrivedAsync()).Length == 1);

        // For another host the lease holds, for it is not the business clock's.
        await using var other = WebhookHost.On(stage.App);
        await stage.App.AdvanceAsync(TimeSpan.FromHours(1));
        await other.Sweep.RunAsync(CancellationToken.None);
        other.Postman.Lines.ShouldBe(0);

        // The host itself knows what it has under way, however long that takes.
        time.Advance(TimeSpan.FromHours(1));
        await slow.Sweep.RunAsync(CancellationToken.None);
        (await hook.ArrivedAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task An_endpoint_of_which_nothing_waits_takes_no_memory()
    {
        var hook = await stage.HookAsync("forgotten");
        await using var host = WebhookHost.On(stage.App);
        for (var i = 0; i < 3; i++)
        {
            host.Postman.Begin(await PublishAsync(host, $"forgotten-{i}"));
        }

        host.Postman.Lines.ShouldBe(1);
        await Eventually.True("all went out", async () => (await hook.DeliveriesAsync()).Count(one => one.GetProperty("status").GetString() == "delivered") == 3);
        await Eventually.True("its line is gone", () => host.Postman.Lines == 0);
    }

    /// <summary>Publishes and delivers here and now, on a host that dies.</summary>
    /// <returns>Whether the work came to its end.</returns>
    private async Task<bool> WorkAsync(string key, HttpPipelinePolicy policy)
    {
        await using var host = WebhookHost.On(stage.App, policy: policy);
        try
        {
            await host.Postman.DeliverAsync(await PublishAsync(host, key), CancellationToken.None);
            return true;
        }
        catch (AbandonedException)
        {
            return false;
        }
    }

    /// <summary>Stores an event, on a host that sends nothing by itself.</summary>
    private async Task<WaitingDelivery> PublishAsync(WebhookHost host, string key)
    {
        var services = stage.App.Services;
        var idle = WebhookHost.On(stage.App).Postman;
        await idle.DisposeAsync();
        var events = new MerchantEvents(
            host.Table, idle, services.GetRequiredService<WebhookOptions>(), services.GetRequiredService<TimeProvider>(), services.GetRequiredService<MachineClock>());
        var endpoint = (await host.Table.EndpointsAsync(stage.MerchantId, CancellationToken.None))[0];
        return (await events.PublishAsync(endpoint, key, MerchantEventTypes.RefundRequested, new { refundId = key }, CancellationToken.None))[0];
    }

    private async Task<int> ToldAsync(Hook hook) =>
        (await stage.Merchant.GetAsync("v1/me/notifications?limit=200")).Must(HttpStatusCode.OK).Items().Count(item => item.TryGetProperty("subjectId", out var subject) && subject.GetString() == hook.Id);
}

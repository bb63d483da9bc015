using System.Net;
using System.Text.Json;
using Azure.Data.Tables;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using WalletFunctions.Merchants.Webhooks;
using WalletFunctions.Platform;
using WalletFunctions.TestSupport;
using Xunit;

namespace Functions.Tests.Merchants.Webhooks;

public sealed class WebhookTests(WebhookStage stage) : IClassFixture<WebhookStage>
{
    [Fact]
    public async Task An_event_arrives_signed_and_once_however_often_it_is_published()
    {
        var hook = await stage.HookAsync("once");
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => hook.PublishAsync("rfd_1:requested")));
        await Eventually.True("it is delivered", async () => (await hook.DeliveriesAsync()) is [var only] && only.GetProperty("status").GetString() == "delivered");
        var arrived = (await hook.ArrivedAsync()).ShouldHaveSingleItem();
        Hook.IsValid(arrived, hook.Secret).ShouldBeTrue();
        Hook.IsValid(arrived, "whsec_" + Convert.ToBase64String(new byte[32])).ShouldBeFalse();
        var body = JsonElement.Parse(arrived.GetProperty("body").GetString()!);
        (body.GetProperty("type").GetString(), body.GetProperty("data").GetProperty("refundId").GetString()).ShouldBe(("refund.requested", "rfd_1:requested"));
        var delivery = (await hook.DeliveriesAsync())[0];
        delivery.GetProperty("eventId").GetString().ShouldBe(arrived.GetProperty("webhookId").GetString());
        (delivery.GetProperty("lastResult").GetString(), delivery.GetProperty("tries").GetInt32()).ShouldBe(("http_204", 1));
    }

    [Fact]
    public async Task A_secret_is_shown_once_and_lies_nowhere_readable()
    {
        var hook = await stage.HookAsync("secret");
        hook.Secret.ShouldStartWith("whsec_");
        Convert.FromBase64String(hook.Secret["whsec_".Length..]).Length.ShouldBe(32);
        (await stage.Merchant.GetAsync(hook.Path)).Must(HttpStatusCode.OK).Body.ShouldNotContain("whsec_");
        (await stage.Merchant.GetAsync("v1/merchant/webhooks")).Must(HttpStatusCode.OK).Body.ShouldNotContain("whsec_");

        var body = new { url = "http://127.0.0.1:1/hooks" };
        var made = (await stage.Merchant.PostAsync("v1/merchant/webhooks", body, "make")).Must(HttpStatusCode.Created);
        var again = (await stage.Merchant.PostAsync("v1/merchant/webhooks", body, "make")).Must(HttpStatusCode.Created);
        again.Body.ShouldBe(made.Body, "who lost the answer asks again");
        again.Header("Idempotent-Replayed").ShouldBe("true");
        var secret = made.Text("secret")["whsec_".Length..];
        foreach (var name in new[] { "idempotency", WebhookTable.TableName })
        {
            await foreach (var row in stage.App.Services.GetRequiredService<Storage>().Table(name).QueryAsync<TableEntity>())
            {
                row.Keys.Select(column => row[column]).OfType<string>().ShouldAllBe(text => !text.Contains(secret, StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public async Task Who_decided_on_an_endpoint_that_has_changed_since_is_told_so()
    {
        var hook = await stage.HookAsync("tagged");
        var seen = (await stage.Merchant.GetAsync(hook.Path)).Must(HttpStatusCode.OK).Header("ETag").ShouldNotBeNull();
        var changed = (await stage.Merchant.PatchAsync(hook.Path, new { types = new[] { "refund.requested" } }, seen)).Must(HttpStatusCode.OK);
        (await stage.Merchant.PatchAsync(hook.Path, new { status = "disabled" }, seen)).MustRefuse(HttpStatusCode.PreconditionFailed, "precondition_failed");
        (await stage.Merchant.GetAsync(hook.Path)).Header("ETag").ShouldBe(changed.Header("ETag"));
        (await stage.Merchant.PatchAsync(hook.Path, new { status = "disabled" }, changed.Header("ETag"))).Must(HttpStatusCode.OK).Text("status").ShouldBe("disabled");
    }

    [Fact]
    public async Task After_a_rotation_both_signatures_go_along_for_a_day()
    {
        var hook = await stage.HookAsync("rotated");
        var rotated = (await stage.Merchant.PostAsync($"{hook.Path}/secret", "{}")).Must(HttpStatusCode.OK).Text("secret");
        rotated.ShouldNotBe(hook.Secret);
        await hook.PublishAsync("a");
        await Eventually.True("it arrives", async () => (await hook.ArrivedAsync()).Length == 1);
        Hook.IsValid((await hook.ArrivedAsync())[0], hook.Secret).ShouldBeTrue();
        Hook.IsValid((await hook.ArrivedAsync())[0], rotated).ShouldBeTrue();

        await stage.App.AdvanceAsync(TimeSpan.FromDays(1.1));
        await hook.PublishAsync("b");
        await Eventually.True("it arrives", async () => (await hook.ArrivedAsync()).Length == 2);
        Hook.IsValid((await hook.ArrivedAsync())[0], hook.Secret).ShouldBeFalse();
        Hook.IsValid((await hook.ArrivedAsync())[0], rotated).ShouldBeTrue();
    }

    [Fact]
    public async Task Merchants_choose_what_they_hear_of_and_can_be_sent_a_test()
    {
        var hook = await stage.HookAsync("choosy", MerchantEventTypes.RefundDecided, MerchantEventTypes.Test);
        await hook.PublishAsync("unwanted");
        await hook.PublishAsync("wanted", MerchantEventTypes.RefundDecided);
        (await stage.Merchant.PostAsync($"{hook.Path}/test", null)).Must(HttpStatusCode.Accepted).Text("type").ShouldBe("webhook.test");
        await Eventually.True("both arrive", async () => (await hook.ArrivedAsync()).Length == 2);
        (await hook.DeliveriesAsync()).Select(one => one.GetProperty("type").GetString()).Order(StringComparer.Ordinal).ShouldBe(["refund.decided", "webhook.test"]);

        (await stage.Merchant.PatchAsync(hook.Path, new { status = "disabled" })).Must(HttpStatusCode.OK);
        (await stage.Merchant.PostAsync($"{hook.Path}/test", null)).MustRefuse(HttpStatusCode.Conflict, "webhook_disabled");
        (await stage.Merchant.PatchAsync(hook.Path, new { types = new[] { "no.such" } })).MustRefuse(HttpStatusCode.BadRequest, "invalid_field");
        (await stage.Merchant.DeleteAsync(hook.Path)).Must(HttpStatusCode.NoContent);
        (await stage.Merchant.GetAsync(hook.Path)).MustRefuse(HttpStatusCode.NotFound, "webhook_not_found");
    }

    [Fact]
    public async Task Endpoints_are_their_merchants_own_and_few()
    {
        var hook = await stage.HookAsync("own");
        using var other = await stage.App.MerchantAsync(1);
        foreach (var refused in new[] { await other.GetAsync(hook.Path), await other.DeleteAsync(hook.Path), await other.GetAsync($"{hook.Path}/deliveries"), await other.PostAsync($"{hook.Path}/secret", null), await other.PostAsync($"{hook.Path}/test", null) })
        {
            refused.MustRefuse(HttpStatusCode.NotFound, "webhook_not_found");
        }

        for (var i = 1; i < WebhookDesk.MostEndpoints; i++)
        {
            (await stage.Merchant.PostAsync("v1/merchant/webhooks", new { url = $"http://127.0.0.1:1/{i}" })).Must(HttpStatusCode.Created);
        }

        (await stage.Merchant.PostAsync("v1/merchant/webhooks", new { url = "http://127.0.0.1:1/6" })).MustRefuse(HttpStatusCode.UnprocessableEntity, "webhook_limit");
        (await stage.Merchant.GetAsync("v1/merchant/webhooks?limit=2")).Must(HttpStatusCode.OK).Items().Length.ShouldBe(2);
    }

    [Fact]
    public async Task Tests_are_sent_ten_times_a_minute_and_a_refused_one_is_not_kept_under_its_key()
    {
        using var merchant = await stage.App.MerchantAsync(1);
        var path = (await merchant.PostAsync("v1/merchant/webhooks", new { url = "http://127.0.0.1:1/tested" })).Must(HttpStatusCode.Created).Text("webhookId");
        for (var i = 0; i < 10; i++)
        {
            var first = (await merchant.PostAsync($"v1/merchant/webhooks/{path}/test", null, $"test-{i}")).Must(HttpStatusCode.Accepted);
            var again = (await merchant.PostAsync($"v1/merchant/webhooks/{path}/test", null, $"test-{i}")).Must(HttpStatusCode.Accepted);
            (again.Body, again.Header("RateLimit")![..19]).ShouldBe((first.Body, $"\"webhook-tests\";r={9 - i}"), "a repeat is no other test");
        }

        var refused = (await merchant.PostAsync($"v1/merchant/webhooks/{path}/test", null, "later")).MustRefuse(HttpStatusCode.TooManyRequests, "too_many_requests");
        refused.Header("Retry-After").ShouldNotBeNull();
        refused.Header("RateLimit")!.ShouldStartWith("\"webhook-tests\";r=0");

        // As a minute later.
        var counts = stage.App.Services.GetRequiredService<Storage>().Table(RateLimits.TableName);
        await foreach (var row in counts.QueryAsync<TableEntity>())
        {
            await counts.DeleteEntityAsync(row);
        }

        (await merchant.PostAsync($"v1/merchant/webhooks/{path}/test", null, "later")).Must(HttpStatusCode.Accepted);
        (await merchant.DeleteAsync($"v1/merchant/webhooks/{path}")).Must(HttpStatusCode.NoContent);
    }

    [Theory]
    [InlineData("ftp://shop.example/")]
    [InlineData("https://user:secret@shop.example/")]
    [InlineData("https://shop.example/#part")]
    public async Task Addresses_that_cannot_be_called_are_refused(string url) =>
        (await stage.Merchant.PostAsync("v1/merchant/webhooks", new { url })).MustRefuse(HttpStatusCode.UnprocessableEntity, "webhook_url_forbidden");
}

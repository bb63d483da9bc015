using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using WalletFunctions.Domain.Refunds;
using WalletFunctions.Merchants.Webhooks;
using WalletFunctions.TestSupport;
using Xunit;
using static Functions.Tests.Refunds.RefundStage;

namespace Functions.Tests.Refunds;

/// <summary>What reaches a merchant of its refunds: at its endpoint, and by mail.</summary>
public sealed class RefundMerchantNewsTests(HookedRefundStage stage) : IClassFixture<HookedRefundStage>
{
    [Fact]
    public async Task Endpoint_and_mail_tell_a_whole_story_in_order_and_each_step_once()
    {
        await HookAsync("story");
        var id = await stage.AskMerchantAsync(20_000);
        var answerBy = (await stage.ReadAsync(id)).Text("answerBy");
        await stage.AdvanceAsync(TimeSpan.FromHours(24));
        await stage.UntilAsync(id, RefundEvent.Remind);
        await stage.AdvanceAsync(TimeSpan.FromHours(42));
        await stage.UntilAsync(id, RefundEvent.Remind, 2);
        await stage.AdvanceAsync(TimeSpan.FromHours(6));
        await stage.UntilAsync(id, "in_review");
        await DecideAsync(stage.Agent, id, "deny");
        await stage.UntilAsync(id, "denied");
        (await stage.Customer.PostAsync($"v1/refunds/{id}/appeal", new { text = "货不对板" })).Must(HttpStatusCode.OK);
        await stage.UntilAsync(id, "appealed");
        await stage.DrainAsync();
        await DecideAsync(stage.OtherAgent, id, "approve");
        await stage.UntilAsync(id, "awaiting_funds");
        await stage.FillAsync(20_000);
        await stage.UntilAsync(id, "refunded");

        (string, string, string?)[] story =
        [
            ("refund.requested", "with_merchant", answerBy), ("refund.reminder", "with_merchant", answerBy), ("refund.reminder", "with_merchant", answerBy),
            ("refund.escalated", "in_review", null), ("refund.decided", "denied", null), ("refund.escalated", "appealed", null), ("refund.decided", "approved", null),
            ("refund.awaiting_funds", "awaiting_funds", null), ("refund.refunded", "refunded", null),
        ];
        await Eventually.True("all of it has arrived", async () => (await ArrivedAsync("story")).Count >= story.Length);
        (await ArrivedAsync("story")).ShouldBe(story);

        // Of 200.00 yuan silence is no yes.
        await Eventually.True("the mails have gone out", async () => (await MailsAsync(stage.Merchant, id)).Count >= 3);
        var mails = await MailsAsync(stage.Merchant, id);
        mails.Count(mail => mail.StartsWith("提醒：", StringComparison.Ordinal)).ShouldBe(2);
        mails.Count.ShouldBe(3);
        mails.ShouldAllBe(mail => mail.Contains("（北京时间）前答复，逾期将由客服审核", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_merchant_hears_that_the_evidence_it_asked_for_has_come_and_not_of_what_support_asked_for()
    {
        await HookAsync("evidence");
        var id = await stage.EvidenceWantedAsync(9_000);
        await GiveAsync("见照片");
        await DecideAsync(stage.Agent, id, "ask");
        await stage.UntilAsync(id, "evidence_wanted");
        await GiveAsync("见发票");
        await DecideAsync(stage.Merchant, id, "approve");
        await stage.UntilAsync(id, "refunded");

        await Eventually.True("all of it has arrived", async () => (await ArrivedAsync("evidence")).Count >= 4);
        (await ArrivedAsync("evidence")).Select(told => (told.Type, told.Status))
            .ShouldBe([("refund.requested", "with_merchant"), ("refund.escalated", "in_review"), ("refund.decided", "approved"), ("refund.refunded", "refunded")]);
        await Eventually.True("the mails have gone out", async () => (await MailsAsync(stage.Merchant, id)).Count >= 2);
        var mails = await MailsAsync(stage.Merchant, id);
        mails.Count.ShouldBe(2, string.Join('\n', mails));
        mails[0].ShouldContain("您仍可同意退款");
        mails[1].ShouldContain("逾期未答复视为同意");

        async Task GiveAsync(string text)
        {
            (await stage.Customer.PostAsync($"v1/refunds/{id}/evidence", new { text })).Must(HttpStatusCode.OK);
            await stage.UntilAsync(id, "in_review");
        }
    }

    /// <summary>Registers an endpoint of the sandbox for all that happens to refunds; the one before is removed.</summary>
    private async Task HookAsync(string name)
    {
        foreach (var other in (await stage.Merchant.GetAsync("v1/merchant/webhooks")).Must(HttpStatusCode.OK).Items())
        {
            (await stage.Merchant.DeleteAsync($"v1/merchant/webhooks/{other.GetProperty("webhookId").GetString()}")).Must(HttpStatusCode.NoContent);
        }

        var types = MerchantEventTypes.All.Where(type => type.StartsWith("refund.", StringComparison.Ordinal));
        (await stage.Merchant.PostAsync("v1/merchant/webhooks", new { url = new Uri(stage.App.Address, $"sandbox/merchant/hooks/{name}"), types })).Must(HttpStatusCode.Created);
    }

    /// <summary>What has arrived, oldest first.</summary>
    private async Task<IReadOnlyList<(string Type, string Status, string? AnswerBy)>> ArrivedAsync(string name) =>
    [
        .. (await stage.App.Anonymous.GetAsync($"sandbox/merchant/hooks/{name}")).Must(HttpStatusCode.OK).Items()
            .Select(arrived => JsonElement.Parse(arrived.GetProperty("body").GetString()!))
            .OrderBy(body => body.GetProperty("data").GetProperty("at").GetDateTimeOffset())
            .Select(body => (
                body.GetProperty("type").GetString()!,
                body.GetProperty("data").GetProperty("status").GetString()!,
                body.GetProperty("data").TryGetProperty("answerBy", out var answerBy) ? answerBy.GetString() : null)),
    ];

    /// <summary>The mails about a refund that somebody got, newest first.</summary>
    private async Task<IReadOnlyList<string>> MailsAsync(TestClient to, string id)
    {
        var address = (await to.GetAsync("v1/me")).Must(HttpStatusCode.OK).Text("email");
        return
        [
            .. (await stage.App.Anonymous.GetAsync($"sandbox/outbox?to={Uri.EscapeDataString(address)}&limit=200")).Must(HttpStatusCode.OK).Items()
                .Where(mail => mail.GetProperty("channel").GetString() == "email").Select(mail => mail.GetProperty("text").GetString()!).Where(text => text.Contains(id, StringComparison.Ordinal)),
        ];
    }
}

/// <summary>A stage whose merchant has an endpoint on this machine.</summary>
public sealed class HookedRefundStage : RefundStage
{
    public HookedRefundStage() => Configure = builder => builder.Services.AddSingleton(new WebhookOptions(TimeSpan.FromSeconds(5), AllowsAnyAddress: true));
}

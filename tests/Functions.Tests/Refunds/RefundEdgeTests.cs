using System.Net;
using Shouldly;
using WalletFunctions.Domain.Refunds;
using Xunit;
using static Functions.Tests.Refunds.RefundStage;
using static WalletFunctions.Domain.Refunds.RefundEvent;
using static WalletFunctions.Domain.Refunds.RefundStatus;

namespace Functions.Tests.Refunds;

/// <summary>
/// Every edge of the table, each timer's ending among them, over HTTP with the clock moved. A scenario says which edges it
/// goes; that they are all there, and that it goes them, is checked.
/// </summary>
public sealed class RefundEdgeTests(RefundStage stage) : IClassFixture<RefundStage>
{
    private static readonly Dictionary<string, Scenario> Scenarios = new(StringComparer.Ordinal)
    {
        ["the merchant agrees"] = new([(Requested, AskMerchant), (WithMerchant, MerchantApprove), (Approved, Pay)], async stage =>
        {
            var id = await stage.AskMerchantAsync(700);
            await DecideAsync(stage.Merchant, id, "approve");
            return await stage.EndAsync(id, "refunded");
        }),
        ["the merchant is reminded and silent, support is late, asks, says no, and nobody appeals"] = new(
            [(WithMerchant, Remind), (WithMerchant, MerchantSilent), (InReview, Escalate), (InReview, SupportAsk), (EvidenceWanted, GiveEvidence), (InReview, SupportDeny), (Denied, CloseAppeal)], async stage =>
        {
            var id = await stage.AskMerchantAsync(20_000);
            await stage.AdvanceAsync(TimeSpan.FromHours(24));
            await stage.UntilAsync(id, Remind);
            await stage.AdvanceAsync(TimeSpan.FromHours(42));
            await stage.UntilAsync(id, Remind, 2);
            await stage.AdvanceAsync(TimeSpan.FromHours(6));
            await stage.UntilAsync(id, "in_review");
            await stage.AdvanceAsync(TimeSpan.FromHours(24));
            await stage.UntilAsync(id, Escalate);
            await DecideAsync(stage.Agent, id, "ask");
            await stage.UntilAsync(id, "evidence_wanted");
            (await stage.Customer.PostAsync($"v1/refunds/{id}/evidence", new { text = "见照片" })).Must(HttpStatusCode.OK);
            await stage.UntilAsync(id, "in_review");
            await DecideAsync(stage.Agent, id, "deny");
            await stage.UntilAsync(id, "denied");
            await stage.AdvanceAsync(TimeSpan.FromDays(7));
            await stage.UntilAsync(id, CloseAppeal);
            (await stage.Customer.PostAsync($"v1/refunds/{id}/appeal", new { text = "x" })).MustRefuse(HttpStatusCode.Conflict, "not_appealable");
            return id;
        }),
        ["silence grants a small amount"] = new([(WithMerchant, SilenceApproves)], async stage =>
        {
            var id = await stage.AskMerchantAsync(9_999);
            await stage.AdvanceAsync(TimeSpan.FromDays(3));
            return await stage.EndAsync(id, "refunded");
        }),
        ["a stopped merchant is not asked"] = new([(Requested, SkipMerchant), (InReview, Withdraw)], async stage =>
        {
            var payment = await stage.PayAsync(500);
            await stage.SetMerchantAsync("suspended");
            var id = await stage.AskForAsync(payment, 500);
            await stage.UntilAsync(id, "in_review");
            await stage.SetMerchantAsync("active");
            return await stage.WithdrawAsync(id);
        }),
        ["support grants what the merchant did not answer"] = new([(InReview, SupportApprove)], async stage =>
        {
            var id = await stage.ReviewAsync();
            await DecideAsync(stage.Agent, id, "approve");
            return await stage.EndAsync(id, "refunded");
        }),
        ["the merchant agrees late"] = new([(InReview, MerchantApprove)], async stage =>
        {
            var id = await stage.ReviewAsync();
            await DecideAsync(stage.Merchant, id, "approve");
            return await stage.EndAsync(id, "refunded");
        }),
        ["an appeal waits, and is upheld"] = new([(WithMerchant, MerchantDeny), (Denied, RefundEvent.Appeal), (Appealed, Escalate), (Appealed, SupportApprove)], async stage =>
        {
            var id = await stage.AppealedAsync();
            await stage.AdvanceAsync(TimeSpan.FromDays(1));
            await stage.UntilAsync(id, Escalate);
            await DecideAsync(stage.Agent, id, "approve");
            return await stage.EndAsync(id, "refunded");
        }),
        ["an appeal is turned down for good"] = new([(Appealed, SupportDeny)], async stage =>
        {
            var id = await stage.AppealedAsync();
            await DecideAsync(stage.Agent, id, "deny");
            await stage.UntilAsync(id, "denied");
            (await stage.Customer.PostAsync($"v1/refunds/{id}/appeal", new { text = "x" })).MustRefuse(HttpStatusCode.Conflict, "not_appealable");
            return id;
        }),
        ["the merchant gives in to an appeal"] = new([(Appealed, MerchantApprove)], async stage =>
        {
            var id = await stage.AppealedAsync();
            await DecideAsync(stage.Merchant, id, "approve");
            return await stage.EndAsync(id, "refunded");
        }),
        ["evidence comes too late"] = new([(WithMerchant, MerchantAsk), (EvidenceWanted, EvidenceLate)], async stage =>
        {
            var id = await stage.EvidenceWantedAsync();
            await stage.AdvanceAsync(TimeSpan.FromDays(3));
            await stage.EndAsync(id, "expired");
            (await stage.Customer.PostAsync($"v1/refunds/{id}/evidence", new { text = "x" })).MustRefuse(HttpStatusCode.Conflict, "evidence_not_wanted");
            return id;
        }),
        ["the merchant agrees before evidence comes"] = new([(EvidenceWanted, MerchantApprove)], async stage =>
        {
            var id = await stage.EvidenceWantedAsync();
            await DecideAsync(stage.Merchant, id, "approve");
            return await stage.EndAsync(id, "refunded");
        }),
        ["the customer gives up before anybody was asked"] = new([(Requested, Withdraw)], async stage =>
        {
            var id = await stage.HeldAsync(stage.Opening);
            (await stage.Customer.PostAsync($"v1/refunds/{id}/withdraw", null)).Must(HttpStatusCode.OK);
            stage.Opening.Open();
            return await stage.EndAsync(id, "withdrawn");
        }),
        ["the customer gives up while the merchant is asked"] = new([(WithMerchant, Withdraw)], async stage => await stage.WithdrawAsync(await stage.AskMerchantAsync(600))),
        ["the customer gives up instead of giving evidence"] = new([(EvidenceWanted, Withdraw)], async stage => await stage.WithdrawAsync(await stage.EvidenceWantedAsync())),
        ["the customer gives an appeal up"] = new([(Appealed, Withdraw)], async stage => await stage.WithdrawAsync(await stage.AppealedAsync())),
        ["the merchant's money is waited for"] = new([(Approved, RunShort), (AwaitingFunds, StillShort), (AwaitingFunds, TellSupport), (AwaitingFunds, Pay)], async stage =>
        {
            var id = await stage.AwaitingFundsAsync();
            var first = (await stage.StoredAsync(id)).TriedAt;
            (await stage.Merchant.GetAsync($"v1/refunds/{id}")).Text("fundsCause").ShouldBe("insufficient_funds");
            await stage.AdvanceAsync(TimeSpan.FromHours(1));
            await WalletFunctions.TestSupport.Eventually.True("it was tried again", async () => (await stage.StoredAsync(id)).TriedAt > first);
            await stage.AdvanceAsync(TimeSpan.FromDays(3));
            await stage.UntilAsync(id, TellSupport);
            await stage.FillAsync(20_000);
            await stage.AdvanceAsync(TimeSpan.FromHours(1));
            return await stage.EndAsync(id, "refunded");
        }),
        ["ended before anybody was asked"] = new([(Requested, Terminate)], async stage =>
        {
            var id = await stage.HeldAsync(stage.Opening);
            await stage.TerminateAsync(id);
            stage.Opening.Open();
            return id;
        }),
        ["ended while the merchant is asked"] = new([(WithMerchant, Terminate)], async stage => await stage.TerminateAsync(await stage.AskMerchantAsync(600))),
        ["ended in review"] = new([(InReview, Terminate)], async stage => await stage.TerminateAsync(await stage.ReviewAsync())),
        ["ended while evidence is wanted"] = new([(EvidenceWanted, Terminate)], async stage => await stage.TerminateAsync(await stage.EvidenceWantedAsync())),
        ["ended when granted"] = new([(Approved, Terminate)], async stage =>
        {
            var id = await stage.AskMerchantAsync(600);
            stage.Paying.Close();
            await DecideAsync(stage.Merchant, id, "approve");
            await stage.UntilAsync(id, "approved", isTold: false);
            await stage.TerminateAsync(id);
            stage.Paying.Open();
            return id;
        }),
        ["ended while money is waited for"] = new([(AwaitingFunds, Terminate)], async stage => await stage.TerminateAsync(await stage.AwaitingFundsAsync())),
        ["ended under appeal"] = new([(Appealed, Terminate)], async stage => await stage.TerminateAsync(await stage.AppealedAsync())),
        ["closed instead of an appeal"] = new([(Denied, Terminate)], async stage => await stage.TerminateAsync(await stage.DeniedAsync(), "denied")),
    };

    public static TheoryData<string> Names => [.. Scenarios.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Is_reached_over_HTTP(string scenario)
    {
        var id = await Scenarios[scenario].PlayAsync(stage);
        var refund = await stage.StoredAsync(id);
        foreach (var (from, happened) in Scenarios[scenario].Edges.Where(edge => edge.Event != StillShort))
        {
            refund.Timeline.ShouldContain(line => line.From == from && line.Event == happened, $"{from} {happened}");
        }

        // Whatever way it went, the payment has what the refund says.
        var payment = (await stage.Customer.GetAsync($"v1/payments/{refund.PaymentId}")).Must(HttpStatusCode.OK);
        var isPaid = refund.Status == Refunded;
        long.Parse(payment.Text("refundable.amount")).ShouldBe(isPaid ? 0 : refund.Amount.Amount);
        payment.Json.TryGetProperty("refunded", out _).ShouldBe(isPaid);
        refund.Told.ShouldBe(refund.Timeline.Count);
    }

    [Fact]
    public void Every_edge_of_the_table_has_a_scenario() =>
        Scenarios.Values.SelectMany(scenario => scenario.Edges).Distinct().ShouldBe(RefundStates.Edges.Select(edge => (edge.From, edge.Event)), ignoreOrder: true);

    private sealed record Scenario((RefundStatus From, RefundEvent Event)[] Edges, Func<RefundStage, Task<string>> PlayAsync);
}

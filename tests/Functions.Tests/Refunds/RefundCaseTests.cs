using System.Net;
using System.Text.Json;
using Azure.Core;
using Azure.Core.Pipeline;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Refunds;
using WalletFunctions.Merchants;
using WalletFunctions.Platform;
using WalletFunctions.Refunds;
using WalletFunctions.Support.Inbox;
using WalletFunctions.TestSupport;
using WalletFunctions.Wallet;
using Xunit;
using static Functions.Tests.Refunds.RefundStage;

namespace Functions.Tests.Refunds;

/// <summary>Refunds when somebody is frozen, closed or stopped by then, when doorbells are lost, and under another policy.</summary>
public sealed class RefundCaseTests(ImpatientRefundStage stage) : IClassFixture<ImpatientRefundStage>
{
    [Fact]
    public async Task Frozen_sides_refund_a_closed_wallet_keeps_it_in_suspense_and_a_closed_merchant_is_waited_for_with_support_told_at_once()
    {
        await using var own = await OwnStage.OpenAsync();
        var here = own.Stage;
        var (first, second, third) = (await here.PayAsync(1_100), await here.PayAsync(1_200), await here.PayAsync(1_300));
        await here.ChangeBookAsync(here.CustomerWallet, new BookMove.Freeze(FreezeSource.Staff));
        await here.ChangeBookAsync(here.MerchantWallet, new BookMove.Freeze(FreezeSource.Staff));
        var before = await AvailableAsync(here.Customer);
        var ids = new List<string>();
        foreach (var (payment, fen) in new[] { (first, 1_100L), (second, 1_200L), (third, 1_300L) })
        {
            ids.Add(await here.AskForAsync(payment, fen));
            await here.UntilAsync(ids[^1], "with_merchant");
        }

        await DecideAsync(here.Merchant, ids[0], "approve");
        await here.UntilAsync(ids[0], "refunded");
        (await AvailableAsync(here.Customer)).ShouldBe(before + 1_100);

        // The wallet is closed after it was asked for: what comes stands in suspense, and support has a case of it.
        await here.DrainCustomerAsync();
        await here.ChangeBookAsync(here.CustomerWallet, new BookMove.Close());
        await here.AdvanceAsync(TimeSpan.FromHours(5));
        await DecideAsync(here.Merchant, ids[1], "approve");
        var kept = await here.UntilAsync(ids[1], "refunded");
        kept.Json.GetProperty("timeline").EnumerateArray().Last().GetProperty("note").GetString().ShouldBe(RefundStates.SuspenseWords.Zh);
        var head = (await here.App.Services.GetRequiredService<Ledger>().ReadHeadAsync(here.CustomerWallet, CancellationToken.None)).Head;
        (head.Balances.Available, head.Balances.Suspense).ShouldBe((0, 1_200));
        (await here.Agent.GetAsync("v1/inbox/conversations?view=all&limit=200")).Must(HttpStatusCode.OK).Body.ShouldContain("退款到账时钱包已注销");
        (await here.Agent.GetAsync("v1/inbox/conversations?view=overdue&limit=200")).Must(HttpStatusCode.OK).Body.ShouldNotContain("退款到账时钱包已注销", Case.Sensitive, "it counts from when the money came");

        // The merchant's own book is closed: nothing can be taken from it, and waiting does not help.
        await here.DrainAsync(await here.OtherWalletAsync());
        await here.ChangeBookAsync(here.MerchantWallet, new BookMove.Close());
        await DecideAsync(here.Merchant, ids[2], "approve");
        var waiting = await here.UntilAsync(ids[2], "awaiting_funds");
        (await here.Agent.GetAsync($"v1/refunds/{ids[2]}")).Text("fundsCause").ShouldBe("wallet_frozen");
        var told = (await here.Agent.GetAsync("v1/inbox/conversations/" + waiting.Text("conversationId"))).Must(HttpStatusCode.OK);
        (told.Text("priority"), told.Text("status")).ShouldBe(("high", "open"));
        told.Text("dueAt").ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task Its_conversation_is_open_and_due_only_while_support_has_to_act_pending_while_others_have_and_resolved_at_the_end()
    {
        var id = await stage.AskMerchantAsync(20_000);
        var path = "v1/inbox/conversations/" + (await stage.ReadAsync(id)).Text("conversationId");
        await stage.AdvanceAsync(TimeSpan.FromHours(66));
        await stage.UntilAsync(id, RefundEvent.Remind);
        (await DueAsync(), await IsInAsync("overdue"), await IsInAsync("open"), await IsInAsync("pending")).ShouldBe((null, false, false, true), "the merchant has to act");

        await stage.AdvanceAsync(TimeSpan.FromHours(6));
        var reviewed = await stage.UntilAsync(id, "in_review");
        (await DueAsync(), await IsInAsync("overdue"), await IsInAsync("open")).ShouldBe((reviewed.Text("answerBy"), false, true));
        await stage.AdvanceAsync(TimeSpan.FromDays(1));
        await stage.UntilAsync(id, RefundEvent.Escalate);
        (await DueAsync(), await IsInAsync("overdue")).ShouldBe((reviewed.Text("answerBy"), true));

        await DecideAsync(stage.Agent, id, "ask");
        await stage.UntilAsync(id, "evidence_wanted");
        (await DueAsync(), await IsInAsync("overdue"), await IsInAsync("pending")).ShouldBe((null, false, true), "the customer has to act");
        (await stage.Customer.PostAsync($"v1/refunds/{id}/evidence", new { text = "见照片" })).Must(HttpStatusCode.OK);
        await stage.UntilAsync(id, "in_review");
        (await DueAsync()).ShouldNotBeNull();
        (await IsInAsync("open")).ShouldBeTrue();

        await DecideAsync(stage.Agent, id, "deny");
        await stage.UntilAsync(id, "denied");
        (await DueAsync(), await IsInAsync("open"), await IsInAsync("pending")).ShouldBe((null, false, true), "it can be appealed against");

        // An agent keeps it in sight: that stands until it is support's turn again, and over.
        (await stage.Agent.PatchAsync(path, new { status = "open" })).Must(HttpStatusCode.OK);
        await stage.AdvanceAsync(TimeSpan.FromDays(7));
        await stage.UntilAsync(id, RefundEvent.CloseAppeal);
        (await DueAsync(), await IsInAsync("open"), await IsInAsync("pending"), await IsInAsync("resolved")).ShouldBe((null, false, false, true));

        async Task<string?> DueAsync() => (await stage.Agent.GetAsync(path)).Must(HttpStatusCode.OK).Json.GetProperty("dueAt").GetString();
        async Task<bool> IsInAsync(string view) => (await stage.Agent.GetAsync($"v1/inbox/conversations?view={view}&topic=refund&limit=200")).Items()
            .Any(item => path.EndsWith(item.GetProperty("conversationId").GetString()!, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Money_that_reaches_the_merchants_book_pays_a_waiting_refund_at_once_and_too_little_does_not()
    {
        await using var own = await OwnStage.OpenAsync();
        var id = await own.Stage.AwaitingFundsAsync(5_000);
        await own.Stage.FillAsync(1_000);
        var first = (await own.Stage.StoredAsync(id)).TriedAt;
        await Eventually.True("it was tried", async () => (await own.Stage.StoredAsync(id)).TriedAt > first);
        (await own.Stage.ReadAsync(id)).Text("status").ShouldBe("awaiting_funds");
        await own.Stage.FillAsync(4_000);
        await own.Stage.UntilAsync(id, "refunded");
        (await AvailableAsync(own.Stage.Merchant)).ShouldBe(0);
    }

    [Fact]
    public void A_credit_to_a_book_that_no_refund_waits_for_costs_nothing()
    {
        // It has no storage to call.
        var funds = new RefundFunds(null!, null!, Microsoft.Extensions.Logging.Abstractions.NullLogger<RefundFunds>.Instance);
        funds.Arrived(stage.MerchantWallet);
    }

    [Fact]
    public async Task A_policy_that_two_persons_changed_holds_for_what_is_asked_from_then_on()
    {
        await using var own = await OwnStage.OpenAsync();
        var here = own.Stage;
        var before = await here.AskMerchantAsync(20_000);
        var shown = (await here.Admin.GetAsync("v1/admin/settings/refund-policy")).Must(HttpStatusCode.OK);
        var content = shown.Json.GetProperty("current").GetProperty("content").Deserialize<Dictionary<string, long>>()!;
        (content["askDays"], content["merchantDays"], content["silenceApprovesBelow"]).ShouldBe((90, 3, 10_000));
        content["merchantDays"] = 4;
        (await here.Admin.PutAsync("v1/admin/settings/refund-policy", new { content })).MustRefuse(HttpStatusCode.BadRequest, "invalid_field");
        (content["merchantDays"], content["askDays"]) = (1, 5);
        var version = (await here.Admin.PutAsync("v1/admin/settings/refund-policy", new { content, note = "促销" })).Must(HttpStatusCode.Accepted).Text("version");
        (await here.Admin.PostAsync($"v1/admin/settings/refund-policy/versions/{version}/approve", null)).MustRefuse(HttpStatusCode.Forbidden, "second_person_required");
        (await here.Supervisor.PostAsync($"v1/admin/settings/refund-policy/versions/{version}/approve", null)).Must(HttpStatusCode.OK);
        await here.App.AdvanceAsync(TimeSpan.FromSeconds(11));

        var (old, after) = (await here.PayAsync(20_000), await here.AskMerchantAsync(20_000));
        await here.AdvanceAsync(TimeSpan.FromDays(1));
        await here.UntilAsync(after, "in_review");
        (await here.ReadAsync(before)).Text("status").ShouldBe("with_merchant");
        await here.AdvanceAsync(TimeSpan.FromDays(4));
        await here.UntilAsync(before, "in_review");
        await Refusals.InBothLanguagesAsync(here.Customer, "v1/refunds", Wish(old, 1), HttpStatusCode.UnprocessableEntity, "refund_too_late");
        (await here.Customer.GetAsync($"v1/payments/{old}/refund-eligibility")).Text("code").ShouldBe("refund_too_late");
    }

    [Fact]
    public async Task An_operator_lists_suspends_and_restarts_a_refund_and_ends_none_that_is_paid()
    {
        var id = await stage.AskMerchantAsync(30_000);
        (await stage.Admin.GetAsync("v1/admin/workflows?kind=refund&state=with_merchant")).Items().ShouldContain(item => item.GetProperty("workflowId").GetString() == id);
        (await stage.Admin.PostAsync($"v1/admin/workflows/{id}/suspend", null)).Must(HttpStatusCode.OK);
        await stage.AdvanceAsync(TimeSpan.FromDays(3));
        (await stage.Admin.PostAsync($"v1/admin/workflows/{id}/restart", null)).Must(HttpStatusCode.OK);
        await stage.UntilAsync(id, "in_review");
        (await stage.Admin.GetAsync("v1/admin/workflows?kind=refund&state=in_review&olderThan=2.00:00:00")).Items().ShouldContain(item => item.GetProperty("workflowId").GetString() == id);
        await DecideAsync(stage.Agent, id, "approve");
        await stage.UntilAsync(id, "refunded");
        (await stage.Admin.PostAsync($"v1/admin/workflows/{id}/terminate", null)).MustRefuse(HttpStatusCode.Conflict, "workflow_ended");
    }

    [Fact]
    public async Task A_doorbell_that_never_rang_is_rung_by_the_sweep()
    {
        var id = await stage.AskMerchantAsync(400);

        // As a decision whose process ended before it could ring.
        var steps = stage.App.Services.GetRequiredService<RefundSteps>();
        var change = new RefundChange(
            "decision", new RequestKey("k|test", ""), (refund, _, now) => refund.DecideByMerchant(RefundVerdict.Approve, "x", now), (_, _) => StoredAnswer.NoContent(), _ => StoredAnswer.NoContent());
        (await steps.ChangeAsync(stage.CustomerWallet, RefundId.Of(id), change, durable: null, CancellationToken.None)).ShouldBeOfType<Outcome.Committed>();
        await Eventually.True("the sweep has found it", async () =>
        {
            await stage.App.AdvanceAsync(TimeSpan.FromSeconds(15));
            return (await stage.ReadAsync(id)).Text("status") == "refunded";
        });
    }

    [Fact]
    public async Task One_that_has_ended_while_no_orchestration_lived_is_told_by_the_sweep_itself()
    {
        await using var own = await OwnStage.OpenAsync();
        var (here, services) = (own.Stage, own.Stage.App.Services);
        var order = new RefundOrder(
            here.CustomerWallet, AccountId.Of(here.CustomerId), AskedBy: null, PaymentId.Of(await here.PayAsync(600)), new RefundWish(Money.Fen(600), RefundReason.Other, null),
            new RequestKey("k|asked", ""), _ => StoredAnswer.NoContent());
        var asked = (await services.GetRequiredService<RefundRequests>().AskAsync(order, durable: null, CancellationToken.None)).ShouldBeOfType<Outcome.Committed>();
        var id = RefundId.Of(asked.Answer!.Location!.Split('/')[^1]);
        var change = new RefundChange(
            "withdraw", new RequestKey("k|given up", ""), (refund, _, now) => refund.Withdraw(now), (_, _) => StoredAnswer.NoContent(), _ => StoredAnswer.NoContent());
        (await services.GetRequiredService<RefundSteps>().ChangeAsync(here.CustomerWallet, id, change, durable: null, CancellationToken.None)).ShouldBeOfType<Outcome.Committed>();

        var sweeper = services.GetServices<IIntentSweeper>().Single(one => one.Kind == RefundSweeper.IntentKind);
        (await sweeper.SweepAsync(new Intent(sweeper.Kind, RefundRequests.OperationOf(id), here.CustomerWallet), CancellationToken.None)).ShouldBeTrue("nothing is left to do");
        var told = await here.StoredAsync(id.Value);
        (told.Status, told.Told).ShouldBe((RefundStatus.Withdrawn, told.Timeline.Count));
        (await here.Customer.GetAsync("v1/me/notifications?limit=200")).Items().Count(item => item.GetProperty("subjectId").GetString() == id.Value).ShouldBe(2);
        (await here.Merchant.GetAsync("v1/merchant/refunds")).Items().ShouldContain(item => item.GetProperty("refundId").GetString() == id.Value);
    }

    [Fact]
    public async Task A_conversation_that_the_refund_could_not_name_before_it_was_given_up_is_resolved()
    {
        var id = await stage.HeldAsync(stage.Opening);
        var cases = new RefundCase(new DyingInbox(stage.App.Services.GetRequiredService<IInbox>()));
        var refund = await stage.StoredAsync(id);
        await Should.ThrowAsync<InvalidOperationException>(() => cases.OpenAsync(refund, CancellationToken.None));
        (await DyingInbox.StatusAsync(stage.Agent, id, "refund")).ShouldBe("pending");
        (await stage.Customer.PostAsync($"v1/refunds/{id}/withdraw", null)).Must(HttpStatusCode.OK);
        stage.Opening.Open();
        await stage.AdvanceAsync(TimeSpan.FromMinutes(1));
        await stage.EndAsync(id, "withdrawn");
        await Eventually.True("it is resolved", async () => await DyingInbox.StatusAsync(stage.Agent, id, "refund") == "resolved");
    }

    [Fact]
    public async Task A_conversation_that_the_refund_could_not_name_is_resolved_also_where_the_customer_gives_up_while_the_request_is_told()
    {
        var services = stage.App.Services;
        var id = RefundId.Of(await stage.HeldAsync(stage.Opening));
        try
        {
            var refund = await stage.StoredAsync(id.Value);
            await Should.ThrowAsync<InvalidOperationException>(() => new RefundCase(new DyingInbox(services.GetRequiredService<IInbox>())).OpenAsync(refund, CancellationToken.None));
            var change = new RefundChange(
                "withdraw", new RequestKey($"k|{id}", ""), (asked, _, now) => asked.Withdraw(now), (_, _) => StoredAnswer.NoContent(), _ => StoredAnswer.NoContent());
            var meanwhile = new BeforeFirstReplacement(() => services.GetRequiredService<RefundSteps>().ChangeAsync(stage.CustomerWallet, id, change, durable: null, CancellationToken.None));
            var desk = new RefundDesk(
                new RefundTable(new Storage(new StorageAddress(stage.App.ConnectionString, null, null, null), [meanwhile])),
                services.GetRequiredService<RefundBook>(),
                services.GetRequiredService<RefundIndex>(),
                services.GetRequiredService<RefundMoney>(),
                services.GetRequiredService<RefundFunds>(),
                services.GetRequiredService<RefundCase>(),
                services.GetRequiredService<RefundNews>(),
                services.GetRequiredService<RefundPolicies>(),
                services.GetRequiredService<MerchantRegister>(),
                services.GetRequiredService<TimeProvider>());
            (await desk.LookAsync(stage.CustomerWallet, id, CancellationToken.None)).IsOver.ShouldBeTrue("it was given up meanwhile");
            var told = await stage.StoredAsync(id.Value);
            (told.Status, told.Told).ShouldBe((RefundStatus.Withdrawn, told.Timeline.Count));
            (await DyingInbox.StatusAsync(stage.Agent, id.Value, "refund")).ShouldBe("resolved");
        }
        finally
        {
            stage.Opening.Open();
        }
    }

    [Fact]
    public async Task Of_many_that_wait_for_one_merchant_the_oldest_are_tried_for_what_comes_and_the_next_when_one_is_paid()
    {
        var storage = new Storage(new StorageAddress(Azurite.NewAccount(), null, null, null), []);
        var queue = storage.Queue(RefundStarter.Name);
        await queue.CreateIfNotExistsAsync();
        var (one, ids) = (await stage.StoredAsync(await stage.AskMerchantAsync(100)), stage.App.Services.GetRequiredService<IdSource>());
        var waiting = Enumerable.Range(0, 2 * RefundFunds.MostAtOnce).Select(_ => one with { Id = ids.New<RefundId>() }).OrderBy(refund => refund.Id.Value, StringComparer.Ordinal).ToList();
        var funds = new RefundFunds(storage, new MachineClock(TimeProvider.System), Microsoft.Extensions.Logging.Abstractions.NullLogger<RefundFunds>.Instance);
        waiting.ForEach(funds.Await);
        for (var sale = 0; sale < 5; sale++)
        {
            funds.Arrived(one.Payee);
        }

        (await RungAsync()).ShouldBe(waiting.Take(RefundFunds.MostAtOnce).Select(refund => refund.Id.Value), ignoreOrder: true);
        funds.Forget(waiting[0]);
        (await RungAsync()).ShouldBe(waiting.Skip(RefundFunds.MostAtOnce).Select(refund => refund.Id.Value), ignoreOrder: true);

        async Task<IReadOnlyList<string>> RungAsync()
        {
            var rung = new List<string>();
            await Eventually.True("they are rung", async () =>
            {
                rung.AddRange((await queue.ReceiveMessagesAsync(32, TimeSpan.FromMinutes(5))).Value.Select(message => message.Body.ToObjectFromJson<RefundStart>()!.RefundId));
                return rung.Count >= RefundFunds.MostAtOnce;
            });
            return rung;
        }
    }

    [Fact]
    public async Task Everybody_is_told_once_of_each_step()
    {
        var id = await stage.AskMerchantAsync(20_100);
        await stage.AdvanceAsync(TimeSpan.FromHours(24));
        await stage.UntilAsync(id, RefundEvent.Remind);
        await DecideAsync(stage.Merchant, id, "deny");
        await stage.UntilAsync(id, "denied");
        var told = await NoticesAsync(stage.Customer, id);
        told.Count.ShouldBe(3, "the request, that the merchant was asked, and the denial");
        told[0].ShouldContain("申诉请在 ");
        var asked = await NoticesAsync(stage.Merchant, id);
        asked.Count.ShouldBe(2, "the request, and the reminder");
        asked[0].ShouldContain("提醒");

        var conversation = (await stage.Agent.GetAsync("v1/inbox/conversations/" + (await stage.ReadAsync(id)).Text("conversationId"))).Must(HttpStatusCode.OK);
        foreach (var line in (await stage.StoredAsync(id)).Timeline.Skip(1))
        {
            conversation.Json.GetProperty("events").EnumerateArray().Count(told => told.GetRawText().Contains(line.Words.Zh, StringComparison.Ordinal)).ShouldBe(1, line.Words.Zh);
        }

        async Task<IReadOnlyList<string>> NoticesAsync(TestClient client, string subject) =>
            [.. (await client.GetAsync("v1/me/notifications?limit=200")).Items().Where(item => item.GetProperty("subjectId").GetString() == subject).Select(item => item.GetProperty("text").GetString()!)];
    }

    /// <summary>A stage of its own, for what would disturb others.</summary>
    private sealed class OwnStage : IAsyncDisposable
    {
        public RefundStage Stage { get; } = new();

        public static async Task<OwnStage> OpenAsync()
        {
            var own = new OwnStage();
            await own.Stage.InitializeAsync();
            return own;
        }

        public async ValueTask DisposeAsync() => await Stage.DisposeAsync();
    }

    /// <summary>What else happens just before a row is replaced for the first time.</summary>
    private sealed class BeforeFirstReplacement(Func<Task> act) : HttpPipelinePolicy
    {
        private bool isDone;

        public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException();

        public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
        {
            if (!isDone && message.Request.Method == RequestMethod.Put)
            {
                isDone = true;
                await act();
            }

            await ProcessNextAsync(message, pipeline);
        }
    }
}

/// <summary>A stage whose intents are old after a second.</summary>
public sealed class ImpatientRefundStage : RefundStage
{
    public ImpatientRefundStage() => Configure = builder => builder.Services.AddSingleton(new LedgerOptions { IntentAge = TimeSpan.FromSeconds(1) });
}

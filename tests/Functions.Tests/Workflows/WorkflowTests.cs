using System.Net;
using System.Text.Json;
using Functions.Tests.Withdrawals;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Withdrawals;
using WalletFunctions.Platform.Partners;
using WalletFunctions.TestSupport;
using WalletFunctions.Withdrawals;
using WalletFunctions.Withdrawals.Bank;
using Xunit;

namespace Functions.Tests.Workflows;

/// <summary>What operators do to withdrawals that run: whatever they do, the money is where the state says, and paid once.</summary>
public sealed class WorkflowTests(WithdrawalFixture stage) : IClassFixture<WithdrawalFixture>, IAsyncLifetime
{
    private readonly BankSide bank = stage.Bank;
    private Customer customer = null!;
    private readonly TestClient admin = stage.Admin;
    private long before;

    private WithdrawalTable Table => stage.Services.GetRequiredService<WithdrawalTable>();

    private WalletId Wallet => WalletId.Of((string)customer.Person["walletId"]!);

    public async Task InitializeAsync() => (customer, before) = await stage.BeginAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_suspended_workflow_does_nothing_until_it_is_resumed_and_then_books_what_the_bank_said_meanwhile()
    {
        var id = await customer.WithdrawAsync(10_00);
        await customer.UntilAsync(id, "submitted");
        (await ActAsync(id, "suspend")).Must(HttpStatusCode.OK);
        await UntilRuntimeAsync(id, "suspended");
        (await ActAsync(id, "suspend")).Must(HttpStatusCode.OK);
        (await bank.CallBackAsync(await bank.PayoutAsync(id), "settled")).ShouldBe(HttpStatusCode.OK);
        (await admin.GetAsync("v1/admin/workflows?runtime=suspended&kind=withdrawal")).Must(HttpStatusCode.OK).Items()
            .ShouldContain(item => item.GetProperty("workflowId").GetString() == id && item.GetProperty("state").GetString() == "submitted");
        (await customer.ReadAsync(id))["status"]!.GetValue<string>().ShouldBe("submitted");
        (await ActAsync(id, "resume")).Must(HttpStatusCode.OK);
        await customer.UntilAsync(id, "settled");
        (await customer.WalletAsync()).ShouldBe((before - 10_00, 0));
        await UntilRuntimeAsync(id, "completed");
        foreach (var act in new[] { "suspend", "resume", "restart", "terminate" })
        {
            (await ActAsync(id, act)).MustRefuse(HttpStatusCode.Conflict, "workflow_ended");
        }
    }

    [Fact]
    public async Task What_the_bank_has_cannot_be_terminated()
    {
        var id = await customer.WithdrawAsync(10_00);
        await customer.UntilAsync(id, "submitted");
        (await ActAsync(id, "terminate")).MustRefuse(HttpStatusCode.Conflict, "bank_may_have_payout");
        (await customer.WalletAsync()).ShouldBe((before - 10_00, 10_00));
        await bank.DecideAsync(await bank.PayoutAsync(id), "settle");
        await customer.UntilAsync(id, "settled");
    }

    [Fact]
    public async Task What_the_bank_has_handed_back_is_terminated_and_the_money_is_available_again()
    {
        await bank.BehaveAsync("down");
        var id = await customer.WithdrawAsync(10_00);
        await customer.UntilAsync(id, "handed back", seen => seen.Steps().Count == 2);
        var done = (await ActAsync(id, "terminate", "customer_asked", "t1")).Must(HttpStatusCode.OK);
        (done.Text("state"), done.Text("runtime")).ShouldBe(("cancelled", "terminated"));
        (await ActAsync(id, "terminate", "customer_asked", "t1")).Body.ShouldBe(done.Body);
        (await customer.WalletAsync()).ShouldBe((before, 0));
        (await customer.ReadAsync(id))["timeline"]![2]!["note"]!.GetValue<string>().ShouldContain("support");
        await bank.BehaveAsync("settle", 0);
        await bank.AdvanceAsync(TimeSpan.FromHours(5));
        (await bank.PayoutsAsync(id)).ShouldBeEmpty();
        (await admin.GetAsync($"v1/admin/audit?subject={id}")).Must(HttpStatusCode.OK).Items().Select(item => item.GetProperty("action").GetString()).ShouldBe(["workflow.terminate"]);
    }

    [Fact]
    public async Task Support_reads_in_the_conversation_about_a_late_withdrawal_that_staff_have_ended_it()
    {
        await bank.BehaveAsync("down");
        var id = await customer.WithdrawAsync(10_00);
        await customer.UntilAsync(id, "handed back", seen => seen.Steps().Count == 2);
        await bank.AdvanceAsync(TimeSpan.FromDays(6));
        var overdue = await customer.UntilAsync(id, "overdue", seen => seen["overdue"]!.GetValue<bool>());
        (await ActAsync(id, "terminate")).Must(HttpStatusCode.OK).Text("state").ShouldBe("cancelled");
        var told = WithdrawalTimeline.Words(TimelineNote.Stopped, null).Zh;
        (await admin.GetAsync($"v1/inbox/conversations/{overdue["conversationId"]}")).Must(HttpStatusCode.OK)
            .Json.GetProperty("events").EnumerateArray().Select(one => one.GetProperty("text").GetString()).ShouldContain(told);
    }

    [Fact]
    public async Task An_order_of_which_nobody_knows_whether_it_arrived_is_terminated_once_the_bank_has_declared_it_void_and_is_then_never_taken()
    {
        // The order is on its way for ever: suspended before the bank is asked again.
        await bank.BehaveAsync("down");
        var id = await customer.WithdrawAsync(10_00);
        await customer.UntilAsync(id, "handed back", seen => seen.Steps().Count == 2);
        (await ActAsync(id, "suspend")).Must(HttpStatusCode.OK);
        await UntilRuntimeAsync(id, "suspended");
        var withdrawal = await PutInFlightAsync(id);
        (await ActAsync(id, "terminate")).MustRefuse(HttpStatusCode.Conflict, "bank_may_have_payout");
        await bank.BehaveAsync("silent");
        (await ActAsync(id, "terminate")).Must(HttpStatusCode.OK).Text("state").ShouldBe("cancelled");
        (await customer.WalletAsync()).ShouldBe((before, 0));

        // Now it arrives.
        (await OrderAsync(withdrawal)).Kind.ShouldBe(SubmitAnswerKind.Refused);
        (await bank.PayoutsAsync(id)).ShouldBeEmpty();
        (await admin.GetAsync("sandbox/bank/payouts")).Items().All(payout => payout.TryGetProperty("withdrawalId", out _)).ShouldBeTrue("what was declared void is no payout");
    }

    [Fact]
    public async Task A_payout_that_the_bank_took_and_lost_is_terminated_the_customer_told_and_no_late_order_is_paid()
    {
        var id = await customer.WithdrawAsync(10_00);
        await customer.UntilAsync(id, "submitted");
        var payout = await bank.PayoutAsync(id);
        (await bank.DecideAsync(payout, "lose")).Expect(HttpStatusCode.OK);
        (await ActAsync(id, "terminate")).Must(HttpStatusCode.OK).Text("state").ShouldBe("cancelled");
        (await customer.WalletAsync()).ShouldBe((before, 0));
        (await customer.ReadAsync(id))["timeline"]![2]!["note"]!.GetValue<string>().ShouldContain("support");
        await Eventually.True("the customer was told", async () => (await customer.Client.GetAsync("/api/v1/me/notifications")).Body!["items"]!.AsArray()
            .Any(notice => (string?)notice!["subjectId"] == id && ((string)notice["title"]!).EndsWith("cancelled", StringComparison.Ordinal)));

        // An order that was on its way meanwhile, and a callback that cannot be.
        await bank.BehaveAsync("settle", 0);
        (await OrderAsync(await StoredAsync(id))).Kind.ShouldBe(SubmitAnswerKind.Refused);
        (await bank.CallBackAsync(payout, "settled")).ShouldBe(HttpStatusCode.OK);
        await bank.AdvanceAsync(TimeSpan.FromHours(5));
        (await bank.PayoutsAsync(id)).ShouldBeEmpty();
        (await customer.WalletAsync()).ShouldBe((before, 0));
    }

    [Fact]
    public async Task A_payout_declared_void_by_a_termination_that_died_is_ended_by_the_next_question()
    {
        var id = await customer.WithdrawAsync(10_00);
        await customer.UntilAsync(id, "submitted");
        var payout = await bank.PayoutAsync(id);
        (await bank.DecideAsync(payout, "lose")).Expect(HttpStatusCode.OK);
        (await stage.Services.GetRequiredService<IBank>().VoidAsync(payout, CancellationToken.None)).ShouldBeTrue();
        await bank.AdvanceUntilAsync(customer, id, "cancelled");
        (await customer.WalletAsync()).ShouldBe((before, 0));
        await UntilRuntimeAsync(id, "completed");
    }

    [Fact]
    public async Task A_restart_goes_on_from_what_is_stored_and_pays_once()
    {
        var id = await customer.WithdrawAsync(10_00);
        await customer.UntilAsync(id, "submitted");
        for (var i = 0; i < 3; i++)
        {
            (await ActAsync(id, "restart")).Must(HttpStatusCode.OK).Text("state").ShouldBe("submitted");
        }

        await bank.DecideAsync(await bank.PayoutAsync(id), "settle");
        await customer.UntilAsync(id, "settled");
        (await bank.PayoutsAsync(id)).ShouldHaveSingleItem();
        (await customer.WalletAsync()).ShouldBe((before - 10_00, 0));
        await UntilRuntimeAsync(id, "completed");
    }

    [Fact]
    public async Task Workflows_are_found_by_kind_state_and_age()
    {
        var id = await customer.WithdrawAsync(10_00);
        await customer.UntilAsync(id, "submitted");
        (await SearchAsync("kind=withdrawal&state=submitted")).ShouldContain(id);
        (await SearchAsync("state=in_review")).ShouldNotContain(id);
        (await SearchAsync("olderThan=00:30:00")).ShouldNotContain(id);
        await bank.AdvanceAsync(TimeSpan.FromMinutes(40));
        (await SearchAsync("olderThan=00:30:00&state=submitted&limit=1")).ShouldContain(id);
        foreach (var wrong in new[] { "kind=x", "state=1", "olderThan=x", "olderThan=-1.00:00:00", "runtime=x" })
        {
            (await admin.GetAsync($"v1/admin/workflows?{wrong}")).MustRefuse(HttpStatusCode.BadRequest, "invalid_field");
        }

        (await ActAsync("wdr_00000000000000000000000000", "restart")).MustRefuse(HttpStatusCode.NotFound, "not_found");
        (await admin.GetAsync("v1/admin/workflows/po_1")).MustRefuse(HttpStatusCode.NotFound, "not_found");
    }

    private Task<TestAnswer> ActAsync(string id, string act, string reason = "test", string key = TestClient.NewKey) =>
        admin.PostAsync($"v1/admin/workflows/{id}/{act}", new { reason }, key);

    private Task UntilRuntimeAsync(string id, string runtime) =>
        Eventually.True($"workflow {id} was {runtime}", async () => (await admin.GetAsync($"v1/admin/workflows/{id}")).Must(HttpStatusCode.OK).Text("runtime") == runtime);

    private async Task<IReadOnlyList<string?>> SearchAsync(string query)
    {
        var found = new List<string?>();
        for (string? cursor = null, next = ""; next is not null; cursor = next)
        {
            var page = (await admin.GetAsync($"v1/admin/workflows?{query}{(cursor is null ? "" : $"&cursor={cursor}")}")).Must(HttpStatusCode.OK);
            found.AddRange(page.Items().Select(item => item.GetProperty("workflowId").GetString()));
            next = page.Json.GetProperty("nextCursor").ValueKind == JsonValueKind.Null ? null : page.Text("nextCursor");
        }

        return found;
    }

    /// <summary>As if an order had left, and no answer had come.</summary>
    private async Task<Withdrawal> PutInFlightAsync(string id)
    {
        var stored = await Table.GetAsync(Wallet, WithdrawalId.Of(id), CancellationToken.None);
        return (await Table.ReplaceAsync(stored.Withdrawal.HandOver(TimeProvider.System.GetUtcNow()), stored.ETag, CancellationToken.None)).ShouldNotBeNull().Withdrawal;
    }

    private async Task<Withdrawal> StoredAsync(string id) => (await Table.GetAsync(Wallet, WithdrawalId.Of(id), CancellationToken.None)).Withdrawal;

    /// <summary>The order that the withdrawal makes, as the bank gets it.</summary>
    private Task<SubmitAnswer> OrderAsync(Withdrawal withdrawal) => stage.Services.GetRequiredService<IBank>().SubmitAsync(
        new(withdrawal.PayoutId!, withdrawal.Id, withdrawal.Amount, stage.Services.GetRequiredService<Beneficiaries>().Open(withdrawal), withdrawal.PromisedBy, TimeProvider.System.GetUtcNow()), CancellationToken.None);
}

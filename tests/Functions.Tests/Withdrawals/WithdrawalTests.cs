using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Calendar;
using WalletFunctions.Domain.Withdrawals;
using WalletFunctions.Tests.EndToEnd;
using WalletFunctions.TestSupport;
using WalletFunctions.Wallet;
using WalletFunctions.Withdrawals;
using Xunit;

namespace Functions.Tests.Withdrawals;

public sealed class WithdrawalTests(WithdrawalFixture stage) : IClassFixture<WithdrawalFixture>, IAsyncLifetime
{
    private readonly BankSide bank = stage.Bank;
    private Customer customer = null!;
    private long before;

    public async Task InitializeAsync() => (customer, before) = await stage.BeginAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_withdrawal_that_the_bank_settles_leaves_the_wallet_once()
    {
        await bank.BehaveAsync("settle", 0);
        var answer = (await customer.AskAsync(12_34, "k")).Expect(HttpStatusCode.Accepted);
        var id = (string)answer.Body!["withdrawalId"]!;
        answer.Body["status"]!.GetValue<string>().ShouldBe("reserved");

        var settled = await customer.UntilAsync(id, "settled");

        settled.Steps().ShouldBe(["reserved", "submitted", "settled"]);
        settled["amount"]!["amount"]!.GetValue<long>().ShouldBe(12_34);
        settled["fee"]!["amount"]!.GetValue<long>().ShouldBe(0);
        settled["overdue"]!.GetValue<bool>().ShouldBeFalse();
        settled["bankCard"]!["last4"]!.GetValue<string>().Length.ShouldBe(4);
        settled["promisedBy"]!.ToString().ShouldBe(answer.Body["promisedBy"]!.ToString());
        (await customer.WalletAsync()).ShouldBe((before - 12_34, 0));
        var payout = (await bank.PayoutsAsync(id)).ShouldHaveSingleItem();
        payout["state"]!.GetValue<string>().ShouldBe("settled");
        payout["amount"]!["amount"]!.GetValue<long>().ShouldBe(12_34);
    }

    [Fact]
    public async Task A_rejected_withdrawal_gives_the_money_back_and_tells_the_reason()
    {
        await bank.BehaveAsync("reject", 0);
        var id = await customer.WithdrawAsync(10_00);
        var rejected = await customer.UntilAsync(id, "rejected");
        rejected.Steps().ShouldBe(["reserved", "submitted", "rejected"]);
        rejected["timeline"]![2]!["note"]!.GetValue<string>().ShouldContain("account_closed");
        (await customer.WalletAsync()).ShouldBe((before, 0));
    }

    [Fact]
    public async Task The_money_is_held_while_the_bank_is_silent()
    {
        var id = await customer.WithdrawAsync(10_00);
        await customer.UntilAsync(id, "submitted");
        (await customer.WalletAsync()).ShouldBe((before - 10_00, 10_00));
    }

    [Fact]
    public async Task A_lost_callback_is_found_by_asking()
    {
        var id = await customer.WithdrawAsync(10_00);
        await customer.UntilAsync(id, "submitted");
        await BankSide.SettleInSilenceAsync(stage.Services, await bank.PayoutAsync(id));

        await bank.AdvanceUntilAsync(customer, id, "settled");

        (await customer.WalletAsync()).ShouldBe((before - 10_00, 0));
    }

    [Fact]
    public async Task An_order_whose_answer_is_lost_is_asked_about_and_paid_once()
    {
        await bank.BehaveAsync("timeout", 0);
        var id = await customer.WithdrawAsync(10_00);
        await customer.UntilAsync(id, "settled");
        (await bank.PayoutsAsync(id)).ShouldHaveSingleItem();
        (await customer.WalletAsync()).ShouldBe((before - 10_00, 0));
    }

    [Fact]
    public async Task While_the_bank_is_down_the_customer_can_cancel()
    {
        await bank.BehaveAsync("down");
        var id = await customer.WithdrawAsync(10_00);
        await customer.UntilAsync(id, "handed back", seen => seen.Steps().Count == 2);

        var answer = (await customer.CancelAsync(id, "c1")).Expect(HttpStatusCode.OK);

        answer.Body!["status"]!.GetValue<string>().ShouldBe("cancelled");
        (await customer.WalletAsync()).ShouldBe((before, 0));
        (await customer.CancelAsync(id, "c1")).ShouldSatisfyAllConditions(
            again => again.Text.ShouldBe(answer.Text), again => again.Replayed.ShouldBeTrue());
        (await customer.CancelAsync(id, "c2")).Body!["status"]!.GetValue<string>().ShouldBe("cancelled");
        await bank.BehaveAsync("settle", 0);
        await bank.AdvanceAsync(TimeSpan.FromHours(1));
        (await bank.PayoutsAsync(id)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_bank_that_comes_back_gets_the_order_again()
    {
        await bank.BehaveAsync("down");
        var id = await customer.WithdrawAsync(10_00);
        await customer.UntilAsync(id, "handed back", seen => seen.Steps().Count == 2);
        await bank.BehaveAsync("settle", 0);
        await bank.AdvanceUntilAsync(customer, id, "settled");
        (await customer.ReadAsync(id)).Steps().ShouldBe(["reserved", "reserved", "submitted", "settled"]);
        (await customer.WalletAsync()).ShouldBe((before - 10_00, 0));
    }

    [Fact]
    public async Task What_has_not_left_when_its_owner_freezes_the_account_stays_until_staff_lifts_that()
    {
        await bank.BehaveAsync("down");
        var id = await customer.WithdrawAsync(10_00);
        await customer.UntilAsync(id, "handed back", seen => seen.Steps().Count == 2);
        (await customer.Client.SendAsync(HttpMethod.Post, "/api/v1/me/freeze", null, "freeze")).Expect(HttpStatusCode.OK);
        await bank.BehaveAsync("settle", 0);
        await bank.AdvanceAsync(TimeSpan.FromHours(2));
        var wallet = WalletId.Of((string)customer.Person["walletId"]!);
        (await stage.Services.GetRequiredService<PayoutDesk>().SubmitAsync(wallet, WithdrawalId.Of(id), CancellationToken.None)).Status.ShouldBe(WithdrawalStatus.Reserved);
        (await bank.PayoutsAsync(id)).ShouldBeEmpty();
        (await customer.WalletAsync()).Held.ShouldBe(10_00);

        // It sleeps for up to four hours, and the clock stands still: the unfreeze wakes it.
        (await stage.Supervisor.PostAsync($"v1/admin/accounts/{customer.Person["accountId"]}/unfreeze", new { reason = "已核实" })).Must(HttpStatusCode.OK);
        await customer.UntilAsync(id, "submitted", seen => seen.Steps().Contains("submitted"));
        await bank.AdvanceUntilAsync(customer, id, "settled");
        (await bank.PayoutsAsync(id)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task What_comes_back_to_a_wallet_that_was_closed_meanwhile_is_kept_for_its_owner_with_a_case_for_support()
    {
        var (returned, rejected) = (await customer.WithdrawAsync(10_00), await customer.WithdrawAsync(20_00));
        await customer.UntilAsync(rejected, "submitted");
        await bank.DecideAsync(await bank.PayoutAsync(returned), "settle");
        await customer.UntilAsync(returned, "settled");
        var ledger = stage.Services.GetRequiredService<Ledger>();
        var wallet = WalletId.Of((string)customer.Person["walletId"]!);
        (await ledger.ExecuteAsync(wallet, new BookCommand("sts_closed:0", new BookMove.Close()), CancellationToken.None)).ShouldBeOfType<Outcome.Committed>();

        (await bank.DecideAsync(await bank.PayoutAsync(returned), "return")).Expect(HttpStatusCode.OK);
        (await bank.DecideAsync(await bank.PayoutAsync(rejected), "reject")).Expect(HttpStatusCode.OK);
        foreach (var (id, status) in new[] { (returned, "returned"), (rejected, "rejected") })
        {
            var note = (string)(await customer.UntilAsync(id, status))["timeline"]!.AsArray()[^1]!["note"]!;
            note.ShouldContain("your wallet is closed, so we keep the money");
            note.ShouldNotContain("again");
            await Eventually.True($"its owner was told of {id}", async () => (await customer.Client.GetAsync("/api/v1/me/notifications")).Expect(HttpStatusCode.OK).Body!["items"]!.AsArray()
                .Any(notice => (string?)notice!["subjectId"] == id && notice.ToJsonString().Contains("we keep the money", StringComparison.Ordinal)));
            await Eventually.True($"support has a case of {id}", async () => (await CasesAsync()).Any(body => body.Contains(id, StringComparison.Ordinal)));
        }

        (await customer.WalletAsync()).ShouldBe((before - 30_00, 0));
        (await ledger.ReadHeadAsync(wallet, CancellationToken.None)).Head.Balances.Suspense.ShouldBe(30_00);

        // The bank repeats itself: nothing is told twice.
        (await bank.CallBackAsync(await bank.PayoutAsync(returned), "returned")).ShouldBe(HttpStatusCode.OK);
        (await CasesAsync()).Count(body => body.Contains(returned, StringComparison.Ordinal)).ShouldBe(1);

        async Task<IReadOnlyList<string>> CasesAsync()
        {
            var bodies = new List<string>();
            foreach (var item in (await stage.Supervisor.GetAsync("v1/inbox/conversations?view=all&limit=200")).Must(HttpStatusCode.OK).Items())
            {
                if (item.GetProperty("subject").GetString() == "提现退回时钱包已注销")
                {
                    bodies.Add((await stage.Supervisor.GetAsync($"v1/inbox/conversations/{item.GetProperty("conversationId").GetString()}")).Must(HttpStatusCode.OK).Body);
                }
            }

            return bodies;
        }
    }

    [Fact]
    public async Task What_is_asked_for_after_the_cut_off_counts_for_the_next_working_day()
    {
        var clock = stage.Services.GetRequiredService<TimeProvider>();
        var calendar = MainlandChina.Calendar;
        var friday = calendar.WorkingDayFrom(Shanghai.DayOf(clock.GetUtcNow()).AddDays(1)).Value;
        while (friday.DayOfWeek != DayOfWeek.Friday || !calendar.IsWorkingDay(friday.AddDays(3)).Value)
        {
            friday = calendar.WorkingDayFrom(friday.AddDays(1)).Value;
        }

        await bank.AdvanceAsync(Shanghai.At(friday, new TimeOnly(16, 50)) - clock.GetUtcNow());
        var inTime = await PromiseAsync("in-time");
        await bank.AdvanceAsync(TimeSpan.FromMinutes(20));
        var late = await PromiseAsync("late");
        await bank.AdvanceAsync(TimeSpan.FromDays(1));
        var onDayOff = await PromiseAsync("on-a-day-off");

        // Two working days after Friday; from the cut-off on, and over the weekend, after Monday.
        inTime.ShouldBe(PromiseOf(friday));
        late.ShouldBe(PromiseOf(friday.AddDays(3)));
        onDayOff.ShouldBe(late);
        late.ShouldBeGreaterThan(inTime);

        DateTimeOffset PromiseOf(DateOnly counted) => Shanghai.EndOf(calendar.WorkingDayAfter(counted, 2).Value);

        async Task<DateTimeOffset> PromiseAsync(string key) =>
            DateTimeOffset.Parse((string)(await customer.AskAsync(10_00, key)).Expect(HttpStatusCode.Accepted).Body!["promisedBy"]!, CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task What_the_bank_has_cannot_be_cancelled()
    {
        var id = await customer.WithdrawAsync(10_00);
        await customer.UntilAsync(id, "submitted");
        var refused = await customer.CancelAsync(id, "c");
        refused.Status.ShouldBe(HttpStatusCode.Conflict);
        refused.Code.ShouldBe("too_late_to_cancel");
        (await customer.CancelAsync(id, "c")).Text.ShouldBe(refused.Text);
        await bank.DecideAsync(await bank.PayoutAsync(id), "settle");
        await customer.UntilAsync(id, "settled");
        var ended = await customer.CancelAsync(id, "c2");
        (ended.Code, ended.Body!["detail"]!.ToString()).ShouldBe(("too_late_to_cancel", WithdrawalErrors.AlreadyEnded.Detail.En));
        ended.Body["nextSteps"]![0]!["route"]!.ToString().ShouldBe("GET /v1/withdrawals/{id}");
        (await customer.AskAsync(10_00, "no-card", "card_nobodys")).Body!["nextSteps"]![0]!["action"]!.ToString().ShouldBe("choose_card");
    }

    [Fact]
    public async Task A_cancellation_that_meets_an_order_on_its_way_waits_for_the_banks_answer()
    {
        await bank.BehaveAsync("down");
        var id = await customer.WithdrawAsync(10_00);
        await customer.UntilAsync(id, "handed back", seen => seen.Steps().Count == 2);

        // The bank is asked again at this very moment, and will say again that it takes nothing.
        var (table, now) = (stage.Services.GetRequiredService<WithdrawalTable>(), stage.Services.GetRequiredService<TimeProvider>().GetUtcNow());
        var stored = await table.GetAsync(WalletId.Of((string)customer.Person["walletId"]!), WithdrawalId.Of(id), CancellationToken.None);
        var leaving = (await table.ReplaceAsync(stored.Withdrawal.HandOver(now), stored.ETag, CancellationToken.None)).ShouldNotBeNull();
        var cancelling = customer.CancelAsync(id, "c");
        (await Task.WhenAny(cancelling, Task.Delay(TimeSpan.FromMilliseconds(200)))).ShouldNotBe(cancelling, "it is not known yet whether the bank has it");
        (await table.ReplaceAsync(leaving.Withdrawal.HandBack(now), leaving.ETag, CancellationToken.None)).ShouldNotBeNull();

        (await cancelling).Expect(HttpStatusCode.OK).Body!["status"]!.GetValue<string>().ShouldBe("cancelled");
        (await customer.WalletAsync()).ShouldBe((before, 0));
    }

    [Fact]
    public async Task A_cancellation_of_what_has_changed_since_it_was_read_is_refused_when_the_client_says_so()
    {
        await bank.BehaveAsync("down");
        var id = await customer.WithdrawAsync(10_00);
        await customer.UntilAsync(id, "handed back", seen => seen.Steps().Count == 2);
        var seen = (await customer.Client.GetAsync($"/api/v1/withdrawals/{id}")).Expect(HttpStatusCode.OK).ETag!;

        var stale = await CancelAsync("\"stale\"");
        (stale.Status, stale.Code).ShouldBe((HttpStatusCode.PreconditionFailed, "precondition_failed"));
        var cancelled = (await CancelAsync(seen)).Expect(HttpStatusCode.OK);
        (await CancelAsync(seen)).Text.ShouldBe(cancelled.Text, "a repeat is answered as before, though the withdrawal has changed by it");

        Task<WalletAnswer> CancelAsync(string ifMatch) => customer.Client.SendAsync(
            HttpMethod.Post, $"/api/v1/withdrawals/{id}/cancel", null, "cancel", new Dictionary<string, string>(StringComparer.Ordinal) { ["If-Match"] = ifMatch });
    }

    [Fact]
    public async Task The_same_key_gets_the_same_answer_and_the_money_is_set_aside_once()
    {
        var first = (await customer.AskAsync(10_00, "same")).Expect(HttpStatusCode.Accepted);
        var again = await customer.AskAsync(10_00, "same");
        again.Text.ShouldBe(first.Text);
        again.Replayed.ShouldBeTrue();
        (await customer.AskAsync(11_00, "same")).Code.ShouldBe("idempotency_key_reused");
        (await customer.WalletAsync()).ShouldBe((before - 10_00, 10_00));
        var listed = (await customer.Client.GetAsync("/api/v1/withdrawals")).Expect(HttpStatusCode.OK).Body!["items"]!.AsArray();
        listed.ShouldHaveSingleItem()!["withdrawalId"]!.GetValue<string>().ShouldBe(first.Body!["withdrawalId"]!.GetValue<string>());
    }

    [Fact]
    public async Task Too_little_money_is_refused_and_stays_refused_under_the_key()
    {
        var refused = await customer.AskAsync(before + 1, "poor");
        refused.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        refused.Code.ShouldBe("insufficient_funds");
        var again = await customer.AskAsync(before + 1, "poor");
        again.Text.ShouldBe(refused.Text);
        again.Replayed.ShouldBeTrue();
        (await customer.WalletAsync()).ShouldBe((before, 0));
        (await customer.Client.GetAsync("/api/v1/withdrawals")).Body!["items"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task Concurrent_withdrawals_never_set_aside_more_than_there_is()
    {
        var share = (before / 4) + 1;
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => customer.AskAsync(share, $"c{i}")));
        answers.Count(answer => answer.Status == HttpStatusCode.Accepted).ShouldBe(3);
        answers.Where(answer => answer.Status != HttpStatusCode.Accepted).ShouldAllBe(answer => answer.Code == "insufficient_funds");

        // What is above the free allowances, ever and of the month, costs a thousandth.
        var held = (3 * share) + (((3 * share) - 600_000 + 500) / 1_000);
        (await customer.WalletAsync()).ShouldBe((before - held, held));
    }

    [Fact]
    public async Task Bad_requests_are_refused_in_plain_words()
    {
        (await customer.Client.SendAsync(HttpMethod.Post, "/api/v1/withdrawals", customer.Order(1))).Code.ShouldBe("idempotency_key_required");
        (await customer.AskAsync(0, "k1")).Code.ShouldBe("invalid_amount");
        (await customer.AskAsync(1, "k2", "card_00000000000000000000000000")).Code.ShouldBe("bank_card_not_found");
        (await customer.AskAsync(1, "k3", "card")).Code.ShouldBe("bank_card_not_found");
        var extra = customer.Order(1);
        extra["to"] = "me";
        (await customer.Client.SendAsync(HttpMethod.Post, "/api/v1/withdrawals", extra, "k4")).Code.ShouldBe("unknown_field");
        (await customer.Client.GetAsync("/api/v1/withdrawals/wdr_nonsense")).Code.ShouldBe("withdrawal_not_found");
        (await customer.Client.GetAsync("/api/v1/withdrawals/wdr_00000000000000000000000000?wait=x")).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await customer.CancelAsync("wdr_00000000000000000000000000", "k5")).Code.ShouldBe("withdrawal_not_found");
        (await customer.WalletAsync()).ShouldBe((before, 0));
    }

    [Fact]
    public async Task Somebody_elses_withdrawal_is_not_there()
    {
        var id = await customer.WithdrawAsync(10_00);
        var other = await stage.NextCustomerAsync();
        (await other.Client.GetAsync($"/api/v1/withdrawals/{id}")).Code.ShouldBe("withdrawal_not_found");
        (await other.CancelAsync(id, "c")).Code.ShouldBe("withdrawal_not_found");
        (await other.Client.GetAsync("/api/v1/withdrawals")).Body!["items"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task The_list_is_newest_first_and_pages()
    {
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            ids.Insert(0, await customer.WithdrawAsync(1_00 + i));
        }

        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await customer.Client.GetAsync($"/api/v1/withdrawals?limit=2{(cursor is null ? "" : $"&cursor={cursor}")}")).Expect(HttpStatusCode.OK).Body!;
            page["items"]!.AsArray().Count.ShouldBeLessThanOrEqualTo(2);
            seen.AddRange(page["items"]!.AsArray().Select(item => (string)item!["withdrawalId"]!));
            cursor = (string?)page["nextCursor"];
        }
        while (cursor is not null);

        seen.ShouldBe(ids);
    }

    [Fact]
    public async Task A_held_read_answers_when_the_withdrawal_changes()
    {
        var id = await customer.WithdrawAsync(10_00);
        await customer.UntilAsync(id, "submitted");
        var held = customer.Client.GetAsync($"/api/v1/withdrawals/{id}?wait=25");
        await bank.DecideAsync(await bank.PayoutAsync(id), "settle");
        var answer = (await held).Expect(HttpStatusCode.OK);
        answer.Body!["status"]!.GetValue<string>().ShouldBe("settled");
    }
}

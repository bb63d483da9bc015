using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Domain.TopUps;
using WalletFunctions.TestSupport;
using WalletFunctions.TopUps;
using WalletFunctions.Wallet;
using Xunit;

namespace Functions.Tests.TopUps;

/// <summary>Top-ups by bank card over HTTP, against an acquirer in every mood.</summary>
public sealed class TopUpTests(TopUpStage stage) : IClassFixture<TopUpStage>, IAsyncLifetime
{
    private readonly AcquirerSide acquirer = stage.Acquirer;
    private Cardholder customer = null!;
    private long before;

    public async Task InitializeAsync()
    {
        await acquirer.BehaveAsync("settle");
        customer = await stage.NextCustomerAsync();
        before = await customer.AvailableAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_card_that_pays_fills_the_wallet_once_and_the_same_key_gets_the_same_answer()
    {
        var first = (await customer.TopUpAsync(12_34, "k")).Must(HttpStatusCode.Created);
        first.Text("status").ShouldBe("succeeded");
        first.Text("bankCard.bankCardId").ShouldBe(customer.CardId);
        first.Text("balanceAfter.amount").ShouldBe($"{before + 12_34}");
        var id = first.Text("topupId");
        var again = (await customer.TopUpAsync(12_34, "k")).Must(HttpStatusCode.Created);
        again.Body.ShouldBe(first.Body);
        again.Header("Idempotent-Replayed").ShouldBe("true");
        (await customer.TopUpAsync(12_35, "k")).MustRefuse(HttpStatusCode.UnprocessableEntity, "idempotency_key_reused");
        (await customer.AvailableAsync()).ShouldBe(before + 12_34);
        var charge = (await acquirer.ChargesAsync(id)).ShouldHaveSingleItem();
        charge.GetProperty("amount").GetProperty("amount").GetInt64().ShouldBe(12_34);
        (await customer.ReadAsync(id)).ToString().ShouldBe(first.Body);
        var line = (await customer.Client.GetAsync($"v1/transactions/{first.Text("transactionId")}")).Must(HttpStatusCode.OK);
        line.Text("kind").ShouldBe("topup");
        line.Text("amount.amount").ShouldBe("1234");
    }

    [Fact]
    public async Task Without_an_id_the_only_card_is_charged_and_of_several_one_must_be_named()
    {
        var order = new { amount = new { amount = 5_00, currency = "CNY" }, channel = "bank_card" };
        var made = (await customer.Client.PostAsync("v1/topups", order, "only")).Must(HttpStatusCode.Created);
        (made.Text("status"), made.Text("bankCard.bankCardId")).ShouldBe(("succeeded", customer.CardId));
        (await customer.Client.PostAsync("v1/topups", order, "only")).Must(HttpStatusCode.Created).Body.ShouldBe(made.Body);

        const string number = "622202000011220";
        var holderName = (await customer.Client.GetAsync("v1/me")).Must(HttpStatusCode.OK).Text("displayName");
        (await customer.Client.PostAsync("v1/me/bank-cards", new { holderName, cardNumber = number + CardNumber.CheckDigit(number), bankCode = "ICBC", phone = "13800000001" })).Must(HttpStatusCode.Created);
        (await customer.Client.PostAsync("v1/topups", order)).MustRefuse(HttpStatusCode.BadRequest, "required");
        (await customer.AvailableAsync()).ShouldBe(before + 5_00);
    }

    [Theory]
    [InlineData("card_declined")]
    [InlineData("card_insufficient_funds")]
    [InlineData("card_details_outdated")]
    public async Task A_card_that_refuses_fails_with_its_code_and_the_failure_stays(string code)
    {
        await acquirer.BehaveAsync("reject", reason: code);
        var failed = (await customer.TopUpAsync(10_00, "k")).Must(HttpStatusCode.Created);
        (failed.Text("status"), failed.Text("failureCode")).ShouldBe(("failed", code));
        var step = failed.Json.GetProperty("nextSteps").EnumerateArray().ShouldHaveSingleItem();
        (step.GetProperty("action").GetString(), step.GetProperty("route").GetString()).ShouldBe(LedgerErrors.Find(code).NextSteps.Select(next => ((string?)next.Action, (string?)next.Route)).Single());
        await acquirer.BehaveAsync("settle");
        (await customer.TopUpAsync(10_00, "k")).Body.ShouldBe(failed.Body);
        (await acquirer.ChargesAsync(failed.Text("topupId"))).ShouldHaveSingleItem();
        (await customer.AvailableAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task A_pending_charge_ends_with_the_acquirers_call_and_repeats_or_contradictions_change_nothing()
    {
        await acquirer.BehaveAsync("silent");
        var pending = (await customer.TopUpAsync(10_00, "k")).Must(HttpStatusCode.Created);
        pending.Text("status").ShouldBe("pending");
        var id = pending.Text("topupId");
        (await customer.AvailableAsync()).ShouldBe(before);
        (await acquirer.CallBackAsync(id, "settled", "m1")).ShouldBe(HttpStatusCode.OK);
        (await customer.ReadAsync(id)).GetProperty("status").GetString().ShouldBe("succeeded");
        (await acquirer.CallBackAsync(id, "settled", "m1")).ShouldBe(HttpStatusCode.OK);
        (await acquirer.CallBackAsync(id, "rejected", "m2")).ShouldBe(HttpStatusCode.OK);
        (await acquirer.DecideAsync(id, "settle")).Must(HttpStatusCode.OK);
        (await customer.TopUpAsync(10_00, "k")).Body.ShouldBe(pending.Body);
        (await customer.ReadAsync(id)).GetProperty("status").GetString().ShouldBe("succeeded");
        (await customer.AvailableAsync()).ShouldBe(before + 10_00);
        (await acquirer.DecideAsync(id, "reject")).MustRefuse(HttpStatusCode.Conflict, "charge_decided");
    }

    [Fact]
    public async Task Money_that_comes_after_a_failure_is_credited_once()
    {
        await acquirer.BehaveAsync("silent");
        var id = (await customer.TopUpAsync(10_00, "k")).Must(HttpStatusCode.Created).Text("topupId");
        (await acquirer.DecideAsync(id, "reject", "card_insufficient_funds")).Must(HttpStatusCode.OK);
        (await customer.UntilAsync(id, "failed")).GetProperty("failureCode").GetString().ShouldBe("card_insufficient_funds");
        (await acquirer.CallBackAsync(id, "settled")).ShouldBe(HttpStatusCode.OK);
        (await acquirer.CallBackAsync(id, "settled")).ShouldBe(HttpStatusCode.OK);
        (await customer.ReadAsync(id)).GetProperty("status").GetString().ShouldBe("succeeded");
        (await customer.AvailableAsync()).ShouldBe(before + 10_00);
    }

    [Fact]
    public async Task A_charge_whose_answer_is_lost_is_asked_about_and_made_once()
    {
        await acquirer.BehaveAsync("timeout", 0);
        var answer = (await customer.TopUpAsync(10_00, "k")).Must(HttpStatusCode.Created);
        answer.Text("status").ShouldBe("succeeded");
        (await acquirer.ChargesAsync(answer.Text("topupId"))).ShouldHaveSingleItem();
        (await customer.AvailableAsync()).ShouldBe(before + 10_00);
    }

    [Fact]
    public async Task While_the_channel_is_down_nothing_is_charged_or_kept_and_the_same_key_works_later()
    {
        await acquirer.BehaveAsync("down");
        var charges = await acquirer.CountAsync();
        var english = (await customer.TopUpAsync(10_00, "k")).MustRefuse(HttpStatusCode.ServiceUnavailable, "channel_unavailable");
        english.Header("Retry-After").ShouldNotBeNull();
        var chinese = (await customer.TopUpAsync(10_00, "k", language: "zh-CN")).MustRefuse(HttpStatusCode.ServiceUnavailable, "channel_unavailable");
        english.Text("detail").ShouldContain("Try again");
        chinese.Text("detail").ShouldContain("重试");
        var row = (await customer.TopUpsAsync()).ShouldHaveSingleItem();
        (row.GetProperty("status").GetString(), row.GetProperty("failureCode").GetString()).ShouldBe(("failed", "channel_unavailable"));
        (await acquirer.CountAsync()).ShouldBe(charges);
        await acquirer.BehaveAsync("settle");
        var answer = (await customer.TopUpAsync(10_00, "k")).Must(HttpStatusCode.Created);
        (answer.Text("status"), answer.Text("topupId")).ShouldBe(("succeeded", row.GetProperty("topupId").GetString()));
        (await acquirer.ChargesAsync(answer.Text("topupId"))).ShouldHaveSingleItem();
        (await customer.AvailableAsync()).ShouldBe(before + 10_00);
        (await customer.TopUpsAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task What_the_acquirer_tells_to_nobody_is_found_by_asking()
    {
        await acquirer.BehaveAsync("silent");
        var id = (await customer.TopUpAsync(10_00, "k")).Must(HttpStatusCode.Created).Text("topupId");
        await acquirer.SettleInSilenceAsync(id);
        await stage.App.AdvanceAsync(TimeSpan.FromMinutes(1));
        await customer.UntilAsync(id, "succeeded");
        (await customer.AvailableAsync()).ShouldBe(before + 10_00);
    }

    [Fact]
    public async Task A_charge_that_never_arrived_is_given_up_and_never_sent_behind_the_customers_back()
    {
        await acquirer.BehaveAsync("silent");
        var id = (await customer.TopUpAsync(10_00, "k")).Must(HttpStatusCode.Created).Text("topupId");
        await ForgetAsync(id);
        await acquirer.BehaveAsync("settle");
        await stage.App.AdvanceAsync(TimeSpan.FromMinutes(5));
        (await customer.UntilAsync(id, "failed")).GetProperty("failureCode").GetString().ShouldBe("channel_unavailable");
        (await acquirer.ChargesAsync(id)).ShouldBeEmpty();

        // And if it arrives after all, the money is the customer's.
        (await acquirer.CallBackAsync(id, "settled")).ShouldBe(HttpStatusCode.OK);
        (await customer.AvailableAsync()).ShouldBe(before + 10_00);
    }

    [Fact]
    public async Task Forged_stale_and_malformed_calls_leave_nothing_behind()
    {
        await acquirer.BehaveAsync("silent");
        var id = (await customer.TopUpAsync(10_00, "k")).Must(HttpStatusCode.Created).Text("topupId");
        (await acquirer.CallBackAsync(id, "settled", forged: true)).ShouldBe(HttpStatusCode.Unauthorized);
        (await acquirer.CallBackAsync(id, "settled", age: TimeSpan.FromMinutes(6))).ShouldBe(HttpStatusCode.Unauthorized);
        (await acquirer.CallBackAsync(id, "settled", age: TimeSpan.FromMinutes(-6))).ShouldBe(HttpStatusCode.Unauthorized);
        (await acquirer.CallBackAsync("top_00000000000000000000000000", "settled")).ShouldBe(HttpStatusCode.NotFound);
        (await acquirer.CallBackAsync("../#?/\\", "settled")).ShouldBe(HttpStatusCode.NotFound);
        (await acquirer.CallBackAsync(id, "paid")).ShouldBe(HttpStatusCode.BadRequest);
        (await acquirer.CallBackAsync(id, "", body: "{")).ShouldBe(HttpStatusCode.BadRequest);
        (await customer.ReadAsync(id)).GetProperty("status").GetString().ShouldBe("pending");
        (await customer.AvailableAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task Many_requests_with_one_key_are_one_charge_one_credit_and_one_answer()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => customer.TopUpAsync(10_00, "k")));
        answers.Where(answer => answer.Code != "idempotency_key_in_flight").Select(answer => answer.Must(HttpStatusCode.Created).Body).Distinct(StringComparer.Ordinal).ShouldHaveSingleItem();
        var id = (await customer.TopUpAsync(10_00, "k")).Must(HttpStatusCode.Created).Text("topupId");
        (await acquirer.ChargesAsync(id)).ShouldHaveSingleItem();
        (await customer.AvailableAsync()).ShouldBe(before + 10_00);
        (await customer.TopUpsAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_callback_a_look_and_repeats_that_meet_make_one_credit()
    {
        await acquirer.BehaveAsync("silent");
        var id = (await customer.TopUpAsync(10_00, "k")).Must(HttpStatusCode.Created).Text("topupId");
        var desk = stage.Services.GetRequiredService<TopUpDesk>();
        await acquirer.SettleInSilenceAsync(id);
        await Task.WhenAll(Enumerable.Range(0, 4).SelectMany(_ => new Task[]
        {
            acquirer.CallBackAsync(id, "settled"),
            desk.LookAfterAsync(customer.Wallet, WalletFunctions.Domain.TopUpId.Of(id), CancellationToken.None),
            customer.TopUpAsync(10_00, "k"),
            acquirer.CallBackAsync(id, "rejected"),
        }));
        (await customer.AvailableAsync()).ShouldBe(before + 10_00);
        (await customer.ReadAsync(id)).GetProperty("status").GetString().ShouldBe("succeeded");
    }

    [Fact]
    public async Task Only_ones_own_cards_are_charged()
    {
        var other = await stage.NextCustomerAsync();
        (await customer.TopUpAsync(10_00, "k1", other.CardId)).MustRefuse(HttpStatusCode.NotFound, "bank_card_not_found");
        (await customer.TopUpAsync(10_00, "k1", "card_00000000000000000000000000", "zh-CN")).MustRefuse(HttpStatusCode.NotFound, "bank_card_not_found").Text("detail").ShouldContain("银行卡");
        var id = (await customer.TopUpAsync(10_00, "k1")).Must(HttpStatusCode.Created).Text("topupId");
        (await other.Client.GetAsync($"v1/topups/{id}")).MustRefuse(HttpStatusCode.NotFound, "not_found");
        (await other.TopUpsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Limits_of_card_top_ups_are_decided_before_the_card_is_charged_and_given_back_by_a_failure()
    {
        var charges = await acquirer.CountAsync();
        var refused = (await customer.TopUpAsync(50_000_01, "single")).MustRefuse(HttpStatusCode.UnprocessableEntity, "limit_per_transaction");
        (await customer.TopUpAsync(50_000_01, "single")).Body.ShouldBe(refused.Body);
        (await acquirer.CountAsync()).ShouldBe(charges);
        await acquirer.BehaveAsync("reject");
        (await customer.TopUpAsync(50_000_00, "failed")).Must(HttpStatusCode.Created).Text("status").ShouldBe("failed");
        await acquirer.BehaveAsync("settle");
        (await customer.TopUpAsync(50_000_00, "first")).Must(HttpStatusCode.Created).Text("status").ShouldBe("succeeded");
        var rest = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => customer.TopUpAsync(20_000_00, $"rest{i}")));
        rest.Count(answer => answer.Status == HttpStatusCode.Created).ShouldBe(2, string.Join(" ", rest.Select(answer => answer.Body)));
        rest.Where(answer => answer.Status != HttpStatusCode.Created).ShouldAllBe(answer => answer.Code == "limit_daily");
        (await customer.AvailableAsync()).ShouldBe(before + 90_000_00);
    }

    [Fact]
    public async Task Money_arrives_in_a_wallet_that_was_frozen_meanwhile_and_in_suspense_when_it_was_closed()
    {
        await acquirer.BehaveAsync("silent");
        var frozen = (await customer.TopUpAsync(10_00, "k1")).Must(HttpStatusCode.Created).Text("topupId");
        await DoAsync("top_00000000000000000000000001:freeze", new BookMove.Freeze(FreezeSource.Staff));
        (await customer.TopUpAsync(10_00, "k2")).MustRefuse(HttpStatusCode.UnprocessableEntity, "account_frozen");
        (await acquirer.CallBackAsync(frozen, "settled")).ShouldBe(HttpStatusCode.OK);
        (await customer.AvailableAsync()).ShouldBe(before + 10_00);
        await DoAsync("top_00000000000000000000000001:unfreeze", new BookMove.Unfreeze(FreezeSource.Staff));
        var late = (await customer.TopUpAsync(20_00, "k3")).Must(HttpStatusCode.Created).Text("topupId");
        await DoAsync("top_00000000000000000000000001:close", new BookMove.Close());
        var words = new string('长', ChargeWord.MaxReason + 1) + "\n";
        (await acquirer.CallBackAsync(late, "", body: JsonSerializer.Serialize(new { chargeId = late, outcome = "settled", reason = words }))).ShouldBe(HttpStatusCode.OK);
        (await customer.AvailableAsync()).ShouldBe(before + 10_00);
        var head = (await stage.Services.GetRequiredService<Ledger>().ReadHeadAsync(customer.Wallet, CancellationToken.None)).Head;
        head.Balances.Suspense.ShouldBe(20_00);
        (await customer.ReadAsync(late)).GetProperty("conversationId").GetString().ShouldStartWith("cnv_");

        async Task DoAsync(string operation, BookMove move) =>
            (await stage.Services.GetRequiredService<Ledger>().ExecuteAsync(customer.Wallet, new BookCommand(operation, move), CancellationToken.None)).ShouldBeOfType<Outcome.Committed>();
    }

    [Fact]
    public async Task The_list_is_newest_first_and_pages()
    {
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            ids.Insert(0, (await customer.TopUpAsync(1_00 + i, $"k{i}")).Must(HttpStatusCode.Created).Text("topupId"));
        }

        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await customer.Client.GetAsync($"v1/topups?limit=2{(cursor is null ? "" : $"&cursor={cursor}")}")).Must(HttpStatusCode.OK).Json;
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("topupId").GetString()!));
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);

        seen.ShouldBe(ids);
    }

    /// <summary>As if the charge had been lost on its way to the acquirer.</summary>
    private async Task ForgetAsync(string id)
    {
        var acquirers = stage.Services.GetRequiredService<WalletFunctions.Sandbox.SandboxAcquirer>().Table;
        await acquirers.RemoveAsync((await acquirers.FindAsync(id, CancellationToken.None))!, CancellationToken.None);
        await Eventually.True("the acquirer does not know it", async () => (await acquirer.ChargesAsync(id)).Count == 0);
    }
}

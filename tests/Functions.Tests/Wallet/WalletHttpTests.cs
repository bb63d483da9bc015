using System.Net;
using Functions.Tests;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Wallet;
using Xunit;

namespace WalletFunctions.Tests.Wallet;

/// <summary>The wallet's routes as clients see them.</summary>
[Collection(TestApp.SharedMoney)]
public sealed class WalletHttpTests
{
    [Fact]
    public async Task A_transfer_reads_as_in_transit_until_the_payee_has_it()
    {
        var app = await TestApp.Shared;
        using var payer = await app.CustomerAsync(0);
        var people = (await app.PeopleAsync()).GetProperty("customers");
        var (from, to) = (WalletId.Of(people[0].GetProperty("walletId").GetString()!), WalletId.Of(people[1].GetProperty("walletId").GetString()!));
        var id = Books.NewId<TransactionId>().Value;
        var debit = new BookCommand(id, new BookMove.DebitTransfer(Money.Fen(1), new Party(to, "*乙"), null, TransferPurpose.Transfer, Books.Free)) { Outbox = new Outbox(to, "*甲") };
        (await app.Services.GetRequiredService<Ledger>().ExecuteAsync(from, debit, CancellationToken.None)).ShouldBeOfType<Outcome.Committed>();

        (await payer.GetAsync($"v1/transfers/{id}")).Must(HttpStatusCode.OK).Text("status").ShouldBe("in_transit");
        (await payer.GetAsync($"v1/transactions/{id}")).Must(HttpStatusCode.OK).Text("status").ShouldBe("in_transit");

        await app.Services.GetRequiredService<Transfers>().CompleteAsync(from, id, CancellationToken.None);
        (await payer.GetAsync($"v1/transfers/{id}")).Must(HttpStatusCode.OK).Text("status").ShouldBe("completed");
        (await payer.GetAsync($"v1/transactions/{id}")).Must(HttpStatusCode.OK).Text("status").ShouldBe("completed");
    }

    [Fact]
    public async Task The_wallet_shows_what_is_available_and_a_top_up_adds_to_it()
    {
        var app = await TestApp.Shared;
        using var customer = await app.CustomerAsync(2);
        var before = (await customer.GetAsync("v1/wallet")).Must(HttpStatusCode.OK);
        before.Text("currency").ShouldBe("CNY");
        before.Text("available.currency").ShouldBe("CNY");
        before.Text("status").ShouldBe("active");
        before.Text("class").ShouldBeOneOf("I", "II", "III");
        before.Header("ETag").ShouldNotBeNullOrEmpty();
        before.Json.GetProperty("limits").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Object);

        var topUp = (await customer.PostAsync("v1/topups", TopUp(1050))).Must(HttpStatusCode.Created);
        topUp.Text("status").ShouldBe("succeeded");
        topUp.Text("topupId").ShouldStartWith("top_");
        topUp.Header("Location").ShouldBe("/api/v1/topups/" + topUp.Text("topupId"));
        (await customer.GetAsync("v1/topups/" + topUp.Text("topupId"))).Must(HttpStatusCode.OK).Body.ShouldBe(topUp.Body);
        var after = (await customer.GetAsync("v1/wallet")).Must(HttpStatusCode.OK);
        Available(after).ShouldBe(Available(before) + 1050);
        after.Header("ETag").ShouldNotBe(before.Header("ETag"));
    }

    [Fact]
    public async Task A_transfer_is_answered_when_the_payee_has_the_money_and_a_repeat_byte_for_byte()
    {
        var app = await TestApp.Shared;
        using var payer = await app.CustomerAsync(0);
        using var payee = await app.CustomerAsync(1);
        var people = (await app.PeopleAsync()).GetProperty("customers");
        var body = new { to = new { phone = people[1].GetProperty("phone").GetString() }, amount = new { amount = 300, currency = "CNY" }, note = "午饭" };
        await payer.PostAsync("v1/topups", TopUp(5000));
        var (left, right) = (Available(await payer.GetAsync("v1/wallet")), Available(await payee.GetAsync("v1/wallet")));
        var key = Guid.NewGuid().ToString();

        var first = (await payer.PostAsync("v1/transfers", body, key)).Must(HttpStatusCode.Created);
        first.Text("status").ShouldBe("completed");
        first.Text("balanceAfter.amount").ShouldBe((left - 300).ToString());
        first.Text("fee.amount").ShouldBe("0");
        first.Header("Idempotent-Replayed").ShouldBeNull();
        Available(await payee.GetAsync("v1/wallet")).ShouldBe(right + 300);

        var repeat = (await payer.PostAsync("v1/transfers", body, key)).Must(HttpStatusCode.Created);
        repeat.Body.ShouldBe(first.Body);
        repeat.Header("Location").ShouldBe(first.Header("Location"));
        repeat.Header("Idempotent-Replayed").ShouldBe("true");
        (await payer.PostAsync("v1/transfers", body with { note = "晚饭" }, key)).MustRefuse(HttpStatusCode.UnprocessableEntity, "idempotency_key_reused");
        Available(await payer.GetAsync("v1/wallet")).ShouldBe(left - 300);

        var id = first.Text("transactionId");
        (await payer.GetAsync("v1/transfers/" + id)).Must(HttpStatusCode.OK).Body.ShouldBe(first.Body);
        (await payee.GetAsync("v1/transfers/" + id)).Must(HttpStatusCode.OK).Text("counterparty.walletId").ShouldBe(people[0].GetProperty("walletId").GetString());
        using var stranger = await app.CustomerAsync(2);
        (await stranger.GetAsync("v1/transfers/" + id)).MustRefuse(HttpStatusCode.NotFound, "not_found");
        var (sent, received) = ((await payer.GetAsync("v1/transactions/" + id)).Must(HttpStatusCode.OK), (await payee.GetAsync("v1/transactions/" + id)).Must(HttpStatusCode.OK));
        (sent.Text("direction"), received.Text("direction")).ShouldBe(("out", "in"));
        received.Text("counterparty.walletId").ShouldBe(people[0].GetProperty("walletId").GetString());
        received.Text("note").ShouldBe("午饭");

        var kept = (await payer.GetAsync("v1/idempotency?route=/v1/transfers&key=" + key)).Must(HttpStatusCode.OK);
        kept.Text("status").ShouldBe("201");
        kept.Text("body.transactionId").ShouldBe(id);
        (await payee.GetAsync("v1/idempotency?route=/v1/transfers&key=" + key)).MustRefuse(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task A_refused_move_says_why_and_what_to_do_and_stays_refused()
    {
        var app = await TestApp.Shared;
        using var payer = await app.CustomerAsync(0);
        var people = (await app.PeopleAsync()).GetProperty("customers");
        var (self, other) = (people[0].GetProperty("walletId").GetString(), people[1].GetProperty("walletId").GetString());
        var nobody = other![..^1] + (other[^1] == '0' ? '1' : '0');

        var poor = (await payer.PostAsync("v1/transfers", Transfer(other, 900_000_000_000), "poor")).MustRefuse(HttpStatusCode.UnprocessableEntity, "insufficient_funds");
        poor.Json.GetProperty("nextSteps")[0].GetProperty("action").GetString().ShouldBe("top_up");
        var again = (await payer.PostAsync("v1/transfers", Transfer(other, 900_000_000_000), "poor")).MustRefuse(HttpStatusCode.UnprocessableEntity, "insufficient_funds");
        (again.Body, again.Header("Idempotent-Replayed")).ShouldBe((poor.Body, "true"));
        (await payer.PostAsync("v1/transfers", Transfer(self, 1))).MustRefuse(HttpStatusCode.UnprocessableEntity, "payee_is_self");
        (await payer.PostAsync("v1/transfers", Transfer(nobody, 1))).MustRefuse(HttpStatusCode.UnprocessableEntity, "payee_not_found");
        (await payer.PostAsync("v1/transfers", new { to = new { walletId = other }, amount = new { amount = 1, currency = "USD" } })).MustRefuse(HttpStatusCode.UnprocessableEntity, "currency_mismatch");
        (await payer.PostAsync("v1/topups", new { amount = new { amount = 1, currency = "USD" }, channel = "sandbox" })).MustRefuse(HttpStatusCode.UnprocessableEntity, "currency_mismatch");
    }

    [Theory]
    [InlineData("""{"amount": {"amount": 1, "currency": "CNY"}}""", "required")]
    [InlineData("""{"to": {"walletId": 7}, "amount": {"amount": 1, "currency": "CNY"}}""", "invalid_field")]
    [InlineData("""{"to": {"phone": "x"}, "amount": {"amount": null, "currency": "CNY"}, "note": 1}""", "invalid_amount")]
    [InlineData("""{"amount": {"amount": 0, "currency": "CNY"}, "x": 1}""", "unknown_field")]
    [InlineData("""{"to": {"phone": ""}, "amount": {"amount": 1, "currency": "CNY"}}""", "invalid_field")]
    [InlineData("""{"to": {}, "amount": {"amount": 1, "currency": "CNY"}}""", "invalid_field")]
    [InlineData("""{"to": {"phone": "13800000001"}, "amount": {"amount": 1.5, "currency": "CNY"}}""", "invalid_amount")]
    [InlineData("""{"to": {"phone": "13800000001"}, "amount": {"amount": "1", "currency": "CNY"}}""", "invalid_amount")]
    [InlineData("""{"to": {"phone": "13800000001"}, "amount": {"amount": 0, "currency": "CNY"}}""", "invalid_amount")]
    [InlineData("""{"to": {"phone": "13800000001"}, "amount": {"amount": 1, "currency": "CNY"}, "x": 1}""", "unknown_field")]
    [InlineData("""{"to": {"phone": "13800000001"}, "amount": {"amount": 1, "currency": "CNY"}, "note": 1}""", "invalid_field")]
    [InlineData("""[]""", "invalid_body")]
    [InlineData("""{""", "malformed_json")]
    public async Task A_bad_transfer_is_a_clear_problem(string body, string code)
    {
        var app = await TestApp.Shared;
        using var payer = await app.CustomerAsync(0);
        (await payer.PostAsync("v1/transfers", body)).MustRefuse(HttpStatusCode.BadRequest, code);
    }

    [Fact]
    public async Task An_id_that_is_no_id_is_answered_as_one_that_nobody_has()
    {
        var app = await TestApp.Shared;
        using var payer = await app.CustomerAsync(0);
        var other = (await app.PeopleAsync()).GetProperty("customers")[1].GetProperty("walletId").GetString();
        var wrong = (await payer.PostAsync("v1/transfers", Transfer("wal_x", 1), "mistyped")).MustRefuse(HttpStatusCode.UnprocessableEntity, "payee_not_found");
        var again = (await payer.PostAsync("v1/transfers", Transfer("wal_x", 1), "mistyped")).MustRefuse(HttpStatusCode.UnprocessableEntity, "payee_not_found");
        (again.Body, again.Header("Idempotent-Replayed")).ShouldBe((wrong.Body, "true"));
        (await payer.PostAsync("v1/transfers", Transfer("wal_y", 1), "mistyped")).MustRefuse(HttpStatusCode.UnprocessableEntity, "idempotency_key_reused");
        (await payer.GetAsync("v1/attempts")).Items()[0].GetProperty("code").GetString().ShouldBe("payee_not_found");

        var unknown = (await payer.PostAsync("v1/payees/resolve", new { walletId = "wal_00000000000000000000000001" }, key: null)).Code;
        (await payer.PostAsync("v1/payees/resolve", new { walletId = "wal_x" }, key: null)).Code.ShouldBe(unknown);
        (await payer.PostAsync("v1/payments", new { merchantId = "acc_x", orderId = "1", amount = TestMoney(1), description = "x" })).MustRefuse(HttpStatusCode.UnprocessableEntity, "payee_not_found");
        (await payer.PostAsync("v1/bills", new { billerId = "x", billNumber = "1", amount = TestMoney(1) })).MustRefuse(HttpStatusCode.UnprocessableEntity, "biller_not_found");
        (await payer.PostAsync("v1/transfers", new { to = new { walletId = other }, amount = TestMoney(1), source = "bank_card", bankCardId = "x" })).MustRefuse(HttpStatusCode.NotFound, "bank_card_not_found");
        (await payer.PostAsync("v1/topups", new { amount = TestMoney(1), channel = "bank_card", bankCardId = "x" })).MustRefuse(HttpStatusCode.NotFound, "bank_card_not_found");

        static object TestMoney(long fen) => new { amount = fen, currency = "CNY" };
    }

    [Fact]
    public async Task A_move_without_a_key_is_refused_and_nobody_signed_in_moves_nothing()
    {
        var app = await TestApp.Shared;
        using var customer = await app.CustomerAsync(0);
        (await customer.PostAsync("v1/topups", TopUp(1), key: null)).MustRefuse(HttpStatusCode.BadRequest, "idempotency_key_required");
        (await app.Anonymous.PostAsync("v1/topups", TopUp(1))).MustRefuse(HttpStatusCode.Unauthorized, "unauthenticated");
        (await app.Anonymous.GetAsync("v1/wallet")).MustRefuse(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Fact]
    public async Task The_list_of_transactions_is_complete_newest_first_whatever_the_page_size()
    {
        var app = await TestApp.Shared;
        using var customer = await app.CustomerAsync(2);
        for (var i = 1; i <= 7; i++)
        {
            (await customer.PostAsync("v1/topups", TopUp(i))).Must(HttpStatusCode.Created);
        }

        var whole = (await customer.GetAsync("v1/transactions?limit=200")).Must(HttpStatusCode.OK).Json.GetProperty("items").EnumerateArray().Select(item => item.GetRawText()).ToList();
        var paged = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await customer.GetAsync("v1/transactions?limit=3" + (cursor is null ? "" : "&cursor=" + cursor))).Must(HttpStatusCode.OK).Json;
            page.GetProperty("items").GetArrayLength().ShouldBeLessThanOrEqualTo(3);
            paged.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetRawText()));
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);

        paged[^whole.Count..].ShouldBe(whole);
        paged.Count.ShouldBe(whole.Count);
        (await customer.GetAsync("v1/transactions?cursor=bm9ib2R5")).MustRefuse(HttpStatusCode.BadRequest, "invalid_cursor");
        (await customer.GetAsync("v1/transactions?limit=0")).Must(HttpStatusCode.BadRequest);
        (await customer.GetAsync("v1/transactions/txn_nothing")).MustRefuse(HttpStatusCode.NotFound, "not_found");
    }

    private static object TopUp(long amount) => new { amount = Yuan(amount), channel = "sandbox" };

    private static object Transfer(string? walletId, long amount) => new { to = new { walletId }, amount = Yuan(amount) };

    private static object Yuan(long fen) => new { amount = fen, currency = "CNY" };

    private static long Available(TestAnswer wallet) => long.Parse(wallet.Text("available.amount"));
}

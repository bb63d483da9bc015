using System.Net;
using Functions.Tests;
using Shouldly;
using WalletFunctions.Domain.Calendar;
using WalletFunctions.Tests.Settings;
using Xunit;

namespace WalletFunctions.Tests.Tariff;

/// <summary>Quotes and limits agree with what moves then do.</summary>
public sealed class QuoteTests(QuoteTests.Stage stage) : IClassFixture<QuoteTests.Stage>
{
    [Fact]
    public async Task A_quote_says_what_the_move_then_does_and_changes_nothing()
    {
        using var payer = await stage.App.CustomerAsync(0);
        var payee = await stage.WalletIdAsync(1);
        var before = (await payer.GetAsync("v1/wallet")).Must(HttpStatusCode.OK);

        var quote = (await QuoteAsync(payer, "transfer", 12_345, payee)).Must(HttpStatusCode.OK);
        (quote.Text("kind"), quote.Text("fee.amount"), quote.Text("total.amount"), quote.Text("wouldBe"), quote.Text("confirmationNeeded")).ShouldBe(("transfer", "0", "12345", "allowed", "False"));
        (RuleStage.Time(quote, "promisedBy") - await stage.NowAsync()).Duration().ShouldBeLessThan(TimeSpan.FromMinutes(1), "a transfer arrives at once");
        quote.Text("limits").ShouldBe(before.Text("limits"));
        (await payer.GetAsync("v1/wallet")).Body.ShouldBe(before.Body, "nothing was stored");
        (await payer.PostAsync("v1/transfers", new { to = new { walletId = payee }, amount = Yuan(12_345) })).Must(HttpStatusCode.Created);

        foreach (var (fen, to, code) in new[] { (99_999_999_999, payee, "insufficient_funds"), (1L, await stage.WalletIdAsync(0), "payee_is_self"), (1L, "wal_00000000000000000000000000", "payee_not_found") })
        {
            var refused = (await QuoteAsync(payer, "transfer", fen, to)).Must(HttpStatusCode.OK);
            refused.Text("wouldBe").ShouldBe(code);
            refused.Text("detail").ShouldNotBeNullOrWhiteSpace();
            (await payer.PostAsync("v1/transfers", new { to = new { walletId = to }, amount = Yuan(fen) })).MustRefuse(HttpStatusCode.UnprocessableEntity, code).Text("detail").ShouldBe(refused.Text("detail"));
        }

        (await payer.PostAsync("v1/quotes", new { kind = "transfer", amount = new { amount = 1, currency = "USD" } }, key: null)).Must(HttpStatusCode.OK).Text("wouldBe").ShouldBe("currency_mismatch");
    }

    [Fact]
    public async Task A_quote_of_a_withdrawal_has_its_fee_and_its_promise()
    {
        using var customer = await stage.App.CustomerAsync(1);
        var quote = (await QuoteAsync(customer, "withdrawal", 700_000, null)).Must(HttpStatusCode.OK);

        // Class III: 5,000 yuan a month and 1,000 yuan ever are free; 0.1 % of the other 1,000.
        (quote.Text("fee.amount"), quote.Text("total.amount")).ShouldBe(("100", "700100"));
        RuleStage.Time(quote, "promisedBy").ShouldBeGreaterThan(await stage.NowAsync());
        (await QuoteAsync(customer, "withdrawal", 600_000, null)).Text("fee.amount").ShouldBe("0");
        (await QuoteAsync(customer, "withdrawal", 600_001, null)).Text("fee.amount").ShouldBe("10", "the least fee");
        (await QuoteAsync(customer, "topup", 5_000_001, null)).Text("wouldBe").ShouldBe("limit_per_transaction");
    }

    [Fact]
    public async Task A_quote_knows_what_has_to_be_confirmed()
    {
        using var customer = await stage.App.CustomerAsync(1);
        (await customer.PostAsync("v1/topups", new { amount = Yuan(3_000_000), channel = "sandbox" })).Must(HttpStatusCode.Created);
        var quote = (await QuoteAsync(customer, "transfer", 1_500_001, await stage.WalletIdAsync(2), "en")).Must(HttpStatusCode.OK);
        (quote.Text("wouldBe"), quote.Text("confirmationNeeded")).ShouldBe(("confirmation_required", "True"), "a new payee, and much money");
    }

    [Fact]
    public async Task The_wallet_shows_what_is_left_and_when_it_begins_anew()
    {
        using var payer = await stage.App.CustomerAsync(2);
        (await payer.PostAsync("v1/transfers", new { to = new { walletId = await stage.WalletIdAsync(1) }, amount = Yuan(40_000) })).Must(HttpStatusCode.Created);
        var now = await stage.NowAsync();
        var wallet = (await payer.GetAsync("v1/wallet")).Must(HttpStatusCode.OK);
        wallet.Text("class").ShouldBe("III");
        (wallet.Text("limits.spending.daily.limit.amount"), wallet.Text("limits.spending.daily.used.amount"), wallet.Text("limits.spending.daily.left.amount")).ShouldBe(("10000000", "40000", "9960000"));
        (wallet.Text("limits.spending.yearly.left.amount"), wallet.Text("limits.spending.perTransaction.amount"), wallet.Text("limits.spending.most.amount")).ShouldBe(("19960000", "5000000", "5000000"));
        RuleStage.Time(wallet, "limits.spending.daily.resetsAt").ShouldBe(Shanghai.At(Shanghai.DayOf(now).AddDays(1), default));
        RuleStage.Time(wallet, "limits.spending.yearly.resetsAt").ShouldBe(Shanghai.At(new DateOnly(Shanghai.DayOf(now).Year + 1, 1, 1), default));
        (wallet.Text("limits.freeAllowance.monthly.left.amount"), wallet.Text("limits.freeAllowance.lifetime.left.amount")).ShouldBe(("500000", "100000"));
        wallet.Json.GetProperty("limits").GetProperty("spending").TryGetProperty("lifetime", out _).ShouldBeFalse("class III has none");
        wallet.Json.GetProperty("limits").GetProperty("withdrawal").TryGetProperty("yearly", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("""{"kind": "gift", "amount": {"amount": 1, "currency": "CNY"}}""", "invalid_field")]
    [InlineData("""{"kind": "transfer", "amount": {"amount": 0, "currency": "CNY"}}""", "invalid_amount")]
    [InlineData("""{"kind": "transfer", "amount": {"amount": 1, "currency": "CNY"}, "to": {}}""", "invalid_field")]
    [InlineData("""{"kind": "transfer"}""", "required")]
    public async Task A_wrong_question_is_a_clear_problem(string body, string code)
    {
        using var customer = await stage.App.CustomerAsync(0);
        (await customer.PostAsync("v1/quotes", body, key: null)).MustRefuse(HttpStatusCode.BadRequest, code);
    }

    [Fact]
    public async Task A_quote_of_a_frozen_account_says_what_the_move_would_say()
    {
        var person = (await stage.App.Anonymous.PostAsync("sandbox/seed", new { customers = 4 }, key: null)).Must(HttpStatusCode.OK).Json.GetProperty("customers")[3];
        using var frozen = await stage.App.SignInAsync(person.GetProperty("phone").GetString()!, person.GetProperty("password").GetString()!);
        var payee = await stage.WalletIdAsync(1);
        (await QuoteAsync(frozen, "transfer", 100, payee)).Must(HttpStatusCode.OK).Text("wouldBe").ShouldBe("allowed");
        (await frozen.PostAsync("v1/me/freeze", new { })).Must(HttpStatusCode.OK);
        var move = await frozen.PostAsync("v1/transfers", new { to = new { walletId = payee }, amount = Yuan(100) });
        (await QuoteAsync(frozen, "transfer", 100, payee)).Must(HttpStatusCode.OK).Text("wouldBe").ShouldBe(move.MustRefuse(HttpStatusCode.UnprocessableEntity, "account_frozen").Code);
    }

    [Fact]
    public async Task Nobody_goes_through_numbers_by_asking_for_quotes()
    {
        using var merchant = await stage.App.MerchantAsync();
        (await QuoteAsync(merchant, "transfer", 1, null)).MustRefuse(HttpStatusCode.Forbidden, "forbidden");
        using var customer = await stage.App.CustomerAsync(2);
        var answers = new List<TestAnswer>();
        for (var i = 0; i < 40; i++)
        {
            answers.Add(await customer.PostAsync("v1/quotes", new { kind = "transfer", amount = Yuan(1), to = new { phone = $"1380000{i:D4}" } }, key: null));
        }

        var refused = answers.First(answer => answer.Status != HttpStatusCode.OK).MustRefuse(HttpStatusCode.TooManyRequests, "too_many_requests");
        refused.Header("Retry-After").ShouldNotBeNull();
        (await QuoteAsync(customer, "withdrawal", 1, null)).Must(HttpStatusCode.OK);
    }

    private static Task<TestAnswer> QuoteAsync(TestClient client, string kind, long fen, string? to, string language = "zh-CN") => client.SendAsync(
        HttpMethod.Post, "v1/quotes", new { kind, amount = Yuan(fen), to = to is null ? null : new { walletId = to } }, null, ("Accept-Language", language));

    private static object Yuan(long fen) => new { amount = fen, currency = "CNY" };

    /// <summary>One host, whose customers' counters belong to these tests alone.</summary>
    public sealed class Stage : IAsyncLifetime
    {
        internal TestApp App { get; private set; } = null!;

        public async Task InitializeAsync() => App = await TestApp.StartAsync();

        public async Task DisposeAsync() => await App.DisposeAsync();

        internal async Task<string> WalletIdAsync(int customer) => (await App.PeopleAsync()).GetProperty("customers")[customer].GetProperty("walletId").GetString()!;

        internal async Task<DateTimeOffset> NowAsync() => RuleStage.Time((await App.Anonymous.GetAsync("sandbox/clock")).Must(HttpStatusCode.OK), "now");
    }
}

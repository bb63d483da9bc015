using System.Net;
using Functions.Tests;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Wallet;
using Xunit;

namespace WalletFunctions.Tests.Wallet.Spending;

/// <summary>Refused moves over HTTP: kept, explained in both languages, the same to support.</summary>
public sealed class AttemptHttpTests(AttemptHttpTests.Stage stage) : IClassFixture<AttemptHttpTests.Stage>
{
    private readonly TestApp app = stage.App;

    [Fact]
    public async Task A_refused_move_is_an_attempt_that_says_why_to_its_owner_and_to_support()
    {
        using var customer = await app.CustomerAsync(1);
        using var agent = await app.AgentAsync();
        var people = (await app.PeopleAsync()).GetProperty("customers");
        var (own, other) = (people[1].GetProperty("walletId").GetString()!, people[0].GetProperty("walletId").GetString()!);
        (await customer.PostAsync("v1/transfers", Transfer(other, 500_000))).Must(HttpStatusCode.Created);
        var available = long.Parse((await customer.GetAsync("v1/wallet")).Must(HttpStatusCode.OK).Text("available.amount"), System.Globalization.CultureInfo.InvariantCulture);
        var refused = (await customer.PostAsync("v1/transfers", Transfer(other, available + 2_350))).MustRefuse(HttpStatusCode.UnprocessableEntity, "insufficient_funds");
        var id = refused.Text("requestId");

        (await customer.GetAsync("v1/attempts?limit=1")).Must(HttpStatusCode.OK).Items()[0].GetProperty("requestId").GetString().ShouldBe(id);
        (await customer.GetAsync($"v1/attempts/{id}")).Must(HttpStatusCode.OK).Text("operation").ShouldBe("transfer");
        var why = (await customer.GetAsync($"v1/attempts/{id}/why")).Must(HttpStatusCode.OK);
        (why.Text("code"), why.Text("replayed.code"), why.Text("inputs.available.amount")).ShouldBe(("insufficient_funds", "insufficient_funds", $"{available}"));
        why.Text("text").ShouldStartWith("还差 23.50 元。");
        var english = (await customer.SendAsync(HttpMethod.Get, $"v1/attempts/{id}/why", headers: ("Accept-Language", "en"))).Must(HttpStatusCode.OK);
        english.Text("text").ShouldStartWith("23.50 yuan short.");
        var changes = english.Json.GetProperty("changes").EnumerateArray().ToDictionary(change => change.GetProperty("kind").GetString()!);
        changes["balance"].GetProperty("amount").GetProperty("amount").GetInt64().ShouldBe(2_350);
        changes["amount"].GetProperty("amount").GetProperty("amount").GetInt64().ShouldBe(available);

        (await agent.GetAsync($"v1/inbox/attempts/{id}/why?walletId={own}")).Must(HttpStatusCode.OK).Body.ShouldBe(why.Body);
        (await agent.GetAsync($"v1/inbox/attempts/{id}/why")).Must(HttpStatusCode.BadRequest);
        (await agent.GetAsync($"v1/inbox/attempts/nobody-asked/why?walletId={own}")).MustRefuse(HttpStatusCode.NotFound, "not_found");
        using var stranger = await app.CustomerAsync(0);
        (await stranger.GetAsync($"v1/attempts/{id}")).MustRefuse(HttpStatusCode.NotFound, "not_found");
        (await stranger.GetAsync($"v1/attempts/{id}/why")).MustRefuse(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Refusals_decided_before_the_book_was_asked_are_attempts_too()
    {
        using var customer = await app.CustomerAsync(1);
        var people = (await app.PeopleAsync()).GetProperty("customers");
        var own = people[1].GetProperty("walletId").GetString()!;
        await KindsAsync(customer.PostAsync("v1/transfers", Transfer("wal_00000000000000000000000000", 100)), "payee_not_found", "payee");
        await KindsAsync(customer.PostAsync("v1/transfers", Transfer(own, 100)), "payee_is_self", "payee");
        await KindsAsync(customer.PostAsync("v1/transfers", new { to = new { walletId = people[0].GetProperty("walletId").GetString() }, amount = new { amount = 1, currency = "USD" } }), "currency_mismatch", "currency");

        async Task KindsAsync(Task<TestAnswer> sent, string code, string kind)
        {
            var refused = (await sent).MustRefuse(HttpStatusCode.UnprocessableEntity, code);
            var why = (await customer.GetAsync($"v1/attempts/{refused.Text("requestId")}/why")).Must(HttpStatusCode.OK);
            (why.Text("code"), why.Text("replayed.code")).ShouldBe((code, code));
            why.Json.GetProperty("changes").EnumerateArray().Select(change => change.GetProperty("kind").GetString()).ShouldBe([kind]);
        }
    }

    [Fact]
    public async Task Limits_refuse_above_them_and_a_large_move_asks_its_owner()
    {
        using var customer = await app.CustomerAsync(2);
        var people = (await app.PeopleAsync()).GetProperty("customers");
        var (own, other) = (WalletId.Of(people[2].GetProperty("walletId").GetString()!), people[0].GetProperty("walletId").GetString()!);
        await app.Services.GetRequiredService<Ledger>().ExecuteAsync(
            own, new BookCommand(Books.NewId<TopUpId>().Value, new BookMove.CreditTopUp(Money.Fen(20_000_000), "sandbox")), CancellationToken.None);
        (await customer.PostAsync("v1/transfers", Transfer(other, 5_000_001))).MustRefuse(HttpStatusCode.UnprocessableEntity, "limit_per_transaction");
        var asked = (await customer.PostAsync("v1/transfers", Transfer(other, 3_000_000), "large")).MustRefuse(HttpStatusCode.Forbidden, "confirmation_required");
        var why = (await customer.SendAsync(HttpMethod.Get, $"v1/attempts/{asked.Text("requestId")}/why", headers: ("Accept-Language", "en"))).Must(HttpStatusCode.OK);
        why.Json.GetProperty("changes").EnumerateArray().Select(change => change.GetProperty("kind").GetString()).ShouldContain("confirm");
        why.Text("text").ShouldStartWith("The move needed your confirmation: a large amount");
        (await customer.GetAsync("v1/idempotency?route=/v1/transfers&key=large")).MustRefuse(HttpStatusCode.NotFound, "not_found");
    }

    private static object Transfer(string to, long fen) => new { to = new { walletId = to }, amount = new { amount = fen, currency = "CNY" } };

    /// <summary>The app of these tests, whose people nobody else makes rich.</summary>
    public sealed class Stage : IAsyncLifetime
    {
        internal TestApp App { get; private set; } = null!;

        public async Task InitializeAsync() => App = await TestApp.StartAsync();

        public async Task DisposeAsync() => await App.DisposeAsync();
    }
}

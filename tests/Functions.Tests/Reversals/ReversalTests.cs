using System.Net;
using Shouldly;
using WalletFunctions.Sandbox;
using Xunit;

namespace Functions.Tests.Reversals;

/// <summary>Staff takes a committed transaction back.</summary>
public sealed class ReversalTests
{
    [Fact]
    public async Task However_many_ask_a_transfer_is_reversed_once_and_both_sides_see_it()
    {
        await using var app = await TestApp.StartAsync();
        await using var other = await TestApp.StartAsync(connectionString: app.ConnectionString);
        using var payer = await app.CustomerAsync(0);
        using var payee = await app.CustomerAsync(1);
        using var admin = await other.AdminAsync();
        using var supervisor = await app.SupervisorAsync();
        var people = (await app.PeopleAsync()).GetProperty("customers");
        var (from, to) = (people[0].GetProperty("walletId").GetString(), people[1].GetProperty("walletId").GetString());
        var before = (Available(await payer.GetAsync("v1/wallet")), Available(await payee.GetAsync("v1/wallet")));
        var id = (await payer.PostAsync("v1/transfers", new { to = new { walletId = to }, amount = Yuan(900) })).Must(HttpStatusCode.Created).Text("transactionId");
        var path = $"v1/transactions/{id}/reversals";

        Task<TestAnswer> AskAsync(int i) => (i % 2 == 0 ? admin : supervisor).PostAsync(path, new { walletId = i % 3 == 0 ? from : to, reason = "客户被骗" }, $"reverse-{i}");
        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(AskAsync));
        answers.Where(answer => answer.Status != HttpStatusCode.Created).ShouldAllBe(answer => answer.Code == "already_reversed" || answer.Code == "already_in_progress");
        var made = answers.Single(answer => answer.Status == HttpStatusCode.Created);

        // Who met another on the way asks again under the same key, and hears how it ended.
        var again = await Task.WhenAll(Enumerable.Range(0, 32).Select(AskAsync));
        again.Single(answer => answer.Status == HttpStatusCode.Created).Body.ShouldBe(made.Body);
        again.Where(answer => answer.Status != HttpStatusCode.Created).ShouldAllBe(answer => answer.Code == "already_reversed");
        (made.Text("reverses"), made.Text("amount.amount"), made.Text("fromWalletId"), made.Text("toWalletId")).ShouldBe((id, "900", to, from));
        (Available(await payer.GetAsync("v1/wallet")), Available(await payee.GetAsync("v1/wallet"))).ShouldBe(before);

        foreach (var (side, direction) in new[] { (payer, "in"), (payee, "out") })
        {
            var original = (await side.GetAsync("v1/transactions/" + id)).Must(HttpStatusCode.OK);
            (original.Text("status"), original.Text("reversedBy")).ShouldBe(("reversed", made.Text("reversalId")));
            var reversal = (await side.GetAsync("v1/transactions/" + made.Text("reversalId"))).Must(HttpStatusCode.OK);
            (reversal.Text("kind"), reversal.Text("direction"), reversal.Text("reverses"), reversal.Text("note")).ShouldBe(("reversal", direction, id, "客户被骗"));
            (await side.GetAsync("v1/transactions?status=reversed")).Items().Single().GetProperty("transactionId").GetString().ShouldBe(id);
        }

        var acts = (await admin.GetAsync("v1/admin/audit?subject=" + id)).Must(HttpStatusCode.OK).Items();
        acts.Single().GetProperty("action").GetString().ShouldBe("transaction.reverse");
        (await supervisor.PostAsync($"v1/transactions/{made.Text("reversalId")}/reversals", new { walletId = from, reason = "x" })).MustRefuse(HttpStatusCode.UnprocessableEntity, "not_reversible");
        (await payer.PostAsync(path, new { walletId = from, reason = "x" })).MustRefuse(HttpStatusCode.Forbidden, "forbidden");
        (await supervisor.PostAsync("v1/transactions/txn_00000000000000000000000000/reversals", new { walletId = from, reason = "x" })).MustRefuse(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Without_a_wallet_the_books_are_searched_and_the_voucher_tells_of_the_reversal()
    {
        await using var app = await TestApp.StartAsync();
        using var payer = await app.CustomerAsync(0);
        using var payee = await app.CustomerAsync(1);
        using var supervisor = await app.SupervisorAsync();
        var to = (await app.PeopleAsync()).GetProperty("customers")[1].GetProperty("walletId").GetString();
        var transfer = (await payer.PostAsync("v1/transfers", new { to = new { walletId = to }, amount = Yuan(70) })).Must(HttpStatusCode.Created).Text("transactionId");
        var topUp = (await payer.PostAsync("v1/topups", new { amount = Yuan(500), channel = "sandbox" })).Must(HttpStatusCode.Created).Text("transactionId");
        foreach (var id in new[] { transfer, topUp })
        {
            var made = (await supervisor.PostAsync($"v1/transactions/{id}/reversals", new { reason = "客户被骗" }, id)).Must(HttpStatusCode.Created);
            (await supervisor.PostAsync($"v1/transactions/{id}/reversals", new { reason = "客户被骗" }, id)).Must(HttpStatusCode.Created).Body.ShouldBe(made.Body);
            var voucher = (await payer.GetAsync($"v1/transactions/{id}/voucher")).Must(HttpStatusCode.OK);
            (voucher.Text("content.status"), voucher.Text("content.reversedBy")).ShouldBe(("reversed", made.Text("reversalId")));
            var page = (await payer.GetAsync($"v1/transactions/{id}/voucher?format=html")).Must(HttpStatusCode.OK).Body;
            page.ShouldContain(made.Text("reversalId"));
        }

        (await supervisor.PostAsync("v1/transactions/txn_00000000000000000000000000/reversals", new { reason = "x" })).MustRefuse(HttpStatusCode.NotFound, "not_found");
        (await supervisor.PostAsync($"v1/transactions/{transfer}/reversals", new { })).MustRefuse(HttpStatusCode.BadRequest, "required");
    }

    [Fact]
    public async Task Payments_bills_collections_and_sandbox_top_ups_go_back_too()
    {
        await using var app = await TestApp.StartAsync();
        using var customer = await app.CustomerAsync(0);
        using var other = await app.CustomerAsync(1);
        using var supervisor = await app.SupervisorAsync();
        var people = await app.PeopleAsync();
        var wallet = people.GetProperty("customers")[0].GetProperty("walletId").GetString();
        var biller = DemoBillers.All[0];
        var code = (await other.PostAsync("v1/collections", new { amount = Yuan(30) })).Must(HttpStatusCode.Created).Text("code");
        var before = Available(await customer.GetAsync("v1/wallet"));

        var topUp = (await customer.PostAsync("v1/topups", new { amount = Yuan(500), channel = "sandbox" })).Must(HttpStatusCode.Created);
        var payment = (await customer.PostAsync("v1/payments", new { merchantId = people.GetProperty("merchants")[0].GetProperty("merchantId").GetString(), orderId = "7", amount = Yuan(100), description = "茶" })).Must(HttpStatusCode.Created);
        var bill = (await customer.PostAsync("v1/bills", new { billerId = biller.Id.Value, billNumber = biller.Format.Example(7), amount = Yuan(200) })).Must(HttpStatusCode.Created);
        var collection = (await customer.PostAsync($"v1/collections/{code}/pay", new { })).Must(HttpStatusCode.Created);
        foreach (var answer in new[] { topUp, payment, bill, collection })
        {
            var id = answer.Text("transactionId");
            var made = (await supervisor.PostAsync($"v1/transactions/{id}/reversals", new { walletId = wallet, reason = "演示" }, "reverse-" + id)).Must(HttpStatusCode.Created);
            (await supervisor.PostAsync($"v1/transactions/{id}/reversals", new { walletId = wallet, reason = "演示" }, "reverse-" + id)).Must(HttpStatusCode.Created).Body.ShouldBe(made.Body);
            await Refusals.InBothLanguagesAsync(supervisor, $"v1/transactions/{id}/reversals", new { walletId = wallet, reason = "演示" }, HttpStatusCode.Conflict, "already_reversed");
            (await customer.GetAsync("v1/transactions/" + id)).Must(HttpStatusCode.OK).Text("reversedBy").ShouldBe(made.Text("reversalId"));
        }

        Available(await customer.GetAsync("v1/wallet")).ShouldBe(before);
        var seen = (await customer.GetAsync("v1/payments/" + payment.Text("paymentId"))).Must(HttpStatusCode.OK);
        (seen.Text("status"), seen.Text("refundable.amount")).ShouldBe(("reversed", "0"));
        (await customer.GetAsync("v1/bills/" + bill.Text("billId"))).Must(HttpStatusCode.OK).Text("status").ShouldBe("reversed");
        (await customer.GetAsync("v1/transactions/" + topUp.Text("transactionId"))).Must(HttpStatusCode.OK).Text("status").ShouldBe("reversed");
    }

    [Fact]
    public async Task Who_has_spent_it_is_not_made_to_owe_it()
    {
        await using var app = await TestApp.StartAsync();
        using var payer = await app.CustomerAsync(0);
        using var payee = await app.CustomerAsync(1);
        using var supervisor = await app.SupervisorAsync();
        var people = (await app.PeopleAsync()).GetProperty("customers");
        var to = people[1].GetProperty("walletId").GetString();
        var id = (await payer.PostAsync("v1/transfers", new { to = new { walletId = to }, amount = Yuan(5000) })).Must(HttpStatusCode.Created).Text("transactionId");
        var topUp = (await payee.PostAsync("v1/topups", new { amount = Yuan(5000), channel = "sandbox" })).Must(HttpStatusCode.Created).Text("transactionId");
        await SystemMoves.LeaveAsync(app, 1, 0, 1);
        foreach (var transaction in new[] { id, topUp })
        {
            await Refusals.InBothLanguagesAsync(supervisor, $"v1/transactions/{transaction}/reversals", new { walletId = to, reason = "x" }, HttpStatusCode.UnprocessableEntity, "payee_short_of_money");
        }

        // Nothing was taken, and it can be tried again when the money is there.
        Available(await payee.GetAsync("v1/wallet")).ShouldBe(1);
        (await payer.PostAsync("v1/transfers", new { to = new { walletId = to }, amount = Yuan(20_000) })).Must(HttpStatusCode.Created);
        foreach (var transaction in new[] { id, topUp })
        {
            (await supervisor.PostAsync($"v1/transactions/{transaction}/reversals", new { walletId = to, reason = "x" })).Must(HttpStatusCode.Created);
        }

        Available(await payee.GetAsync("v1/wallet")).ShouldBe(10_001);
    }

    private static object Yuan(long fen) => new { amount = fen, currency = "CNY" };

    private static long Available(TestAnswer wallet) => long.Parse(wallet.Must(HttpStatusCode.OK).Text("available.amount"));
}

using System.Net;
using Shouldly;
using Xunit;

namespace Functions.Tests.Payments;

/// <summary>Paying merchants.</summary>
[Collection(TestApp.SharedMoney)]
public sealed class PaymentTests
{
    [Fact]
    public async Task A_payment_is_made_once_for_its_order_and_both_sides_see_it()
    {
        var app = await TestApp.Shared;
        using var payer = await app.CustomerAsync(0);
        using var another = await app.CustomerAsync(1);
        using var merchant = await app.MerchantAsync(0);
        using var stranger = await app.MerchantAsync(1);
        var shop = await MerchantIdAsync(app, 0);
        var body = Pay(shop, "A-1/茶", 1500);
        var (left, right) = (Available(await payer.GetAsync("v1/wallet")), Available(await merchant.GetAsync("v1/wallet")));
        var key = Guid.NewGuid().ToString();

        var made = (await payer.PostAsync("v1/payments", body, key)).Must(HttpStatusCode.Created);
        (made.Text("status"), made.Text("refundable.amount"), made.Text("balanceAfter.amount")).ShouldBe(("completed", "1500", $"{left - 1500}"));
        (await payer.PostAsync("v1/payments", body, key)).Must(HttpStatusCode.Created).Body.ShouldBe(made.Body);
        await Refusals.InBothLanguagesAsync(payer, "v1/payments", body, HttpStatusCode.Conflict, "order_paid");
        await Refusals.InBothLanguagesAsync(another, "v1/payments", Pay(shop, "A-1/茶", 7), HttpStatusCode.Conflict, "order_paid");
        (await another.PostAsync("v1/payments", Pay(await MerchantIdAsync(app, 1), "A-1/茶", 7))).Must(HttpStatusCode.Created);
        (Available(await payer.GetAsync("v1/wallet")), Available(await merchant.GetAsync("v1/wallet"))).ShouldBe((left - 1500, right + 1500));

        var path = "v1/payments/" + made.Text("paymentId");
        var (paid, sold) = ((await payer.GetAsync(path)).Must(HttpStatusCode.OK), (await merchant.GetAsync(path)).Must(HttpStatusCode.OK));
        (paid.Text("status"), paid.Text("orderId"), paid.Text("fee.amount")).ShouldBe(("completed", "A-1/茶", "0"));
        sold.Text("payerName").ShouldStartWith("*");
        sold.Json.TryGetProperty("fee", out _).ShouldBeFalse();
        (await another.GetAsync(path)).MustRefuse(HttpStatusCode.NotFound, "not_found");
        (await stranger.GetAsync(path)).MustRefuse(HttpStatusCode.NotFound, "not_found");
        (await payer.GetAsync("v1/payments")).Items().ShouldContain(item => item.GetProperty("paymentId").GetString() == made.Text("paymentId"));
        (await merchant.GetAsync("v1/merchant/payments?limit=200")).Items().ShouldContain(item => item.GetProperty("paymentId").GetString() == made.Text("paymentId"));
        (await stranger.GetAsync("v1/merchant/payments?limit=200")).Items().ShouldNotContain(item => item.GetProperty("paymentId").GetString() == made.Text("paymentId"));

        var (sent, received) = (await payer.GetAsync("v1/transactions/" + made.Text("transactionId")), await merchant.GetAsync("v1/transactions/" + made.Text("transactionId")));
        (sent.Text("kind"), sent.Text("direction"), received.Text("kind"), received.Text("direction")).ShouldBe(("payment", "out", "payment", "in"));
        sent.Text("counterparty.name").ShouldBe(made.Text("merchantName"));
    }

    [Fact]
    public async Task A_payment_from_a_bank_card_leaves_the_balance_alone_and_an_order_that_is_paid_charges_no_card()
    {
        var app = await TestApp.Shared;
        using var payer = await app.CustomerAsync(2);
        using var merchant = await app.MerchantAsync(1);
        var body = new { merchantId = await MerchantIdAsync(app, 1), orderId = "card", amount = Yuan(2300), description = "书", source = "bank_card" };
        var (left, right) = (Available(await payer.GetAsync("v1/wallet")), Available(await merchant.GetAsync("v1/wallet")));
        (await payer.PostAsync("v1/payments", body)).Must(HttpStatusCode.Created).Text("status").ShouldBe("completed");
        await Refusals.InBothLanguagesAsync(payer, "v1/payments", body, HttpStatusCode.Conflict, "order_paid");
        (Available(await payer.GetAsync("v1/wallet")), Available(await merchant.GetAsync("v1/wallet"))).ShouldBe((left, right + 2300));
    }

    [Fact]
    public async Task A_merchants_restrictions_hold_from_the_moment_they_are_set()
    {
        await using var app = await TestApp.StartAsync();
        using var payer = await app.CustomerAsync(0);
        using var admin = await app.AdminAsync();
        var shop = await MerchantIdAsync(app, 0);
        async Task ChangeAsync(object change) => (await admin.PatchAsync("v1/admin/merchants/" + shop, change)).Must(HttpStatusCode.OK);
        Task RefusedAsync(string code, object body) => Refusals.InBothLanguagesAsync(payer, "v1/payments", body, HttpStatusCode.UnprocessableEntity, code);

        foreach (var status in new[] { "restricted", "suspended" })
        {
            await ChangeAsync(new { status });
            await RefusedAsync("merchant_restricted", Pay(shop, status, 1));
        }

        await ChangeAsync(new { status = "active", restrictions = new { maxPerPayment = Yuan(100) } });
        await RefusedAsync("merchant_restricted", Pay(shop, "big", 101));
        (await payer.PostAsync("v1/payments", Pay(shop, "restricted", 100))).Must(HttpStatusCode.Created);
        await RefusedAsync("payee_not_found", Pay("acc_00000000000000000000000000", "x", 1));
        await RefusedAsync("payee_not_found", Pay((await app.PeopleAsync()).GetProperty("customers")[1].GetProperty("accountId").GetString()!, "x", 1));
        await RefusedAsync("insufficient_funds", Pay(await MerchantIdAsync(app, 1), "rich", 900_000_000_000));
        await RefusedAsync("currency_mismatch", new { merchantId = shop, orderId = "usd", amount = new { amount = 1, currency = "USD" }, description = "x" });
        (await payer.GetAsync("v1/payments")).Items().Length.ShouldBe(1);
    }

    [Fact]
    public async Task One_order_of_two_customers_on_two_hosts_is_paid_once()
    {
        await using var app = await TestApp.StartAsync();
        await using var other = await TestApp.StartAsync(connectionString: app.ConnectionString);
        var shop = await MerchantIdAsync(app, 0);
        using var merchant = await app.MerchantAsync(0);
        var clients = new[] { await app.CustomerAsync(0), await other.CustomerAsync(1), await app.CustomerAsync(2) };
        for (var order = 0; order < 6; order++)
        {
            var body = Pay(shop, $"race {order}", 10 + order);
            var answers = await Task.WhenAll(clients.SelectMany(client => new[] { client.PostAsync("v1/payments", body), client.PostAsync("v1/payments", body) }));
            answers.Count(answer => answer.Status == HttpStatusCode.Created).ShouldBe(1);
            answers.Where(answer => answer.Status != HttpStatusCode.Created).ShouldAllBe(answer => answer.Code == "order_paid" || answer.Code == "already_in_progress");
        }

        (await merchant.GetAsync("v1/merchant/payments")).Items().Length.ShouldBe(6);
        Available(await merchant.GetAsync("v1/wallet")).ShouldBe(10 + 11 + 12 + 13 + 14 + 15);
        foreach (var client in clients)
        {
            client.Dispose();
        }
    }

    private static object Pay(string merchantId, string orderId, long fen) => new { merchantId, orderId, amount = Yuan(fen), description = "两斤茶叶" };

    private static object Yuan(long fen) => new { amount = fen, currency = "CNY" };

    private static async Task<string> MerchantIdAsync(TestApp app, int index) => (await app.PeopleAsync()).GetProperty("merchants")[index].GetProperty("merchantId").GetString()!;

    private static long Available(TestAnswer wallet) => long.Parse(wallet.Must(HttpStatusCode.OK).Text("available.amount"));
}

using System.Net;
using System.Text.Json;
using Shouldly;
using WalletFunctions.Domain.Bills;
using WalletFunctions.Sandbox;
using Xunit;

namespace Functions.Tests.Bills;

/// <summary>Paying bills.</summary>
[Collection(TestApp.SharedMoney)]
public sealed class BillTests
{
    [Fact]
    public async Task A_bill_of_each_demo_biller_is_paid_once()
    {
        var app = await TestApp.Shared;
        using var payer = await app.CustomerAsync(0);
        using var another = await app.CustomerAsync(1);
        foreach (var biller in DemoBillers.All)
        {
            var body = new { billerId = biller.Id.Value, billNumber = biller.Format.Example(4711), amount = Yuan(860) };
            var key = Guid.NewGuid().ToString();
            var made = (await payer.PostAsync("v1/bills", body, key)).Must(HttpStatusCode.Created);
            (made.Text("status"), made.Text("billNumber"), made.Text("billerName")).ShouldBe(("completed", body.billNumber, biller.Name.Zh));
            (await payer.PostAsync("v1/bills", body, key)).Must(HttpStatusCode.Created).Body.ShouldBe(made.Body);
            await Refusals.InBothLanguagesAsync(another, "v1/bills", body with { amount = Yuan(1) }, HttpStatusCode.Conflict, "bill_paid");
            (await payer.GetAsync("v1/bills/" + made.Text("billId"))).Must(HttpStatusCode.OK).Text("amount.amount").ShouldBe("860");
            (await another.GetAsync("v1/bills/" + made.Text("billId"))).MustRefuse(HttpStatusCode.NotFound, "not_found");
            (await payer.GetAsync("v1/transactions/" + made.Text("transactionId"))).Must(HttpStatusCode.OK).Text("kind").ShouldBe("bill");
            (await payer.GetAsync("v1/bills")).Items().ShouldContain(item => item.GetProperty("billId").GetString() == made.Text("billId"));
        }
    }

    [Fact]
    public async Task What_no_biller_takes_is_refused_and_takes_no_number()
    {
        await using var app = await TestApp.StartAsync();
        using var payer = await app.CustomerAsync(0);
        using var admin = await app.AdminAsync();
        var phone = DemoBillers.All.Single(biller => biller.Kind == BillerKind.Phone);
        var body = new { billerId = phone.Id.Value, billNumber = phone.Format.Example(1), amount = Yuan(50_000) };
        Task RefusedAsync(object wrong, string code) => Refusals.InBothLanguagesAsync(payer, "v1/bills", wrong, HttpStatusCode.UnprocessableEntity, code);
        await RefusedAsync(body with { billNumber = "2" + body.billNumber[1..] }, "bill_number_invalid");
        await RefusedAsync(body with { amount = Yuan(50_001) }, "bill_amount_too_large");
        await RefusedAsync(body with { billerId = "blr_00000000000000000000000000" }, "biller_not_found");
        (await admin.PatchAsync("v1/admin/billers/" + phone.Id, new { status = "suspended" })).Must(HttpStatusCode.OK);
        await RefusedAsync(body, "biller_suspended");
        (await admin.PatchAsync("v1/admin/billers/" + phone.Id, new { status = "active", maxPerBill = (object?)null })).Must(HttpStatusCode.OK);
        await RefusedAsync(body with { amount = Yuan(900_000_000_000) }, "insufficient_funds");
        (await payer.PostAsync("v1/bills", body with { amount = Yuan(60_000) })).Must(HttpStatusCode.Created);
    }

    private static JsonElement Yuan(long fen) => JsonSerializer.SerializeToElement(new { amount = fen, currency = "CNY" });
}

using System.Net;
using Shouldly;
using Xunit;

namespace Functions.Tests.Merchants;

/// <summary>The registers of merchants and billers.</summary>
public sealed class RegisterTests
{
    [Fact]
    public async Task The_demo_merchants_and_billers_stand_in_their_registers()
    {
        var app = await TestApp.Shared;
        using var admin = await app.AdminAsync();
        var known = (await app.PeopleAsync()).GetProperty("merchants").EnumerateArray().Select(one => one.GetProperty("merchantId").GetString());
        var merchants = (await admin.GetAsync("v1/admin/merchants?limit=200")).Must(HttpStatusCode.OK).Items().ToDictionary(item => item.GetProperty("merchantId").GetString()!);
        foreach (var id in known)
        {
            merchants[id!].GetProperty("status").GetString().ShouldBe("active");
        }

        using var customer = await app.CustomerAsync();
        var billers = (await customer.GetAsync("v1/billers")).Must(HttpStatusCode.OK).Items();
        billers.Select(item => item.GetProperty("kind").GetString()).Order().ShouldBe(["electricity", "gas", "phone", "water"]);
        billers.ShouldAllBe(item => item.GetProperty("billNumber").GetProperty("maxDigits").GetInt32() >= 10);
    }

    [Fact]
    public async Task A_merchant_is_entered_once_and_changed_on_the_version_that_was_read()
    {
        var app = await TestApp.Shared;
        using var admin = await app.AdminAsync();
        var body = new { phone = "13912340001", name = "新开的店", restrictions = new { maxPerPayment = new { amount = 5000, currency = "CNY" }, leastClass = "II" } };
        var key = Guid.NewGuid().ToString();
        var made = (await admin.PostAsync("v1/admin/merchants", body, key)).Must(HttpStatusCode.Created);
        (await admin.PostAsync("v1/admin/merchants", body, key)).Must(HttpStatusCode.Created).Body.ShouldBe(made.Body);
        (await admin.PostAsync("v1/admin/merchants", body)).MustRefuse(HttpStatusCode.Conflict, "phone_taken");
        (await admin.PostAsync("v1/admin/merchants", body with { phone = "13800000001" })).MustRefuse(HttpStatusCode.Conflict, "phone_taken");
        var strange = new { phone = "13912340002", name = "又一家", settlementWalletId = (await app.PeopleAsync()).GetProperty("customers")[0].GetProperty("walletId").GetString() };
        (await admin.PostAsync("v1/admin/merchants", strange)).MustRefuse(HttpStatusCode.UnprocessableEntity, "settlement_wallet_unknown");

        var path = "v1/admin/merchants/" + made.Text("merchantId");
        var read = (await admin.GetAsync(path)).Must(HttpStatusCode.OK);
        read.Text("restrictions.leastClass").ShouldBe("II");
        var changed = (await admin.PatchAsync(path, new { status = "suspended", invoiceSupported = true, restrictions = new { maxPerPayment = (object?)null } }, read.Header("ETag"))).Must(HttpStatusCode.OK);
        (changed.Text("status"), changed.Text("invoiceSupported"), changed.Text("name")).ShouldBe(("suspended", "True", "新开的店"));
        changed.Json.GetProperty("restrictions").TryGetProperty("maxPerPayment", out _).ShouldBeFalse();
        changed.Text("restrictions.leastClass").ShouldBe("II");
        changed.Header("ETag").ShouldNotBe(read.Header("ETag"));
        (await admin.PatchAsync(path, new { status = "active" }, read.Header("ETag"))).MustRefuse(HttpStatusCode.PreconditionFailed, "precondition_failed");

        var acts = (await admin.GetAsync("v1/admin/audit?subject=" + made.Text("merchantId"))).Must(HttpStatusCode.OK).Items();
        acts.Select(act => act.GetProperty("action").GetString()).ShouldBe(["merchant.change", "merchant.create"]);
        acts[0].GetProperty("details").GetRawText().ShouldNotContain("新开的店");
    }

    [Fact]
    public async Task A_biller_is_entered_once_and_changed_on_the_version_that_was_read()
    {
        await using var app = await TestApp.StartAsync();
        using var admin = await app.AdminAsync();
        using var customer = await app.CustomerAsync();
        var body = new { name = new { zh = "热力公司", en = "Heat" }, kind = "gas", billNumber = new { minDigits = 8, maxDigits = 8, prefix = "44", check = "mod97" } };
        var key = Guid.NewGuid().ToString();
        var made = (await admin.PostAsync("v1/admin/billers", body, key)).Must(HttpStatusCode.Created);
        (await admin.PostAsync("v1/admin/billers", body, key)).Must(HttpStatusCode.Created).Body.ShouldBe(made.Body);
        (await admin.PostAsync("v1/admin/billers", body with { billNumber = new { minDigits = 8, maxDigits = 7, prefix = "44", check = "mod97" } })).MustRefuse(HttpStatusCode.BadRequest, "invalid_field");
        (await customer.GetAsync("v1/billers")).Items().Select(item => item.GetProperty("billerId").GetString()).ShouldContain(made.Text("billerId"));

        var path = "v1/admin/billers/" + made.Text("billerId");
        var read = (await admin.GetAsync(path)).Must(HttpStatusCode.OK);
        (await admin.PatchAsync(path, new { status = "suspended" }, read.Header("ETag"))).Must(HttpStatusCode.OK).Text("status").ShouldBe("suspended");
        (await admin.PatchAsync(path, new { status = "active" }, read.Header("ETag"))).MustRefuse(HttpStatusCode.PreconditionFailed, "precondition_failed");
        (await customer.GetAsync("v1/billers")).Items().Select(item => item.GetProperty("billerId").GetString()).ShouldNotContain(made.Text("billerId"));
        (await admin.GetAsync("v1/admin/billers?limit=200")).Items().Length.ShouldBe(5);
    }
}

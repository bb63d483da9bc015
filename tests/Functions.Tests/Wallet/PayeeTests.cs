using System.Net;
using Functions.Tests;
using Shouldly;
using Xunit;

namespace WalletFunctions.Tests.Wallet;

/// <summary>Who is behind a number, and whether it is who the payer thinks.</summary>
public sealed class PayeeTests
{
    private static readonly Lazy<Task<TestApp>> App = new(async () =>
    {
        var app = await TestApp.StartAsync();
        (await app.Anonymous.PostAsync("sandbox/seed", new { customers = 6 }, key: null)).Must(HttpStatusCode.OK);
        return app;
    });

    [Fact]
    public async Task A_payee_is_shown_masked_and_known_once_paid()
    {
        var app = await App.Value;
        using var payer = await SignInAsync(app, 1);
        var resolved = (await payer.PostAsync("v1/payees/resolve", new { phone = "138 0000 0002" }, key: null)).Must(HttpStatusCode.OK);
        resolved.Text("maskedName").ShouldStartWith("*");
        resolved.Text("isNew").ShouldBe("True");
        (await payer.PostAsync("v1/transfers", new { to = new { phone = "13800000002" }, amount = Yuan(100) })).Must(HttpStatusCode.Created);
        var wallet = await WalletAsync(app, 2);
        var again = (await payer.PostAsync("v1/payees/resolve", new { walletId = wallet }, key: null)).Must(HttpStatusCode.OK);
        (again.Text("maskedName"), again.Text("isNew")).ShouldBe((resolved.Text("maskedName"), "False"));

        (await payer.PostAsync("v1/payees/resolve", new { phone = "13899998888" }, key: null)).MustRefuse(HttpStatusCode.UnprocessableEntity, "payee_not_found");
        (await payer.PostAsync("v1/payees/resolve", new { phone = "13800000001" }, key: null)).MustRefuse(HttpStatusCode.UnprocessableEntity, "payee_is_self");
        (await payer.PostAsync("v1/payees/resolve", new { phone = "13800000002", walletId = wallet }, key: null)).MustRefuse(HttpStatusCode.BadRequest, "invalid_field");
        (await payer.PostAsync("v1/payees/resolve", new { }, key: null)).MustRefuse(HttpStatusCode.BadRequest, "invalid_field");
    }

    [Fact]
    public async Task Asking_too_often_is_refused_over_all_hosts_together()
    {
        var app = await App.Value;
        await using var other = await TestApp.StartAsync(connectionString: app.ConnectionString);
        using var here = await SignInAsync(app, 3);
        using var there = new TestClient(other.Address, here.Token);
        for (var i = 0; i < 10; i++)
        {
            var asked = (await (i % 2 == 0 ? here : there).PostAsync("v1/payees/resolve", new { phone = "13800000001" }, key: null)).Must(HttpStatusCode.OK);
            asked.Header("RateLimit")!.ShouldStartWith($"\"payees\";r={9 - i};");
        }

        foreach (var host in new[] { here, there })
        {
            var refused = (await host.PostAsync("v1/payees/resolve", new { phone = "13800000001" }, key: null)).MustRefuse(HttpStatusCode.TooManyRequests, "too_many_requests");
            int.Parse(refused.Header("Retry-After")!, null).ShouldBeInRange(1, 60);
            refused.Header("RateLimit-Policy").ShouldBe("\"payees\";q=10;w=60, \"payees-day\";q=200;w=86400");
        }

        // Somebody else may still ask.
        using var another = await SignInAsync(app, 4);
        (await another.PostAsync("v1/payees/resolve", new { phone = "13800000001" }, key: null)).Must(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_name_that_is_not_the_payees_stops_the_transfer_and_too_many_of_them_stop_the_guessing()
    {
        var app = await App.Value;
        using var payer = await SignInAsync(app, 5);
        var name = (await app.Anonymous.PostAsync("sandbox/seed", new { customers = 6 }, key: null)).Json.GetProperty("customers")[5].GetProperty("name").GetString()!;
        (await payer.PostAsync("v1/transfers", To(name))).Must(HttpStatusCode.Created).Text("status").ShouldBe("completed");
        (await payer.PostAsync("v1/transfers", To($" {name[..1]} {name[1..]}"))).Must(HttpStatusCode.Created);

        var before = (await payer.GetAsync("v1/wallet")).Text("available.amount");
        var chinese = (await payer.PostAsync("v1/transfers", To("张三丰"))).MustRefuse(HttpStatusCode.UnprocessableEntity, "payee_name_mismatch");
        var english = (await payer.SendAsync(HttpMethod.Post, "v1/transfers", To("李四光"), "n-2", ("Accept-Language", "en"))).MustRefuse(HttpStatusCode.UnprocessableEntity, "payee_name_mismatch");
        english.Text("detail").ShouldNotBe(chinese.Text("detail"));
        for (var i = 0; i < 3; i++)
        {
            (await payer.PostAsync("v1/transfers", To($"王{i}"))).MustRefuse(HttpStatusCode.UnprocessableEntity, "payee_name_mismatch");
        }

        // Even the right one is refused now, so that the refusal tells nothing; and nothing is kept under the key.
        var refused = (await payer.PostAsync("v1/transfers", To(name), "n-7")).MustRefuse(HttpStatusCode.TooManyRequests, "too_many_requests");
        int.Parse(refused.Header("Retry-After")!, null).ShouldBeInRange(3000, 3600);
        (await payer.PostAsync("v1/transfers", new { to = new { phone = "13800000006" }, amount = Yuan(1) })).Must(HttpStatusCode.Created);
        (await payer.GetAsync("v1/wallet")).Text("available.amount").ShouldBe((long.Parse(before, null) - 1).ToString(null as IFormatProvider));

        static object To(string name) => new { to = new { phone = "13800000006", name }, amount = Yuan(10) };
    }

    [Fact]
    public async Task Transfers_to_numbers_that_nobody_has_are_counted_so_that_they_do_not_tell_who_is_registered()
    {
        var app = await App.Value;
        await using var other = await TestApp.StartAsync(connectionString: app.ConnectionString);
        using var here = await SignInAsync(app, 2);
        using var there = new TestClient(other.Address, here.Token);
        for (var i = 0; i < 10; i++)
        {
            // Neither whom there is nor an answer that was given before counts.
            (await there.PostAsync("v1/transfers", To("13800000004"), $"s-{i}")).Must(HttpStatusCode.Created);
            (await (i % 2 == 0 ? here : there).PostAsync("v1/transfers", To($"1397777000{i}"), $"g-{i}")).MustRefuse(HttpStatusCode.UnprocessableEntity, "payee_not_found");
            (await here.PostAsync("v1/transfers", To("13977770000"), "g-0")).MustRefuse(HttpStatusCode.UnprocessableEntity, "payee_not_found");
        }

        foreach (var host in new[] { here, there })
        {
            // Registered or not, the answer is the same now, and nothing is kept under the key.
            foreach (var phone in new[] { "13977770011", "13800000004" })
            {
                var refused = (await host.PostAsync("v1/transfers", To(phone), "late")).MustRefuse(HttpStatusCode.TooManyRequests, "too_many_requests");
                int.Parse(refused.Header("Retry-After")!, null).ShouldBeInRange(480, 600);
            }

            (await host.PostAsync("v1/transfers", To("13800000004"), "s-3")).Must(HttpStatusCode.Created).Header("Idempotent-Replayed").ShouldBe("true");
            (await host.PostAsync("v1/transfers", To("13977770003"), "g-3")).MustRefuse(HttpStatusCode.UnprocessableEntity, "payee_not_found");
        }

        (await here.PostAsync("v1/transfers", new { to = new { walletId = await WalletAsync(app, 4) }, amount = Yuan(1) }, "late")).Must(HttpStatusCode.Created);

        static object To(string phone) => new { to = new { phone }, amount = Yuan(1) };
    }

    [Fact]
    public async Task Guessing_many_numbers_at_once_gets_no_further()
    {
        var app = await App.Value;
        using var payer = await SignInAsync(app, 6);
        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => payer.PostAsync("v1/transfers", new { to = new { phone = $"139777701{i:D2}" }, amount = Yuan(1) })));
        answers.Count(answer => answer.Code == "payee_not_found").ShouldBe(10);
        answers.Count(answer => answer.Code == "too_many_requests").ShouldBe(20);
    }

    private static object Yuan(long amount) => new { amount, currency = "CNY" };

    private static Task<TestClient> SignInAsync(TestApp app, int index) => app.SignInAsync($"1380{index:D7}", "Wallet-demo-2026");

    private static async Task<string> WalletAsync(TestApp app, int index)
    {
        using var customer = await SignInAsync(app, index);
        return (await customer.GetAsync("v1/wallet")).Text("walletId");
    }
}

using System.Net;
using System.Security.Cryptography;
using Functions.Tests;
using Functions.Tests.Accounts;
using Shouldly;
using Xunit;

namespace WalletFunctions.Tests.Wallet;

/// <summary>Transfers that need the customer's word: asked for, given, wrong, repeated.</summary>
public sealed class ConfirmedTransferTests
{
    /// <summary>Above what any class moves without a confirmation.</summary>
    private const long Large = 2_100_000;

    private static readonly Lazy<Task<TestApp>> App = new(async () =>
    {
        var app = await TestApp.StartAsync();
        (await app.Anonymous.PostAsync("sandbox/seed", new { customers = 8 }, key: null)).Must(HttpStatusCode.OK);
        return app;
    });

    [Fact]
    public async Task With_the_code_that_was_sent_the_same_request_goes_through_and_its_repeat_is_answered_alike()
    {
        var (app, payer) = await PayerAsync(1);
        var before = await AvailableAsync(payer);
        var asked = (await payer.PostAsync("v1/transfers", Transfer(2, null), "t-1")).MustRefuse(HttpStatusCode.Forbidden, "confirmation_required");
        var (challengeId, otp) = (asked.Text("challengeId"), await Codes.NewestAsync(app, PhoneOf(1)));
        asked.Json.GetProperty("methods").EnumerateArray().Select(method => method.GetString()).ShouldBe(["otp"]);
        asked.Json.GetProperty("expiresAt").GetDateTimeOffset().ShouldBeGreaterThan(DateTimeOffset.UtcNow);
        var text = (await app.Anonymous.GetAsync($"sandbox/outbox?to={PhoneOf(1)}")).Json.GetProperty("items")[0].GetProperty("text").GetString()!;
        text.ShouldContain("21000.00");
        text.ShouldContain("*");

        (await payer.PostAsync("v1/transfers", Transfer(2, new { challengeId, otp = Codes.Other(otp) }), "t-1")).MustRefuse(HttpStatusCode.Forbidden, "otp_wrong");
        (await payer.PostAsync("v1/transfers", Transfer(2, new { paymentPassword = "135790" }), "t-1")).MustRefuse(HttpStatusCode.Forbidden, "payment_password_not_set");
        (await AvailableAsync(payer)).ShouldBe(before);

        var done = (await payer.PostAsync("v1/transfers", Transfer(2, new { challengeId, otp }), "t-1")).Must(HttpStatusCode.Created);
        (await AvailableAsync(payer)).ShouldBe(before - Large);
        foreach (var confirm in new object?[] { new { challengeId, otp }, null, new { challengeId, otp = Codes.Other(otp) } })
        {
            var replayed = (await payer.PostAsync("v1/transfers", Transfer(2, confirm), "t-1")).Must(HttpStatusCode.Created);
            (replayed.Body, replayed.Header("Idempotent-Replayed")).ShouldBe((done.Body, "true"));
        }

        (await AvailableAsync(payer)).ShouldBe(before - Large);
    }

    [Fact]
    public async Task One_code_confirms_one_transfer_however_many_are_sent_with_it_at_once()
    {
        var (app, payer) = await PayerAsync(3);
        await using var other = await TestApp.StartAsync(connectionString: app.ConnectionString);
        using var there = new TestClient(other.Address, payer.Token);
        var before = await AvailableAsync(payer);
        var challengeId = (await payer.PostAsync("v1/transfers", Transfer(4, null))).MustRefuse(HttpStatusCode.Forbidden, "confirmation_required").Text("challengeId");
        var otp = await Codes.NewestAsync(app, PhoneOf(3));
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => (i % 2 == 0 ? payer : there).PostAsync("v1/transfers", Transfer(4, new { challengeId, otp }))));
        answers.Count(answer => answer.Status == HttpStatusCode.Created).ShouldBe(1);
        answers.Count(answer => answer.Code == "otp_expired").ShouldBe(7);
        (await AvailableAsync(payer)).ShouldBe(before - Large);
    }

    [Fact]
    public async Task The_payment_password_confirms_and_a_wrong_one_moves_nothing_and_is_not_kept()
    {
        var (_, payer) = await PayerAsync(5);
        (await payer.PutAsync("v1/me/payment-password", new { paymentPassword = "135790" })).Must(HttpStatusCode.NoContent);
        var before = await AvailableAsync(payer);
        var chinese = (await payer.PostAsync("v1/transfers", Transfer(4, new { paymentPassword = "000000" }), "t-1")).MustRefuse(HttpStatusCode.Forbidden, "confirmation_wrong");
        var english = (await payer.SendAsync(HttpMethod.Post, "v1/transfers", Transfer(4, new { paymentPassword = "000001" }), "t-1", ("Accept-Language", "en"))).MustRefuse(HttpStatusCode.Forbidden, "confirmation_wrong");
        english.Text("detail").ShouldNotBe(chinese.Text("detail"));
        (await AvailableAsync(payer)).ShouldBe(before);
        (await payer.PostAsync("v1/transfers", Transfer(4, new { paymentPassword = "135790" }), "t-1")).Must(HttpStatusCode.Created);
        (await AvailableAsync(payer)).ShouldBe(before - Large);
    }

    [Fact]
    public async Task A_device_confirms_with_its_key_over_the_challenge()
    {
        var (_, payer) = await PayerAsync(6);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var deviceKeyId = (await payer.PostAsync("v1/me/device-keys", new { publicKey = Codes.Spki(key), name = "手机" })).Must(HttpStatusCode.Created).Text("deviceKeyId");
        var asked = (await payer.PostAsync("v1/transfers", Transfer(4, null), "t-1")).MustRefuse(HttpStatusCode.Forbidden, "confirmation_required");
        asked.Json.GetProperty("methods").EnumerateArray().Select(method => method.GetString()).ShouldBe(["otp", "device_key"]);
        var signature = Codes.Sign(key, asked.Text("challengeId"));

        // Signed for this request, it is worth nothing for a larger one.
        (await payer.PostAsync("v1/transfers", new { to = new { phone = PhoneOf(4) }, amount = new { amount = Large + 1, currency = "CNY" }, confirm = new { deviceKeyId, signature } })).MustRefuse(HttpStatusCode.Forbidden, "confirmation_wrong");
        (await payer.PostAsync("v1/transfers", Transfer(4, new { deviceKeyId, signature }), "t-1")).Must(HttpStatusCode.Created);
    }

    private static object Transfer(int to, object? confirm) => confirm is null
        ? new { to = new { phone = PhoneOf(to) }, amount = new { amount = Large, currency = "CNY" } }
        : new { to = new { phone = PhoneOf(to) }, amount = new { amount = Large, currency = "CNY" }, confirm };

    private static string PhoneOf(int index) => $"1380{index:D7}";

    private static async Task<long> AvailableAsync(TestClient customer) => long.Parse((await customer.GetAsync("v1/wallet")).Must(HttpStatusCode.OK).Text("available.amount"), null);

    private static async Task<(TestApp App, TestClient Payer)> PayerAsync(int index)
    {
        var app = await App.Value;
        var payer = await app.SignInAsync(PhoneOf(index), "Wallet-demo-2026");
        (await payer.PostAsync("v1/topups", new { amount = new { amount = 4_000_000, currency = "CNY" }, channel = "sandbox" })).Must(HttpStatusCode.Created);
        return (app, payer);
    }
}

using System.Net;
using System.Security.Cryptography;
using Shouldly;
using Xunit;

namespace Functions.Tests.Accounts;

/// <summary>A thief who knows the sign-in password and has just signed in with it, on a device of their own.</summary>
public sealed class UnknownDeviceTests
{
    private const string SignInPassword = "Wallet-demo-2026";
    private const string Keys = "v1/me/device-keys";
    private const string PaymentPassword = "v1/me/payment-password";

    private static readonly Lazy<Task<TestApp>> App = new(async () =>
    {
        var app = await TestApp.StartAsync();
        (await app.Anonymous.PostAsync("sandbox/seed", new { customers = 6 }, key: null)).Must(HttpStatusCode.OK);
        return app;
    });

    [Fact]
    public async Task Binds_no_device_key_until_the_customer_confirms_it()
    {
        var app = await App.Value;
        using var customer = await CustomerAsync(1);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var body = new { publicKey = Codes.Spki(key) };
        var asked = (await SendAsync(customer, HttpMethod.Post, Keys, body, "other")).MustRefuse(HttpStatusCode.Forbidden, "confirmation_required");
        (await SendAsync(customer, HttpMethod.Post, Keys, body, null)).MustRefuse(HttpStatusCode.Forbidden, "confirmation_required");
        (await customer.GetAsync(Keys)).Json.GetProperty("items").GetArrayLength().ShouldBe(0);

        var confirm = new { challengeId = asked.Text("challengeId"), otp = await Codes.NewestAsync(app, PhoneOf(1)) };
        (await SendAsync(customer, HttpMethod.Post, Keys, new { body.publicKey, confirm }, "other")).Must(HttpStatusCode.Created);
        using var further = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        (await SendAsync(customer, HttpMethod.Post, Keys, new { publicKey = Codes.Spki(further) }, "own")).Must(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Sets_no_first_payment_password_until_the_customer_confirms_it()
    {
        var app = await App.Value;
        using var customer = await CustomerAsync(2);
        var body = new { paymentPassword = "135790" };
        (await SendAsync(customer, HttpMethod.Put, PaymentPassword, new { paymentPassword = "135790", password = SignInPassword }, "other")).MustRefuse(HttpStatusCode.Forbidden, "confirmation_required");
        (await Transfer(customer, "135790")).MustRefuse(HttpStatusCode.Forbidden, "payment_password_not_set");

        var asked = (await SendAsync(customer, HttpMethod.Put, PaymentPassword, body, "other")).MustRefuse(HttpStatusCode.Forbidden, "confirmation_required");
        var (challengeId, otp) = (asked.Text("challengeId"), await Codes.NewestAsync(app, PhoneOf(2)));
        (await SendAsync(customer, HttpMethod.Put, PaymentPassword, new { paymentPassword = "135790", confirm = new { challengeId, otp = Codes.Other(otp) } }, "other")).MustRefuse(HttpStatusCode.Forbidden, "otp_wrong");
        (await SendAsync(customer, HttpMethod.Put, PaymentPassword, new { paymentPassword = "246801", confirm = new { challengeId, otp } }, "other")).MustRefuse(HttpStatusCode.Forbidden, "otp_wrong");
        (await SendAsync(customer, HttpMethod.Put, PaymentPassword, new { paymentPassword = "135790", confirm = new { challengeId, otp } }, "other")).Must(HttpStatusCode.NoContent);
        (await Transfer(customer, "135790")).Must(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Replaces_no_payment_password_by_the_sign_in_password()
    {
        using var customer = await CustomerAsync(3);
        (await SendAsync(customer, HttpMethod.Put, PaymentPassword, new { paymentPassword = "135790" }, "own")).Must(HttpStatusCode.NoContent);
        (await SendAsync(customer, HttpMethod.Put, PaymentPassword, new { paymentPassword = "246801", password = SignInPassword }, "other")).MustRefuse(HttpStatusCode.Forbidden, "confirmation_required");
        (await SendAsync(customer, HttpMethod.Put, PaymentPassword, new { paymentPassword = "246801", password = SignInPassword, oldPaymentPassword = "000000" }, "other")).MustRefuse(HttpStatusCode.Forbidden, "confirmation_wrong");
        (await Transfer(customer, "246801")).MustRefuse(HttpStatusCode.Forbidden, "confirmation_wrong");

        // The customer's own new telephone knows the old one, and their known one needs the sign-in password alone.
        (await SendAsync(customer, HttpMethod.Put, PaymentPassword, new { paymentPassword = "246801", oldPaymentPassword = "135790" }, "other")).Must(HttpStatusCode.NoContent);
        (await SendAsync(customer, HttpMethod.Put, PaymentPassword, new { paymentPassword = "112233", password = SignInPassword }, "own")).Must(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Is_not_made_known_by_a_small_move()
    {
        using var customer = await CustomerAsync(4);
        (await SendAsync(customer, HttpMethod.Post, "v1/transfers", new { to = new { phone = PhoneOf(5) }, amount = Yuan(1) }, "other")).Must(HttpStatusCode.Created);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        (await SendAsync(customer, HttpMethod.Post, Keys, new { publicKey = Codes.Spki(key) }, "other")).MustRefuse(HttpStatusCode.Forbidden, "confirmation_required");
    }

    private static object Yuan(long amount) => new { amount, currency = "CNY" };

    private static string PhoneOf(int index) => $"1380{index:D7}";

    /// <summary>A large transfer to the next customer, confirmed with a payment password.</summary>
    private static Task<TestAnswer> Transfer(TestClient customer, string paymentPassword) =>
        SendAsync(customer, HttpMethod.Post, "v1/transfers", new { to = new { phone = PhoneOf(5) }, amount = Yuan(300_000), confirm = new { paymentPassword } }, "other");

    private static Task<TestAnswer> SendAsync(TestClient customer, HttpMethod method, string path, object body, string? device) => device is null
        ? customer.SendAsync(method, path, body, Guid.NewGuid().ToString("N"))
        : customer.SendAsync(method, path, body, Guid.NewGuid().ToString("N"), ("X-Device-Id", device));

    /// <summary>A customer who has just signed in, and whose money has moved from the device "own" before.</summary>
    private static async Task<TestClient> CustomerAsync(int index)
    {
        var app = await App.Value;
        var customer = await app.SignInAsync(PhoneOf(index), SignInPassword);
        (await SendAsync(customer, HttpMethod.Post, "v1/topups", new { amount = Yuan(1_000_000), channel = "sandbox" }, "own")).Must(HttpStatusCode.Created);
        (await SendAsync(customer, HttpMethod.Post, "v1/transfers", new { to = new { phone = PhoneOf(5) }, amount = Yuan(100) }, "own")).Must(HttpStatusCode.Created);
        return customer;
    }
}

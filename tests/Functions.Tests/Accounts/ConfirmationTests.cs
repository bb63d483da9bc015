using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using WalletFunctions.Platform;
using Xunit;

namespace Functions.Tests.Accounts;

/// <summary>Proofs of consent, on the binding of a device key: eleven minutes after signing in it asks for one.</summary>
public sealed class ConfirmationTests
{
    private const string Route = "v1/me/device-keys";
    private const string SignInPassword = "Wallet-demo-2026";

    private static readonly ManualTime Time = new();
    private static readonly Lazy<Task<TestApp>> App = new(() => TestApp.StartAsync(builder => builder.Services.AddSingleton(new MachineClock(Time))));

    [Fact]
    public async Task Who_has_just_signed_in_binds_a_key_without_more()
    {
        var app = await App.Value;
        using var customer = await app.CustomerAsync(1);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var bound = (await customer.PostAsync(Route, new { publicKey = Codes.Spki(key), name = "手机" })).Must(HttpStatusCode.Created);
        (await customer.PostAsync(Route, new { publicKey = Codes.Spki(key) })).Must(HttpStatusCode.Created).Text("deviceKeyId").ShouldBe(bound.Text("deviceKeyId"));
        var listed = (await customer.GetAsync(Route)).Must(HttpStatusCode.OK).Json.GetProperty("items");
        listed.EnumerateArray().Select(item => item.GetProperty("deviceKeyId").GetString()).ShouldContain(bound.Text("deviceKeyId"));

        using var stranger = await app.CustomerAsync(2);
        (await stranger.DeleteAsync($"{Route}/{bound.Text("deviceKeyId")}")).MustRefuse(HttpStatusCode.NotFound, "not_found");
        (await customer.DeleteAsync($"{Route}/{bound.Text("deviceKeyId")}")).Must(HttpStatusCode.NoContent);
        (await customer.DeleteAsync($"{Route}/{bound.Text("deviceKeyId")}")).MustRefuse(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task A_key_may_be_a_JWK_and_must_be_a_point_of_P256()
    {
        var app = await App.Value;
        using var customer = await app.CustomerAsync(1);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var q = key.ExportParameters(false).Q;
        var jwk = new { kty = "EC", crv = "P-256", x = Url(q.X!), y = Url(q.Y!), ext = true, key_ops = new[] { "verify" } };
        var bound = (await customer.PostAsync(Route, new { publicKey = jwk })).Must(HttpStatusCode.Created).Text("deviceKeyId");
        (await customer.PostAsync(Route, new { publicKey = Codes.Spki(key) })).Must(HttpStatusCode.Created).Text("deviceKeyId").ShouldBe(bound);
        (await customer.PostAsync(Route, new { publicKey = key.ExportSubjectPublicKeyInfoPem() })).Must(HttpStatusCode.Created).Text("deviceKeyId").ShouldBe(bound);
        (await customer.DeleteAsync($"{Route}/{bound}")).Must(HttpStatusCode.NoContent);

        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        (await customer.PostAsync(Route, new { publicKey = Codes.Spki(p384) })).MustRefuse(HttpStatusCode.BadRequest, "invalid_field");
        (await customer.PostAsync(Route, new { publicKey = "AAAA" })).MustRefuse(HttpStatusCode.BadRequest, "invalid_field");
        (await customer.PostAsync(Route, new { publicKey = new { kty = "EC", crv = "P-256", x = Url(q.X!), y = Url(q.X!) } })).MustRefuse(HttpStatusCode.BadRequest, "invalid_field");
    }

    [Fact]
    public async Task An_account_has_at_most_ten_keys()
    {
        var app = await App.Value;
        using var customer = await app.CustomerAsync(2);
        for (var i = 0; i < 10; i++)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            (await customer.PostAsync(Route, new { publicKey = Codes.Spki(key) })).Must(HttpStatusCode.Created);
        }

        using var eleventh = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        (await customer.PostAsync(Route, new { publicKey = Codes.Spki(eleventh) })).MustRefuse(HttpStatusCode.UnprocessableEntity, "device_key_limit");
        var page = (await customer.GetAsync(Route + "?limit=4")).Must(HttpStatusCode.OK).Json;
        page.GetProperty("items").GetArrayLength().ShouldBe(4);
        (await customer.GetAsync($"{Route}?cursor={page.GetProperty("nextCursor").GetString()}")).Json.GetProperty("items").GetArrayLength().ShouldBe(6);
    }

    [Fact]
    public async Task A_request_that_needs_a_proof_is_challenged_and_goes_on_with_the_code_under_the_same_key()
    {
        var (app, customer, body) = await StaleAsync(0);
        var asked = (await customer.PostAsync(Route, body(null), "k-1")).MustRefuse(HttpStatusCode.Forbidden, "confirmation_required");
        asked.Json.GetProperty("methods").EnumerateArray().Select(method => method.GetString()).ShouldContain("otp");
        asked.Json.GetProperty("expiresAt").GetDateTimeOffset().ShouldBe(Time.GetUtcNow().AddMinutes(5), TimeSpan.FromSeconds(20));
        var challengeId = asked.Text("challengeId");
        var code = await Codes.NewestAsync(app, "13800000001");

        // Asked again at once, it is the same challenge, and no second message goes out.
        (await customer.PostAsync(Route, body(null), "k-1")).MustRefuse(HttpStatusCode.Forbidden, "confirmation_required").Text("challengeId").ShouldBe(challengeId);
        (await Codes.NewestAsync(app, "13800000001")).ShouldBe(code);

        (await customer.PostAsync(Route, body(new { challengeId, otp = Codes.Other(code) }), "k-1")).MustRefuse(HttpStatusCode.Forbidden, "otp_wrong");
        var english = await customer.SendAsync(HttpMethod.Post, Route, body(new { challengeId, otp = Codes.Other(code) }), "k-1", ("Accept-Language", "en"));
        english.MustRefuse(HttpStatusCode.Forbidden, "otp_wrong").Text("detail").ShouldBe("The code is not right.");

        var done = (await customer.PostAsync(Route, body(new { challengeId, otp = code }), "k-1")).Must(HttpStatusCode.Created);
        done.Header("Idempotent-Replayed").ShouldBeNull();
        var replayed = (await customer.PostAsync(Route, body(new { challengeId, otp = code }), "k-1")).Must(HttpStatusCode.Created);
        (replayed.Body, replayed.Header("Idempotent-Replayed")).ShouldBe((done.Body, "true"));

        // The code confirmed one request: under another key it is spent.
        (await customer.PostAsync(Route, body(new { challengeId, otp = code }), "k-2")).MustRefuse(HttpStatusCode.Forbidden, "otp_expired");
    }

    [Fact]
    public async Task A_challenge_is_good_for_its_own_request_and_person_only()
    {
        var (app, customer, body) = await StaleAsync(0);
        var challengeId = (await customer.PostAsync(Route, body(null))).MustRefuse(HttpStatusCode.Forbidden, "confirmation_required").Text("challengeId");
        var otp = await Codes.NewestAsync(app, "13800000001");
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        (await customer.PostAsync(Route, new { publicKey = Codes.Spki(other), confirm = new { challengeId, otp } })).MustRefuse(HttpStatusCode.Forbidden, "otp_wrong");
        using var stranger = await app.CustomerAsync(1);
        (await stranger.PostAsync(Route, body(new { challengeId, otp }))).MustRefuse(HttpStatusCode.Forbidden, "otp_wrong");
        (await customer.PostAsync(Route, body(new { challengeId = "chl_00000000000000000000000000", otp }))).MustRefuse(HttpStatusCode.Forbidden, "otp_wrong");
        (await customer.PostAsync(Route, body(new { challengeId, otp }))).Must(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_challenge_dies_after_five_minutes_and_after_five_wrong_codes()
    {
        var (app, customer, body) = await StaleAsync(0);
        var first = (await customer.PostAsync(Route, body(null))).MustRefuse(HttpStatusCode.Forbidden, "confirmation_required").Text("challengeId");
        var code = await Codes.NewestAsync(app, "13800000001");
        for (var i = 0; i < 5; i++)
        {
            (await customer.PostAsync(Route, body(new { challengeId = first, otp = Codes.Other(code) }))).MustRefuse(HttpStatusCode.Forbidden, "otp_wrong");
        }

        var exhausted = (await customer.PostAsync(Route, body(new { challengeId = first, otp = code }))).MustRefuse(HttpStatusCode.Forbidden, "otp_exhausted");
        exhausted.Text("detail").ShouldBe("验证码错误次数过多，请重新获取。");

        // What was exhausted is not offered again.
        var second = (await customer.PostAsync(Route, body(null))).MustRefuse(HttpStatusCode.Forbidden, "confirmation_required").Text("challengeId");
        second.ShouldNotBe(first);
        code = await Codes.NewestAsync(app, "13800000001");
        Time.Advance(TimeSpan.FromMinutes(3));
        using var same = await app.CustomerAsync(0);
        Time.Advance(TimeSpan.FromMinutes(3));
        (await same.PostAsync(Route, body(new { challengeId = second, otp = code }))).MustRefuse(HttpStatusCode.Forbidden, "otp_expired");
    }

    [Fact]
    public async Task A_code_asked_for_beforehand_confirms_too_if_it_went_to_the_persons_own_number()
    {
        var (app, customer, body) = await StaleAsync(0);
        var asked = (await customer.PostAsync("v1/otp", new { phone = "13800000001", purpose = "confirm" }, key: null)).Must(HttpStatusCode.Accepted).Text("challengeId");
        var otp = await Codes.NewestAsync(app, "13800000001");
        var strange = (await customer.PostAsync("v1/otp", new { phone = "13800000002", purpose = "confirm" }, key: null)).Must(HttpStatusCode.Accepted).Text("challengeId");
        (await customer.PostAsync(Route, body(new { challengeId = strange, otp }))).MustRefuse(HttpStatusCode.Forbidden, "otp_wrong");
        (await customer.PostAsync(Route, body(new { challengeId = asked, otp }))).Must(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_payment_password_confirms_and_five_wrong_ones_lock_it_for_a_quarter_of_an_hour()
    {
        var (app, customer, body) = await StaleAsync(1);
        (await customer.PostAsync(Route, body(new { paymentPassword = "135790" }))).MustRefuse(HttpStatusCode.Forbidden, "payment_password_not_set");
        (await customer.PutAsync("v1/me/payment-password", new { paymentPassword = "135790" })).MustRefuse(HttpStatusCode.BadRequest, "required");
        (await customer.PutAsync("v1/me/payment-password", new { paymentPassword = "135790", password = "not it" })).MustRefuse(HttpStatusCode.Forbidden, "confirmation_wrong");
        (await customer.PutAsync("v1/me/payment-password", new { paymentPassword = "13579", password = SignInPassword })).MustRefuse(HttpStatusCode.BadRequest, "invalid_field");
        (await customer.PutAsync("v1/me/payment-password", new { paymentPassword = "135790", password = SignInPassword })).Must(HttpStatusCode.NoContent);
        (await customer.PutAsync("v1/me/payment-password", new { paymentPassword = "246801", oldPaymentPassword = "000000" })).MustRefuse(HttpStatusCode.Forbidden, "confirmation_wrong");
        (await customer.PutAsync("v1/me/payment-password", new { paymentPassword = "246801", oldPaymentPassword = "135790" })).Must(HttpStatusCode.NoContent);

        (await customer.PostAsync(Route, body(null))).MustRefuse(HttpStatusCode.Forbidden, "confirmation_required")
            .Json.GetProperty("methods").EnumerateArray().Select(method => method.GetString()).ShouldContain("payment_password");
        (await customer.PostAsync(Route, body(new { paymentPassword = "246801" }))).Must(HttpStatusCode.Created);

        // Many wrong ones at once are no way around the count.
        var wrong = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => customer.PostAsync(Route, body(new { paymentPassword = $"1{i:D5}" }))));
        wrong.Count(answer => answer.Code == "confirmation_wrong").ShouldBe(5);
        wrong.Count(answer => answer.Code == "confirmation_locked").ShouldBe(7);
        var locked = (await customer.PostAsync(Route, body(new { paymentPassword = "246801" }))).MustRefuse(HttpStatusCode.Locked, "confirmation_locked");
        int.Parse(locked.Header("Retry-After")!, null).ShouldBeInRange(800, 900);

        Time.Advance(TimeSpan.FromMinutes(15));
        using var again = await app.CustomerAsync(1);
        (await again.PutAsync("v1/me/payment-password", new { paymentPassword = "135790", oldPaymentPassword = "246801" })).Must(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task A_first_payment_password_needs_no_more_than_having_just_signed_in_and_a_second_one_does()
    {
        var app = await App.Value;
        using var customer = await app.CustomerAsync(2);
        (await customer.PutAsync("v1/me/payment-password", new { paymentPassword = "135790" })).Must(HttpStatusCode.NoContent);
        (await customer.PutAsync("v1/me/payment-password", new { paymentPassword = "246801" })).MustRefuse(HttpStatusCode.BadRequest, "required");
    }

    [Theory]
    [InlineData(DSASignatureFormat.IeeeP1363FixedFieldConcatenation)]
    [InlineData(DSASignatureFormat.Rfc3279DerSequence)]
    public async Task A_device_signs_the_challenge_of_its_request(DSASignatureFormat format)
    {
        var app = await App.Value;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var impostor = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var fresh = await app.CustomerAsync(0);
        var deviceKeyId = (await fresh.PostAsync(Route, new { publicKey = Codes.Spki(key) })).Must(HttpStatusCode.Created).Text("deviceKeyId");
        var (_, customer, body) = await StaleAsync(0);

        (await customer.PostAsync(Route, body(new { deviceKeyId, signature = Codes.Sign(key, "nothing") }))).MustRefuse(HttpStatusCode.Forbidden, "confirmation_wrong");
        var asked = (await customer.PostAsync(Route, body(null))).MustRefuse(HttpStatusCode.Forbidden, "confirmation_required");
        asked.Json.GetProperty("methods").EnumerateArray().Select(method => method.GetString()).ShouldContain("device_key");
        var challengeId = asked.Text("challengeId");
        (await customer.PostAsync(Route, body(new { deviceKeyId, signature = Codes.Sign(impostor, challengeId, format) }))).MustRefuse(HttpStatusCode.Forbidden, "confirmation_wrong");
        (await customer.PostAsync(Route, body(new { deviceKeyId, signature = Codes.Sign(key, challengeId + "x", format) }))).MustRefuse(HttpStatusCode.Forbidden, "confirmation_wrong");
        (await customer.PostAsync(Route, body(new { deviceKeyId = "dvk_00000000000000000000000000", signature = Codes.Sign(key, challengeId, format) }))).MustRefuse(HttpStatusCode.Forbidden, "confirmation_wrong");
        (await customer.PostAsync(Route, body(new { deviceKeyId, signature = Codes.Sign(key, challengeId, format) }))).Must(HttpStatusCode.Created);
        (await customer.DeleteAsync($"{Route}/{deviceKeyId}")).Must(HttpStatusCode.NoContent);
    }

    [Theory]
    [InlineData("""{"paymentPassword":"123456","otp":"123456"}""")]
    [InlineData("""{"otp":"123456"}""")]
    [InlineData("""{"deviceKeyId":"dvk_00000000000000000000000000"}""")]
    [InlineData("{}")]
    public async Task A_confirmation_is_exactly_one_proof(string confirm)
    {
        var app = await App.Value;
        using var customer = await app.CustomerAsync(0);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        (await customer.PostAsync(Route, new { publicKey = Codes.Spki(key), confirm = JsonElement.Parse(confirm) })).MustRefuse(HttpStatusCode.BadRequest, "invalid_field");
    }

    private static string Url(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);

    /// <summary>A customer who signed in eleven minutes ago, without keys left from other tests, and the body of one request with any proof.</summary>
    private static async Task<(TestApp App, TestClient Customer, Func<object?, object> Body)> StaleAsync(int index)
    {
        var app = await App.Value;
        var customer = await app.CustomerAsync(index);
        Time.Advance(TimeSpan.FromMinutes(11));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var publicKey = Codes.Spki(key);
        return (app, customer, confirm => confirm is null ? new { publicKey } : new { publicKey, confirm });
    }
}

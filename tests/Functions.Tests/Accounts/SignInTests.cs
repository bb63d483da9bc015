using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Shouldly;
using WalletFunctions.Accounts;
using WalletFunctions.Platform;
using WalletFunctions.TestSupport;
using Xunit;

namespace Functions.Tests.Accounts;

public sealed class SignInTests
{
    private const string Password = "Wallet-demo-2026";

    [Theory]
    [InlineData("13800000001")]
    [InlineData("+8613800000001")]
    [InlineData("86 138-0000-0001")]
    [InlineData("008613800000001")]
    public async Task A_number_signs_in_however_it_is_typed(string phone)
    {
        var app = await TestApp.Shared;
        await app.PeopleAsync();
        var answer = await SignInAsync(app, phone, Password);
        answer.Must(HttpStatusCode.OK).Text("tokenType").ShouldBe("Bearer");
        answer.Text("expiresIn").ShouldBe("900");
        using var customer = new TestClient(app.Address, answer.Text("accessToken"));
        (await customer.GetAsync("v1/me")).Must(HttpStatusCode.OK).Text("phone").ShouldBe("+8613800000001");
    }

    [Fact]
    public async Task A_wrong_password_and_an_unknown_number_answer_alike()
    {
        var app = await TestApp.Shared;
        await app.PeopleAsync();
        var known = await SignInAsync(app, "13800000002", "not the password");
        var unknown = await SignInAsync(app, "13811112222", "not the password");
        known.MustRefuse(HttpStatusCode.Unauthorized, "wrong_credentials");
        unknown.Body.Replace(unknown.Text("requestId"), "", StringComparison.Ordinal).ShouldBe(known.Body.Replace(known.Text("requestId"), "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("13800000003")]
    [InlineData("13833334444")]
    public async Task Five_failures_lock_a_number_known_or_not_until_the_machines_clock_has_moved(string phone)
    {
        var time = new ManualTime();
        await using var app = await TestApp.StartAsync(builder => builder.Services.AddSingleton(new MachineClock(time)));
        await app.PeopleAsync();
        for (var i = 0; i < 5; i++)
        {
            (await SignInAsync(app, phone, "wrong")).MustRefuse(HttpStatusCode.Unauthorized, "wrong_credentials");
        }

        var locked = await SignInAsync(app, phone, Password);
        locked.MustRefuse(HttpStatusCode.Locked, "account_locked");
        int.Parse(locked.Header("Retry-After")!, null).ShouldBeInRange(800, 900);

        await app.AdvanceAsync(TimeSpan.FromDays(3));
        (await SignInAsync(app, phone, Password)).MustRefuse(HttpStatusCode.Locked, "account_locked");

        time.Advance(TimeSpan.FromMinutes(16));
        (await SignInAsync(app, phone, Password)).Status.ShouldBe(phone == "13800000003" ? HttpStatusCode.OK : HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Staff_need_a_second_factor_and_a_code_works_once()
    {
        var app = await TestApp.Shared;
        var agent = (await app.PeopleAsync()).GetProperty("agents")[1];
        var (phone, password) = (agent.GetProperty("phone").GetString()!, agent.GetProperty("password").GetString()!);
        (await SignInAsync(app, phone, password)).MustRefuse(HttpStatusCode.Unauthorized, "totp_required");
        var totp = (await app.Anonymous.GetAsync($"sandbox/totp?phone={phone}")).Must(HttpStatusCode.OK).Text("code");
        (await SignInAsync(app, phone, "wrong", totp)).MustRefuse(HttpStatusCode.Unauthorized, "wrong_credentials");
        (await SignInAsync(app, phone, password, totp)).Must(HttpStatusCode.OK);
        (await SignInAsync(app, phone, password, totp)).MustRefuse(HttpStatusCode.Unauthorized, "wrong_credentials");
    }

    [Fact]
    public async Task Of_one_code_used_twice_at_the_same_moment_one_use_counts()
    {
        await using var app = await TestApp.StartAsync();
        var admin = (await app.PeopleAsync()).GetProperty("admins")[0];
        var (phone, password) = (admin.GetProperty("phone").GetString()!, admin.GetProperty("password").GetString()!);
        var totp = (await app.Anonymous.GetAsync($"sandbox/totp?phone={phone}")).Text("code");
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => SignInAsync(app, phone, password, totp)));
        answers.Count(answer => answer.Status == HttpStatusCode.OK).ShouldBe(1);
    }

    [Fact]
    public async Task A_refresh_token_works_once_and_its_loss_on_the_way_is_forgiven_for_30_seconds()
    {
        var time = new ManualTime();
        await using var app = await TestApp.StartAsync(builder => builder.Services.AddSingleton(new MachineClock(time)));
        await app.PeopleAsync();
        var first = (await SignInAsync(app, "13800000001", Password)).Must(HttpStatusCode.OK).Text("refreshToken");

        var second = (await RefreshAsync(app, first)).Must(HttpStatusCode.OK).Text("refreshToken");
        second.ShouldNotBe(first);
        time.Advance(TimeSpan.FromSeconds(20));
        (await RefreshAsync(app, first)).Must(HttpStatusCode.OK).Text("refreshToken").ShouldBe(second);

        var third = (await RefreshAsync(app, second)).Must(HttpStatusCode.OK).Text("refreshToken");
        time.Advance(TimeSpan.FromSeconds(40));
        (await RefreshAsync(app, second)).MustRefuse(HttpStatusCode.Unauthorized, "wrong_credentials");
        // Two copies of a token are about: the whole session is over.
        (await RefreshAsync(app, third)).MustRefuse(HttpStatusCode.Unauthorized, "wrong_credentials");
    }

    [Fact]
    public async Task Concurrent_refreshes_of_one_token_get_one_successor()
    {
        var app = await TestApp.Shared;
        await app.PeopleAsync();
        var token = (await SignInAsync(app, "13800000001", Password)).Text("refreshToken");
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => RefreshAsync(app, token)));
        answers.Select(answer => answer.Must(HttpStatusCode.OK).Text("refreshToken")).Distinct(StringComparer.Ordinal).Count().ShouldBe(1);
    }

    [Theory]
    [InlineData("rt_")]
    [InlineData("rt_AAAA")]
    [InlineData("rt_!!!!")]
    [InlineData("something else")]
    public async Task A_made_up_refresh_token_is_refused(string token)
    {
        var app = await TestApp.Shared;
        (await RefreshAsync(app, token)).MustRefuse(HttpStatusCode.Unauthorized, "wrong_credentials");
    }

    [Fact]
    public async Task Signing_out_ends_the_session_and_its_tokens()
    {
        var app = await TestApp.Shared;
        await app.PeopleAsync();
        var signedIn = await SignInAsync(app, "13800000001", Password);
        using var customer = new TestClient(app.Address, signedIn.Text("accessToken"));
        (await customer.DeleteAsync("v1/tokens/current")).Must(HttpStatusCode.NoContent).Body.ShouldBeEmpty();
        (await customer.GetAsync("v1/me")).MustRefuse(HttpStatusCode.Unauthorized, "unauthenticated");
        (await RefreshAsync(app, signedIn.Text("refreshToken"))).MustRefuse(HttpStatusCode.Unauthorized, "wrong_credentials");
    }

    [Fact]
    public async Task Sessions_are_seen_and_ended_by_their_owner_alone()
    {
        await using var app = await TestApp.StartAsync();
        using var phone = await app.CustomerAsync();
        using var laptop = await app.CustomerAsync();
        using var stranger = await app.CustomerAsync(1);
        var sessions = (await laptop.GetAsync("v1/me/sessions")).Must(HttpStatusCode.OK).Json.GetProperty("items").EnumerateArray().ToList();
        sessions.Count.ShouldBe(2);
        sessions.Count(session => session.GetProperty("isCurrent").GetBoolean()).ShouldBe(1);
        var other = sessions.Single(session => !session.GetProperty("isCurrent").GetBoolean()).GetProperty("sessionId").GetString();

        (await stranger.DeleteAsync($"v1/me/sessions/{other}")).MustRefuse(HttpStatusCode.NotFound, "not_found");
        (await phone.GetAsync("v1/me")).Must(HttpStatusCode.OK);
        (await laptop.DeleteAsync($"v1/me/sessions/{other}")).Must(HttpStatusCode.NoContent);
        (await phone.GetAsync("v1/me")).MustRefuse(HttpStatusCode.Unauthorized, "unauthenticated");
        (await laptop.GetAsync("v1/me")).Must(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Access_tokens_die_by_the_machines_clock_and_not_by_the_business_clock()
    {
        var time = new ManualTime();
        await using var app = await TestApp.StartAsync(builder => builder.Services.AddSingleton(new MachineClock(time)));
        using var customer = await app.CustomerAsync();
        await app.AdvanceAsync(TimeSpan.FromDays(3));
        (await customer.GetAsync("v1/me")).Must(HttpStatusCode.OK);
        time.Advance(TimeSpan.FromMinutes(14));
        (await customer.GetAsync("v1/me")).Must(HttpStatusCode.OK);
        time.Advance(TimeSpan.FromMinutes(2));
        (await customer.GetAsync("v1/me")).MustRefuse(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Fact]
    public async Task Anybody_can_verify_an_access_token_with_the_published_key()
    {
        var app = await TestApp.Shared;
        using var customer = await app.CustomerAsync();
        var keys = new JsonWebKeySet((await app.Anonymous.GetAsync("v1/jwks")).Must(HttpStatusCode.OK).Body);
        keys.Keys.ShouldHaveSingleItem().HasPrivateKey.ShouldBeFalse();
        var validated = await new JsonWebTokenHandler().ValidateTokenAsync(customer.Token, new TokenValidationParameters { ValidateIssuer = false, ValidateAudience = false, IssuerSigningKeys = keys.Keys });
        validated.IsValid.ShouldBeTrue();

        var body = customer.Token!.Split('.');
        using var forged = new TestClient(app.Address, $"{body[0]}.{body[1]}.{Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(64))}");
        (await forged.GetAsync("v1/me")).MustRefuse(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Fact]
    public async Task Two_hosts_that_start_together_on_an_empty_storage_share_their_keys()
    {
        var storage = Azurite.NewAccount();
        var apps = await Task.WhenAll(TestApp.StartAsync(connectionString: storage), TestApp.StartAsync(connectionString: storage));
        await using var first = apps[0];
        await using var second = apps[1];
        using var there = await second.CustomerAsync();
        using var here = new TestClient(first.Address, there.Token);
        (await here.GetAsync("v1/me")).Must(HttpStatusCode.OK);
        var vaults = apps.Select(app => app.Services.GetRequiredService<Vault>()).ToArray();
        vaults[0].OpenPersonal(vaults[1].SealPersonal("王小明")).ShouldBe("王小明");
        vaults[1].OpenPersonal(vaults[0].SealPersonal("王小明")).ShouldBe("王小明");

        (await here.DeleteAsync("v1/tokens/current")).Must(HttpStatusCode.NoContent);
        await Eventually.True("a session ended on one host is over on the other", async () => (await there.GetAsync("v1/me")).Status == HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task One_address_may_not_try_without_end()
    {
        await using var app = await TestApp.StartAsync(settings: new Dictionary<string, string?>(StringComparer.Ordinal) { ["SignIn:PerMinute"] = "3" });
        for (var i = 0; i < 3; i++)
        {
            (await RefreshAsync(app, "rt_AAAA")).Header("RateLimit").ShouldNotBeNull();
        }

        var refused = await RefreshAsync(app, "rt_AAAA");
        refused.MustRefuse(HttpStatusCode.TooManyRequests, "too_many_requests");
        int.Parse(refused.Header("Retry-After")!, null).ShouldBeInRange(1, 60);
        refused.Header("RateLimit")!.ShouldContain("r=0");
    }

    private static Task<TestAnswer> SignInAsync(TestApp app, string phone, string password, string? totp = null) =>
        app.Anonymous.PostAsync("v1/tokens", totp is null ? new { grant = "password", phone, password } : (object)new { grant = "password", phone, password, totp }, key: null);

    private static Task<TestAnswer> RefreshAsync(TestApp app, string refreshToken) =>
        app.Anonymous.PostAsync("v1/tokens", new { grant = "refresh", refreshToken }, key: null);
}

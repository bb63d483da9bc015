using System.Net;
using Azure.Data.Tables;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using WalletFunctions.Accounts.Codes;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Platform;
using Xunit;

namespace Functions.Tests.Accounts;

public sealed class OtpTests
{
    private static readonly ManualTime Time = new();
    private static readonly Lazy<Task<TestApp>> App = new(async () =>
    {
        var app = await TestApp.StartAsync(builder => builder.Services.AddSingleton(new MachineClock(Time)));
        await app.PeopleAsync();
        return app;
    });

    [Theory]
    [InlineData("login")]
    [InlineData("reset")]
    [InlineData("unlock")]
    public async Task A_known_number_and_an_unknown_one_get_the_same_answer_and_only_the_known_one_a_code(string purpose)
    {
        var app = await App.Value;
        Time.Advance(TimeSpan.FromMinutes(11));
        var known = (await AskAsync(app, "13800000001", purpose)).Must(HttpStatusCode.Accepted);
        var unknown = (await AskAsync(app, "13899990001", purpose)).Must(HttpStatusCode.Accepted);

        known.Json.EnumerateObject().Select(member => member.Name).ShouldBe(["challengeId", "expiresAt"]);
        unknown.Json.EnumerateObject().Select(member => member.Name).ShouldBe(["challengeId", "expiresAt"]);
        unknown.Text("challengeId").Length.ShouldBe(known.Text("challengeId").Length);
        (await Codes.NewestAsync(app, "13800000001")).ShouldNotBeNull().Length.ShouldBe(6);
        (await Codes.NewestAsync(app, "13899990001")).ShouldBeNull();
    }

    [Fact]
    public async Task Registering_sends_a_code_to_a_number_that_nobody_has()
    {
        var app = await App.Value;
        (await AskAsync(app, "138 9999 0002", "register")).Must(HttpStatusCode.Accepted);
        (await Codes.NewestAsync(app, "13899990002")).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_code_goes_by_mail_to_an_address_of_an_account_and_to_no_other()
    {
        var app = await App.Value;
        (await app.Anonymous.PostAsync("v1/otp", new { email = "Customer1@Customer.example", purpose = "reset" }, key: null)).Must(HttpStatusCode.Accepted);
        (await app.Anonymous.PostAsync("v1/otp", new { email = "nobody@customer.example", purpose = "reset" }, key: null)).Must(HttpStatusCode.Accepted);
        (await Codes.NewestAsync(app, "customer1@customer.example")).ShouldNotBeNull();
        (await Codes.NewestAsync(app, "nobody@customer.example")).ShouldBeNull();
    }

    [Fact]
    public async Task What_the_message_says_is_in_the_callers_language()
    {
        var app = await App.Value;
        (await app.Anonymous.SendAsync(HttpMethod.Post, "v1/otp", new { phone = "13899990003", purpose = "register" }, null, ("Accept-Language", "en"))).Must(HttpStatusCode.Accepted);
        (await app.Anonymous.GetAsync("sandbox/outbox?to=13899990003")).Json.GetProperty("items")[0].GetProperty("text").GetString()!.ShouldContain("opening an account");
        (await AskAsync(app, "13899990003", "register")).Must(HttpStatusCode.Accepted);
        (await app.Anonymous.GetAsync("sandbox/outbox?to=13899990003")).Json.GetProperty("items")[0].GetProperty("text").GetString()!.ShouldContain("注册账户");
    }

    [Theory]
    [InlineData("""{"purpose":"login"}""")]
    [InlineData("""{"purpose":"login","phone":"13800000001","email":"a@b.example"}""")]
    [InlineData("""{"purpose":"login","phone":"12"}""")]
    [InlineData("""{"purpose":"login","email":"nobody"}""")]
    [InlineData("""{"purpose":"money","phone":"13800000001"}""")]
    public async Task One_address_and_a_purpose_are_needed(string body)
    {
        var app = await App.Value;
        (await app.Anonymous.PostAsync("v1/otp", body, key: null)).MustRefuse(HttpStatusCode.BadRequest, "invalid_field");
    }

    [Fact]
    public async Task Asking_again_and_again_for_one_number_is_refused_until_the_window_is_over()
    {
        var app = await App.Value;
        Time.Advance(TimeSpan.FromMinutes(11));
        for (var i = 0; i < 5; i++)
        {
            (await AskAsync(app, "13899990004", "login")).Must(HttpStatusCode.Accepted).Header("RateLimit")!.ShouldContain($"r={4 - i}");
        }

        var refused = (await AskAsync(app, "13899990004", "login")).MustRefuse(HttpStatusCode.TooManyRequests, "too_many_requests");
        int.Parse(refused.Header("Retry-After")!, null).ShouldBeInRange(500, 600);
        refused.Header("RateLimit")!.ShouldContain("r=0");
        refused.Header("RateLimit-Policy").ShouldBe("\"otp\";q=5;w=600");
        (await AskAsync(app, "13899990005", "login")).Must(HttpStatusCode.Accepted);

        Time.Advance(TimeSpan.FromMinutes(11));
        (await AskAsync(app, "13899990004", "login")).Must(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task Neither_code_nor_number_can_be_read_from_the_table()
    {
        var app = await App.Value;
        (await AskAsync(app, "13899990006", "register")).Must(HttpStatusCode.Accepted);
        var code = (await Codes.NewestAsync(app, "13899990006")).ShouldNotBeNull();
        var seen = 0;
        await foreach (var row in new TableClient(app.ConnectionString, "challenges").QueryAsync<TableEntity>())
        {
            seen++;
            ((IDictionary<string, object>)row).Values.OfType<string>().ShouldAllBe(text => text != code && !text.Contains("13899990006", StringComparison.Ordinal));
        }

        seen.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_code_is_used_once_and_the_same_use_again_is_the_same()
    {
        var app = await App.Value;
        var (id, code, use) = await IssueAsync(app, "13899990007");
        (await use(id, Codes.Other(code), "a")).ShouldBe("otp_wrong");
        (await use(id, code, "a")).ShouldBeNull();
        (await use(id, code, "a")).ShouldBeNull();
        (await use(id, code, "b")).ShouldBe("otp_expired");

        // A use that counted stays right however late its repeat comes.
        Time.Advance(TimeSpan.FromMinutes(6));
        (await use(id, code, "a")).ShouldBeNull();
    }

    [Fact]
    public async Task A_code_dies_after_five_minutes()
    {
        var app = await App.Value;
        var (id, code, use) = await IssueAsync(app, "13899990008");
        Time.Advance(TimeSpan.FromMinutes(5));
        (await use(id, code, "a")).ShouldBe("otp_expired");
    }

    [Fact]
    public async Task The_sixth_try_is_refused_even_if_it_is_right()
    {
        var app = await App.Value;
        var (id, code, use) = await IssueAsync(app, "13899990009");
        for (var i = 0; i < 5; i++)
        {
            (await use(id, Codes.Other(code), "a")).ShouldBe("otp_wrong");
        }

        (await use(id, code, "a")).ShouldBe("otp_exhausted");
    }

    [Fact]
    public async Task Tries_at_the_same_moment_all_count()
    {
        var app = await App.Value;
        var (id, code, use) = await IssueAsync(app, "13899990010");
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => use(id, Codes.Other(code), "a")));
        answers.Count(answer => answer == "otp_wrong").ShouldBe(5);
        answers.Count(answer => answer == "otp_exhausted").ShouldBe(15);
    }

    [Fact]
    public async Task A_code_is_worth_nothing_for_another_purpose_or_number()
    {
        var app = await App.Value;
        var challenges = app.Services.GetRequiredService<Challenges>();
        var (id, code, use) = await IssueAsync(app, "13899990011");
        var (mine, other) = (CodeAddress.Of(new PhoneNumber("+8613899990011")), CodeAddress.Of(new PhoneNumber("+8613899990012")));
        (await challenges.UseAsync(id, code, ChallengePurpose.Login, mine, "a", CancellationToken.None))!.Code.ShouldBe("otp_wrong");
        (await challenges.UseAsync(id, code, ChallengePurpose.Register, other, "a", CancellationToken.None))!.Code.ShouldBe("otp_wrong");
        (await use(id, code, "a")).ShouldBeNull();
    }

    private static Task<TestAnswer> AskAsync(TestApp app, string phone, string purpose) => app.Anonymous.PostAsync("v1/otp", new { phone, purpose }, key: null);

    /// <summary>A challenge for registering, its code, and what using it comes to.</summary>
    private static async Task<(ChallengeId Id, string Code, Func<ChallengeId, string, string, Task<string?>> Use)> IssueAsync(TestApp app, string phone)
    {
        var asked = (await AskAsync(app, phone, "register")).Must(HttpStatusCode.Accepted);
        var code = (await Codes.NewestAsync(app, phone)).ShouldNotBeNull();
        var challenges = app.Services.GetRequiredService<Challenges>();
        return (ChallengeId.Of(asked.Text("challengeId")), code, async (id, typed, by) =>
            (await challenges.UseAsync(id, typed, ChallengePurpose.Register, CodeAddress.Of(new PhoneNumber("+86" + phone)), by, CancellationToken.None))?.Code);
    }
}

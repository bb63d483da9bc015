using System.Diagnostics;
using System.Net;
using Shouldly;
using Xunit;

namespace Functions.Tests.Sandbox;

public sealed class SeedTests
{
    [Fact]
    public async Task Seeding_may_be_repeated_and_overlap_and_gives_money_once()
    {
        await using var app = await TestApp.StartAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => app.Anonymous.PostAsync("sandbox/seed", body: null, key: null)));
        answers.Select(answer => answer.Must(HttpStatusCode.OK).Body).Distinct(StringComparer.Ordinal).Count().ShouldBe(1);
        var people = answers[0].Json;
        people.GetProperty("customers").GetArrayLength().ShouldBe(3);
        people.GetProperty("merchants").GetArrayLength().ShouldBe(2);
        people.GetProperty("agents").GetArrayLength().ShouldBe(2);
        people.GetProperty("supervisors").GetArrayLength().ShouldBe(1);
        people.GetProperty("admins").GetArrayLength().ShouldBe(1);
        for (var i = 0; i < 3; i++)
        {
            using var customer = await app.CustomerAsync(i);
            (await customer.GetAsync("v1/wallet")).Must(HttpStatusCode.OK).Text("available.amount").ShouldBe("1000000");
            (await customer.GetAsync("v1/me/bank-cards")).Json.GetProperty("items").GetArrayLength().ShouldBe(1);
            (await customer.GetAsync("v1/me")).Text("isVerified").ShouldBe("True");
        }
    }

    [Fact]
    public async Task Five_hundred_customers_are_there_in_seconds()
    {
        await using var app = await TestApp.StartAsync();
        var started = Stopwatch.GetTimestamp();
        var people = (await app.Anonymous.PostAsync("sandbox/seed", new { customers = 500, merchants = 50 }, key: null)).Must(HttpStatusCode.OK).Json;
        var phones = people.GetProperty("customers").EnumerateArray().Concat(people.GetProperty("merchants").EnumerateArray()).Select(person => person.GetProperty("phone").GetString()).ToList();
        phones.Distinct(StringComparer.Ordinal).Count().ShouldBe(550);
        // Generous: a loaded machine with two cores; by itself it is a few seconds.
        Stopwatch.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(45));
    }

    [Theory]
    [InlineData("""{"customers":2}""", "invalid_field")]
    [InlineData("""{"customers":501}""", "invalid_field")]
    [InlineData("""{"merchants":"2"}""", "invalid_field")]
    [InlineData("""{"agents":2}""", "unknown_field")]
    [InlineData("[]", "invalid_body")]
    public async Task Other_numbers_are_refused(string body, string code)
    {
        var app = await TestApp.Shared;
        (await app.Anonymous.PostAsync("sandbox/seed", body, key: null)).MustRefuse(HttpStatusCode.BadRequest, code);
    }

    [Fact]
    public async Task Without_the_sandbox_its_routes_are_not_there()
    {
        await using var app = await TestApp.StartAsync(settings: new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Sandbox:Enabled"] = "false",
            ["Secrets:Root"] = Convert.ToBase64String(new byte[32]),
            ["Acquirer:BaseUrl"] = "https://acquirer.example/",
            ["Acquirer:RequestSecret"] = Convert.ToBase64String(new byte[32]),
            ["Acquirer:WebhookSecret"] = Convert.ToBase64String(new byte[32]),
            ["Bank:BaseUrl"] = "https://bank.example/",
            ["Bank:RequestSecret"] = Convert.ToBase64String(new byte[32]),
            ["Bank:WebhookSecret"] = Convert.ToBase64String(new byte[32]),
        });
        (await app.Anonymous.PostAsync("sandbox/seed", body: null, key: null)).MustRefuse(HttpStatusCode.NotFound, "not_found");
        (await app.Anonymous.GetAsync("sandbox/clock")).MustRefuse(HttpStatusCode.NotFound, "not_found");
        (await app.Anonymous.DeleteAsync("sandbox/clock")).MustRefuse(HttpStatusCode.NotFound, "not_found");
        (await app.Anonymous.GetAsync("health")).Must(HttpStatusCode.OK);
    }
}

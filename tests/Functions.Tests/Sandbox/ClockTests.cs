using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using WalletFunctions.Platform;
using WalletFunctions.Sandbox;
using WalletFunctions.TestSupport;
using Xunit;

namespace Functions.Tests.Sandbox;

public sealed class ClockTests
{
    [Fact]
    public async Task The_business_clock_moves_forward_for_all_hosts_and_never_back()
    {
        await using var app = await TestApp.StartAsync();
        await using var other = await TestApp.StartAsync(connectionString: app.ConnectionString);
        (await app.Anonymous.GetAsync("sandbox/clock")).Must(HttpStatusCode.OK).Text("offset").ShouldBe("00:00:00");

        var moved = (await app.Anonymous.PutAsync("sandbox/clock", new { advance = "3.00:00:00" })).Must(HttpStatusCode.OK);
        moved.Text("offset").ShouldBe("3.00:00:00");
        var clock = other.Services.GetRequiredService<BusinessClock>();
        await Eventually.True("the other host follows", () => clock.Offset == TimeSpan.FromDays(3), TimeSpan.FromSeconds(10));

        var target = TimeProvider.System.GetUtcNow().AddDays(10);
        (await other.Anonymous.PutAsync("sandbox/clock", new { now = target })).Must(HttpStatusCode.OK);
        (clock.GetUtcNow() - target).ShouldBeLessThan(TimeSpan.FromSeconds(30));

        (await app.Anonymous.PutAsync("sandbox/clock", new { now = target.AddDays(-1) })).MustRefuse(HttpStatusCode.UnprocessableEntity, "clock_cannot_go_back");
        (await app.Anonymous.PutAsync("sandbox/clock", new { advance = "-00:00:01" })).MustRefuse(HttpStatusCode.UnprocessableEntity, "clock_cannot_go_back");
    }

    [Fact]
    public async Task Movers_at_the_same_moment_all_count()
    {
        await using var app = await TestApp.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => app.AdvanceAsync(TimeSpan.FromHours(1))));
        (await app.Anonymous.GetAsync("sandbox/clock")).Text("offset").ShouldBe("05:00:00");
    }

    [Fact]
    public async Task A_host_that_starts_again_keeps_the_time()
    {
        await using var first = await TestApp.StartAsync();
        await first.AdvanceAsync(TimeSpan.FromDays(2));
        await using var second = await TestApp.StartAsync(connectionString: first.ConnectionString);
        second.Services.GetRequiredService<BusinessClock>().Offset.ShouldBe(TimeSpan.FromDays(2));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"advance":"3 days"}""")]
    [InlineData("""{"advance":"9999999.00:00:00"}""")]
    [InlineData("""{"advance":"1.00:00:00","now":"2030-01-01T00:00:00Z"}""")]
    [InlineData("""{"now":"tomorrow"}""")]
    [InlineData("""{"now":"0001-01-01T00:00:00Z"}""")]
    public async Task What_is_no_time_is_refused(string body)
    {
        var app = await TestApp.Shared;
        (await app.Anonymous.PutAsync("sandbox/clock", body)).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public void Under_the_Functions_host_the_clock_does_not_move()
    {
        ClockFunctions.RunsUnderFunctionsHost(new ConfigurationBuilder().AddCommandLine(["--functions-worker-id", "abc"]).Build()).ShouldBeTrue();
        ClockFunctions.RunsUnderFunctionsHost(new ConfigurationBuilder().Build()).ShouldBeFalse();
    }
}

using Microsoft.AspNetCore.Http;
using Shouldly;
using WalletFunctions.Platform;
using Xunit;

namespace Functions.Tests.Platform;

public sealed class LongPollTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("?wait=0", 0)]
    [InlineData("?wait=7", 7)]
    [InlineData("?wait=25", 25)]
    [InlineData("?wait=3600", 25)]
    public void A_wait_is_cut_at_25_seconds(string query, int seconds) => LongPoll.Read(Request(query)).Value!.Length.ShouldBe(TimeSpan.FromSeconds(seconds));

    [Theory]
    [InlineData("?wait=-1")]
    [InlineData("?wait=1.5")]
    [InlineData("?wait=soon")]
    [InlineData("?wait=99999999999")]
    public void What_is_no_number_of_seconds_is_refused(string query) => LongPoll.Read(Request(query)).Error!.Code.ShouldBe("invalid_field");

    [Fact]
    public async Task Without_a_wait_it_reads_once()
    {
        var reads = 0;
        (await LongPoll.UntilAsync(LongPoll.Read(Request("")).Value!, _ => Task.FromResult(++reads), _ => false, CancellationToken.None)).ShouldBe(1);
    }

    [Fact]
    public async Task It_answers_as_soon_as_there_is_something_to_say()
    {
        var reads = 0;
        (await LongPoll.UntilAsync(LongPoll.Read(Request("?wait=25")).Value!, _ => Task.FromResult(++reads), value => value == 3, CancellationToken.None)).ShouldBe(3);
    }

    [Fact]
    public async Task With_nothing_to_say_it_holds_the_answer_for_all_of_the_wait()
    {
        var started = TimeProvider.System.GetTimestamp();
        await LongPoll.UntilAsync(LongPoll.Read(Request("?wait=1")).Value!, _ => Task.FromResult(0), _ => false, CancellationToken.None);
        TimeProvider.System.GetElapsedTime(started).ShouldBeGreaterThan(TimeSpan.FromMilliseconds(980));
    }

    [Fact]
    public async Task When_the_host_stops_it_answers_with_what_it_has()
    {
        using var stop = new CancellationTokenSource();
        var answer = LongPoll.UntilAsync(LongPoll.Read(Request("?wait=25")).Value!, _ => Task.FromResult("nothing new"), _ => false, stop.Token);
        await stop.CancelAsync();
        (await answer.WaitAsync(TimeSpan.FromSeconds(5))).ShouldBe("nothing new");
    }

    private static HttpRequest Request(string query) => new DefaultHttpContext { Request = { QueryString = new QueryString(query) } }.Request;
}

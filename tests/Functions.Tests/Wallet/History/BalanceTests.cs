using System.Net;
using Functions.Tests;
using Shouldly;
using WalletFunctions.Wallet.History;
using Xunit;

namespace WalletFunctions.Tests.Wallet.History;

[Collection(LivedBookTests.Name)]
public sealed class BalanceTests(LivedBook book)
{
    [Fact]
    public async Task At_the_moment_of_every_entry_the_balance_is_what_the_entry_left()
    {
        foreach (var entry in book.Entries.GroupBy(entry => entry.At).Select(same => same.Last()))
        {
            Parts(await AtAsync(entry.At)).ShouldBe((entry.Number, entry.AvailableAfter, entry.HeldAfter));
            var before = book.Entries.LastOrDefault(other => other.At < entry.At);
            Parts(await AtAsync(entry.At.AddTicks(-1))).ShouldBe((before?.Number ?? 0, before?.AvailableAfter ?? 0, before?.HeldAfter ?? 0));
        }
    }

    [Fact]
    public async Task Before_the_first_entry_there_was_nothing_and_the_future_is_now()
    {
        Parts(await AtAsync(book.Entries[0].At.AddYears(-1))).ShouldBe((0, 0, 0));
        var wallet = (await book.Owner.GetAsync("v1/wallet")).Must(HttpStatusCode.OK);
        foreach (var answer in new[] { await AtAsync(book.Entries[^1].At.AddYears(50)), (await book.Owner.GetAsync("v1/wallet/balance")).Must(HttpStatusCode.OK) })
        {
            answer.Text("available.amount").ShouldBe(wallet.Text("available.amount"));
            answer.Text("held.amount").ShouldBe(wallet.Text("held.amount"));
            answer.Json.GetProperty("at").GetDateTimeOffset().ShouldBeLessThan(book.Entries[^1].At.AddYears(40));
        }
    }

    [Fact]
    public async Task Staff_have_no_balance_and_a_moment_that_is_none_is_refused()
    {
        (await book.Owner.GetAsync("v1/wallet/balance?at=noon")).MustRefuse(HttpStatusCode.BadRequest, "invalid_field");
        (await book.App.Anonymous.GetAsync("v1/wallet/balance")).MustRefuse(HttpStatusCode.Unauthorized, "unauthenticated");
        using var agent = await book.App.AgentAsync();
        (await agent.GetAsync("v1/wallet/balance")).MustRefuse(HttpStatusCode.Forbidden, "forbidden");
    }

    [Fact]
    public async Task A_moment_is_found_in_as_many_reads_as_its_number_has_bits()
    {
        var random = new Random(3);
        for (var run = 0; run < 500; run++)
        {
            var (newest, last) = ((long)random.Next(0, 1 << 20), 0L);
            last = newest == 0 ? 0 : random.NextInt64(0, newest + 1);
            var reads = 0;
            (await BookHistory.LastAsync(newest, number =>
            {
                reads++;
                number.ShouldBeInRange(1, newest);
                return Task.FromResult(number <= last);
            })).ShouldBe(last);
            reads.ShouldBeLessThanOrEqualTo(20);
        }
    }

    private async Task<TestAnswer> AtAsync(DateTimeOffset at) =>
        (await book.Owner.GetAsync($"v1/wallet/balance?at={at.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fffffff}Z")).Must(HttpStatusCode.OK);

    private static (long Entry, long Available, long Held) Parts(TestAnswer answer) =>
        (long.Parse(answer.Text("asOfEntry")), long.Parse(answer.Text("available.amount")), long.Parse(answer.Text("held.amount")));
}

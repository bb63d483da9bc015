using Azure;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Storage;
using Microsoft.DurableTask;
using Shouldly;
using WalletFunctions.TestSupport;
using Xunit;

namespace Embedded.Tests.Durable;

/// <summary>Our own promise: a message of another host to an instance that exists is never lost.</summary>
public sealed class RingTests
{
    private readonly string _hub = Azurite.UniqueName("ring");
    private readonly App _app = new();

    [Fact]
    public async Task A_message_is_found_that_comes_after_the_first_look_whatever_its_senders_clock_says()
    {
        _app.Orchestrator("One", async c => await c.WaitForExternalEvent<string>("go"));
        await using var owner = new Host(_hub, _app, options: Host.Fast with { LostTime = TimeSpan.FromSeconds(30) });
        await owner.Owns();
        var id = await owner.Client.ScheduleNewOrchestrationInstanceAsync("One");
        await owner.Client.WaitForInstanceStartAsync(id);
        var before = owner.Calls.Calls;
        var anHourAgo = TimeProvider.System.GetUtcNow().AddHours(-1);
        var key = InstanceStore.NewMessageKey(anHourAgo.UtcTicks);
        await owner.Hub.Work.RingAsync(id, key, anHourAgo, default);
        await Eventually.True("the owner has looked for the message", () => owner.Calls.Calls >= before + 2);
        await owner.Hub.Store.SendAsync(id, key, Rehearsal.Raised("go", "late"), default);
        (await owner.Client.WaitForInstanceCompletionAsync(id, true).WaitAsync(TimeSpan.FromSeconds(20))).ReadOutputAs<string>().ShouldBe("late");
    }

    [Fact]
    public async Task What_the_first_turns_cannot_take_is_found_by_the_next_owner_however_long_nobody_looked()
    {
        // A turn takes forty messages: the third is the last one's.
        const int Events = 85;
        const int OnlyReplayedByTheThird = 50;
        using var gate = new ManualResetEventSlim();
        _app.Orchestrator("Sum", async c =>
        {
            var sum = 0;
            for (var n = 0; n < Events; n++)
            {
                if (c.IsReplaying && n == OnlyReplayedByTheThird) gate.Wait();
                sum += await c.WaitForExternalEvent<int>("n");
            }
            return sum;
        });
        await using var reader = new Host(_hub, _app, engine: false);
        var id = await reader.Client.ScheduleNewOrchestrationInstanceAsync("Sum");
        var keys = Enumerable.Range(0, Events).Select(_ => InstanceStore.NewMessageKey(TimeProvider.System.GetUtcNow().UtcTicks)).Order(StringComparer.Ordinal).ToList();
        foreach (var key in keys) await reader.Hub.Store.SendAsync(id, key, Rehearsal.Raised("n", 1), default);
        await reader.Hub.Work.RingAsync(id, keys[^1], TimeProvider.System.GetUtcNow().AddHours(-1), default);
        var first = new Host(_hub, _app, options: Host.Fast with { LostTime = TimeSpan.Zero });
        await Eventually.True("the start's ring has gone, if not both", async () => (await reader.Hub.Work.ReadRingsAsync(default)).Count <= 1);
        await first.KillAsync();
        gate.Set();
        await reader.Hub.Work.Table.DeleteEntityAsync("work", "lease", ETag.All);
        await using var second = new Host(_hub, _app);
        (await reader.Client.WaitForInstanceCompletionAsync(id, true).WaitAsync(TimeSpan.FromSeconds(20))).ReadOutputAs<int>().ShouldBe(Events);
    }

    [Fact]
    public async Task A_later_start_of_another_host_needs_its_ring_no_more_once_the_owner_has_a_row_for_it()
    {
        _app.Orchestrator("Later", _ => Task.FromResult<object?>(1));
        await using var owner = new Host(_hub, _app, options: Host.Fast with { LostTime = TimeSpan.FromMinutes(5) });
        await using var other = new Host(_hub, _app, engine: false);
        await owner.Owns();
        var id = await other.Client.ScheduleNewOrchestrationInstanceAsync("Later", new StartOrchestrationOptions(StartAt: _app.Time.GetUtcNow().AddDays(2)));
        await Eventually.True("the ring has gone", async () => (await other.Hub.Work.ReadRingsAsync(default)).Count == 0);
        (await other.Hub.Work.ReadAsync(0, long.MaxValue, default)).ShouldHaveSingleItem().InstanceId.ShouldBe(id);
        await Eventually.True("it sleeps", () => owner.Hub.Session!.Find(id) is null);
        _app.Time.Advance(TimeSpan.FromDays(2));
        (await other.Client.WaitForInstanceCompletionAsync(id, true)).ReadOutputAs<int>().ShouldBe(1);
    }
}

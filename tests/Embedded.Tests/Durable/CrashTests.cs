using System.Collections.Concurrent;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Shouldly;
using WalletFunctions.TestSupport;
using Xunit;

namespace Embedded.Tests.Durable;

/// <summary>Our own promise: hosts that are killed, deposed or stopped, and a storage that fails now and then, lose nothing and repeat nothing.</summary>
public sealed class CrashTests
{
    [Fact]
    public async Task Over_an_unreliable_storage_every_instance_ends_rightly_and_every_activity_runs_once()
    {
        const int Count = 40;
        var hub = Azurite.UniqueName("hub");
        var app = new App();
        var runs = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        app.Activity<string>("Run", step => { runs.AddOrUpdate(step, 1, (_, n) => n + 1); return step.Length; })
            .Orchestrator("Story", async c =>
            {
                var (round, sum) = (c.GetInput<int[]>()![0], c.GetInput<int[]>()![1]);
                sum += await c.CallActivityAsync<int>("Run", $"{c.InstanceId}/{round}a");
                await c.CreateTimer(TimeSpan.FromMilliseconds(50), CancellationToken.None);
                sum += await c.WaitForExternalEvent<int>("add");
                if (round == 2) return sum;
                c.ContinueAsNew(new[] { round + 1, sum });
                return null;
            });
        await using var host = new Host(hub, app, new UnreliablePolicy(seed: 11), Host.Fast with { LeaseLength = TimeSpan.FromMinutes(2) });
        await using var other = new Host(hub, app, engine: false);
        await host.Owns();
        await Task.WhenAll(Enumerable.Range(100, Count).Select(async n =>
        {
            var id = await other.Client.ScheduleNewOrchestrationInstanceAsync("Story", new[] { 1, 0 }, new StartOrchestrationOptions($"s{n}"));
            await other.Client.RaiseEventAsync(id, "add", 1000);
            // Handed over in memory: its commit may go wrong without the caller's being told.
            await host.Client.RaiseEventAsync(id, "add", 2000);
            (await other.Client.WaitForInstanceCompletionAsync(id, true)).ReadOutputAs<int>().ShouldBe(3014);
        }));
        runs.Count.ShouldBe(2 * Count);
        runs.ShouldAllBe(run => run.Value == 1);
    }

    [Fact]
    public async Task A_host_that_is_killed_is_succeeded_when_its_lease_has_run_out()
    {
        var hub = Azurite.UniqueName("hub");
        var app = new App();
        using var gate = new SemaphoreSlim(0);
        app.Activity<string>("Slow", async (x, cancellation) => { await gate.WaitAsync(cancellation); return x; })
            .Orchestrator("One", async c => await c.CallActivityAsync<string>("Slow", "x"));
        var brief = Host.Fast with { LeaseLength = TimeSpan.FromSeconds(6) };
        await using var first = new Host(hub, app, options: brief);
        await first.Owns();
        await using var second = new Host(hub, app, options: brief);
        var id = await second.Client.ScheduleNewOrchestrationInstanceAsync("One");
        await second.Client.WaitForInstanceStartAsync(id);
        second.Hub.Session.ShouldBeNull();
        await first.KillAsync();
        gate.Release(2);
        (await second.Client.WaitForInstanceCompletionAsync(id, true)).ReadOutputAs<string>().ShouldBe("x");
    }

    [Fact]
    public async Task A_host_that_stops_in_order_hands_over_at_once_and_with_the_result_of_what_still_ran()
    {
        var hub = Azurite.UniqueName("hub");
        var app = new App();
        var runs = 0;
        using var gate = new SemaphoreSlim(0);
        app.Activity<string>("Slow", async (x, _) => { Interlocked.Increment(ref runs); await gate.WaitAsync(CancellationToken.None); return x; })
            .Orchestrator("One", async c => await c.CallActivityAsync<string>("Slow", "x"));
        var patient = Host.Fast with { LeaseLength = TimeSpan.FromMinutes(5) };
        var first = new Host(hub, app, options: patient);
        await first.Owns();
        var id = await first.Client.ScheduleNewOrchestrationInstanceAsync("One");
        await Eventually.True("the activity runs", () => Volatile.Read(ref runs) == 1);
        await using var second = new Host(hub, app, options: patient);
        await first.Hub.StopTakingWorkAsync();
        gate.Release(1);
        await Eventually.True("its result is stored", async () => (await first.Hub.Store.LoadAsync(id, default))!.Inbox.Count == 1);
        await first.DisposeAsync();
        (await second.Client.WaitForInstanceCompletionAsync(id, true)).ReadOutputAs<string>().ShouldBe("x");
        runs.ShouldBe(1);
    }

    [Fact]
    public async Task A_deposed_owner_that_does_not_know_it_yet_does_no_harm()
    {
        var hub = Azurite.UniqueName("hub");
        var app = new App();
        app.Activity<int>("Note", n => n).Orchestrator("Collect", async c =>
        {
            var seen = new SortedSet<int>();
            while (seen.Count < 30) seen.Add(await c.CallActivityAsync<int>("Note", await c.WaitForExternalEvent<int>("n")));
            return string.Join(",", seen);
        });
        var slow = Host.Fast with { LeaseLength = TimeSpan.FromSeconds(8) };
        await using var first = new Host(hub, app, options: slow);
        await first.Owns();
        var id = await first.Client.ScheduleNewOrchestrationInstanceAsync("Collect");
        await first.Client.RaiseEventAsync(id, "n", 0);
        var lease = new TableEntity("work", "lease") { ["Until"] = DateTimeOffset.UnixEpoch };
        await first.Hub.Work.Table.UpdateEntityAsync(lease, ETag.All, TableUpdateMode.Merge);
        await using var second = new Host(hub, app, options: slow);
        await second.Owns();
        for (var n = 1; n < 30; n++) await (n % 2 == 0 ? first : second).Client.RaiseEventAsync(id, "n", n);
        (await second.Client.WaitForInstanceCompletionAsync(id, true)).ReadOutputAs<string>().ShouldBe(string.Join(",", Enumerable.Range(0, 30)));
    }

    [Fact]
    public async Task An_event_whose_commit_was_not_answered_counts_once_also_for_the_successor_of_a_silent_owner()
    {
        var hub = Azurite.UniqueName("hub");
        var app = new App().Orchestrator("Count", async c =>
        {
            var count = 0;
            while (await c.WaitForExternalEvent<string>("word") != "end") count++;
            return count;
        });
        var slow = Host.Fast with { LeaseLength = TimeSpan.FromSeconds(8) };
        await using var first = new Host(hub, app, options: slow);
        await first.Owns();
        var id = await first.Client.ScheduleNewOrchestrationInstanceAsync("Count");
        await first.KillAsync();
        await using var reader = new Host(hub, app, engine: false);
        await reader.Hub.Work.Table.UpdateEntityAsync(new TableEntity("work", "lease") { ["Until"] = DateTimeOffset.UnixEpoch }, ETag.All, TableUpdateMode.Merge);
        var faults = new LostCommit();
        await using var second = new Host(hub, app, faults, slow);
        await second.Owns();
        faults.IsArmed = true;
        await second.Client.RaiseEventAsync(id, "word", "x");
        faults.IsArmed.ShouldBeFalse();
        await second.Client.RaiseEventAsync(id, "word", "end");
        (await second.Client.WaitForInstanceCompletionAsync(id, true)).ReadOutputAs<int>().ShouldBe(1);
    }

    [Fact]
    public async Task An_event_that_was_stored_as_its_host_stopped_counts_once_though_its_sender_then_went_the_other_way()
    {
        var hub = Azurite.UniqueName("hub");
        var app = new App().Orchestrator("Count", async c =>
        {
            var count = 0;
            while (await c.WaitForExternalEvent<string>("word") != "end") count++;
            return count;
        });
        var faults = new LostCommit();
        await using var first = new Host(hub, app, faults);
        await first.Owns();
        var id = await first.Client.ScheduleNewOrchestrationInstanceAsync("Count");
        await first.Client.RaiseEventAsync(id, "word", "x");
        faults.Then = first.Hub.StopTakingWorkAsync;
        faults.IsArmed = true;
        await first.Client.RaiseEventAsync(id, "word", "x");
        faults.IsArmed.ShouldBeFalse();
        await first.DisposeAsync();
        await using var second = new Host(hub, app);
        await second.Owns();
        await second.Client.RaiseEventAsync(id, "word", "end");
        (await second.Client.WaitForInstanceCompletionAsync(id, true)).ReadOutputAs<int>().ShouldBe(2);
    }

    [Fact]
    public async Task A_start_that_was_announced_and_never_made_is_forgotten()
    {
        var hub = Azurite.UniqueName("hub");
        var app = new App().Orchestrator("Done", _ => Task.FromResult<object?>(1));
        await using var host = new Host(hub, app);
        await host.Owns();
        await host.Hub.Work.RingAsync("ghost", "i|none", TimeProvider.System.GetUtcNow(), default);
        await Eventually.True("the ring is gone", async () => (await host.Hub.Work.ReadRingsAsync(default)).Count == 0);
        await host.Client.WaitForInstanceCompletionAsync(await host.Client.ScheduleNewOrchestrationInstanceAsync("Done", new StartOrchestrationOptions("ghost")));
    }

    [Fact]
    public async Task Many_sleeping_instances_are_not_read_at_the_start_and_all_wake_when_their_time_has_come()
    {
        const int Count = 150;
        var hub = Azurite.UniqueName("hub");
        var app = new App().Orchestrator("Sleep", async c => { await c.CreateTimer(TimeSpan.FromDays(3), CancellationToken.None); return 1; });
        var first = new Host(hub, app);
        await first.Owns();
        await Parallel.ForAsync(0, Count, async (_, cancellation) => await first.Client.ScheduleNewOrchestrationInstanceAsync("Sleep", cancellation));
        await Eventually.True("all sleep", async () => (await first.Hub.Work.ReadAsync(1, long.MaxValue, default)).Count == Count);
        await Eventually.True("none is awake", async () => (await first.Hub.Work.ReadAsync(0, 1, default)).Count == 0);
        await first.DisposeAsync();
        await using var second = new Host(hub, app);
        await second.Owns();
        await Eventually.True("the engine has looked around", () => second.Calls.Calls >= 2);
        second.Calls.Calls.ShouldBeLessThan(10);
        var before = second.Calls.Calls;
        await using var reader = new Host(hub, app, engine: false);
        app.Time.Advance(TimeSpan.FromDays(3));
        await Eventually.True("all have ended", async () =>
        {
            var ended = 0;
            await foreach (var one in reader.Client.GetAllInstancesAsync(new(Statuses: [OrchestrationRuntimeStatus.Completed], PageSize: 1000))) ended++;
            return ended == Count;
        });
        (second.Calls.Calls - before).ShouldBeLessThan(Count * 7 / 4, "each has a turn to be stored, and shares the read before it with others");
    }

    /// <summary>The answer of one commit is lost, once armed: of the first transaction that writes history.</summary>
    private sealed class LostCommit : FaultPolicy
    {
        public volatile bool IsArmed;

        /// <summary>What happens meanwhile.</summary>
        public Func<Task> Then { get; set; } = () => Task.CompletedTask;

        public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
        {
            var isIt = IsArmed && message.Request.Uri.Path.EndsWith("$batch", StringComparison.Ordinal) && await TextOf(message.Request.Content!) is var text
                && text.Contains("h%7C", StringComparison.Ordinal) | text.Contains("h|", StringComparison.Ordinal);
            await base.ProcessAsync(message, pipeline);
            if (!isIt) return;
            IsArmed = false;
            await Then();
            throw new IOException("the answer is lost");
        }

        private static async Task<string> TextOf(RequestContent content)
        {
            using var stream = new MemoryStream();
            await content.WriteToAsync(stream, default);
            return System.Text.Encoding.UTF8.GetString(stream.ToArray());
        }
    }
}

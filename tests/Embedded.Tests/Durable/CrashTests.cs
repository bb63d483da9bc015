using System.Collections.Concurrent;
using Azure;
using Azure.Data.Tables;
using DurableTask.Core.Exceptions;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Replay;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Shouldly;
using WalletFunctions.TestSupport;
using Xunit;

namespace Embedded.Tests.Durable;

/// <summary>Our own promise: a process that ends between any two storage calls loses nothing and repeats no finished activity.</summary>
public sealed class CrashTests
{
    private const string Id = "walk";

    [Theory]
    [InlineData(nameof(Fault.KilledBefore))]
    [InlineData(nameof(Fault.KilledAfter))]
    [InlineData(nameof(Fault.Refused))]
    [InlineData(nameof(Fault.AnswerLost))]
    public async Task Every_storage_call_may_go_wrong(string fault)
    {
        var reached = true;
        var steps = 0;
        for (var first = 1; reached; first += 8)
        {
            // A few at a time: each has a hub of its own.
            var walks = await Task.WhenAll(Enumerable.Range(first, 8).Select(at => WalkAsync(at, Enum.Parse<Fault>(fault))));
            reached = walks.All(one => one);
            steps += walks.Count(one => one);
        }
        steps.ShouldBeGreaterThan(10, "the walk must have gone over the whole orchestration");
    }

    /// <summary>Activity, event, timer, then once more as new; the fault somewhere in it.</summary>
    /// <returns>Whether the call that goes wrong was reached.</returns>
    private static async Task<bool> WalkAsync(int at, Fault fault)
    {
        var hub = Azurite.UniqueName("crash");
        var app = new App();
        var runs = new ConcurrentQueue<string>();
        app.Activity<string>("Run", name => { runs.Enqueue(name); return name; })
            .Orchestrator("Walk", async c =>
            {
                var soFar = c.GetInput<string>()!;
                var round = soFar.Length / 4 + 1;
                soFar += await c.CallActivityAsync<string>("Run", $"a{round}");
                while (await c.WaitForExternalEvent<int>("go") != round) { }
                await c.CreateTimer(TimeSpan.FromDays(3), CancellationToken.None);
                soFar += await c.CallActivityAsync<string>("Run", $"b{round}");
                if (round == 2) return soFar;
                c.ContinueAsNew(soFar);
                return null;
            });
        var calls = new FaultPolicy(at, fault);
        await using var reader = new Host(hub, app, engine: false);
        await reader.Hub.EnsureTablesAsync(default);
        var host = new Host(hub, app, calls);
        var finished = new HashSet<string>(StringComparer.Ordinal);

        // The first host ends the story alone, unless it is killed; then a second one does.
        var story = TellAsync(host, app, calls);
        await Eventually.True("the story ends or the host dies", () => story.IsCompleted || calls.IsKilled, TimeSpan.FromSeconds(60));
        if (!calls.IsKilled) await story;
        else await SucceedAsync();
        var end = await reader.Client.WaitForInstanceCompletionAsync(Id, true);
        await Eventually.True($"no work row is left ({fault} at {at})", async () =>
        {
            if (calls.IsKilled && host.Calls == calls) await SucceedAsync();
            return (await reader.Hub.Work.ReadAsync(0, long.MaxValue, default)).Count == 0;
        });
        end.ReadOutputAs<string>().ShouldBe("a1b1a2b2");
        runs.Intersect(finished, StringComparer.Ordinal).ShouldBeEmpty($"finished activities ran again ({fault} at {at})");
        runs.Distinct(StringComparer.Ordinal).Count().ShouldBe(runs.Count, $"an activity ran twice ({fault} at {at})");
        await host.DisposeAsync();
        return calls.WasReached;

        async Task SucceedAsync()
        {
            await host.KillAsync();
            await story.ContinueWith(_ => { }, TaskScheduler.Default);
            await reader.Hub.Work.Table.DeleteEntityAsync("work", "lease", ETag.All);
            finished = await FinishedAsync(reader);
            runs.Clear();
            host = new Host(hub, app);
            await TellAsync(host, app, host.Calls);
        }
    }

    /// <summary>What clients do, each thing again until it is acknowledged.</summary>
    private static async Task TellAsync(Host host, App app, FaultPolicy calls)
    {
        await InsistAsync(calls, async () =>
        {
            try { await host.Client.ScheduleNewOrchestrationInstanceAsync("Walk", "", new StartOrchestrationOptions(Id).WithDedupeStatuses(OrchestrationRuntimeStatus.Completed)); }
            catch (OrchestrationAlreadyExistsException) { }
        });
        for (var round = 1; round <= 2; round++)
        {
            var n = round;
            await InsistAsync(calls, async () =>
            {
                try { await host.Client.RaiseEventAsync(Id, "go", n); }
                catch (Grpc.Core.RpcException e) when (e.StatusCode == Grpc.Core.StatusCode.FailedPrecondition) { }
            });
            await InsistAsync(calls, async () => await Eventually.True($"round {n} ends", async () =>
            {
                if (calls.IsKilled) throw new OperationCanceledException("killed");
                app.Time.Advance(TimeSpan.FromDays(1));
                var state = await host.Client.GetInstanceAsync(Id, true);
                return state!.IsCompleted || state.ReadInputAs<string>()!.Length >= n * 4;
            }));
        }
    }

    private static async Task InsistAsync(FaultPolicy calls, Func<Task> act)
    {
        for (var time = 0; ; time++)
        {
            try
            {
                await act();
                return;
            }
            catch (IOException) when (!calls.IsKilled && time < 3)
            {
                // What a client's own call suffers is the client's to repeat.
            }
        }
    }

    private static async Task<HashSet<string>> FinishedAsync(Host reader)
    {
        if (await reader.Hub.Store.LoadAsync(Id, default) is not { } state) return [];
        var names = state.History.Where(e => e.Kind == EventKind.TaskCompleted).Select(e => Rehearsal.Converter.Deserialize<string>(e.Data)!);
        var earlier = Rehearsal.Converter.Deserialize<string>(state.Input) is { Length: 4 } ? new[] { "a1", "b1" } : [];
        return new(names.Concat(earlier), StringComparer.Ordinal);
    }

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
        await using var first = new Host(hub, app);
        await first.Owns();
        await using var second = new Host(hub, app);
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
        app.Time.Advance(TimeSpan.FromDays(3));
        await Eventually.True("all have ended", async () =>
        {
            var ended = 0;
            await foreach (var one in second.Client.GetAllInstancesAsync(new(Statuses: [OrchestrationRuntimeStatus.Completed], PageSize: 1000))) ended++;
            return ended == Count;
        });
        (second.Calls.Calls - before).ShouldBeLessThan(Count * 7 / 4, "each has a turn to be stored, and shares the read before it with others");
    }
}

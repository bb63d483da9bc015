using System.Collections.Concurrent;
using Azure;
using DurableTask.Core.Exceptions;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Replay;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Shouldly;
using WalletFunctions.TestSupport;
using Xunit;

namespace Embedded.Tests.Durable;

/// <summary>Our own promise: a process that ends between any two storage calls loses nothing and repeats no finished activity.</summary>
public sealed class CrashWalkTests
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
        var host = new Host(hub, app, calls, Host.Calm);
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
            host = new Host(hub, app, options: Host.Calm);
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
}

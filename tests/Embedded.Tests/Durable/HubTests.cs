using System.Collections.Frozen;
using DurableTask.Core.Exceptions;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Engine;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Replay;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Storage;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Shouldly;
using WalletFunctions.TestSupport;
using Xunit;

namespace Embedded.Tests.Durable;

/// <summary>How the engine keeps instances; what the official engines promise is in Conformance.</summary>
public sealed class HubTests
{
    private readonly string _hub = Azurite.UniqueName("hub");
    private readonly App _app = new();

    [Fact]
    public async Task An_orchestration_runs_to_its_end_with_few_storage_calls()
    {
        _app.Activity<int>("Double", x => x * 2).Orchestrator("Six", async c =>
        {
            var x = c.GetInput<int>();
            for (var i = 0; i < 6; i++) x = await c.CallActivityAsync<int>("Double", x);
            return x;
        });
        await using var host = new Host(_hub, _app, options: new());
        await host.Owns();
        var before = host.Calls.Calls;
        var id = await host.Client.ScheduleNewOrchestrationInstanceAsync("Six", 1);
        var end = await host.Client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true);
        var calls = host.Calls.Calls - before;
        end.RuntimeStatus.ShouldBe(OrchestrationRuntimeStatus.Completed);
        end.ReadOutputAs<int>().ShouldBe(64);
        end.ReadInputAs<int>().ShouldBe(1);
        calls.ShouldBeLessThanOrEqualTo(14, "a work row, the start, seven turns, the look at the end, and polls");
    }

    [Fact]
    public async Task Events_reach_an_instance_from_the_owner_and_from_another_host()
    {
        _app.Orchestrator("Two", async c => await c.WaitForExternalEvent<string>("a") + await c.WaitForExternalEvent<string>("b"));
        await using var owner = new Host(_hub, _app);
        await using var other = new Host(_hub, _app, engine: false);
        await owner.Owns();
        var id = await other.Client.ScheduleNewOrchestrationInstanceAsync("Two");
        await owner.Client.RaiseEventAsync(id, "A", "x");
        await other.Client.RaiseEventAsync(id, "B", "y");
        (await other.Client.WaitForInstanceCompletionAsync(id, true)).ReadOutputAs<string>().ShouldBe("xy");
    }

    [Fact]
    public async Task A_timer_of_three_days_fires_when_the_business_clock_has_moved()
    {
        _app.Orchestrator("Wait", async c =>
        {
            var start = c.CurrentUtcDateTime;
            await c.CreateTimer(TimeSpan.FromDays(3), CancellationToken.None);
            return (c.CurrentUtcDateTime - start).TotalDays >= 3;
        });
        await using var host = new Host(_hub, _app);
        await host.Owns();
        var id = await host.Client.ScheduleNewOrchestrationInstanceAsync("Wait");
        await Eventually.True("the instance sleeps in storage alone", () => host.Hub.Session!.Find(id) is null);
        (await host.Client.GetInstanceAsync(id))!.IsRunning.ShouldBeTrue();
        _app.Time.Advance(TimeSpan.FromDays(3));
        (await host.Client.WaitForInstanceCompletionAsync(id, true)).ReadOutputAs<bool>().ShouldBeTrue();
    }

    [Fact]
    public async Task A_sleeping_instance_wakes_for_an_event_and_forgets_its_timer()
    {
        _app.Activity<string>("Echo", x => x).Orchestrator("Race", async c =>
        {
            using var end = new CancellationTokenSource();
            var word = c.WaitForExternalEvent<string>("word");
            if (await Task.WhenAny(word, c.CreateTimer(TimeSpan.FromDays(3), end.Token)) != word) return "late";
            end.Cancel();
            return await c.CallActivityAsync<string>("Echo", await word);
        });
        await using var host = new Host(_hub, _app);
        await host.Owns();
        var id = await host.Client.ScheduleNewOrchestrationInstanceAsync("Race");
        await Eventually.True("the instance sleeps", () => host.Hub.Session!.Find(id) is null);
        await host.Client.RaiseEventAsync(id, "word", "hi");
        (await host.Client.WaitForInstanceCompletionAsync(id, true)).ReadOutputAs<string>().ShouldBe("hi");
        await Eventually.True("no work row is left", async () => (await host.Hub.Work.ReadAsync(0, long.MaxValue, default)).Count == 0);
    }

    [Fact]
    public async Task A_sleeping_instance_that_was_disturbed_still_wakes_for_its_timer()
    {
        _app.Orchestrator("Both", async c =>
        {
            var timer = c.CreateTimer(TimeSpan.FromDays(3), CancellationToken.None);
            if (await Task.WhenAny(c.WaitForExternalEvent<string>("word"), timer) == timer) return "too early";
            await timer;
            return "in time";
        });
        await using var host = new Host(_hub, _app);
        await host.Owns();
        var id = await host.Client.ScheduleNewOrchestrationInstanceAsync("Both");
        await Eventually.True("the instance sleeps", () => host.Hub.Session!.Find(id) is null);
        await host.Client.RaiseEventAsync(id, "word", "hi");
        await Eventually.True("the instance sleeps again", () => host.Hub.Session!.Find(id) is null);
        _app.Time.Advance(TimeSpan.FromDays(3));
        (await host.Client.WaitForInstanceCompletionAsync(id, true)).ReadOutputAs<string>().ShouldBe("in time");
    }

    [Fact]
    public async Task An_event_finds_an_instance_that_the_owner_had_looked_for_in_vain_before_another_host_started_it()
    {
        var hub = Azurite.UniqueName("hub");
        var app = new App();
        app.Orchestrator("One", async c => await c.WaitForExternalEvent<string>("go"));
        await using var owner = new Host(hub, app);
        await owner.Owns();
        await using var other = new Host(hub, app, engine: false);
        for (var n = 1; n <= 5; n++)
        {
            var id = $"late{n}";
            await Should.ThrowAsync<Grpc.Core.RpcException>(() => owner.Client.RaiseEventAsync(id, "go", "too early"));
            await other.Client.ScheduleNewOrchestrationInstanceAsync("One", null, new StartOrchestrationOptions(id));
            await owner.Client.RaiseEventAsync(id, "go", "in time");
            (await owner.Client.WaitForInstanceCompletionAsync(id, true)).ReadOutputAs<string>().ShouldBe("in time");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_start_whose_answer_was_lost_with_the_hub_is_known_when_it_is_repeated_through_storage(bool ends)
    {
        _app.Orchestrator("One", async c => ends ? 1 : await c.WaitForExternalEvent<int>("end"));
        await using var host = new Host(_hub, _app);
        await host.Owns();
        HistoryEvent start = new(EventKind.ExecutionStarted) { Name = "One" };
        StartRequest NewRequest(string key) => new("one", start, key, FrozenSet.Create(OrchestrationRuntimeStatus.Completed));
        var request = NewRequest(InstanceStore.NewMessageKey(1));
        var mail = new StartMail(request);
        host.Hub.Session!.Post("one", mail);
        await mail.Done;
        await request.CreateAsync(host.Hub.Store, _app.Time.GetUtcNow(), default);
        (await host.Hub.Store.LoadAsync("one", default))!.Generation.ShouldBe(1);
        await Should.ThrowAsync<OrchestrationAlreadyExistsException>(() => NewRequest(InstanceStore.NewMessageKey(2)).CreateAsync(host.Hub.Store, _app.Time.GetUtcNow(), default));
    }

    [Fact]
    public async Task Continue_as_new_keeps_unprocessed_events_and_leaves_no_old_history()
    {
        _app.Orchestrator("Sum", async c =>
        {
            var sum = c.GetInput<int>() + await c.WaitForExternalEvent<int>("n");
            if (sum >= 55) return sum;
            c.ContinueAsNew(sum);
            return null;
        });
        await using var host = new Host(_hub, _app);
        await using var other = new Host(_hub, _app, engine: false);
        await host.Owns();
        var id = await host.Client.ScheduleNewOrchestrationInstanceAsync("Sum", 0);
        await Task.WhenAll(Enumerable.Range(1, 10).Select(n => (n % 2 == 0 ? host : other).Client.RaiseEventAsync(id, "n", n)));
        (await host.Client.WaitForInstanceCompletionAsync(id, true)).ReadOutputAs<int>().ShouldBe(55);
        var state = await host.Hub.Store.LoadAsync(id, default);
        (state!.Garbage.Count, state.Inbox.Count).ShouldBe((0, 0));
        // The turn in which the last execution began, and the one in which it ended, unless that was the same.
        state.HistoryRows.Count.ShouldBeLessThanOrEqualTo(2);
    }
}

using DurableTask.Core.Exceptions;
using Grpc.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Shouldly;
using WalletFunctions.TestSupport;
using Xunit;

namespace Embedded.Tests.Durable;

/// <summary>Source: DurableTaskClient.cs of microsoft/durabletask-dotnet, LocalGrpcListener.cs of Azure/azure-functions-durable-extension.</summary>
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
    public async Task An_id_in_use_is_refused_and_a_finished_one_is_replaced_unless_deduplicated()
    {
        _app.Orchestrator("Ask", async c => await c.WaitForExternalEvent<int>("answer"));
        await using var host = new Host(_hub, _app);
        await using var other = new Host(_hub, _app, engine: false);
        await host.Owns();
        var options = new StartOrchestrationOptions(InstanceId: "the-id");
        foreach (var client in new[] { host.Client, other.Client })
        {
            await client.ScheduleNewOrchestrationInstanceAsync("Ask", options);
            await client.WaitForInstanceStartAsync("the-id");
            await Should.ThrowAsync<OrchestrationAlreadyExistsException>(() => client.ScheduleNewOrchestrationInstanceAsync("Ask", options));
            await client.RaiseEventAsync("the-id", "answer", 1);
            await client.WaitForInstanceCompletionAsync("the-id");
            var dedupe = options.WithDedupeStatuses(OrchestrationRuntimeStatus.Completed);
            await Should.ThrowAsync<OrchestrationAlreadyExistsException>(() => client.ScheduleNewOrchestrationInstanceAsync("Ask", dedupe));
        }
        (await host.Client.WaitForInstanceCompletionAsync("the-id", true)).ReadOutputAs<int>().ShouldBe(1);
    }

    [Fact]
    public async Task Unknown_and_finished_instances_are_refused_by_their_status_codes()
    {
        _app.Orchestrator("Done", _ => Task.FromResult<object?>(null));
        await using var host = new Host(_hub, _app);
        await using var other = new Host(_hub, _app, engine: false);
        await host.Owns();
        var id = await host.Client.ScheduleNewOrchestrationInstanceAsync("Done");
        await host.Client.WaitForInstanceCompletionAsync(id);
        foreach (var client in new[] { host.Client, other.Client })
        {
            (await Should.ThrowAsync<RpcException>(() => client.RaiseEventAsync("nobody", "x"))).StatusCode.ShouldBe(StatusCode.NotFound);
            (await Should.ThrowAsync<RpcException>(() => client.RaiseEventAsync(id, "x"))).StatusCode.ShouldBe(StatusCode.FailedPrecondition);
            (await Should.ThrowAsync<RpcException>(() => client.TerminateInstanceAsync("nobody"))).StatusCode.ShouldBe(StatusCode.NotFound);
            (await Should.ThrowAsync<RpcException>(() => client.SuspendInstanceAsync(id))).StatusCode.ShouldBe(StatusCode.Unknown);
            (await client.GetInstanceAsync("nobody")).ShouldBeNull();
            await Should.ThrowAsync<ArgumentException>(() => client.RaiseEventAsync("a/b", "x"));
        }
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

    [Fact]
    public async Task Terminate_suspend_and_resume_are_seen_in_the_status()
    {
        _app.Orchestrator("Ask", async c => await c.WaitForExternalEvent<int>("answer"));
        await using var host = new Host(_hub, _app);
        await using var other = new Host(_hub, _app, engine: false);
        await host.Owns();
        foreach (var client in new[] { host.Client, other.Client })
        {
            var id = await client.ScheduleNewOrchestrationInstanceAsync("Ask");
            await client.SuspendInstanceAsync(id, "wait");
            await Eventually.True("it is suspended", async () => (await client.GetInstanceAsync(id))!.RuntimeStatus == OrchestrationRuntimeStatus.Suspended);
            await client.RaiseEventAsync(id, "answer", 3);
            await client.ResumeInstanceAsync(id);
            (await client.WaitForInstanceCompletionAsync(id, true)).ReadOutputAs<int>().ShouldBe(3);
            var second = await client.ScheduleNewOrchestrationInstanceAsync("Ask");
            await client.TerminateInstanceAsync(second, output: "enough");
            var end = await client.WaitForInstanceCompletionAsync(second, true);
            (end.RuntimeStatus, end.ReadOutputAs<string>()).ShouldBe((OrchestrationRuntimeStatus.Terminated, "enough"));
        }
    }

    [Fact]
    public async Task An_unhandled_failure_fails_the_instance_with_its_causes()
    {
        _app.Activity<string>("Fail", _ => throw new TimeoutException("busy", new FormatException("deep")))
            .Orchestrator("Try", async c => { await c.CallActivityAsync("Fail"); return null; })
            .Orchestrator("Lost", async c => { await c.CallActivityAsync("Nowhere", new TaskOptions(new RetryPolicy(9, TimeSpan.FromDays(1)))); return null; });
        await using var host = new Host(_hub, _app);
        await host.Owns();
        var end = await host.Client.WaitForInstanceCompletionAsync(await host.Client.ScheduleNewOrchestrationInstanceAsync("Try"), true);
        end.RuntimeStatus.ShouldBe(OrchestrationRuntimeStatus.Failed);
        end.FailureDetails!.InnerFailure!.ErrorType.ShouldBe("System.TimeoutException");
        end.FailureDetails.InnerFailure.InnerFailure!.ErrorMessage.ShouldBe("deep");
        foreach (var name in new[] { "Lost", "Unheard-of" })
            (await host.Client.WaitForInstanceCompletionAsync(await host.Client.ScheduleNewOrchestrationInstanceAsync(name)))
                .RuntimeStatus.ShouldBe(OrchestrationRuntimeStatus.Failed);
    }

    [Fact]
    public async Task Payloads_of_a_mebibyte_pass_through_input_activity_event_and_output()
    {
        _app.Activity<string>("Echo", x => x).Orchestrator("Big", async c =>
            await c.CallActivityAsync<string>("Echo", c.GetInput<string>()) == await c.WaitForExternalEvent<string>("big") ? c.GetInput<string>() : null);
        await using var host = new Host(_hub, _app);
        await using var other = new Host(_hub, _app, engine: false);
        await host.Owns();
        var random = new Random(7);
        var big = string.Create(1 << 20, random, static (span, random) => { foreach (ref var c in span) c = (char)('0' + random.Next(64)); });
        foreach (var client in new[] { host.Client, other.Client })
        {
            var id = await client.ScheduleNewOrchestrationInstanceAsync("Big", big);
            await client.RaiseEventAsync(id, "big", big);
            var end = await client.WaitForInstanceCompletionAsync(id, true);
            end.ReadOutputAs<string>().ShouldBe(big);
            end.ReadInputAs<string>().ShouldBe(big);
        }
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
        (state!.Garbage.Count, state.HistoryRows.Count, state.Inbox.Count).ShouldBe((0, 1, 0));
    }

    [Fact]
    public async Task Instances_are_listed_by_prefix_and_status_and_only_finished_ones_are_purged()
    {
        _app.Orchestrator("Done", _ => Task.FromResult<object?>(1)).Orchestrator("Ask", async c => await c.WaitForExternalEvent<int>("answer"));
        await using var host = new Host(_hub, _app);
        await host.Owns();
        foreach (var id in new[] { "a-1", "a-2", "b-1" })
            await host.Client.WaitForInstanceCompletionAsync(await host.Client.ScheduleNewOrchestrationInstanceAsync("Done", new StartOrchestrationOptions(id)));
        await host.Client.WaitForInstanceStartAsync(await host.Client.ScheduleNewOrchestrationInstanceAsync("Ask", new StartOrchestrationOptions("a-3")));
        async Task<List<string>> List(OrchestrationQuery query)
        {
            List<string> ids = [];
            await foreach (var found in host.Client.GetAllInstancesAsync(query)) ids.Add(found.InstanceId);
            return ids;
        }
        (await List(new(InstanceIdPrefix: "a-", PageSize: 1))).ShouldBe(["a-1", "a-2", "a-3"]);
        (await List(new(Statuses: [OrchestrationRuntimeStatus.Running]))).ShouldBe(["a-3"]);
        (await host.Client.PurgeInstanceAsync("a-3")).PurgedInstanceCount.ShouldBe(0);
        (await host.Client.PurgeInstanceAsync("a-1")).PurgedInstanceCount.ShouldBe(1);
        (await host.Client.GetInstanceAsync("a-1")).ShouldBeNull();
        (await host.Client.PurgeAllInstancesAsync(new PurgeInstancesFilter())).PurgedInstanceCount.ShouldBe(2);
        (await List(new())).ShouldBe(["a-3"]);
    }

    [Fact]
    public async Task Details_are_read_only_when_they_were_asked_for()
    {
        _app.Orchestrator("Status", async c =>
        {
            c.SetCustomStatus(new { step = "waiting" });
            return await c.WaitForExternalEvent<int>("answer");
        });
        await using var host = new Host(_hub, _app);
        await host.Owns();
        var id = await host.Client.ScheduleNewOrchestrationInstanceAsync("Status", "in");
        var bare = await host.Client.WaitForInstanceStartAsync(id);
        Should.Throw<InvalidOperationException>(() => bare.ReadInputAs<string>());
        bare.SerializedCustomStatus.ShouldBeNull();
        var whole = await host.Client.GetInstanceAsync(id, getInputsAndOutputs: true);
        whole!.SerializedCustomStatus.ShouldBe("{\"step\":\"waiting\"}");
        whole.ReadInputAs<string>().ShouldBe("in");
    }
}

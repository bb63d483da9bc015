using Microsoft.DurableTask;
using Shouldly;
using Xunit;
using static Embedded.Tests.Durable.Conformance.StatedByAttribute;
using static Embedded.Tests.Durable.Rehearsal;

namespace Embedded.Tests.Durable.Conformance;

/// <summary>What goes on, and what does not, when an orchestration begins anew.</summary>
public sealed class ContinueAsNewTests(SharedHub hub) : IClassFixture<SharedHub>
{
    private const string Tests = "test/InProcessTestHost.Tests/ContinueAsNewTests.cs";
    private const string Again = nameof(TaskOrchestrationContext.ContinueAsNew);

    [Fact]
    [StatedBy(Sdk, "test/InProcessTestHost.Tests/ContinueAsNewTests.cs", nameof(TaskOrchestrationContext.ContinueAsNew))]
    public async Task Continue_as_new_goes_on_with_activities_and_timers_and_under_the_same_id()
    {
        hub.App.Activity<int>("Increment", n => n + 1).Orchestrator("Counting", async c =>
        {
            var n = await c.CallActivityAsync<int>("Increment", c.GetInput<int>());
            await c.CreateTimer(TimeSpan.FromMilliseconds(10), CancellationToken.None);
            if (n == 6) return c.InstanceId;
            c.ContinueAsNew(n);
            return "ignored";
        });
        var ends = await Task.WhenAll(Enumerable.Range(0, 4).Select(n => hub.RunAsync("Counting", n, $"counting-{n}")));
        ends.Select(end => end.ReadOutputAs<string>()).ShouldBe(["counting-0", "counting-1", "counting-2", "counting-3"]);
        (await hub.Host.Hub.Store.LoadAsync("counting-0", default))!.HistoryRows.Count.ShouldBeLessThanOrEqualTo(4);
    }

    [Fact]
    [StatedBy(Core, "src/DurableTask.Core/TaskOrchestrationContext.cs", nameof(TaskOrchestrationContext.ContinueAsNew))]
    public void A_failure_after_continue_as_new_fails_the_instance_and_an_open_timer_holds_it()
    {
        var failing = new Rehearsal(c => { c.ContinueAsNew(1); throw new FormatException(); });
        failing.Turn().End!.Failure!.ErrorType.ShouldBe("System.FormatException");
        var open = new Rehearsal(c => { _ = c.CreateTimer(TimeSpan.FromDays(1), CancellationToken.None); c.ContinueAsNew(1); return Task.FromResult<object?>(null); });
        open.Turn().Next.ShouldBeNull();
        open.Turn(Fired(0)).Next!.Value.Input.ShouldBe("1");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [StatedBy(Sdk, "test/Grpc.IntegrationTests/OrchestrationPatterns.cs", Again, nameof(TaskOrchestrationContext.WaitForExternalEvent))]
    public async Task Events_reach_the_executions_after_whether_they_come_while_one_waits_or_while_it_is_busy(bool timers)
    {
        const int Events = 10;
        hub.App.Orchestrator($"Keeping{timers}", async c =>
        {
            await c.WaitForExternalEvent<string>("Event");
            if (timers) await c.CreateTimer(TimeSpan.FromMilliseconds(1), CancellationToken.None);
            var count = c.GetInput<int>() + 1;
            if (count < Events) c.ContinueAsNew(count);
            return count;
        });
        var id = await hub.Client.ScheduleNewOrchestrationInstanceAsync($"Keeping{timers}", 0);
        for (var n = 0; n < Events; n++) await hub.Clients[n % 2].RaiseEventAsync(id, "event");
        (await hub.Client.WaitForInstanceCompletionAsync(id, true)).ReadOutputAs<int>().ShouldBe(Events);
    }

    [Fact]
    [StatedBy(Sdk, Tests, Again, nameof(TaskOrchestrationContext.CallActivityAsync))]
    public async Task One_instance_goes_round_many_times_with_several_activities_each()
    {
        hub.App.Activity<int>("Same", n => n).Orchestrator("Rounds", async c =>
        {
            var round = c.GetInput<int[]>()!;
            var sum = round[1] + (await Task.WhenAll(Enumerable.Range(0, 3).Select(n => c.CallActivityAsync<int>("Same", n)))).Sum();
            if (round[0] < 25) c.ContinueAsNew(new[] { round[0] + 1, sum });
            return sum;
        });
        (await hub.RunAsync("Rounds", new[] { 1, 0 })).ReadOutputAs<int>().ShouldBe(75);
    }

    [Fact]
    [StatedBy(Core, "src/DurableTask.Core/TaskOrchestrationDispatcher.cs", Again, nameof(TaskOrchestrationContext.NewGuid), nameof(TaskOrchestrationContext.CurrentUtcDateTime))]
    public async Task Each_beginning_has_a_time_of_its_own_so_that_no_guid_is_made_twice()
    {
        hub.App.Orchestrator("Guids", c =>
        {
            string[] made = [.. c.GetInput<string[]>()!, c.NewGuid().ToString()];
            if (made.Length < 3) c.ContinueAsNew(made);
            return Task.FromResult<object?>(made);
        });
        (await hub.RunAsync("Guids", Array.Empty<string>())).ReadOutputAs<string[]>()!.Distinct(StringComparer.Ordinal).Count().ShouldBe(3);
    }

    [Fact]
    [StatedBy(Core, "src/DurableTask.Core/OrchestrationRuntimeState.cs", Again)]
    public async Task Each_beginning_is_a_creation()
    {
        hub.App.Orchestrator("Born again", async c =>
        {
            await c.WaitForExternalEvent<int>("go");
            if (c.GetInput<int>() == 0) c.ContinueAsNew(1);
            return null;
        });
        var id = await hub.Client.ScheduleNewOrchestrationInstanceAsync("Born again", 0);
        var first = (await hub.Client.WaitForInstanceStartAsync(id)).CreatedAt;
        hub.App.Time.Advance(TimeSpan.FromDays(1));
        await hub.Client.RaiseEventAsync(id, "go", 1);
        var second = (await hub.Client.GetInstanceAsync(id))!.CreatedAt;
        (second - first).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromDays(1));
        hub.App.Time.Advance(TimeSpan.FromDays(1));
        await hub.Client.RaiseEventAsync(id, "go", 1);
        (await hub.Client.WaitForInstanceCompletionAsync(id)).CreatedAt.ShouldBe(second);
    }

    [Fact]
    [StatedBy(Core, "src/DurableTask.Core/TaskOrchestrationDispatcher.cs", Again, nameof(TaskOrchestrationContext.SetCustomStatus))]
    public async Task The_custom_status_outlasts_the_new_beginning_but_not_the_next_turn()
    {
        hub.App.Orchestrator("Standing", async c =>
        {
            if (c.GetInput<int>() == 1)
            {
                await c.WaitForExternalEvent<int>("end");
                return null;
            }
            c.SetCustomStatus("first");
            c.ContinueAsNew(1);
            return null;
        });
        var id = await hub.Client.ScheduleNewOrchestrationInstanceAsync("Standing", 0);
        (await hub.Client.WaitForInstanceStartAsync(id, true)).SerializedCustomStatus.ShouldBe("\"first\"");
        await hub.Client.RaiseEventAsync(id, "another");
        (await hub.Client.GetInstanceAsync(id, true))!.SerializedCustomStatus.ShouldBeNull();
    }
}

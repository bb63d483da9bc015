using Grpc.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Shouldly;
using WalletFunctions.TestSupport;
using Xunit;
using static Embedded.Tests.Durable.Conformance.StatedByAttribute;

namespace Embedded.Tests.Durable.Conformance;

/// <summary>What operators do with instances: list, suspend, resume, terminate, restart, purge.</summary>
public sealed class ManagementTests(SharedHub hub) : IClassFixture<SharedHub>
{
    private const string Client = "src/Client/Core/DurableTaskClient.cs";
    private const string Grpc = "src/Client/Grpc/GrpcDurableTaskClient.cs";
    private const string Tests = "test/Grpc.IntegrationTests/GrpcDurableTaskClientIntegrationTests.cs";
    private const string HostClient = "src/WebJobs.Extensions.DurableTask/ContextImplementations/DurableClient.cs";

    private async Task<string> AskingAsync(string? id = null, object? input = null, HashSet<string>? statuses = null)
    {
        hub.App.Orchestrator("Ask", async c =>
        {
            c.SetCustomStatus("asking");
            return await c.WaitForExternalEvent<int>("answer");
        });
        var options = new StartOrchestrationOptions(id) { DedupeStatuses = statuses?.ToList() };
        id = await hub.Client.ScheduleNewOrchestrationInstanceAsync("Ask", input, options);
        await hub.Client.WaitForInstanceStartAsync(id);
        return id;
    }

    private async Task<string> AnsweredAsync(string? id = null, object? input = null)
    {
        id = await AskingAsync(id, input);
        await hub.Client.RaiseEventAsync(id, "answer", 1);
        await hub.Client.WaitForInstanceCompletionAsync(id);
        return id;
    }

    /// <summary>A moment that is well after all before it, and before all after it: storage compares milliseconds.</summary>
    private DateTimeOffset Later()
    {
        hub.App.Time.Advance(TimeSpan.FromSeconds(1));
        var moment = hub.App.Time.GetUtcNow();
        hub.App.Time.Advance(TimeSpan.FromSeconds(1));
        return moment;
    }

    private Task<OrchestrationRuntimeStatus> StatusAsync(string id) => hub.Client.GetInstanceAsync(id).ContinueWith(found => found.Result!.RuntimeStatus, TaskScheduler.Default);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [StatedBy(Sdk, Tests, nameof(DurableTaskClient.RestartAsync))]
    public async Task A_restart_runs_the_same_orchestrator_with_the_same_input_under_the_old_id_or_a_new_one(bool restartWithNewInstanceId)
    {
        foreach (var client in hub.Clients)
        {
            var id = await AnsweredAsync(input: new { order = 5 });
            var again = await client.RestartAsync(id, restartWithNewInstanceId);
            (again == id).ShouldBe(!restartWithNewInstanceId);
            await client.WaitForInstanceStartAsync(again);
            await client.RaiseEventAsync(again, "answer", 2);
            var end = await client.WaitForInstanceCompletionAsync(again, true);
            (end.Name, end.SerializedInput, end.ReadOutputAs<int>()).ShouldBe(("Ask", "{\"order\":5}", 2));
            if (restartWithNewInstanceId) (await client.GetInstanceAsync(id, true))!.ReadOutputAs<int>().ShouldBe(1);
        }
    }

    [Fact]
    [StatedBy(Sdk, Grpc, nameof(DurableTaskClient.RestartAsync))]
    public async Task A_restart_of_nothing_is_an_argument_error_and_of_a_running_instance_an_invalid_operation()
    {
        var id = await AskingAsync();
        foreach (var client in hub.Clients)
        {
            await Should.ThrowAsync<ArgumentException>(() => client.RestartAsync("nobody"));
            await Should.ThrowAsync<InvalidOperationException>(() => client.RestartAsync(id));
            var second = await client.RestartAsync(id, restartWithNewInstanceId: true);
            await client.WaitForInstanceStartAsync(second);
            second.ShouldNotBe(id);
        }
        (await StatusAsync(id)).ShouldBe(OrchestrationRuntimeStatus.Running);
    }

    [Fact]
    [StatedBy(Extension, HostClient, nameof(DurableTaskClient.RestartAsync))]
    public async Task A_failed_a_terminated_and_a_suspended_instance_restart_by_the_same_rules()
    {
        var failed = await hub.Client.ScheduleNewOrchestrationInstanceAsync("Unheard-of", 1, new StartOrchestrationOptions("unheard"));
        await hub.Client.WaitForInstanceCompletionAsync(failed);
        (await hub.Client.RestartAsync(failed)).ShouldBe(failed);
        var id = await AskingAsync();
        await hub.Client.SuspendInstanceAsync(id);
        await Should.ThrowAsync<InvalidOperationException>(() => hub.Client.RestartAsync(id));
        await hub.Client.TerminateInstanceAsync(id);
        (await hub.Client.RestartAsync(id)).ShouldBe(id);
        await hub.Client.WaitForInstanceStartAsync(id);
        (await StatusAsync(id)).ShouldBe(OrchestrationRuntimeStatus.Running);
    }

    [Fact]
    [StatedBy(Sdk, Tests, nameof(DurableTaskClient.SuspendInstanceAsync), nameof(DurableTaskClient.ResumeInstanceAsync))]
    public async Task A_suspended_instance_keeps_what_comes_and_goes_on_when_resumed()
    {
        foreach (var client in hub.Clients)
        {
            var id = await AskingAsync();
            await client.SuspendInstanceAsync(id, "wait");
            await Eventually.True("it is suspended", async () => await StatusAsync(id) == OrchestrationRuntimeStatus.Suspended);
            await client.RaiseEventAsync(id, "answer", 3);
            (await client.GetInstanceAsync(id))!.IsRunning.ShouldBeFalse();
            await client.ResumeInstanceAsync(id, "go");
            (await client.WaitForInstanceCompletionAsync(id, true)).ReadOutputAs<int>().ShouldBe(3);
        }
    }

    [Fact]
    [StatedBy(Extension, HostClient, nameof(DurableTaskClient.SuspendInstanceAsync), nameof(DurableTaskClient.ResumeInstanceAsync))]
    public async Task Only_what_runs_is_suspended_and_only_what_is_suspended_is_resumed()
    {
        var id = await AskingAsync();
        var ended = await AnsweredAsync();
        foreach (var client in hub.Clients)
        {
            var refused = new Func<Task>[]
            {
                () => client.ResumeInstanceAsync(id), () => client.SuspendInstanceAsync(ended), () => client.ResumeInstanceAsync(ended), () => client.SuspendInstanceAsync("nobody"),
            };
            foreach (var act in refused) (await Should.ThrowAsync<RpcException>(act)).StatusCode.ShouldBe(StatusCode.Unknown);
        }
        await hub.Client.SuspendInstanceAsync(id);
        foreach (var client in hub.Clients)
            (await Should.ThrowAsync<RpcException>(() => client.SuspendInstanceAsync(id))).StatusCode.ShouldBe(StatusCode.Unknown);
    }

    [Fact]
    [StatedBy(Core, "src/DurableTask.Core/TaskOrchestrationExecutor.cs", nameof(DurableTaskClient.TerminateInstanceAsync))]
    public async Task A_suspended_instance_can_be_terminated_with_an_output()
    {
        foreach (var client in hub.Clients)
        {
            var id = await AskingAsync();
            await client.SuspendInstanceAsync(id);
            await Eventually.True("it is suspended", async () => await StatusAsync(id) == OrchestrationRuntimeStatus.Suspended);
            await client.TerminateInstanceAsync(id, new { why = "enough" });
            var end = await client.WaitForInstanceCompletionAsync(id, true);
            (end.RuntimeStatus, end.SerializedOutput).ShouldBe((OrchestrationRuntimeStatus.Terminated, "{\"why\":\"enough\"}"));
        }
    }

    [Fact]
    [StatedBy(Sdk, Client, nameof(DurableTaskClient.TerminateInstanceAsync))]
    public async Task A_termination_lets_a_running_activity_go_on_and_its_answer_changes_nothing()
    {
        using var gate = new SemaphoreSlim(0);
        var (begun, ended) = (0, 0);
        hub.App.Activity<string>("Long", async (_, cancellation) =>
            {
                Interlocked.Increment(ref begun);
                await gate.WaitAsync(cancellation);
                return Interlocked.Increment(ref ended);
            })
            .Orchestrator("Busy", async c => await c.CallActivityAsync<int>("Long", "x"));
        var id = await hub.Client.ScheduleNewOrchestrationInstanceAsync("Busy");
        await Eventually.True("the activity runs", () => Volatile.Read(ref begun) == 1);
        await hub.Client.TerminateInstanceAsync(id, "enough");
        gate.Release();
        await Eventually.True("the activity has ended", () => Volatile.Read(ref ended) == 1);
        await Eventually.True("the instance has left memory", () => hub.Host.Hub.Session!.Find(id) is null);
        var end = await hub.Client.GetInstanceAsync(id, true);
        (end!.RuntimeStatus, end.ReadOutputAs<string>()).ShouldBe((OrchestrationRuntimeStatus.Terminated, "enough"));
    }

    [Fact]
    [StatedBy(Sdk, Client, nameof(DurableTaskClient.TerminateInstanceAsync), nameof(DurableTaskClient.RaiseEventAsync))]
    public async Task Unknown_and_ended_instances_take_no_termination_and_no_event()
    {
        var ended = await AnsweredAsync();
        foreach (var client in hub.Clients)
        {
            (await Should.ThrowAsync<RpcException>(() => client.TerminateInstanceAsync("nobody"))).StatusCode.ShouldBe(StatusCode.NotFound);
            (await Should.ThrowAsync<RpcException>(() => client.TerminateInstanceAsync(ended))).StatusCode.ShouldBe(StatusCode.FailedPrecondition);
            (await Should.ThrowAsync<RpcException>(() => client.RaiseEventAsync("nobody", "x"))).StatusCode.ShouldBe(StatusCode.NotFound);
            (await Should.ThrowAsync<RpcException>(() => client.RaiseEventAsync(ended, "x"))).StatusCode.ShouldBe(StatusCode.FailedPrecondition);
            await Should.ThrowAsync<ArgumentException>(() => client.RaiseEventAsync(ended, ""));
        }
    }

    [Fact]
    [StatedBy(Sdk, Tests, nameof(DurableTaskClient.GetAllInstancesAsync))]
    public async Task Instances_are_listed_by_prefix_status_and_time_of_creation_page_by_page()
    {
        var before = Later();
        foreach (var n in Enumerable.Range(1, 3)) await AnsweredAsync($"list-{n}", n);
        var middle = Later();
        await AskingAsync("list-4", 4);
        async Task<string> ListAsync(OrchestrationQuery query)
            => string.Join(",", await hub.Remote.GetAllInstancesAsync(query with { InstanceIdPrefix = "list-" }).Select(found => found.InstanceId[5..]).ToListAsync());
        (await ListAsync(new())).ShouldBe("1,2,3,4");
        (await ListAsync(new(PageSize: 1))).ShouldBe("1,2,3,4");
        (await ListAsync(new(PageSize: 5_000))).ShouldBe("1,2,3,4");
        (await ListAsync(new(Statuses: [OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Suspended]))).ShouldBe("4");
        (await ListAsync(new(Statuses: [OrchestrationRuntimeStatus.Failed]))).ShouldBe("");
        (await ListAsync(new(CreatedTo: middle))).ShouldBe("1,2,3");
        (await ListAsync(new(CreatedFrom: middle))).ShouldBe("4");
        (await ListAsync(new(CreatedFrom: before, CreatedTo: middle, Statuses: [OrchestrationRuntimeStatus.Completed]))).ShouldBe("1,2,3");
    }

    [Fact]
    [StatedBy(Core, "src/DurableTask.AzureStorage/Tracking/KeySanitation.cs", nameof(DurableTaskClient.ScheduleNewOrchestrationInstanceAsync), nameof(DurableTaskClient.GetAllInstancesAsync), nameof(DurableTaskClient.PurgeInstanceAsync))]
    public async Task Signs_in_an_id_mean_nothing()
    {
        string[] ids = ["odd", "odd ", "odd'", "odd''", "odd\"", "odd%", "odd%20", "odd+", "odd&b=c", "odd|b", "odd,b;c", "odd(x)", "odd.", "odd..", "odd~!$*<>[]{}^`", "odd:é", "oddß", "odd汉字", "odd😀"];
        foreach (var client in hub.Clients)
        {
            foreach (var id in ids) (await AskingAsync(id, id)).ShouldBe(id);
            await Task.WhenAll(ids.Select(id => client.RaiseEventAsync(id, "answer", 1)));
            foreach (var id in ids) (await client.WaitForInstanceCompletionAsync(id, true)).ReadInputAs<string>().ShouldBe(id);
            (await client.GetAllInstancesAsync(new(InstanceIdPrefix: "odd", PageSize: 3)).Select(found => found.InstanceId).ToListAsync()).ShouldBe(ids, ignoreOrder: true);
            (await client.GetAllInstancesAsync(new(InstanceIdPrefix: "odd'")).Select(found => found.InstanceId).ToListAsync()).ShouldBe(["odd'", "odd''"]);
            foreach (var id in ids) (await client.PurgeInstanceAsync(id)).PurgedInstanceCount.ShouldBe(1, id);
        }
    }

    [Fact]
    [StatedBy(Sdk, "test/Grpc.IntegrationTests/PageableIntegrationTests.cs", nameof(DurableTaskClient.GetAllInstancesAsync))]
    public async Task A_page_goes_on_from_its_token_also_in_another_query()
    {
        foreach (var n in Enumerable.Range(1, 3)) await AnsweredAsync($"page-{n}");
        var query = new OrchestrationQuery(InstanceIdPrefix: "page-", PageSize: 2);
        var pages = await hub.Client.GetAllInstancesAsync(query).AsPages().Select(page => (page.Values.Count, page.ContinuationToken)).ToListAsync();
        pages.Sum(page => page.Count).ShouldBe(3);
        pages[^1].ContinuationToken.ShouldBeNull();
        var first = await hub.Client.GetAllInstancesAsync(query).AsPages(pageSizeHint: 1).FirstAsync();
        var rest = await hub.Client.GetAllInstancesAsync(query with { ContinuationToken = first.ContinuationToken }).Select(found => found.InstanceId).ToListAsync();
        first.Values.Select(found => found.InstanceId).Concat(rest).ShouldBe(["page-1", "page-2", "page-3"]);
    }

    [Fact]
    [StatedBy(Sdk, Grpc, nameof(DurableTaskClient.GetAllInstancesAsync))]
    public async Task A_list_tells_inputs_and_outputs_only_when_asked_the_custom_status_always_and_only_of_its_own_hub()
    {
        await AskingAsync("detail-1", "in");
        var bare = await hub.Client.GetAllInstancesAsync(new(InstanceIdPrefix: "detail-")).FirstAsync();
        (bare.SerializedInput, bare.SerializedCustomStatus).ShouldBe((null, "\"asking\""));
        Should.Throw<InvalidOperationException>(() => bare.ReadInputAs<string>());
        var whole = await hub.Client.GetAllInstancesAsync(new(InstanceIdPrefix: "detail-", FetchInputsAndOutputs: true)).FirstAsync();
        whole.ReadInputAs<string>().ShouldBe("in");
        Should.Throw<NotSupportedException>(() => hub.Client.GetAllInstancesAsync(new(TaskHubNames: ["another"])));
    }

    [Fact]
    [StatedBy(Extension, "src/WebJobs.Extensions.DurableTask/ProtobufUtils.cs", nameof(DurableTaskClient.GetAllInstancesAsync))]
    public async Task A_list_tells_a_failure_as_the_output_alone()
    {
        hub.App.Orchestrator("Broken", _ => throw new TimeoutException("late"));
        await hub.RunAsync("Broken", id: "broken-1");
        var listed = await hub.Client.GetAllInstancesAsync(new(InstanceIdPrefix: "broken-", FetchInputsAndOutputs: true)).FirstAsync();
        (listed.SerializedOutput, listed.FailureDetails).ShouldBe(("System.TimeoutException: late", null));
    }

    [Fact]
    [StatedBy(Sdk, Tests, nameof(DurableTaskClient.PurgeInstanceAsync), nameof(DurableTaskClient.PurgeAllInstancesAsync))]
    public async Task Only_ended_instances_are_purged_one_by_one_or_by_filter()
    {
        foreach (var n in Enumerable.Range(1, 3)) await AnsweredAsync($"purge-{n}");
        var after = Later();
        await AnsweredAsync("purge-4");
        await AskingAsync("purge-5");
        (await hub.Client.PurgeInstanceAsync("purge-5")).PurgedInstanceCount.ShouldBe(0);
        (await hub.Client.PurgeInstanceAsync("nobody")).PurgedInstanceCount.ShouldBe(0);
        (await hub.Client.PurgeInstanceAsync("purge-1")).PurgedInstanceCount.ShouldBe(1);
        (await hub.Client.GetInstanceAsync("purge-1")).ShouldBeNull();
        (await hub.Remote.PurgeAllInstancesAsync(new PurgeInstancesFilter(CreatedTo: after, Statuses: [OrchestrationRuntimeStatus.Failed]))).PurgedInstanceCount.ShouldBeLessThan(3);
        (await hub.Remote.PurgeAllInstancesAsync(new PurgeInstancesFilter(CreatedTo: after))).PurgedInstanceCount.ShouldBeGreaterThanOrEqualTo(2);
        var left = await hub.Client.GetAllInstancesAsync(new(InstanceIdPrefix: "purge-")).Select(found => found.InstanceId).ToListAsync();
        left.ShouldBe(["purge-4", "purge-5"]);
        foreach (var none in new[] { TimeSpan.Zero, TimeSpan.FromSeconds(-1) })
            await Should.ThrowAsync<ArgumentOutOfRangeException>(() => hub.Client.PurgeAllInstancesAsync(new PurgeInstancesFilter { Timeout = none }));
        (await hub.Client.PurgeAllInstancesAsync(new PurgeInstancesFilter { Timeout = TimeSpan.FromTicks(1) })).IsComplete.ShouldBe(false);
        var rest = await hub.Client.PurgeAllInstancesAsync(new PurgeInstancesFilter { Timeout = TimeSpan.FromMinutes(5) });
        (rest.IsComplete, rest.PurgedInstanceCount > 0).ShouldBe((true, true));
        await AskingAsync("purge-1");
    }

    [Fact]
    [StatedBy(Sdk, Client, nameof(DurableTaskClient.ScheduleNewOrchestrationInstanceAsync))]
    public async Task A_later_start_is_pending_until_then_and_keeps_what_is_sent_to_it()
    {
        hub.App.Orchestrator("Later", async c => await c.WaitForExternalEvent<int>("n") + (c.CurrentUtcDateTime.Ticks >= c.GetInput<long>() ? 1 : 0));
        foreach (var client in hub.Clients)
        {
            var at = hub.App.Time.GetUtcNow().AddDays(2);
            var id = await client.ScheduleNewOrchestrationInstanceAsync("Later", at.UtcTicks, new StartOrchestrationOptions(StartAt: at));
            await hub.Client.RaiseEventAsync(id, "n", 41);
            (await StatusAsync(id)).ShouldBe(OrchestrationRuntimeStatus.Pending);
            await Eventually.True("it sleeps", () => hub.Host.Hub.Session!.Find(id) is null);
            hub.App.Time.Advance(TimeSpan.FromDays(2));
            (await client.WaitForInstanceCompletionAsync(id, true)).ReadOutputAs<int>().ShouldBe(42);
            var never = await client.ScheduleNewOrchestrationInstanceAsync("Later", 0, new StartOrchestrationOptions(StartAt: at.AddYears(1)));
            await hub.Client.TerminateInstanceAsync(never);
            (await StatusAsync(never)).ShouldBe(OrchestrationRuntimeStatus.Terminated);
        }
    }
}

using DurableTask.Core.Exceptions;
using Grpc.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Shouldly;
using Xunit;
using static Embedded.Tests.Durable.Conformance.StatedByAttribute;

namespace Embedded.Tests.Durable.Conformance;

/// <summary>Starting, telling and asking; each by a client in the owning host and by one elsewhere.</summary>
public sealed class ClientTests(SharedHub hub) : IClassFixture<SharedHub>
{
    private const string Client = "src/Client/Core/DurableTaskClient.cs";
    private const string Grpc = "src/Client/Grpc/GrpcDurableTaskClient.cs";
    private const string Integration = "test/Grpc.IntegrationTests/GrpcDurableTaskClientIntegrationTests.cs";

    [Fact]
    [StatedBy(Sdk, "test/Grpc.IntegrationTests/OrchestrationPatterns.cs", nameof(DurableTaskClient.ScheduleNewOrchestrationInstanceAsync), nameof(DurableTaskClient.WaitForInstanceCompletionAsync))]
    public async Task An_empty_orchestration_completes_under_an_id_of_its_own()
    {
        hub.App.Orchestrator("Empty", _ => Task.FromResult<object?>(null));
        foreach (var client in hub.Clients)
        {
            var id = await client.ScheduleNewOrchestrationInstanceAsync("empty");
            Guid.TryParseExact(id, "N", out _).ShouldBeTrue();
            var end = await client.WaitForInstanceCompletionAsync(id, true);
            (end.InstanceId, end.RuntimeStatus, end.SerializedInput, end.SerializedOutput).ShouldBe((id, OrchestrationRuntimeStatus.Completed, null, null));
            end.LastUpdatedAt.ShouldBeGreaterThanOrEqualTo(end.CreatedAt);
        }
    }

    [Fact]
    [StatedBy(Sdk, Integration, nameof(DurableTaskClient.ScheduleNewOrchestrationInstanceAsync))]
    public async Task An_id_in_use_is_refused_and_an_ended_one_is_replaced_unless_deduplicated()
    {
        hub.App.Orchestrator("Ask", async c => await c.WaitForExternalEvent<int>("answer"));
        foreach (var client in hub.Clients)
        {
            var options = new StartOrchestrationOptions(InstanceId: "the-id");
            await client.ScheduleNewOrchestrationInstanceAsync("Ask", options);
            await client.WaitForInstanceStartAsync("the-id");
            await Should.ThrowAsync<OrchestrationAlreadyExistsException>(() => client.ScheduleNewOrchestrationInstanceAsync("Ask", options));
            await client.RaiseEventAsync("the-id", "answer", 1);
            await client.WaitForInstanceCompletionAsync("the-id");
            foreach (var kept in new[] { options.WithDedupeStatuses(OrchestrationRuntimeStatus.Completed), options with { DedupeStatuses = ["failed", "completed"] } })
                await Should.ThrowAsync<OrchestrationAlreadyExistsException>(() => client.ScheduleNewOrchestrationInstanceAsync("Ask", kept));
        }
        await hub.Client.ScheduleNewOrchestrationInstanceAsync("Ask", new StartOrchestrationOptions("the-id").WithDedupeStatuses(OrchestrationRuntimeStatus.Failed));
        (await hub.Client.WaitForInstanceStartAsync("the-id")).IsRunning.ShouldBeTrue();
    }

    [Fact]
    [StatedBy(Sdk, Integration, nameof(DurableTaskClient.ScheduleNewOrchestrationInstanceAsync))]
    public async Task Dedupe_statuses_forbid_more_than_the_rule_and_never_less()
    {
        hub.App.Orchestrator("Broken", _ => throw new TimeoutException()).Orchestrator("Waiting", async c => await c.WaitForExternalEvent<int>("never"));
        foreach (var client in hub.Clients)
        {
            var id = Guid.NewGuid().ToString();
            var options = new StartOrchestrationOptions(id);
            Task StartAsync(params OrchestrationRuntimeStatus[] kept) => client.ScheduleNewOrchestrationInstanceAsync("Waiting", options.WithDedupeStatuses(kept));
            await client.ScheduleNewOrchestrationInstanceAsync("Broken", options.WithDedupeStatuses([.. StartOrchestrationOptionsExtensions.ValidDedupeStatuses]));
            (await client.WaitForInstanceCompletionAsync(id)).RuntimeStatus.ShouldBe(OrchestrationRuntimeStatus.Failed);
            await Should.ThrowAsync<OrchestrationAlreadyExistsException>(() => StartAsync(OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Failed));
            await StartAsync(OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Terminated);
            await client.WaitForInstanceStartAsync(id);
            await Should.ThrowAsync<OrchestrationAlreadyExistsException>(() => StartAsync(OrchestrationRuntimeStatus.Completed));
            await client.TerminateInstanceAsync(id);
            await client.WaitForInstanceCompletionAsync(id);
            await Should.ThrowAsync<OrchestrationAlreadyExistsException>(() => StartAsync(OrchestrationRuntimeStatus.Terminated));
            await StartAsync();
        }
    }

    [Fact]
    [StatedBy(Sdk, "test/Grpc.IntegrationTests/OrchestrationPatterns.cs", nameof(DurableTaskClient.ScheduleNewOrchestrationInstanceAsync))]
    public async Task Json_nodes_pass_as_they_are()
    {
        hub.App.Activity<System.Text.Json.Nodes.JsonNode>("Add", node => { node["added"] = true; return node; })
            .Orchestrator("Node", async c => await c.CallActivityAsync<System.Text.Json.Nodes.JsonNode>("Add", c.GetInput<System.Text.Json.Nodes.JsonNode>()));
        (await hub.RunAsync("Node", new System.Text.Json.Nodes.JsonObject { ["original"] = "value" })).SerializedOutput.ShouldBe("{\"original\":\"value\",\"added\":true}");
    }

    [Fact]
    [StatedBy(Sdk, "test/Client/Grpc.Tests/GrpcDurableTaskClientTests.cs", nameof(DurableTaskClient.ScheduleNewOrchestrationInstanceAsync))]
    public async Task An_unknown_status_among_the_dedupe_statuses_is_an_argument_error()
        => (await Should.ThrowAsync<ArgumentException>(() => hub.Client.ScheduleNewOrchestrationInstanceAsync("Ask", new StartOrchestrationOptions { DedupeStatuses = ["Completed", "Asleep"] })))
            .Message.ShouldContain("Asleep");

    [Fact]
    [StatedBy(Sdk, "test/Abstractions.Tests/TaskOptionsTests.cs")]
    public void Options_copy_all_that_they_hold()
    {
        var policy = new RetryPolicy(2, TimeSpan.FromSeconds(1));
        var child = new SubOrchestrationOptions(new SubOrchestrationOptions(policy, "kid") { Version = "1.0", Tags = new Dictionary<string, string>(StringComparer.Ordinal) });
        (child.InstanceId, child.Version!.Value.Version, child.Retry!.Policy, child.Tags!.Count).ShouldBe(("kid", "1.0", policy, 0));
        new SubOrchestrationOptions(child, "other").InstanceId.ShouldBe("other");
        new TaskOptions(policy).WithInstanceId("kid").Retry!.Policy.ShouldBe(policy);
        var start = new StartOrchestrationOptions("id", DateTimeOffset.UnixEpoch) { Version = "2.0" }.WithDedupeStatuses(OrchestrationRuntimeStatus.Failed);
        (start.InstanceId, start.StartAt, start.Version!.Value.Version, start.DedupeStatuses![0]).ShouldBe(("id", DateTimeOffset.UnixEpoch, "2.0", "Failed"));
        StartOrchestrationOptionsExtensions.ValidDedupeStatuses.Count.ShouldBe(7);
    }

    [Fact]
    [StatedBy(Sdk, "test/Grpc.IntegrationTests/OrchestrationErrorHandling.cs", nameof(DurableTaskClient.WaitForInstanceCompletionAsync))]
    public async Task An_unhandled_failure_fails_the_instance_with_its_causes()
    {
        hub.App.Activity<string>("Fail", _ => throw new TimeoutException("busy", new FormatException("deep")))
            .Orchestrator("Try", async c => { await c.CallActivityAsync("Fail"); return null; })
            .Orchestrator("Lost", async c => { await c.CallActivityAsync("Nowhere", new TaskOptions(new RetryPolicy(9, TimeSpan.FromDays(1)))); return null; });
        var end = await hub.RunAsync("Try");
        end.RuntimeStatus.ShouldBe(OrchestrationRuntimeStatus.Failed);
        end.SerializedOutput.ShouldBe(end.FailureDetails!.ToString());
        end.FailureDetails.InnerFailure!.ErrorType.ShouldBe("System.TimeoutException");
        end.FailureDetails.InnerFailure.InnerFailure!.ErrorMessage.ShouldBe("deep");
        end.FailureDetails.ErrorMessage.ShouldSatisfyAllConditions(said => said.ShouldContain("#0"), said => said.ShouldContain("'Fail'"), said => said.ShouldContain("busy"));
        end.FailureDetails.StackTrace.ShouldNotBeNull().ShouldContain(nameof(An_unhandled_failure_fails_the_instance_with_its_causes));
        (await hub.RunAsync("Lost")).FailureDetails!.InnerFailure!.ErrorType.ShouldBe("ActivityTaskNotFound");
        (await hub.RunAsync("Unheard-of")).FailureDetails!.ErrorType.ShouldBe("OrchestratorTaskNotFound");
    }

    [Fact]
    [StatedBy(Sdk, Client, nameof(DurableTaskClient.GetInstanceAsync), nameof(DurableTaskClient.GetInstancesAsync), nameof(DurableTaskClient.WaitForInstanceStartAsync))]
    public async Task Details_are_read_only_when_they_were_asked_for()
    {
        hub.App.Orchestrator("Status", async c =>
        {
            c.SetCustomStatus(new { step = "waiting" });
            return await c.WaitForExternalEvent<int>("answer");
        });
        var id = await hub.Client.ScheduleNewOrchestrationInstanceAsync("Status", "in");
        var bare = await hub.Client.WaitForInstanceStartAsync(id);
        Should.Throw<InvalidOperationException>(() => bare.ReadInputAs<string>());
        (bare.SerializedInput, bare.SerializedCustomStatus).ShouldBe((null, null));
        foreach (var whole in new[] { await hub.Remote.GetInstanceAsync(id, getInputsAndOutputs: true), await hub.Client.GetInstancesAsync(id, getInputsAndOutputs: true) })
        {
            whole!.SerializedCustomStatus.ShouldBe("{\"step\":\"waiting\"}");
            whole.ReadInputAs<string>().ShouldBe("in");
        }
        (await hub.Client.GetInstanceAsync("nobody")).ShouldBeNull();
    }

    [Fact]
    [StatedBy(Sdk, Client, nameof(DurableTaskClient.WaitForInstanceStartAsync), nameof(DurableTaskClient.WaitForInstanceCompletionAsync))]
    public async Task A_wait_ends_with_its_token()
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await Should.ThrowAsync<OperationCanceledException>(() => hub.Client.WaitForInstanceCompletionAsync("nobody", soon.Token));
        await Should.ThrowAsync<OperationCanceledException>(() => hub.Client.WaitForInstanceStartAsync("nobody", soon.Token));
    }

    [Fact]
    [StatedBy(Sdk, Grpc, nameof(DurableTaskClient.RaiseEventAsync), nameof(DurableTaskClient.GetInstanceAsync), nameof(DurableTaskClient.PurgeInstanceAsync), nameof(DurableTaskClient.GetAllInstancesAsync))]
    public async Task An_id_that_no_instance_can_have_is_nobodys_and_only_what_the_client_refuses_is_an_argument_error()
    {
        foreach (var client in hub.Clients)
        {
            foreach (var id in new[] { "a/b", "a?b", "a\nb", new string('x', 101) })
            {
                (await client.GetInstanceAsync(id)).ShouldBeNull();
                (await Should.ThrowAsync<RpcException>(() => client.RaiseEventAsync(id, "x"))).StatusCode.ShouldBe(StatusCode.NotFound);
                (await Should.ThrowAsync<RpcException>(() => client.TerminateInstanceAsync(id))).StatusCode.ShouldBe(StatusCode.NotFound);
                (await client.PurgeInstanceAsync(id)).PurgedInstanceCount.ShouldBe(0);
                await Should.ThrowAsync<ArgumentException>(() => client.RestartAsync(id));
                await Should.ThrowAsync<ArgumentException>(() => client.ScheduleNewOrchestrationInstanceAsync("Empty", new StartOrchestrationOptions(id)));
            }
            foreach (var id in new[] { null!, "", "@entity@1", "\0x" })
            {
                await Should.ThrowAsync<ArgumentException>(() => client.RaiseEventAsync(id, "x"));
                await Should.ThrowAsync<ArgumentException>(() => client.TerminateInstanceAsync(id));
                await Should.ThrowAsync<ArgumentException>(() => client.PurgeInstanceAsync(id));
            }
            await Should.ThrowAsync<ArgumentNullException>(() => client.GetInstanceAsync(""));
            Should.Throw<ArgumentException>(() => client.GetAllInstancesAsync(new(InstanceIdPrefix: "@entity")));
            hub.App.Orchestrator("Empty", _ => Task.FromResult<object?>(null));
            Guid.TryParseExact(await client.ScheduleNewOrchestrationInstanceAsync("Empty", new StartOrchestrationOptions("")), "N", out _).ShouldBeTrue();
        }
    }

    [Fact]
    [StatedBy(Sdk, Grpc, nameof(DurableTaskClient.ScheduleNewOrchestrationInstanceAsync), nameof(DurableTaskClient.TerminateInstanceAsync), nameof(DurableTaskClient.SuspendInstanceAsync))]
    public async Task A_cancelled_call_does_nothing_and_says_so_as_grpc_or_as_a_cancellation()
    {
        var ran = 0;
        hub.App.Orchestrator("Uncalled", _ => Task.FromResult<object?>(Interlocked.Increment(ref ran))).Orchestrator("Waiting", async c => await c.WaitForExternalEvent<int>("go"));
        var cancelled = new CancellationToken(canceled: true);
        foreach (var client in hub.Clients)
        {
            var id = await hub.Client.ScheduleNewOrchestrationInstanceAsync("Waiting");
            await hub.Client.WaitForInstanceStartAsync(id);
            foreach (var call in new Func<Task>[] { () => client.RaiseEventAsync(id, "go", 1, cancelled), () => client.TerminateInstanceAsync(id, cancelled), () => client.GetInstanceAsync(id, cancelled) })
                (await Should.ThrowAsync<RpcException>(call)).StatusCode.ShouldBe(StatusCode.Cancelled);
            var others = new Func<Task>[]
            {
                () => client.ScheduleNewOrchestrationInstanceAsync("Uncalled", cancelled), () => client.SuspendInstanceAsync(id, cancelled), () => client.ResumeInstanceAsync(id, cancelled),
                () => client.RestartAsync(id, true, cancelled), () => client.PurgeInstanceAsync(id, cancelled),
                () => client.WaitForInstanceStartAsync(id, cancelled), () => client.WaitForInstanceCompletionAsync(id, cancelled),
                async () => await client.GetAllInstancesAsync().ToListAsync(cancelled),
            };
            foreach (var call in others) await Should.ThrowAsync<OperationCanceledException>(call);
            (await hub.Client.GetInstanceAsync(id))!.IsRunning.ShouldBeTrue();
        }
        ran.ShouldBe(0);
    }

    [Fact]
    [StatedBy(Sdk, Client, nameof(DurableTaskClient.Name), nameof(DurableTaskClient.DisposeAsync))]
    public async Task The_client_is_named_after_its_hub_and_outlives_its_disposal_because_the_host_owns_it()
    {
        hub.App.Orchestrator("Empty", _ => Task.FromResult<object?>(null));
        hub.Client.Name.ShouldStartWith("hub");
        await hub.Client.DisposeAsync();
        (await hub.RunAsync("Empty")).IsCompleted.ShouldBeTrue();
    }
}

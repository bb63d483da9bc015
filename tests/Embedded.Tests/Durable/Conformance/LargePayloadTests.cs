using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Shouldly;
using Xunit;
using static Embedded.Tests.Durable.Conformance.StatedByAttribute;

namespace Embedded.Tests.Durable.Conformance;

/// <summary>A mebibyte wherever a payload may be.</summary>
public sealed class LargePayloadTests(SharedHub hub) : IClassFixture<SharedHub>
{
    private const string Large = "test/Grpc.IntegrationTests/LargePayloadTests.cs";

    private static string Random(int seed, int length)
        => string.Create(length, new Random(seed), static (span, random) => { foreach (ref var c in span) c = (char)('0' + random.Next(64)); });

    [Fact]
    [StatedBy(Sdk, Large, nameof(DurableTaskClient.RaiseEventAsync))]
    public async Task Payloads_of_a_mebibyte_pass_through_input_activity_event_and_output()
    {
        hub.App.Activity<string>("Echo", x => x).Orchestrator("Big", async c =>
            await c.CallActivityAsync<string>("Echo", c.GetInput<string>()) == await c.WaitForExternalEvent<string>("big") ? c.GetInput<string>() : null);
        var big = Random(7, 1 << 20);
        foreach (var client in hub.Clients)
        {
            var id = await client.ScheduleNewOrchestrationInstanceAsync("Big", big);
            await client.RaiseEventAsync(id, "big", big);
            var end = await client.WaitForInstanceCompletionAsync(id, true);
            end.ReadOutputAs<string>().ShouldBe(big);
            end.ReadInputAs<string>().ShouldBe(big);
        }
    }

    [Fact]
    [StatedBy(Sdk, Large, nameof(TaskOrchestrationContext.CallActivityAsync), nameof(TaskOrchestrationContext.CallSubOrchestratorAsync))]
    public async Task A_fan_out_over_payloads_of_a_mebibyte_fits_whatever_a_transaction_takes()
    {
        hub.App.Activity<string>("Whole", x => x)
            .Orchestrator("Whole", c => Task.FromResult<object?>(c.GetInput<string>()))
            .Orchestrator("Wide", async c =>
            {
                var parts = await Task.WhenAll(Enumerable.Range(0, 5).Select(n => c.CallActivityAsync<string>("Whole", Random(n, 1 << 20))));
                var again = await c.CallSubOrchestratorAsync<string>("Whole", parts[4]);
                return parts.Select((part, n) => part == Random(n, 1 << 20)).Append(again == parts[4]).All(same => same);
            });
        (await hub.RunAsync("Wide")).ReadOutputAs<bool>().ShouldBeTrue();
    }

    [Fact]
    [StatedBy(Sdk, Large, nameof(DurableTaskClient.SuspendInstanceAsync), nameof(DurableTaskClient.ResumeInstanceAsync), nameof(DurableTaskClient.TerminateInstanceAsync), nameof(DurableTaskClient.GetAllInstancesAsync))]
    public async Task Reasons_and_a_terminations_output_may_be_as_large_and_a_list_tells_them()
    {
        hub.App.Orchestrator("Waiting", async c => await c.WaitForExternalEvent<int>("never"));
        var big = Random(8, 1 << 20);
        var id = await hub.Client.ScheduleNewOrchestrationInstanceAsync("Waiting", null, new StartOrchestrationOptions("large-1"));
        await hub.Client.SuspendInstanceAsync(id, big);
        await hub.Client.ResumeInstanceAsync(id, big);
        await hub.Remote.TerminateInstanceAsync(id, big);
        (await hub.Remote.WaitForInstanceCompletionAsync(id, true)).ReadOutputAs<string>().ShouldBe(big);
        var listed = await hub.Remote.GetAllInstancesAsync(new(InstanceIdPrefix: "large-", FetchInputsAndOutputs: true)).FirstAsync();
        listed.ReadOutputAs<string>().ShouldBe(big);
    }

    [Fact]
    [StatedBy(Sdk, Large, nameof(TaskOrchestrationContext.ContinueAsNew))]
    public async Task The_input_of_a_new_beginning_may_be_as_large()
    {
        var big = Random(9, 1 << 20);
        hub.App.Orchestrator("Growing", c =>
        {
            if (c.GetInput<string>()!.Length > 1) return Task.FromResult<object?>(c.GetInput<string>());
            c.ContinueAsNew(big);
            return Task.FromResult<object?>(null);
        });
        var end = await hub.RunAsync("Growing", "x");
        (end.ReadInputAs<string>() == big, end.ReadOutputAs<string>() == big).ShouldBe((true, true));
    }
}

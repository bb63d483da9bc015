using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Shouldly;
using WalletFunctions.TestSupport;
using Xunit;
using static Embedded.Tests.Durable.Conformance.StatedByAttribute;

namespace Embedded.Tests.Durable.Conformance;

/// <summary>An instance that is terminated or purged together with its sub-orchestrations.</summary>
public sealed class TreeTests(SharedHub hub) : IClassFixture<SharedHub>
{
    private const string Client = "src/Client/Core/DurableTaskClient.cs";
    private const string Terminate = nameof(DurableTaskClient.TerminateInstanceAsync);
    private const string Purge = nameof(DurableTaskClient.PurgeInstanceAsync);

    /// <summary>A root with two children, of which one has a child.</summary>
    private async Task<string[]> GrowAsync(string root)
    {
        hub.App
            .Orchestrator("Leaf", async c => await c.WaitForExternalEvent<int>("end"))
            .Orchestrator("Twig", async c => await c.CallSubOrchestratorAsync<int>("Leaf", new SubOrchestrationOptions(instanceId: c.InstanceId + "-leaf")))
            .Orchestrator("Root", async c => (await Task.WhenAll(
                c.CallSubOrchestratorAsync<int>("Twig", new SubOrchestrationOptions(instanceId: c.InstanceId + "-twig")),
                c.CallSubOrchestratorAsync<int>("Leaf", new SubOrchestrationOptions(instanceId: c.InstanceId + "-leaf")))).Sum());
        string[] tree = [root, root + "-twig", root + "-leaf", root + "-twig-leaf"];
        await hub.Client.ScheduleNewOrchestrationInstanceAsync("Root", new StartOrchestrationOptions(root));
        foreach (var id in tree) await hub.Client.WaitForInstanceStartAsync(id);
        return tree;
    }

    [Fact]
    [StatedBy(Sdk, Client, Terminate)]
    public async Task A_recursive_termination_ends_what_is_open_of_the_tree_with_the_same_output_and_asleep_or_not()
    {
        foreach (var (client, root) in hub.Clients.Zip(["fir", "oak"]))
        {
            var tree = await GrowAsync(root);
            await hub.Client.RaiseEventAsync(root + "-leaf", "end", 1);
            await hub.Client.WaitForInstanceCompletionAsync(root + "-leaf");
            await Eventually.True("all sleep", () => tree.All(id => hub.Host.Hub.Session!.Find(id) is null));
            await client.TerminateInstanceAsync(root, new TerminateInstanceOptions("enough", Recursive: true));
            foreach (var id in tree)
            {
                var end = await client.WaitForInstanceCompletionAsync(id, true);
                if (id == root + "-leaf") end.ReadOutputAs<int>().ShouldBe(1);
                else (end.RuntimeStatus, end.ReadOutputAs<string>()).ShouldBe((OrchestrationRuntimeStatus.Terminated, "enough"));
            }
            await Eventually.True("no work row is left", async () => (await hub.Host.Hub.Work.ReadAsync(0, long.MaxValue, default)).Count == 0);
        }
    }

    [Fact]
    [StatedBy(Sdk, Client, Terminate)]
    public async Task A_recursive_termination_from_the_middle_leaves_what_is_above_to_catch_it()
    {
        hub.App.Orchestrator("Catching root", async c =>
        {
            try { return await c.CallSubOrchestratorAsync<int>("Twig", new SubOrchestrationOptions(instanceId: c.InstanceId + "-twig")); }
            catch (TaskFailedException e) { return e.TaskName; }
        });
        await GrowAsync("elm");
        await hub.Client.ScheduleNewOrchestrationInstanceAsync("Catching root", new StartOrchestrationOptions("ash"));
        await hub.Client.WaitForInstanceStartAsync("ash-twig-leaf");
        await hub.Client.TerminateInstanceAsync("ash-twig", new TerminateInstanceOptions(Recursive: true));
        (await hub.Client.WaitForInstanceCompletionAsync("ash", true)).ReadOutputAs<string>().ShouldBe("Twig");
        (await hub.Client.WaitForInstanceCompletionAsync("ash-twig-leaf")).RuntimeStatus.ShouldBe(OrchestrationRuntimeStatus.Terminated);
        (await hub.Client.GetInstanceAsync("elm-twig-leaf"))!.IsRunning.ShouldBeTrue();
    }

    [Fact]
    [StatedBy(Sdk, Client, Terminate)]
    public async Task An_instance_that_has_taken_the_id_of_a_child_is_not_terminated_with_the_parent()
    {
        await GrowAsync("yew"); // For the orchestrators.
        await hub.Client.ScheduleNewOrchestrationInstanceAsync("Leaf", new StartOrchestrationOptions("birch-leaf"));
        hub.App.Orchestrator("Failing root", async c =>
        {
            try { await c.CallSubOrchestratorAsync<int>("Leaf", new SubOrchestrationOptions(instanceId: "birch-leaf")); }
            catch (TaskFailedException) { await c.WaitForExternalEvent<int>("never"); }
            return null;
        });
        await hub.Client.ScheduleNewOrchestrationInstanceAsync("Failing root", new StartOrchestrationOptions("birch"));
        await hub.Client.WaitForInstanceStartAsync("birch");
        await hub.Client.TerminateInstanceAsync("birch", new TerminateInstanceOptions(Recursive: true));
        await hub.Client.WaitForInstanceCompletionAsync("birch");
        await Eventually.True("the parent has told", () => hub.Host.Hub.Session!.Find("birch") is null);
        (await hub.Client.GetInstanceAsync("birch-leaf"))!.IsRunning.ShouldBeTrue();
    }

    [Fact]
    [StatedBy(Sdk, Client, Terminate, Purge)]
    public async Task A_tree_can_be_purged_as_soon_as_its_root_has_ended()
    {
        foreach (var (client, root) in hub.Clients.Zip(["fern", "ivy"]))
        {
            await GrowAsync(root);
            await client.TerminateInstanceAsync(root, new TerminateInstanceOptions(Recursive: true));
            await client.WaitForInstanceCompletionAsync(root);
            (await client.PurgeInstanceAsync(root, new PurgeInstanceOptions(Recursive: true))).PurgedInstanceCount.ShouldBe(4);
        }
    }

    [Fact]
    [StatedBy(Sdk, "test/Grpc.IntegrationTests/GrpcDurableTaskClientIntegrationTests.cs", Purge, nameof(DurableTaskClient.PurgeAllInstancesAsync))]
    public async Task A_recursive_purge_counts_the_tree_and_leaves_what_still_runs_or_is_anothers()
    {
        foreach (var (client, root) in hub.Clients.Zip(["sky", "sea"]))
        {
            var tree = await GrowAsync(root);
            (await client.PurgeInstanceAsync(root, new PurgeInstanceOptions(Recursive: true))).PurgedInstanceCount.ShouldBe(0);
            await hub.Client.TerminateInstanceAsync(root);
            await hub.Client.RaiseEventAsync(root + "-twig-leaf", "end", 1);
            await hub.Client.WaitForInstanceCompletionAsync(root + "-twig");
            (await client.PurgeInstanceAsync(root, new PurgeInstanceOptions(Recursive: true))).PurgedInstanceCount.ShouldBe(3);
            foreach (var id in tree) ((await client.GetInstanceAsync(id)) is not null).ShouldBe(id == root + "-leaf");
            await hub.Client.TerminateInstanceAsync(root + "-leaf");
        }
        await hub.RunAsync("Unheard-of", id: "reed-leaf");
        hub.App.Orchestrator("Reed", async c => { await c.CallSubOrchestratorAsync("Unheard-of", new SubOrchestrationOptions(instanceId: "reed-leaf")); return null; });
        await hub.RunAsync("Reed", id: "reed");
        await hub.Client.RestartAsync("reed-leaf");
        await hub.Client.WaitForInstanceCompletionAsync("reed-leaf");
        (await hub.Client.PurgeInstanceAsync("reed", new PurgeInstanceOptions(Recursive: true))).PurgedInstanceCount.ShouldBe(1);
        (await hub.Client.GetInstanceAsync("reed-leaf")).ShouldNotBeNull();
        var grown = await GrowAsync("moss");
        await hub.Client.TerminateInstanceAsync("moss", new TerminateInstanceOptions(Recursive: true));
        foreach (var id in grown) await hub.Client.WaitForInstanceCompletionAsync(id);
        var after = hub.App.Time.GetUtcNow().AddSeconds(1);
        await hub.Remote.PurgeAllInstancesAsync(new(CreatedTo: after, Statuses: [OrchestrationRuntimeStatus.Terminated]), new PurgeInstanceOptions(Recursive: true));
        foreach (var id in grown) (await hub.Client.GetInstanceAsync(id)).ShouldBeNull();
    }
}

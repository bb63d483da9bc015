using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using WalletFunctions.Sandbox.Partners;
using WalletFunctions.Workflows;
using Xunit;

namespace Functions.Tests.Workflows;

/// <summary>Work that is done by the calendar.</summary>
public sealed class WorkflowPurgeTests
{
    [Fact]
    public async Task What_ended_as_it_should_is_purged_after_thirty_days_and_failures_are_left()
    {
        var clock = new ManualTime();
        await using var client = new PurgedClient();
        await new WorkflowPurge(clock, NullLogger<WorkflowPurge>.Instance).RunAsync(null!, client, CancellationToken.None);
        var asked = client.Asked.ShouldHaveSingleItem();
        asked.CreatedTo!.Value.ShouldBe(clock.GetUtcNow().AddDays(-30), TimeSpan.FromMinutes(1));
        asked.CreatedFrom!.Value.Year.ShouldBe(2026);
        asked.Statuses!.ShouldBe([OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Terminated]);
    }

    [Fact]
    public void The_sandboxs_partners_try_a_callback_for_three_days_with_growing_pauses()
    {
        var pauses = Enumerable.Range(1, PartnerPostman.AttemptsWithin(TimeSpan.FromDays(3))).Select(PartnerPostman.PauseAfter).ToList();
        pauses[0].ShouldBe(TimeSpan.FromSeconds(2));
        pauses.Zip(pauses.Skip(1)).ShouldAllBe(pair => pair.First <= pair.Second);
        pauses.Aggregate(TimeSpan.Zero, (sum, pause) => sum + pause).ShouldBeInRange(TimeSpan.FromDays(3), TimeSpan.FromDays(3.1));
        pauses.Count.ShouldBeLessThan(500);
    }

    /// <summary>Keeps what it is asked to purge.</summary>
    private sealed class PurgedClient() : DurableTaskClient("test")
    {
        public List<PurgeInstancesFilter> Asked { get; } = [];

        public override Task<PurgeResult> PurgeAllInstancesAsync(PurgeInstancesFilter filter, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
        {
            Asked.Add(filter);
            return Task.FromResult(new PurgeResult(0));
        }

        public override Task<string> ScheduleNewOrchestrationInstanceAsync(TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null, CancellationToken cancellation = default) => throw new NotSupportedException();

        public override Task RaiseEventAsync(string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default) => throw new NotSupportedException();

        public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) => throw new NotSupportedException();

        public override Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) => throw new NotSupportedException();

        public override Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) => throw new NotSupportedException();

        public override Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) => throw new NotSupportedException();

        public override Task<OrchestrationMetadata?> GetInstancesAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) => throw new NotSupportedException();

        public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null) => throw new NotSupportedException();

        public override ValueTask DisposeAsync() => default;
    }
}

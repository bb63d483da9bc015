using System.Net;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using WalletFunctions.Audit;
using WalletFunctions.Domain;
using WalletFunctions.Platform;
using WalletFunctions.Sandbox.Partners;
using WalletFunctions.Workflows;
using Xunit;

namespace Functions.Tests.Workflows;

/// <summary>What is done to workflows by the calendar: what has long ended is purged, and what died half way is brought to its end.</summary>
public sealed class WorkflowClockTests
{
    private const string Id = "stub_1";

    private static readonly Caller Admin = new(new AccountId("acc_00000000000000000000000001"), Role.Admin, Language.En, "test", DeviceId: null, IPAddress.Loopback);

    [Fact]
    public async Task What_ended_as_it_should_is_purged_after_thirty_days_and_what_somebody_must_look_at_is_left()
    {
        var (clock, kind) = (new ManualTime(), new StubKind());
        await using var client = new ScriptedDurable();
        client.Put("stub_over", OrchestrationRuntimeStatus.Terminated);
        client.Put("stub_open", OrchestrationRuntimeStatus.Terminated);
        client.Put("nobodys", OrchestrationRuntimeStatus.Terminated);
        client.Put("stub_failed", OrchestrationRuntimeStatus.Failed);
        client.Put("stub_done", OrchestrationRuntimeStatus.Completed, clock.GetUtcNow().AddDays(-31));
        client.Put("stub_long", OrchestrationRuntimeStatus.Completed, clock.GetUtcNow().AddDays(-29));
        kind.Over.Add("stub_over");
        var desk = new WorkflowDesk([kind], null!, null!, clock, NullLogger<WorkflowDesk>.Instance);
        await new WorkflowClock(desk, clock, NullLogger<WorkflowClock>.Instance).PurgeAsync(null!, client, CancellationToken.None);
        var asked = client.Queries.ShouldHaveSingleItem();
        asked.CreatedTo!.Value.ShouldBe(clock.GetUtcNow().AddDays(-30), TimeSpan.FromMinutes(1));
        asked.CreatedFrom!.Value.Year.ShouldBe(2026);
        string.Join(' ', client.Instances.Keys).ShouldBe("stub_open stub_failed stub_long", "a terminated one whose thing goes on can still be restarted, and the last may have waited for weeks");
    }

    [Theory]
    [InlineData("terminate")]
    [InlineData("wait")]
    [InlineData("schedule")]
    public async Task A_restart_that_died_half_way_is_brought_to_its_end(string death)
    {
        var (desk, restarts, kind) = await DeskAsync();
        await using var client = new ScriptedDurable();
        client.Put(Id, OrchestrationRuntimeStatus.Running);
        var old = client.Instances[Id];
        client.Dies = death;
        await Should.ThrowAsync<IOException>(() => desk.ActAsync(client, Id, WorkflowAct.Restart, "stuck", Admin, CancellationToken.None));
        client.Started.ShouldBeEmpty();

        // As long as it dies at its last step, it is tried again.
        client.Dies = "schedule";
        await desk.FinishRestartsAsync(client, CancellationToken.None);
        (await restarts.LateAsync(CancellationToken.None)).ShouldHaveSingleItem();
        client.Dies = null;
        await desk.FinishRestartsAsync(client, CancellationToken.None);
        client.Instances[Id].RuntimeStatus.ShouldBe(OrchestrationRuntimeStatus.Running);
        client.Instances[Id].CreatedAt.ShouldNotBe(old.CreatedAt);
        await desk.FinishRestartsAsync(client, CancellationToken.None);
        client.Started.ShouldHaveSingleItem();

        // Died once more, and then its thing was ended by somebody: nothing is left to start.
        client.Dies = "schedule";
        await Should.ThrowAsync<IOException>(() => desk.ActAsync(client, Id, WorkflowAct.Restart, "stuck", Admin, CancellationToken.None));
        (client.Dies, kind.IsOver) = (null, true);
        await desk.FinishRestartsAsync(client, CancellationToken.None);
        client.Started.ShouldHaveSingleItem();
        (await restarts.LateAsync(CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_restart_that_died_after_its_last_step_leaves_the_new_orchestration_alone()
    {
        var (desk, restarts, _) = await DeskAsync();
        await using var client = new ScriptedDurable();
        client.Put(Id, OrchestrationRuntimeStatus.Running);
        await restarts.BeginAsync(client.Instances[Id], CancellationToken.None);
        client.Put(Id, OrchestrationRuntimeStatus.Suspended);
        await desk.FinishRestartsAsync(client, CancellationToken.None);
        client.Instances[Id].RuntimeStatus.ShouldBe(OrchestrationRuntimeStatus.Suspended);
        (await restarts.LateAsync(CancellationToken.None)).ShouldBeEmpty();
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

    private static async Task<(WorkflowDesk Desk, WorkflowRestarts Restarts, StubKind Kind)> DeskAsync()
    {
        var (services, kind) = ((await TestApp.Shared).Services, new StubKind());
        var restarts = new WorkflowRestarts(services.GetRequiredService<Storage>(), services.GetRequiredService<MachineClock>(), TimeSpan.Zero);
        var desk = new WorkflowDesk([kind], restarts, services.GetRequiredService<AuditLog>(), TimeProvider.System, NullLogger<WorkflowDesk>.Instance);
        return (desk, restarts, kind);
    }

    /// <summary>Things that are open until a test says otherwise.</summary>
    private sealed class StubKind : IWorkflowKind
    {
        public HashSet<string> Over { get; } = new(StringComparer.Ordinal);

        public bool IsOver { get; set; }

        public string Kind => "stub";

        public string IdPrefix => "stub_";

        public bool IsId(string text) => text.StartsWith(IdPrefix, StringComparison.Ordinal);

        public Task<WorkflowFacts?> FindAsync(OrchestrationMetadata instance, CancellationToken cancellationToken) =>
            Task.FromResult<WorkflowFacts?>(new WorkflowFacts("waiting", !IsOver && !Over.Contains(instance.InstanceId), DateTimeOffset.UnixEpoch));

        public Task RestartAsync(OrchestrationMetadata instance, DurableTaskClient durable, CancellationToken cancellationToken) =>
            Orchestrations.RestartAsync(durable, "test", instance.InstanceId, "run", cancellationToken);

        public Task<DomainError?> CompensateAsync(OrchestrationMetadata instance, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}

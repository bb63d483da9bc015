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

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(0, false)]
    public async Task A_restart_that_died_after_its_last_step_leaves_the_new_orchestration_alone_and_makes_one_that_has_only_continued_as_new(int beginning, bool isSuccessor)
    {
        var (desk, restarts, _) = await DeskAsync();
        await using var client = new ScriptedDurable();
        client.Put(Id, OrchestrationRuntimeStatus.Running);
        await restarts.BeginAsync(client.Instances[Id], CancellationToken.None);
        client.Put(Id, OrchestrationRuntimeStatus.Suspended, input: $$"""{"Beginning":{{beginning}}}""");
        await desk.FinishRestartsAsync(client, CancellationToken.None);
        (client.Started.Count, client.Instances[Id].RuntimeStatus).ShouldBe(isSuccessor ? (0, OrchestrationRuntimeStatus.Suspended) : (1, OrchestrationRuntimeStatus.Running));
        (await restarts.LateAsync(CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_restart_that_died_before_it_ended_anything_is_made_though_the_orchestration_has_continued_as_new_meanwhile_and_only_once()
    {
        var (desk, _, _) = await DeskAsync();
        await using var client = new ScriptedDurable { Dies = "terminate" };
        client.Put(Id, OrchestrationRuntimeStatus.Running);
        await Should.ThrowAsync<IOException>(() => desk.ActAsync(client, Id, WorkflowAct.Restart, "stuck", Admin, CancellationToken.None));
        client.ContinueAsNew(Id);
        client.Dies = null;
        await desk.FinishRestartsAsync(client, CancellationToken.None);
        client.Started.ShouldHaveSingleItem();
        await desk.FinishRestartsAsync(client, CancellationToken.None);

        // Its successor hands on that it is one, and can be restarted in turn.
        client.ContinueAsNew(Id);
        Orchestrations.BeginningOf(client.Instances[Id]).ShouldBe(1);
        (await desk.ActAsync(client, Id, WorkflowAct.Restart, "stuck", Admin, CancellationToken.None)).IsOk.ShouldBeTrue();
        (client.Started.Count, Orchestrations.BeginningOf(client.Instances[Id])).ShouldBe((2, 2));
    }

    [Theory]
    [InlineData(OrchestrationRuntimeStatus.Completed)]
    [InlineData(OrchestrationRuntimeStatus.Failed)]
    public async Task A_restart_begins_nothing_anew_that_has_come_to_its_own_end_meanwhile_but_what_has_failed(OrchestrationRuntimeStatus end)
    {
        var (desk, restarts, kind) = await DeskAsync();
        await using var client = new ScriptedDurable();
        client.Put(Id, OrchestrationRuntimeStatus.Running);
        client.WhenTerminated = () =>
        {
            client.Put(Id, end);
            kind.IsOver = end == OrchestrationRuntimeStatus.Completed;
        };
        (await desk.ActAsync(client, Id, WorkflowAct.Restart, "stuck", Admin, CancellationToken.None)).IsOk.ShouldBeTrue();
        client.Started.Count.ShouldBe(kind.IsOver ? 0 : 1);
        (await restarts.LateAsync(CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Of_two_who_restart_one_workflow_the_first_leaves_the_others_note_for_it_may_have_ended_the_firsts_successor()
    {
        var (desk, restarts, _) = await DeskAsync();
        await using var client = new ScriptedDurable();
        client.Put(Id, OrchestrationRuntimeStatus.Running);
        var first = await restarts.BeginAsync(client.Instances[Id], CancellationToken.None);
        var second = await restarts.BeginAsync(client.Instances[Id], CancellationToken.None);
        second.Beginning.ShouldBe(first.Beginning, "they want the same");
        await restarts.EndAsync(first, CancellationToken.None);
        var late = (await restarts.LateAsync(CancellationToken.None)).ShouldHaveSingleItem();
        late.ShouldBe(second);

        // The clock takes it over from the second; nobody else does.
        var taken = (await restarts.TakeOverAsync(late, CancellationToken.None)).ShouldNotBeNull();
        (await restarts.TakeOverAsync(late, CancellationToken.None)).ShouldBeNull();
        await restarts.EndAsync(second, CancellationToken.None);
        (await restarts.LateAsync(CancellationToken.None)).ShouldHaveSingleItem();

        // The successor was ended by whoever died then: it is begun again.
        client.Put(Id, OrchestrationRuntimeStatus.Terminated, input: """{"Beginning":1}""");
        await desk.FinishRestartsAsync(client, CancellationToken.None);
        client.Started.ShouldHaveSingleItem();
        await restarts.EndAsync(taken, CancellationToken.None);
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

        public Task RestartAsync(OrchestrationMetadata instance, int beginning, DurableTaskClient durable, CancellationToken cancellationToken) =>
            Orchestrations.RestartAsync(durable, "test", instance.InstanceId, new { Beginning = beginning }, cancellationToken);

        public Task<DomainError?> CompensateAsync(OrchestrationMetadata instance, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}

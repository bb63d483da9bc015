using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Replay;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Shouldly;
using Xunit;
using static Embedded.Tests.Durable.Conformance.StatedByAttribute;
using static Embedded.Tests.Durable.Rehearsal;

namespace Embedded.Tests.Durable.Conformance;

/// <summary>What a suspended instance does with what reaches it.</summary>
public class SuspensionTests
{
    private static readonly HistoryEvent Suspended = new(EventKind.ExecutionSuspended);
    private static readonly HistoryEvent Resumed = new(EventKind.ExecutionResumed);

    [Fact]
    [StatedBy(Core, "src/DurableTask.Core/TaskOrchestrationExecutor.cs", nameof(DurableTaskClient.SuspendInstanceAsync))]
    public void A_suspended_instance_takes_messages_in_and_plays_them_when_it_is_resumed()
    {
        var play = new Rehearsal(async c =>
        {
            await c.CallActivityAsync("First");
            await c.CallActivityAsync("Second");
            return await c.WaitForExternalEvent<string>("word");
        });
        play.Turn();
        play.Turn(Suspended).IsSuspended.ShouldBeTrue();
        play.Turn(Done(0), Raised("word", "hello")).Asked.ShouldBeEmpty();
        var resumed = play.Turn(Resumed);
        resumed.IsSuspended.ShouldBeFalse();
        resumed.Asked.ShouldHaveSingleItem().Name.ShouldBe("Second");
        play.Turn(Done(1)).End!.Output.ShouldBe("\"hello\"");
    }

    [Fact]
    [StatedBy(Core, "src/DurableTask.Core/TaskOrchestrationContext.cs", nameof(DurableTaskClient.ResumeInstanceAsync))]
    public void What_was_asked_for_in_the_turn_of_a_suspension_waits_for_the_resumption()
    {
        var play = new Rehearsal(async c => { await c.CallActivityAsync("Step"); return null; });
        play.Turn(Suspended).Asked.ShouldBeEmpty();
        play.Turn(Resumed).Asked.ShouldHaveSingleItem().Name.ShouldBe("Step");
        play.Turn(Done(0)).End!.Status.ShouldBe(OrchestrationRuntimeStatus.Completed);
    }

    [Fact]
    [StatedBy(Core, "src/DurableTask.Core/TaskOrchestrationContext.cs", nameof(DurableTaskClient.SuspendInstanceAsync), nameof(TaskOrchestrationContext.CreateTimer))]
    public void A_timer_that_fires_during_a_suspension_counts_when_it_is_over_and_before_what_came_later()
    {
        var play = new Rehearsal(async c =>
        {
            var word = c.WaitForExternalEvent<string>("word");
            return await Task.WhenAny(word, c.CreateTimer(TimeSpan.FromDays(1), CancellationToken.None)) == word;
        });
        play.Turn();
        play.Turn(Suspended);
        play.Now = Start.AddDays(1);
        play.Turn(Fired(0)).End.ShouldBeNull();
        play.Turn(Raised("word", "late")).End.ShouldBeNull();
        play.Turn(Resumed).End!.Output.ShouldBe("false");
    }

    [Fact]
    [StatedBy(Core, "src/DurableTask.Core/TaskOrchestrationContext.cs", nameof(DurableTaskClient.SuspendInstanceAsync), nameof(DurableTaskClient.ResumeInstanceAsync))]
    public void Suspended_twice_it_is_resumed_by_one_resumption()
    {
        var play = new Rehearsal(async c => await c.WaitForExternalEvent<string>("word"));
        play.Turn();
        play.Turn(Suspended);
        play.Turn(Suspended, Raised("word", "hello")).IsSuspended.ShouldBeTrue();
        play.Turn(Resumed).End!.Output.ShouldBe("\"hello\"");
    }

    [Fact]
    [StatedBy(Core, "src/DurableTask.Core/TaskOrchestrationExecutor.cs", nameof(DurableTaskClient.SuspendInstanceAsync))]
    public void A_suspension_in_the_turn_in_which_the_orchestrator_returns_comes_too_late()
    {
        var play = new Rehearsal(c => Task.FromResult<object?>(1));
        play.Turn(Suspended).End.ShouldBe(new ExecutionEnd(OrchestrationRuntimeStatus.Completed, "1", null));
    }

    [Fact]
    [StatedBy(Core, "src/DurableTask.Core/TaskOrchestrationExecutor.cs", nameof(DurableTaskClient.TerminateInstanceAsync))]
    public void A_termination_is_not_held_up_by_a_suspension()
    {
        var play = new Rehearsal(async c => await c.WaitForExternalEvent<string>("word"));
        play.Turn();
        play.Turn(Suspended, new HistoryEvent(EventKind.ExecutionTerminated) { Data = "1" }).End!.Status.ShouldBe(OrchestrationRuntimeStatus.Terminated);
    }
}

using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Replay;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Shouldly;
using Xunit;
using static Embedded.Tests.Durable.Conformance.StatedByAttribute;
using static Embedded.Tests.Durable.Rehearsal;

namespace Embedded.Tests.Durable.Conformance;

/// <summary>Failures, and when what failed is tried again.</summary>
public class RetryTests
{
    private static readonly Exception Busy = new TimeoutException("busy", new InvalidOperationException("deep"));

    [Fact]
    [StatedBy(Sdk, "test/Grpc.IntegrationTests/OrchestrationErrorHandling.cs", nameof(TaskOrchestrationContext.CallActivityAsync))]
    public void Without_options_a_failure_is_final_and_carries_its_causes_as_text()
    {
        TaskFailedException? seen = null;
        var play = new Rehearsal(async c =>
        {
            try { await c.CallActivityAsync("Step"); }
            catch (TaskFailedException e) { seen = e; throw; }
            return null;
        });
        play.Turn();
        var end = play.Turn(Broke(0, Busy)).End!;
        seen!.TaskName.ShouldBe("Step");
        seen.FailureDetails.ErrorType.ShouldBe("System.TimeoutException");
        seen.FailureDetails.InnerFailure!.ErrorMessage.ShouldBe("deep");
        seen.InnerException.ShouldBeOfType<DurableTask.Core.Exceptions.TaskFailedException>().Message.ShouldBe("busy");
        seen.FailureDetails.IsCausedBy<TimeoutException>().ShouldBeTrue();
        seen.FailureDetails.IsCausedBy<SystemException>().ShouldBeTrue();
        seen.FailureDetails.IsCausedBy<ArgumentException>().ShouldBeFalse();
        end.Failure!.ErrorType.ShouldBe("Microsoft.DurableTask.TaskFailedException");
        end.Failure.InnerFailure!.ErrorType.ShouldBe("System.TimeoutException");
    }

    [Fact]
    [StatedBy(Core, "src/DurableTask.Core/FailureDetails.cs", nameof(TaskOrchestrationContext.CallActivityAsync))]
    public void Of_a_failure_that_the_orchestrator_wraps_only_the_words_are_left()
    {
        var play = new Rehearsal(async c =>
        {
            try { await c.CallActivityAsync("Step"); }
            catch (TaskFailedException e) { throw new InvalidOperationException("around", e); }
            return null;
        });
        play.Turn();
        var causes = new List<string>();
        for (var failure = play.Turn(Broke(0, Busy)).End!.Failure; failure is not null; failure = failure.InnerFailure) causes.Add(failure.ToString());
        causes.ShouldBe([
            "System.InvalidOperationException: around",
            "Microsoft.DurableTask.TaskFailedException: Task 'Step' (#0) failed with an unhandled exception: busy",
            "DurableTask.Core.Exceptions.TaskFailedException: Task 'Step' (#0) failed with an unhandled exception: busy",
        ]);
    }

    [Fact]
    [StatedBy(Core, "src/DurableTask.Core/RetryInterceptor.cs", nameof(TaskOrchestrationContext.CallActivityAsync))]
    public void A_policy_counts_the_first_try_and_waits_longer_each_time_up_to_its_cap()
    {
        var policy = new RetryPolicy(4, TimeSpan.FromSeconds(10), 3, TimeSpan.FromSeconds(60));
        var play = new Rehearsal(async c => await c.CallActivityAsync<int>("Step", options: TaskOptions.FromRetryPolicy(policy)));
        play.Turn();
        List<TimeSpan> waits = [];
        var id = 0;
        for (var attempt = 1; attempt < 4; attempt++)
        {
            var timer = play.Turn(Broke(id++, Busy)).Asked.ShouldHaveSingleItem();
            waits.Add(timer.At!.Value - play.Now);
            play.Now = timer.At.Value;
            play.Turn(Fired(id++)).Asked.ShouldHaveSingleItem().Name.ShouldBe("Step");
        }
        waits.ShouldBe([TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60)]);
        // After the last attempt a timer of no length, which the official history holds too.
        play.Turn(Broke(id++, Busy)).Asked.ShouldHaveSingleItem().At.ShouldBe(play.Now);
        play.Turn(Fired(id)).End!.Status.ShouldBe(OrchestrationRuntimeStatus.Failed);
    }

    [Fact]
    [StatedBy(Core, "src/DurableTask.Core/RetryInterceptor.cs", nameof(TaskOrchestrationContext.CallActivityAsync))]
    public void The_wait_before_another_attempt_is_one_timer_however_long()
    {
        var policy = new RetryPolicy(2, TimeSpan.FromDays(7), maxRetryInterval: TimeSpan.FromDays(30));
        var play = new Rehearsal(async c => await c.CallActivityAsync<int>("Step", new TaskOptions(policy)));
        play.Turn();
        play.Turn(Broke(0, Busy)).Asked.ShouldHaveSingleItem().At.ShouldBe(Start.AddDays(7));
        play.Now = Start.AddDays(7);
        play.Turn(Fired(1)).Asked.ShouldHaveSingleItem().Name.ShouldBe("Step");
    }

    [Fact]
    [StatedBy(Core, "src/DurableTask.Core/RetryInterceptor.cs", nameof(TaskOrchestrationContext.CallActivityAsync))]
    public void A_policy_asks_its_handler_and_stops_when_that_refuses_or_breaks()
    {
        var refusing = new RetryPolicy(5, TimeSpan.FromSeconds(1)) { HandleFailure = f => f.IsCausedBy<ArgumentException>() };
        var breaking = new RetryPolicy(5, TimeSpan.FromSeconds(1)) { HandleFailure = _ => throw new FormatException() };
        foreach (var policy in new[] { refusing, breaking })
        {
            var play = new Rehearsal(async c => await c.CallActivityAsync<int>("Step", new TaskOptions(policy)));
            play.Turn();
            play.Turn(Broke(0, Busy)).End!.Failure!.InnerFailure!.ErrorMessage.ShouldBe("busy");
        }
    }

    [Fact]
    [StatedBy(Core, "src/DurableTask.Core/RetryInterceptor.cs", nameof(TaskOrchestrationContext.CallActivityAsync))]
    public void No_attempt_is_scheduled_after_the_retry_timeout()
    {
        var policy = new RetryPolicy(5, TimeSpan.FromSeconds(10), retryTimeout: TimeSpan.FromSeconds(30));
        var play = new Rehearsal(async c => await c.CallActivityAsync<int>("Step", new TaskOptions(policy)));
        play.Turn();
        play.Now = Start.AddSeconds(30);
        play.Turn(Broke(0, Busy)).End!.Status.ShouldBe(OrchestrationRuntimeStatus.Failed);
    }

    [Fact]
    [StatedBy(Sdk, "src/Shared/Core/RetryPolicyExtensions.cs", nameof(TaskOrchestrationContext.CallActivityAsync))]
    public void A_retry_timeout_of_all_time_is_none()
    {
        var policy = new RetryPolicy(2, TimeSpan.FromSeconds(10), maxRetryInterval: TimeSpan.MaxValue, retryTimeout: TimeSpan.MaxValue);
        var play = new Rehearsal(async c => await c.CallActivityAsync<int>("Step", new TaskOptions(policy)));
        play.Turn();
        play.Turn(Broke(0, Busy)).Asked.ShouldHaveSingleItem().At.ShouldBe(Start.AddSeconds(10));
    }

    [Fact]
    [StatedBy(Sdk, "src/Abstractions/RetryPolicy.cs", nameof(TaskOrchestrationContext.CallSubOrchestratorAsync))]
    public void A_policy_with_a_judge_gives_up_a_failure_without_details_and_one_without_a_judge_goes_on()
    {
        var terminated = new HistoryEvent(EventKind.SubOrchestrationFailed) { Id = 0 };
        foreach (var (policy, tries) in new[] { (new RetryPolicy(2, TimeSpan.FromSeconds(1)) { HandleFailure = _ => true }, false), (new RetryPolicy(2, TimeSpan.FromSeconds(1)), true) })
        {
            var play = new Rehearsal(async c => await c.CallSubOrchestratorAsync<int>("Child", new TaskOptions(policy)));
            play.Turn();
            (play.Turn(terminated).End is null).ShouldBe(tries);
        }
    }

    [Fact]
    [StatedBy(Core, "src/DurableTask.Core/RetryInterceptor.cs", nameof(TaskOrchestrationContext.CallActivityAsync))]
    public void A_result_that_does_not_fit_is_tried_again_by_policy_and_not_by_handler()
    {
        var asked = 0;
        foreach (var (options, tries) in new[] { (new TaskOptions(new RetryPolicy(2, TimeSpan.FromSeconds(1))), true), (TaskOptions.FromRetryHandler(_ => ++asked > 0), false) })
        {
            var play = new Rehearsal(async c => await c.CallActivityAsync<int>("Step", options));
            play.Turn();
            var turn = play.Turn(Done(0, "text"));
            (turn.End?.Failure?.ErrorType, turn.Asked.Count).ShouldBe(tries ? (null, 1) : ("System.Text.Json.JsonException", 0));
        }
        asked.ShouldBe(0);
    }

    [Fact]
    [StatedBy(Sdk, "src/Worker/Core/Shims/TaskOrchestrationContextWrapper.cs", nameof(TaskOrchestrationContext.CallActivityAsync))]
    public void A_handler_sees_each_failure_and_decides()
    {
        List<(int, string)> seen = [];
        var options = TaskOptions.FromRetryHandler((RetryContext r) =>
        {
            if (!r.OrchestrationContext.IsReplaying) seen.Add((r.LastAttemptNumber, r.LastFailure.ErrorMessage));
            return r.LastAttemptNumber < 2;
        });
        var play = new Rehearsal(async c => await c.CallActivityAsync<int>("Step", options: options));
        play.Turn();
        play.Turn(Broke(0, Busy)).Asked.ShouldHaveSingleItem().Id.ShouldBe(1);
        play.Turn(Broke(1, new TimeoutException("still"))).End!.Status.ShouldBe(OrchestrationRuntimeStatus.Failed);
        seen.ShouldBe([(1, "busy"), (2, "still")]);
    }

    [Fact]
    [StatedBy(Core, "src/DurableTask.Core/TaskOrchestrationExecutor.cs", nameof(TaskOrchestrationContext.CallActivityAsync))]
    public void WhenAll_waits_for_every_failure_and_throws_the_first_in_the_history()
    {
        var failures = 0;
        var play = new Rehearsal(async c =>
        {
            var all = Task.WhenAll(c.CallActivityAsync("A"), c.CallActivityAsync("B"), c.CallActivityAsync("C"));
            try { await all; }
            finally { failures = all.Exception!.InnerExceptions.OfType<TaskFailedException>().Count(); }
            return null;
        });
        play.Turn();
        play.Turn(Broke(2, new FormatException("third"))).End.ShouldBeNull();
        play.Turn(Broke(0, Busy), Done(1)).End!.Failure!.ErrorMessage.ShouldBe("Task 'C' (#2) failed with an unhandled exception: third");
        failures.ShouldBe(2);
    }

    [Fact]
    [StatedBy(Sdk, "test/Grpc.IntegrationTests/OrchestrationErrorHandling.cs", nameof(TaskOrchestrationContext.CallActivityAsync))]
    public void A_missing_activity_is_not_tried_again()
    {
        var play = new Rehearsal(async c => await c.CallActivityAsync<int>("Step", new TaskOptions(new RetryPolicy(5, TimeSpan.FromSeconds(1)))));
        play.Turn();
        play.Turn(Broke(0, Busy) with { Final = true }).End!.Status.ShouldBe(OrchestrationRuntimeStatus.Failed);
    }

    [Fact]
    [StatedBy(Sdk, "src/Worker/Core/Shims/TaskOrchestrationContextWrapper.cs", nameof(TaskOrchestrationContext.CallActivityAsync))]
    public void Options_in_the_place_of_the_input_are_refused()
    {
        var play = new Rehearsal(async c => await c.CallActivityAsync<int>("Step", input: new TaskOptions()));
        play.Turn().End!.Failure!.ErrorType.ShouldBe("System.ArgumentException");
    }

    [Fact]
    [StatedBy(Sdk, "src/Abstractions/RetryPolicy.cs")]
    public void A_policy_refuses_values_that_make_no_sense()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new RetryPolicy(0, TimeSpan.FromSeconds(1)));
        Should.Throw<ArgumentOutOfRangeException>(() => new RetryPolicy(1, TimeSpan.Zero));
        Should.Throw<ArgumentOutOfRangeException>(() => new RetryPolicy(1, TimeSpan.FromSeconds(1), 0.5));
        Should.Throw<ArgumentOutOfRangeException>(() => new RetryPolicy(1, TimeSpan.FromSeconds(2), maxRetryInterval: TimeSpan.FromSeconds(1)));
        Should.Throw<ArgumentOutOfRangeException>(() => new RetryPolicy(1, TimeSpan.FromSeconds(2), retryTimeout: TimeSpan.FromSeconds(1)));
    }
}

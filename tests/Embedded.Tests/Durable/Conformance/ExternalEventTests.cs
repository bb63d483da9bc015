using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Shouldly;
using Xunit;
using static Embedded.Tests.Durable.Conformance.StatedByAttribute;
using static Embedded.Tests.Durable.Rehearsal;

namespace Embedded.Tests.Durable.Conformance;

/// <summary>Who gets which event.</summary>
public class ExternalEventTests
{
    [Fact]
    [StatedBy(Sdk, "test/Grpc.IntegrationTests/ExternalEventStackTests.cs", nameof(TaskOrchestrationContext.WaitForExternalEvent))]
    public void Names_ignore_case_and_events_nobody_waits_for_are_kept_in_order()
    {
        var play = new Rehearsal(async c =>
        {
            await c.CallActivityAsync("Step");
            return await c.WaitForExternalEvent<string>("News") + await c.WaitForExternalEvent<string>("NEWS");
        });
        play.Turn();
        play.Turn(Raised("news", "a"), Raised("nEws", "b"));
        play.Turn(Done(0)).End!.Output.ShouldBe("\"ab\"");
    }

    [Fact]
    [StatedBy(Sdk, "test/Grpc.IntegrationTests/ExternalEventStackTests.cs", nameof(TaskOrchestrationContext.WaitForExternalEvent))]
    public void The_newest_waiter_is_served_first()
    {
        var play = new Rehearsal(async c =>
        {
            var older = c.WaitForExternalEvent<string>("x");
            var newer = c.WaitForExternalEvent<string>("x");
            return $"{await newer}{await older}";
        });
        play.Turn();
        play.Turn(Raised("x", "1")).End.ShouldBeNull();
        play.Turn(Raised("x", "2")).End!.Output.ShouldBe("\"12\"");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [StatedBy(Sdk, "test/Grpc.IntegrationTests/OrchestrationPatterns.cs", nameof(TaskOrchestrationContext.WaitForExternalEvent))]
    public void Events_are_taken_one_after_the_other_in_their_order_or_by_waiters_side_by_side(int count)
    {
        var raised = Enumerable.Range(0, count).Select(n => Raised("Event", n)).ToArray();
        var inTurn = new Rehearsal(async c =>
        {
            List<int> seen = [];
            for (var n = 0; n < count; n++) seen.Add(await c.WaitForExternalEvent<int>("event"));
            return seen.SequenceEqual(Enumerable.Range(0, count));
        });
        inTurn.Turn();
        inTurn.Turn(raised).End!.Output.ShouldBe("true");
        var sideBySide = new Rehearsal(async c =>
            (await Task.WhenAll(Enumerable.Range(0, count).Select(_ => c.WaitForExternalEvent<int>("event")))).Reverse().SequenceEqual(Enumerable.Range(0, count)));
        sideBySide.Turn();
        sideBySide.Turn(raised).End!.Output.ShouldBe("true");
    }

    [Fact]
    [StatedBy(Sdk, "test/Grpc.IntegrationTests/ExternalEventStackTests.cs", nameof(TaskOrchestrationContext.WaitForExternalEvent))]
    public void A_waiter_newer_than_a_cancelled_one_is_served()
    {
        var play = new Rehearsal(async c =>
        {
            using var end = new CancellationTokenSource();
            var first = c.WaitForExternalEvent<string>("x", end.Token);
            await c.CreateTimer(TimeSpan.FromMinutes(1), CancellationToken.None);
            end.Cancel();
            var second = c.WaitForExternalEvent<string>("x");
            return (first.IsCanceled, await second).ToString();
        });
        play.Turn();
        play.Turn(Fired(0));
        play.Turn(Raised("x", "served")).End!.Output.ShouldBe("\"(True, served)\"");
    }

    [Fact]
    [StatedBy(Sdk, "test/Grpc.IntegrationTests/OrchestrationPatterns.cs", nameof(TaskOrchestrationContext.WaitForExternalEvent))]
    public void A_wait_with_a_limit_ends_by_its_token_too_and_so_does_its_timer()
    {
        var play = new Rehearsal(async c =>
        {
            using var end = new CancellationTokenSource();
            var trigger = c.CreateTimer(TimeSpan.FromMilliseconds(100), CancellationToken.None);
            var wait = c.WaitForExternalEvent<string>("x", TimeSpan.FromDays(7), end.Token);
            if (await Task.WhenAny(trigger, wait) == trigger) end.Cancel();
            try { return await wait; }
            catch (OperationCanceledException) { return "cancelled"; }
        });
        play.Turn();
        play.Turn(Fired(0)).End!.Output.ShouldBe("\"cancelled\"");
    }

    [Fact]
    [StatedBy(Sdk, "src/Worker/Core/Shims/TaskOrchestrationContextWrapper.cs", nameof(TaskOrchestrationContext.WaitForExternalEvent))]
    public void A_timed_out_waiter_stays_in_the_stack_and_swallows_the_next_event()
    {
        var play = new Rehearsal(async c =>
        {
            try { await c.WaitForExternalEvent<string>("x", TimeSpan.FromMinutes(1)); }
            catch (TaskCanceledException) { }
            await c.CallActivityAsync("Meanwhile");
            return await c.WaitForExternalEvent<string>("x");
        });
        play.Turn();
        play.Now = Start.AddMinutes(1);
        play.Turn(Fired(0)).Asked.ShouldHaveSingleItem().Name.ShouldBe("Meanwhile");
        play.Turn(Raised("x", "lost"));
        play.Turn(Done(1)).End.ShouldBeNull();
        play.Turn(Raised("x", "found")).End!.Output.ShouldBe("\"found\"");
    }

    [Fact]
    [StatedBy(Sdk, "src/Worker/Core/Shims/TaskOrchestrationContextWrapper.cs", nameof(TaskOrchestrationContext.WaitForExternalEvent))]
    public void A_waiter_kept_across_rounds_loses_nothing()
    {
        var play = new Rehearsal(async c =>
        {
            var wait = c.WaitForExternalEvent<string>("x");
            for (var round = 0; ; round++)
            {
                using var end = new CancellationTokenSource();
                if (await Task.WhenAny(wait, c.CreateTimer(TimeSpan.FromMinutes(1), end.Token)) == wait)
                {
                    end.Cancel();
                    return $"{round}{await wait}";
                }
                await c.CallActivityAsync("Meanwhile");
            }
        });
        play.Turn();
        play.Now = Start.AddMinutes(1);
        play.Turn(Fired(0));
        play.Turn(Raised("x", "kept"));
        play.Turn(Done(1)).End!.Output.ShouldBe("\"1kept\"");
    }

    [Fact]
    [StatedBy(Sdk, "test/InProcessTestHost.Tests/ExternalEventTests.cs", nameof(TaskOrchestrationContext.WaitForExternalEvent))]
    public void An_event_in_time_ends_the_wait_and_its_timer()
    {
        var play = new Rehearsal(async c => await c.WaitForExternalEvent<int>("x", TimeSpan.FromDays(1)));
        play.Turn();
        play.Turn(Raised("x", 5)).End!.Output.ShouldBe("5");
    }

    [Fact]
    [StatedBy(Sdk, "src/Worker/Core/Shims/TaskOrchestrationContextWrapper.cs", nameof(TaskOrchestrationContext.WaitForExternalEvent))]
    public void Waits_for_one_name_must_agree_on_the_type()
    {
        var play = new Rehearsal(async c =>
        {
            _ = c.WaitForExternalEvent<int>("x");
            return await c.WaitForExternalEvent<string>("X");
        });
        play.Turn().End!.Failure!.ErrorType.ShouldBe("System.ArgumentException");
    }

    [Fact]
    [StatedBy(Sdk, "src/Worker/Core/Shims/TaskOrchestrationContextWrapper.EventSource.cs", nameof(TaskOrchestrationContext.WaitForExternalEvent))]
    public void An_event_without_payload_is_null_and_fails_an_instance_whose_waiter_cannot_take_that()
    {
        var play = new Rehearsal(async c => (await c.WaitForExternalEvent<int?>("n") ?? 7) + (await c.WaitForExternalEvent<string?>("s") ?? "none"));
        play.Turn();
        play.Turn(Raised("n"), Raised("s")).End!.Output.ShouldBe("\"7none\"");
        var strict = new Rehearsal(async c => await c.WaitForExternalEvent<int>("n"));
        strict.Turn();
        strict.Turn(Raised("n")).End!.Failure!.ErrorType.ShouldBe("System.NullReferenceException");
    }

    [Fact]
    [StatedBy(Sdk, "src/Worker/Core/Shims/TaskOrchestrationContextWrapper.cs", nameof(TaskOrchestrationContext.WaitForExternalEvent))]
    public void An_event_that_does_not_fit_its_waiter_fails_the_instance()
    {
        var play = new Rehearsal(async c => await c.WaitForExternalEvent<int>("n"));
        play.Turn();
        play.Turn(Raised("n", "text")).End!.Status.ShouldBe(OrchestrationRuntimeStatus.Failed);
    }
}

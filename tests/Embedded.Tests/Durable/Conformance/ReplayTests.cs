using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Replay;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;
using static Embedded.Tests.Durable.Conformance.StatedByAttribute;
using static Embedded.Tests.Durable.Rehearsal;

namespace Embedded.Tests.Durable.Conformance;

/// <summary>How an orchestrator is replayed.</summary>
public class ReplayTests
{
    [Fact]
    [StatedBy(Sdk, "test/Grpc.IntegrationTests/OrchestrationPatterns.cs", nameof(TaskOrchestrationContext.CallActivityAsync))]
    public void Activities_are_asked_for_once_and_their_results_come_back_in_every_replay()
    {
        var play = new Rehearsal(async c =>
        {
            var a = await c.CallActivityAsync<int>("Add", new[] { 1, 2 });
            var b = await c.CallActivityAsync<int>("Add", new[] { a, 4 });
            return a + b;
        });
        var asked = play.Turn().Asked.ShouldHaveSingleItem();
        (asked.Id, asked.Name, asked.Data).ShouldBe((0, "Add", "[1,2]"));
        play.Turn(Done(0, 3)).Asked.ShouldHaveSingleItem().Data.ShouldBe("[3,4]");
        play.Turn(Done(1, 7)).End.ShouldBe(new ExecutionEnd(OrchestrationRuntimeStatus.Completed, "10", null));
    }

    [Fact]
    [StatedBy(Sdk, "test/Grpc.IntegrationTests/OrchestrationPatterns.cs", nameof(TaskOrchestrationContext.IsReplaying))]
    public void Only_what_comes_after_the_last_answer_is_not_a_replay()
    {
        var play = new Rehearsal(async c =>
        {
            List<bool> seen = [c.IsReplaying];
            for (var n = 0; n < 2; n++)
            {
                await c.CreateTimer(TimeSpan.Zero, CancellationToken.None);
                seen.Add(c.IsReplaying);
            }
            return seen;
        });
        play.Turn();
        play.Turn(Fired(0));
        play.Turn(Fired(1)).End!.Output.ShouldBe("[true,true,false]");
    }

    [Fact]
    [StatedBy(Sdk, "test/Grpc.IntegrationTests/OrchestrationPatterns.cs", nameof(TaskOrchestrationContext.CurrentUtcDateTime))]
    public void The_time_is_the_turns_and_does_not_move_between_awaits()
    {
        List<DateTime> seen = [];
        var play = new Rehearsal(async c =>
        {
            seen.Add(c.CurrentUtcDateTime);
            await c.CallActivityAsync("Step");
            seen.Add(c.CurrentUtcDateTime);
            return null;
        });
        play.Turn();
        play.Now = Start.AddHours(1);
        play.Turn(Done(0));
        seen.ShouldBe([Start, Start, Start.AddHours(1)]);
    }

    [Fact]
    [StatedBy(Sdk, "src/Worker/Core/Shims/TaskOrchestrationContextWrapper.cs", nameof(TaskOrchestrationContext.NewGuid))]
    public void NewGuid_is_a_version_5_uuid_that_every_replay_makes_again()
    {
        List<Guid> seen = [];
        var play = new Rehearsal(async c =>
        {
            seen.Add(c.NewGuid());
            await c.CallActivityAsync("Step");
            seen.Add(c.NewGuid());
            return null;
        });
        play.Turn();
        play.Turn(Done(0));
        seen.Count.ShouldBe(3);
        // Made by another implementation of version 5, of the official namespace and name.
        seen[0].ShouldBe(new Guid("40f3c2b5-6590-5e92-b66a-5cf05569cb94"));
        seen[0].ShouldBe(seen[1]);
        seen[2].ShouldNotBe(seen[0]);
        seen.ShouldAllBe(id => id.ToString()[14] == '5');
    }

    [Fact]
    [StatedBy(Core, "src/DurableTask.Core/TaskOrchestrationContext.cs", nameof(TaskOrchestrationContext.CallActivityAsync))]
    public void A_replay_that_asks_for_another_activity_fails_the_instance()
    {
        var play = new Rehearsal(async c => { await c.CallActivityAsync("Old"); return null; });
        play.Turn();
        play.Orchestrator = async c => { await c.CallActivityAsync("New"); return null; };
        var end = play.Turn(Done(0)).End!;
        end.Status.ShouldBe(OrchestrationRuntimeStatus.Failed);
        end.Failure!.ErrorType.ShouldBe("DurableTask.Core.Exceptions.NonDeterministicOrchestrationException");
        end.Failure.ErrorMessage.ShouldStartWith("Non-Deterministic workflow detected: ");
        end.Failure.ErrorMessage.ShouldContain("'Old'");
        end.Failure.ErrorMessage.ShouldContain("'New'");
    }

    [Fact]
    [StatedBy(Core, "src/DurableTask.Core/TaskOrchestrationContext.cs", nameof(TaskOrchestrationContext.CallActivityAsync))]
    public void A_replay_that_asks_for_less_than_before_fails_the_instance()
    {
        var play = new Rehearsal(async c => { await c.CallActivityAsync("Step"); return null; });
        play.Turn();
        play.Orchestrator = async c => { await c.WaitForExternalEvent<string>("go"); return null; };
        play.Turn(Done(0)).End!.Failure!.ErrorType.ShouldEndWith("NonDeterministicOrchestrationException");
    }

    [Fact]
    [StatedBy(Extension, "src/Worker.Extensions.DurableTask/FunctionsOrchestrationContext.cs")]
    public void An_orchestrator_that_awaits_something_not_durable_fails_with_InvalidOperationException()
    {
        var play = new Rehearsal(async _ => { await Task.Delay(TimeSpan.FromSeconds(30)); return null; });
        var end = play.Turn().End!;
        end.Status.ShouldBe(OrchestrationRuntimeStatus.Failed);
        end.Failure!.ErrorType.ShouldBe("System.InvalidOperationException");
    }

    [Fact]
    [StatedBy(Extension, "src/Worker.Extensions.DurableTask/FunctionsOrchestrationContext.cs", nameof(TaskOrchestrationContext.CallActivityAsync))]
    public void ConfigureAwait_false_loses_the_thread_and_the_context_refuses_it()
    {
        using var refused = new ManualResetEventSlim();
        Exception? seen = null;
        var play = new Rehearsal(async c =>
        {
            await c.CallActivityAsync("Step").ConfigureAwait(false);
            try { await c.CallActivityAsync("Second"); }
            catch (Exception e) { seen = e; refused.Set(); throw; }
            return null;
        });
        play.Turn();
        play.Turn(Done(0));
        refused.Wait(TimeSpan.FromSeconds(20)).ShouldBeTrue();
        seen.ShouldBeOfType<InvalidOperationException>();
    }

    [Fact]
    [StatedBy(Core, "src/DurableTask.Core/TaskOrchestrationExecutor.cs", nameof(TaskOrchestrationContext.CallActivityAsync))]
    public void WhenAll_and_WhenAny_go_by_the_order_of_the_history()
    {
        var play = new Rehearsal(async c =>
        {
            var a = c.CallActivityAsync<string>("A");
            var b = c.CallActivityAsync<string>("B");
            var first = await await Task.WhenAny(a, b);
            return first + string.Concat(await Task.WhenAll(a, b));
        });
        play.Turn().Asked.Count.ShouldBe(2);
        play.Turn(Done(1, "b")).End.ShouldBeNull();
        play.Turn(Done(0, "a")).End!.Output.ShouldBe("\"bab\"");
    }

    [Fact]
    [StatedBy(Core, "src/DurableTask.Core/TaskOrchestrationExecutor.cs", nameof(TaskOrchestrationContext.CreateTimer))]
    public void An_orchestrator_that_has_returned_stays_open_until_its_timer_fires()
    {
        var play = new Rehearsal(async c =>
        {
            var timer = c.CreateTimer(TimeSpan.FromDays(3), CancellationToken.None);
            return await Task.WhenAny(timer, c.CallActivityAsync("Step")) == timer;
        });
        play.Turn();
        play.Turn(Done(1)).End.ShouldBeNull();
        play.Turn(Fired(0)).End!.Output.ShouldBe("false");
    }

    [Fact]
    [StatedBy(Core, "src/DurableTask.Core/TaskOrchestrationContext.cs", nameof(TaskOrchestrationContext.CreateTimer))]
    public void A_cancelled_timer_keeps_nothing_open_and_need_not_fire()
    {
        var play = new Rehearsal(async c =>
        {
            using var end = new CancellationTokenSource();
            var timer = c.CreateTimer(TimeSpan.FromDays(3), end.Token);
            await Task.WhenAny(timer, c.CallActivityAsync("Step"));
            end.Cancel();
            return timer.IsCanceled;
        });
        play.Turn().Asked.First().At.ShouldBe(Start.AddDays(3));
        var result = play.Turn(Done(1));
        result.CancelledTimers.ShouldBe([0]);
        result.End!.Output.ShouldBe("true");
    }

    [Fact]
    [StatedBy(Sdk, "test/Grpc.IntegrationTests/OrchestrationPatterns.cs", nameof(Microsoft.DurableTask.Client.DurableTaskClient.TerminateInstanceAsync))]
    public void A_termination_ends_at_once_whatever_is_open()
    {
        var play = new Rehearsal(async c => { await c.CallActivityAsync("Step"); return null; });
        play.Turn();
        play.Turn(new HistoryEvent(EventKind.ExecutionTerminated) { Data = "\"enough\"" }).End
            .ShouldBe(new ExecutionEnd(OrchestrationRuntimeStatus.Terminated, "\"enough\"", null));
    }

    [Fact]
    [StatedBy(Sdk, "test/Worker/Core.Tests/Shims/TaskOrchestrationContextWrapperTests.cs", nameof(TaskOrchestrationContext.ContinueAsNew))]
    public void Continue_as_new_hands_over_input_and_the_events_nobody_took()
    {
        var play = new Rehearsal(async c =>
        {
            await c.WaitForExternalEvent<int>("n");
            c.ContinueAsNew("again");
            return "ignored";
        });
        play.Turn();
        var result = play.Turn(Raised("other", 1), Raised("N", 2), Raised("n", 3));
        result.End.ShouldBeNull();
        result.Next!.Value.Input.ShouldBe("\"again\"");
        result.Next.Value.Events.Select(e => (e.Name, e.Data)).ShouldBe([("other", "1"), ("n", "3")]);
    }

    [Fact]
    [StatedBy(Sdk, "src/Worker/Core/Shims/TaskOrchestrationContextWrapper.cs", nameof(TaskOrchestrationContext.ContinueAsNew))]
    public void Continue_as_new_without_preserving_drops_what_was_buffered()
    {
        var play = new Rehearsal(async c =>
        {
            await c.WaitForExternalEvent<int>("n");
            c.ContinueAsNew(null, preserveUnprocessedEvents: false);
            return null;
        });
        play.Turn();
        play.Turn(Raised("other", 1), Raised("n", 2)).Next!.Value.Events.ShouldBeEmpty();
    }

    [Fact]
    [StatedBy(Sdk, "test/Grpc.IntegrationTests/OrchestrationPatterns.cs", nameof(TaskOrchestrationContext.SetCustomStatus))]
    public void The_custom_status_is_what_was_set_last_and_has_a_limit()
    {
        var play = new Rehearsal(async c =>
        {
            c.SetCustomStatus(new { step = 1 });
            await c.CallActivityAsync("Step");
            c.SetCustomStatus(new string('x', 9000));
            await c.CallActivityAsync("Step");
            return null;
        });
        play.Turn().CustomStatus.ShouldBe("{\"step\":1}");
        play.Turn(Done(0)).End!.Status.ShouldBe(OrchestrationRuntimeStatus.Failed);
    }

    [Fact]
    [StatedBy(Sdk, "test/Abstractions.Tests/TaskOrchestrationContextReplaySafeLoggerFactoryTests.cs", nameof(TaskOrchestrationContext.CreateReplaySafeLogger), nameof(TaskOrchestrationContext.ReplaySafeLoggerFactory), nameof(TaskOrchestrationContext.IsReplaying))]
    public void A_replay_safe_logger_writes_each_line_once()
    {
        var log = new Lines();
        var play = new Rehearsal(async c =>
        {
            c.ReplaySafeLoggerFactory.ShouldBeSameAs(c.ReplaySafeLoggerFactory);
            Should.Throw<NotSupportedException>(() => c.ReplaySafeLoggerFactory.AddProvider(null!));
            c.ReplaySafeLoggerFactory.Dispose();
            var logger = c.CreateReplaySafeLogger("x");
            logger.LogInformation("one");
            await c.CallActivityAsync("Step");
            logger.LogInformation("two");
            return null;
        }, loggers: log);
        play.Turn();
        play.Turn(Done(0));
        log.Written.ShouldBe(["one", "two"]);
    }

    [Fact]
    [StatedBy(Extension, "src/Worker.Extensions.DurableTask/FunctionsOrchestrationContext.InputConverter.cs", nameof(TaskOrchestrationContext.GetInput))]
    public void GetInput_reads_whatever_the_casing_and_as_often_as_asked()
    {
        var play = new Rehearsal(c => Task.FromResult<object?>(c.GetInput<Dictionary<string, int>>()!["a"] + c.GetInput<WithA>()!.A), input: new { a = 4 });
        play.Turn().End!.Output.ShouldBe("8");
    }

    private sealed record WithA(int A);

    private sealed class Lines : ILoggerFactory, ILogger
    {
        public List<string> Written { get; } = [];

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public ILogger CreateLogger(string categoryName) => this;

        public void Dispose()
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            => Written.Add(formatter(state, exception));
    }

    [Fact]
    [StatedBy(Extension, "src/Worker.Extensions.DurableTask/FunctionsOrchestrationContext.cs")]
    public void A_stray_continuation_after_the_host_has_gone_is_dropped_in_peace()
    {
        var loggers = new LoggerFactory();
        var thread = new OrchestratorThread(loggers);
        loggers.Dispose();

        thread.Post(_ => throw new InvalidOperationException("it must not run"), null);

        thread.WasLeft.ShouldBeTrue();
    }
}

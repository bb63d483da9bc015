using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Replay;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Shouldly;
using WalletFunctions.TestSupport;
using Xunit;
using static Embedded.Tests.Durable.Conformance.StatedByAttribute;

namespace Embedded.Tests.Durable.Conformance;

/// <summary>Orchestrations that are parts of others.</summary>
public sealed class SubOrchestrationTests(SharedHub hub) : IClassFixture<SharedHub>
{
    private const string Patterns = "test/Grpc.IntegrationTests/OrchestrationPatterns.cs";
    private const string Errors = "test/Grpc.IntegrationTests/OrchestrationErrorHandling.cs";
    private const string Wrapper = "src/Worker/Core/Shims/TaskOrchestrationContextWrapper.cs";
    private const string Dispatcher = "src/DurableTask.Core/TaskOrchestrationDispatcher.cs";
    private const string Call = nameof(TaskOrchestrationContext.CallSubOrchestratorAsync);

    [Fact]
    [StatedBy(Sdk, Patterns, Call, nameof(TaskOrchestrationContext.Parent), nameof(TaskOrchestrationContext.Name), nameof(TaskOrchestrationContext.InstanceId))]
    public async Task A_child_gets_its_input_knows_its_parent_and_answers()
    {
        hub.App
            .Orchestrator("Child", c => Task.FromResult<object?>($"{c.GetInput<int>()} {c.Name.Name} {c.InstanceId} of {c.Parent!.Name.Name} {c.Parent.InstanceId}"))
            .Orchestrator("Parent", async c =>
            {
                c.Parent.ShouldBeNull();
                var first = await c.CallSubOrchestratorAsync<string>("Child", 7, new TaskOptions().WithInstanceId(c.InstanceId + "-child"));
                await c.CallSubOrchestratorAsync("Child", new SubOrchestrationOptions(instanceId: c.InstanceId + "-void"));
                return first;
            });
        var end = await hub.RunAsync("Parent", id: "p1");
        end.ReadOutputAs<string>().ShouldBe("7 Child p1-child of Parent p1");
        (await hub.Client.GetInstanceAsync("p1-void"))!.RuntimeStatus.ShouldBe(OrchestrationRuntimeStatus.Completed);
    }

    [Fact]
    [StatedBy(Sdk, Wrapper, Call, nameof(TaskOrchestrationContext.NewGuid))]
    public void Without_an_id_the_child_is_called_by_the_next_guid()
    {
        var expected = Guid.Empty;
        new Rehearsal(c => { expected = c.NewGuid(); return Task.FromResult<object?>(null); }).Turn();
        var play = new Rehearsal(async c => await c.CallSubOrchestratorAsync<int>("Child"));
        play.Turn().Asked.ShouldHaveSingleItem().Instance.ShouldBe(expected.ToString("N"));
    }

    [Fact]
    [StatedBy(Core, "src/DurableTask.Core/TaskOrchestrationContext.cs", Call)]
    public void An_empty_id_is_one_that_the_engine_makes()
        => new Rehearsal(async c => await c.CallSubOrchestratorAsync<int>("Child", new SubOrchestrationOptions(instanceId: " ")))
            .Turn().Asked.ShouldHaveSingleItem().Instance.ShouldNotBeNullOrWhiteSpace();

    [Fact]
    [StatedBy(Sdk, Errors, Call)]
    public async Task A_childs_failure_is_the_parents_to_catch_and_names_its_cause()
    {
        hub.App
            .Orchestrator("Bad", _ => throw new TimeoutException("late", new FormatException("deep")))
            .Orchestrator("Catching", async c =>
            {
                try
                {
                    await c.CallSubOrchestratorAsync("Bad");
                    return null;
                }
                catch (TaskFailedException e)
                {
                    return $"{e.TaskName} {e.TaskId} {e.FailureDetails.ErrorType} {e.FailureDetails.ErrorMessage} {e.FailureDetails.InnerFailure!.ErrorType} {e.FailureDetails.IsCausedBy<TimeoutException>()}";
                }
            })
            .Orchestrator("Passing", async c => await c.CallSubOrchestratorAsync<int>("Bad"));
        (await hub.RunAsync("Catching")).ReadOutputAs<string>().ShouldBe("Bad 0 System.TimeoutException late System.FormatException True");
        var failure = (await hub.RunAsync("Passing")).FailureDetails!;
        failure.IsCausedBy<TaskFailedException>().ShouldBeTrue();
        failure.ErrorMessage.ShouldContain("late");
    }

    [Fact]
    [StatedBy(Sdk, Errors, Call, nameof(TaskOrchestrationContext.CallActivityAsync))]
    public async Task Causes_are_told_to_the_innermost_through_activity_child_and_parent_however_long_their_texts()
    {
        foreach (var length in new[] { 1, 20_000 })
        {
            string Long(string text) => text + new string('x', length);
            hub.App
                .Activity<string>("Nested", _ => throw new FormatException(Long("first"), new TimeoutException(Long("second"), new ArithmeticException(Long("third")))))
                .Orchestrator("Middle", async c => { await c.CallActivityAsync("Nested"); return null; })
                .Orchestrator("Outer", async c =>
                {
                    try
                    {
                        await c.CallSubOrchestratorAsync("Middle");
                    }
                    catch (TaskFailedException e)
                    {
                        ShouldTellAll(e.FailureDetails);
                        throw;
                    }
                    return null;
                });
            var failure = (await hub.RunAsync("Outer")).FailureDetails!;
            (failure.IsCausedBy<TaskFailedException>(), failure.ErrorMessage.Contains("'Middle'", StringComparison.Ordinal)).ShouldBe((true, true));
            ShouldTellAll(failure.InnerFailure!);
        }

        static void ShouldTellAll(TaskFailureDetails failed)
        {
            failed.IsCausedBy<TaskFailedException>().ShouldBeTrue();
            failed.ErrorMessage.ShouldContain("'Nested'");
            var first = failed.InnerFailure.ShouldNotBeNull();
            var second = first.InnerFailure.ShouldNotBeNull();
            var third = second.InnerFailure.ShouldNotBeNull();
            (first.IsCausedBy<FormatException>(), second.IsCausedBy<TimeoutException>(), third.IsCausedBy<ArithmeticException>()).ShouldBe((true, true, true));
            (first.ErrorMessage[..5], second.ErrorMessage[..6], third.ErrorMessage[..5]).ShouldBe(("first", "second", "third"));
        }
    }

    [Fact]
    [StatedBy(Sdk, "src/Abstractions/TaskFailureDetails.cs", Call, nameof(TaskOrchestrationContext.CallActivityAsync))]
    public async Task A_failure_with_more_causes_than_can_be_stored_is_told_without_the_last_of_them()
    {
        static Exception Deep() => Enumerable.Range(0, 300).Aggregate(new Exception("last"), (cause, n) => new InvalidOperationException($"cause {n}", cause));
        hub.App
            .Activity<string>("Deep", _ => throw Deep())
            .Orchestrator("Sinking", _ => throw Deep())
            .Orchestrator("Diving", async c =>
            {
                List<string> told = [];
                foreach (var ask in new Func<Task>[] { () => c.CallActivityAsync("Deep"), () => c.CallSubOrchestratorAsync("Sinking") })
                {
                    try { await ask(); }
                    catch (TaskFailedException e) { told.Add(e.FailureDetails.ErrorMessage + e.FailureDetails.InnerFailure!.InnerFailure!.ErrorMessage); }
                }
                return told;
            });
        (await hub.RunAsync("Diving")).ReadOutputAs<string[]>().ShouldBe(["cause 299cause 297", "cause 299cause 297"]);
    }

    [Fact]
    [StatedBy(Sdk, "src/Shared/Grpc/ProtoUtils.cs", Call, nameof(TaskOrchestrationContext.CallActivityAsync))]
    public async Task Nobody_can_be_asked_whose_name_is_none()
    {
        hub.App.Orchestrator("Asking nobody", async c => await (c.GetInput<bool>() ? c.CallActivityAsync<int>(default) : c.CallSubOrchestratorAsync<int>("")));
        foreach (var activity in new[] { true, false })
            (await hub.RunAsync("Asking nobody", activity)).FailureDetails!.ErrorType.ShouldBe("System.ArgumentNullException");
    }

    [Fact]
    [StatedBy(Sdk, Errors, Call)]
    public async Task A_failing_child_is_retried_by_policy_under_the_same_id_and_by_handler()
    {
        var (byPolicy, byHandler) = (0, 0);
        hub.App
            .Orchestrator("Third", c => Interlocked.Increment(ref byPolicy) < 3 ? throw new TimeoutException() : Task.FromResult<object?>(c.InstanceId))
            .Orchestrator("Second", _ => Interlocked.Increment(ref byHandler) < 2 ? throw new TimeoutException() : Task.FromResult<object?>("ok"))
            .Orchestrator("Retrying", async c =>
            {
                var policy = new TaskOptions(new RetryPolicy(3, TimeSpan.FromMilliseconds(1)));
                var id = await c.CallSubOrchestratorAsync<string>("Third", policy.WithInstanceId(c.InstanceId + "-third"));
                return id + await c.CallSubOrchestratorAsync<string>("Second", TaskOptions.FromRetryHandler(r => r.LastFailure.IsCausedBy<TimeoutException>()));
            });
        (await hub.RunAsync("Retrying", id: "r1")).ReadOutputAs<string>().ShouldBe("r1-thirdok");
        byPolicy.ShouldBe(3);
    }

    [Fact]
    [StatedBy(Sdk, Errors, Call)]
    public async Task A_missing_orchestrator_is_not_tried_again()
    {
        var asked = 0;
        hub.App.Orchestrator("Missing", async c => await c.CallSubOrchestratorAsync<int>("Nowhere", TaskOptions.FromRetryHandler(_ => ++asked > 0)));
        var end = await hub.RunAsync("Missing");
        end.FailureDetails!.InnerFailure!.ErrorType.ShouldBe("OrchestratorTaskNotFound");
        asked.ShouldBe(0);
    }

    [Fact]
    [StatedBy(Core, Dispatcher, Call, nameof(DurableTaskClient.TerminateInstanceAsync))]
    public async Task A_terminated_child_fails_its_parents_task_without_details()
    {
        hub.App
            .Orchestrator("Endless", async c => await c.WaitForExternalEvent<int>("never"))
            .Orchestrator("Hoping", async c =>
            {
                try { return await c.CallSubOrchestratorAsync<int>("Endless", new SubOrchestrationOptions(instanceId: "endless-1")); }
                catch (TaskFailedException e) { return e.FailureDetails is null; }
            });
        var id = await hub.Client.ScheduleNewOrchestrationInstanceAsync("Hoping");
        await hub.Client.WaitForInstanceStartAsync("endless-1");
        await hub.Client.TerminateInstanceAsync("endless-1", "enough");
        (await hub.Client.WaitForInstanceCompletionAsync(id, true)).ReadOutputAs<bool>().ShouldBeTrue();
    }

    [Fact]
    [StatedBy(Extension, "src/WebJobs.Extensions.DurableTask/LocalGrpcListener.cs", Call, nameof(DurableTaskClient.TerminateInstanceAsync))]
    public async Task A_parents_termination_leaves_its_children_running()
    {
        hub.App
            .Orchestrator("Lasting", async c => await c.WaitForExternalEvent<int>("end"))
            .Orchestrator("Leaving", async c => await c.CallSubOrchestratorAsync<int>("Lasting", new SubOrchestrationOptions(instanceId: "lasting-1")));
        var id = await hub.Client.ScheduleNewOrchestrationInstanceAsync("Leaving");
        await hub.Client.WaitForInstanceStartAsync("lasting-1");
        await hub.Client.TerminateInstanceAsync(id);
        (await hub.Client.GetInstanceAsync("lasting-1"))!.IsRunning.ShouldBeTrue();
        await hub.Client.RaiseEventAsync("lasting-1", "end", 5);
        (await hub.Client.WaitForInstanceCompletionAsync("lasting-1", true)).ReadOutputAs<int>().ShouldBe(5);
        (await hub.Client.GetInstanceAsync(id))!.RuntimeStatus.ShouldBe(OrchestrationRuntimeStatus.Terminated);
    }

    [Fact]
    [StatedBy(Sdk, "test/InProcessTestHost.Tests/ConcurrentTimerTests.cs", Call, nameof(TaskOrchestrationContext.CreateTimer))]
    public async Task Twenty_children_with_the_same_timer_all_answer()
    {
        hub.App
            .Orchestrator("Napping", async c =>
            {
                await c.CreateTimer(TimeSpan.FromMilliseconds(100), CancellationToken.None);
                return c.GetInput<int>();
            })
            .Orchestrator("Gathering", async c => (await Task.WhenAll(Enumerable.Range(1, 20).Select(n => c.CallSubOrchestratorAsync<int>("Napping", n)))).Sum());
        (await hub.RunAsync("Gathering")).ReadOutputAs<int>().ShouldBe(210);
    }

    [Fact]
    [StatedBy(Sdk, "src/Client/Core/DurableTaskClient.cs", Call)]
    public async Task A_sleeping_child_wakes_its_sleeping_parent()
    {
        hub.App
            .Orchestrator("Once", async c =>
            {
                if (c.GetInput<int>() == 2) return c.Parent!.InstanceId;
                await c.CreateTimer(TimeSpan.FromDays(2), CancellationToken.None);
                c.ContinueAsNew(c.GetInput<int>() + 1);
                return null;
            })
            .Orchestrator("Above", async c => await c.CallSubOrchestratorAsync<string>("Once", 0, new SubOrchestrationOptions(instanceId: "once-1")));
        var id = await hub.Client.ScheduleNewOrchestrationInstanceAsync("Above");
        for (var day = 0; day < 2; day++)
        {
            await Eventually.True("parent and child sleep", () => hub.Host.Hub.Session!.Find(id) is null && hub.Host.Hub.Session.Find("once-1") is null);
            hub.App.Time.Advance(TimeSpan.FromDays(2));
            await Eventually.True("the child has gone on", async () => (await hub.Client.GetInstanceAsync("once-1", true))!.ReadInputAs<int>() > day);
        }
        (await hub.Client.WaitForInstanceCompletionAsync(id, true)).ReadOutputAs<string>().ShouldBe(id);
    }

    [Fact]
    [StatedBy(Sdk, "src/Client/Core/DurableTaskClient.cs", Call, nameof(DurableTaskClient.RestartAsync), nameof(DurableTaskClient.PurgeInstanceAsync))]
    public async Task A_parent_that_is_restarted_or_purged_and_started_again_runs_its_child_anew()
    {
        var runs = 0;
        hub.App
            .Activity<string>("Count", _ => Interlocked.Increment(ref runs)).Orchestrator("Once more", async c => await c.CallActivityAsync<int>("Count"))
            .Orchestrator("Same id", async c => await c.CallSubOrchestratorAsync<int>("Once more", new SubOrchestrationOptions(instanceId: "same-child")));
        (await hub.RunAsync("Same id", id: "same")).ReadOutputAs<int>().ShouldBe(1);
        (await hub.Client.PurgeInstanceAsync("same")).PurgedInstanceCount.ShouldBe(1);
        (await hub.RunAsync("Same id", id: "same")).ReadOutputAs<int>().ShouldBe(2);
        await hub.Client.RestartAsync("same");
        (await hub.Client.WaitForInstanceCompletionAsync("same", true)).ReadOutputAs<int>().ShouldBe(3);
        (await hub.Client.PurgeInstanceAsync("same")).PurgedInstanceCount.ShouldBe(1);
        (await hub.RunAsync("Same id", id: "same")).ReadOutputAs<int>().ShouldBe(4);
    }

    [Fact]
    [StatedBy(Core, "src/DurableTask.AzureStorage/OrchestrationSessionManager.cs", Call, nameof(TaskOrchestrationContext.CallActivityAsync), nameof(DurableTaskClient.PurgeInstanceAsync))]
    public async Task What_a_purged_instance_asked_for_is_no_answer_to_the_one_that_takes_its_id()
    {
        using var oldGate = new SemaphoreSlim(0);
        using var newGate = new SemaphoreSlim(0);
        var (begun, ended) = (0, 0);
        hub.App
            .Activity<string>("Think", async (word, _) =>
            {
                Interlocked.Increment(ref begun);
                await (word == "old" ? oldGate : newGate).WaitAsync(CancellationToken.None);
                Interlocked.Increment(ref ended);
                return word;
            })
            .Orchestrator("Thought", async c => await c.WaitForExternalEvent<string>("word"))
            .Orchestrator("Thinker", async c =>
            {
                var word = c.GetInput<string>()!;
                var child = c.CallSubOrchestratorAsync<string>("Thought", new SubOrchestrationOptions(instanceId: "thought-" + word));
                var answer = c.CallActivityAsync<string>("Think", word);
                return await await Task.WhenAny(child, answer);
            });
        await hub.Client.ScheduleNewOrchestrationInstanceAsync("Thinker", "old", new StartOrchestrationOptions("thinker"));
        await hub.Client.WaitForInstanceStartAsync("thought-old");
        await Eventually.True("the activity runs", () => Volatile.Read(ref begun) == 1);
        await hub.Client.TerminateInstanceAsync("thinker");
        (await hub.Client.PurgeInstanceAsync("thinker")).PurgedInstanceCount.ShouldBe(1);

        await hub.Client.ScheduleNewOrchestrationInstanceAsync("Thinker", "new", new StartOrchestrationOptions("thinker"));
        await hub.Client.WaitForInstanceStartAsync("thought-new");
        await Eventually.True("both activities run", () => Volatile.Read(ref begun) == 2);
        await hub.Client.RaiseEventAsync("thought-old", "word", "old");
        await hub.Client.WaitForInstanceCompletionAsync("thought-old");
        oldGate.Release();
        await Eventually.True("the old one has ended", () => Volatile.Read(ref ended) == 1);
        await Eventually.True("the child has told", () => hub.Host.Hub.Session!.Find("thought-old") is null);
        (await hub.Client.GetInstanceAsync("thinker"))!.IsRunning.ShouldBeTrue();
        await hub.Client.RaiseEventAsync("thought-new", "word", "new");
        newGate.Release();
        (await hub.Client.WaitForInstanceCompletionAsync("thinker", true)).ReadOutputAs<string>().ShouldBe("new");
    }

    [Fact]
    [StatedBy(Sdk, Patterns, Call)]
    public async Task A_child_inherits_the_parents_tags_under_its_own()
    {
        hub.App
            .Orchestrator("Tagged", _ => Task.FromResult<object?>(1))
            .Orchestrator("Tagging", async c => await c.CallSubOrchestratorAsync<int>(
                "Tagged", options: new SubOrchestrationOptions(new TaskOptions(tags: new Dictionary<string, string>(StringComparer.Ordinal) { ["b"] = "child" }), "tagged-1")));
        var tags = new Dictionary<string, string>(StringComparer.Ordinal) { ["a"] = "1", ["b"] = "parent" };
        var id = await hub.Client.ScheduleNewOrchestrationInstanceAsync("Tagging", null, new StartOrchestrationOptions { Tags = tags });
        (await hub.Client.WaitForInstanceCompletionAsync(id)).Tags.ShouldBe(tags, ignoreOrder: true);
        (await hub.Client.GetInstanceAsync("tagged-1"))!.Tags.OrderBy(tag => tag.Key, StringComparer.Ordinal)
            .Select(tag => tag.Key + tag.Value).ShouldBe(["a1", "bchild"]);
    }

    [Fact]
    [StatedBy(Sdk, Patterns, Call)]
    public async Task A_child_that_is_tried_again_keeps_its_tags()
    {
        var tries = 0;
        hub.App
            .Orchestrator("Flaky", _ => Interlocked.Increment(ref tries) == 1 ? throw new TimeoutException() : Task.FromResult<object?>(1))
            .Orchestrator("Patient", async c => await c.CallSubOrchestratorAsync<int>("Flaky", options: new SubOrchestrationOptions(instanceId: "flaky-1")
            {
                Tags = new Dictionary<string, string>(StringComparer.Ordinal) { ["a"] = "1" }, Retry = new RetryPolicy(2, TimeSpan.FromMilliseconds(1)),
            }));
        (await hub.RunAsync("Patient")).ReadOutputAs<int>().ShouldBe(1);
        (await hub.Client.GetInstanceAsync("flaky-1"))!.Tags.ShouldHaveSingleItem().ShouldBe(new("a", "1"));
        tries.ShouldBe(2);
    }

    [Fact]
    [StatedBy(Core, "src/DurableTask.Core/TaskOrchestrationContext.cs", Call)]
    public void A_replay_that_asks_for_another_child_or_for_an_activity_instead_fails_the_instance()
    {
        foreach (var other in new Func<TaskOrchestrationContext, Task>[] { c => c.CallSubOrchestratorAsync("Other"), c => c.CallActivityAsync("Child") })
        {
            var play = new Rehearsal(async c => { await c.CallSubOrchestratorAsync("Child"); return null; });
            play.Turn();
            play.Orchestrator = async c => { await other(c); return null; };
            play.Turn(new HistoryEvent(EventKind.SubOrchestrationCompleted) { Id = 0 }).End!.Failure!.ErrorType
                .ShouldBe("DurableTask.Core.Exceptions.NonDeterministicOrchestrationException");
        }
    }
}

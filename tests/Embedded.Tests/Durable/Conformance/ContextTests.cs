using Microsoft.DurableTask;
using Microsoft.DurableTask.Abstractions;
using Microsoft.DurableTask.Client;
using Shouldly;
using Xunit;
using static Embedded.Tests.Durable.Conformance.StatedByAttribute;
using static Embedded.Tests.Durable.Rehearsal;

namespace Embedded.Tests.Durable.Conformance;

/// <summary>Versions, names, long timers, and what is not part of the engine.</summary>
public sealed class ContextTests(SharedHub hub) : IClassFixture<SharedHub>
{
    private const string Patterns = "test/Grpc.IntegrationTests/OrchestrationPatterns.cs";
    private const string Wrapper = "src/Worker/Core/Shims/TaskOrchestrationContextWrapper.cs";

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("", "1.0", -1)]
    [InlineData("1.0", " ", 1)]
    [InlineData("1.10", "1.9", 1)]
    [InlineData("beta", "ALPHA", 1)]
    [InlineData("V2", "v2", 0)]
    [StatedBy(Sdk, "test/Abstractions.Tests/TaskOrchestrationContextVersionTests.cs", nameof(TaskOrchestrationContext.CompareVersionTo))]
    public void Versions_are_compared_as_versions_or_as_text_and_none_is_the_lowest(string version, string other, int expected)
        => Math.Sign(TaskOrchestrationVersioningUtils.CompareVersions(version, other)).ShouldBe(expected);

    [Fact]
    [StatedBy(Sdk, Patterns, nameof(TaskOrchestrationContext.Version), nameof(TaskOrchestrationContext.CompareVersionTo), nameof(TaskOrchestrationContext.ContinueAsNew))]
    public async Task The_version_of_the_start_goes_on_until_continue_as_new_names_another_and_a_child_has_its_own()
    {
        hub.App
            .Orchestrator("Bare", c => Task.FromResult<object?>($"<{c.Version}>"))
            .Orchestrator("Versioned", async c =>
            {
                if (c.CompareVersionTo("2.0") < 0)
                {
                    c.ContinueAsNew(new ContinueAsNewOptions { NewInput = c.Version, NewVersion = c.GetInput<string>() is null ? null : "2.0" });
                    return null;
                }
                var explicitly = await c.CallSubOrchestratorAsync<string>("Bare", options: new SubOrchestrationOptions { Version = "3.0" });
                return c.GetInput<string>() + c.Version + explicitly + await c.CallSubOrchestratorAsync<string>("Bare");
            });
        var id = await hub.Client.ScheduleNewOrchestrationInstanceAsync("Versioned", new StartOrchestrationOptions { Version = "1.1" });
        (await hub.Client.WaitForInstanceCompletionAsync(id, true)).ReadOutputAs<string>().ShouldBe("1.12.0<3.0><>");
    }

    [Fact]
    [StatedBy(Sdk, Patterns, nameof(TaskOrchestrationContext.CreateTimer))]
    public void A_timer_of_more_than_three_days_is_made_of_pieces()
    {
        var play = new Rehearsal(async c => { await c.CreateTimer(TimeSpan.FromDays(7), CancellationToken.None); return c.CurrentUtcDateTime; });
        foreach (var (id, day) in new[] { (0, 3), (1, 6), (2, 7) })
        {
            var piece = (id == 0 ? play.Turn() : play.Turn(Fired(id - 1))).Asked.ShouldHaveSingleItem();
            (piece.Id, piece.At).ShouldBe((id, Start.AddDays(day)));
            play.Now = piece.At!.Value;
        }
        play.Turn(Fired(2)).End!.Status.ShouldBe(OrchestrationRuntimeStatus.Completed);
    }

    [Fact]
    [StatedBy(Sdk, Wrapper, nameof(TaskOrchestrationContext.CreateTimer))]
    public void A_long_timer_can_be_cancelled_in_any_piece_and_one_that_is_past_fires_at_once()
    {
        var play = new Rehearsal(async c =>
        {
            using var end = new CancellationTokenSource();
            var timer = c.CreateTimer(Start.AddDays(-1), CancellationToken.None);
            var late = c.CreateTimer(TimeSpan.FromDays(9), end.Token);
            await timer;
            end.Cancel();
            try { await late; }
            catch (TaskCanceledException) { return "cancelled"; }
            return null;
        });
        play.Turn().Asked.First().At.ShouldBe(Start.AddDays(-1));
        play.Turn(Fired(0)).End!.Output.ShouldBe("\"cancelled\"");
    }

    [Fact]
    [StatedBy(Core, "src/DurableTask.Core/TaskOrchestrationContext.cs", nameof(TaskOrchestrationContext.CreateTimer), nameof(TaskOrchestrationContext.WaitForExternalEvent))]
    public void A_cancelled_wait_names_its_token_and_a_cancelled_timer_does_not()
    {
        var play = new Rehearsal(async c =>
        {
            using var end = new CancellationTokenSource();
            var tasks = new[] { c.CreateTimer(TimeSpan.FromDays(1), end.Token), c.WaitForExternalEvent<string>("x", end.Token) };
            end.Cancel();
            List<bool> named = [];
            foreach (var task in tasks)
            {
                try { await task; }
                catch (TaskCanceledException e) { named.Add(e.CancellationToken == end.Token); }
            }
            return named;
        });
        play.Turn().End!.Output.ShouldBe("[false,true]");
    }

    [Fact]
    [StatedBy(Sdk, "test/Abstractions.Tests/TaskNameTests.cs")]
    public void A_tasks_name_ignores_case_and_an_empty_one_is_none()
    {
        TaskName name = "Step";
        (name == "STEP", name != "Other", (string)name, name.GetHashCode() == new TaskName("sTEP").GetHashCode()).ShouldBe((true, true, "Step", true));
        ((TaskName)"" == default, default(TaskName).Name is null, new TaskName("").Name).ShouldBe((true, true, ""));
        (default(TaskVersion) == "", TaskVersion.Unversioned.Version, (TaskVersion)"V1" == "v1").ShouldBe((true, "", true));
        Should.Throw<ArgumentException>(() => new TaskVersion(" "));
    }

    [Fact]
    [StatedBy(Sdk, Wrapper, nameof(TaskOrchestrationContext.SendEvent), nameof(TaskOrchestrationContext.Properties))]
    public void What_the_engine_has_not_says_so()
        => new Rehearsal(c =>
        {
            c.Properties.ShouldBeEmpty();
            c.SendEvent("someone", "hello", 1);
            return Task.FromResult<object?>(null);
        }).Turn().End!.Failure!.ErrorType.ShouldBe("System.NotSupportedException");
}

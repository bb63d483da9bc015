using System.Net;
using System.Text.Json;
using Azure.Core;
using Azure.Core.Pipeline;
using Functions.Tests.Withdrawals;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Shouldly;
using WalletFunctions.TestSupport;
using WalletFunctions.Tests.EndToEnd;
using WalletFunctions.Withdrawals;
using Xunit;

namespace Functions.Tests.Workflows.Histories;

/// <summary>
/// A withdrawal that sleeps while the product is replaced must go on under the newer build. So the histories of every shipped
/// version are kept, and today's orchestrator is replayed over each. docs/workflows.md says how an orchestrator is changed.
/// </summary>
public sealed class WithdrawalHistoryTests
{
    private const string Orchestrator = nameof(WithdrawalOrchestrator);

    /// <summary>Set to a version (<c>v2</c>) to record it; see docs/workflows.md.</summary>
    private static readonly string? Recording = Environment.GetEnvironmentVariable("RECORD_HISTORIES");

    public static TheoryData<string, string> Stored() => RecordedHistory.Stored(Orchestrator);

    [Theory]
    [MemberData(nameof(Stored))]
    public void An_orchestration_of_a_shipped_version_goes_on_under_this_one(string version, string story)
    {
        var history = RecordedHistory.Read(Orchestrator, version, story);
        for (var i = 0; i < history.Runs.Count; i++)
        {
            var run = history.Whole(i);
            var output = HistoryReplay.Run(history.InstanceId, run, WithdrawalOrchestrator.RunAsync);
            if (i + 1 < history.Runs.Count)
            {
                // What it hands on today can be read by whoever goes on, and says the same.
                var handedOn = JsonSerializer.Deserialize<WithdrawalRun>(output!, JsonSerializerOptions.Web);
                var then = JsonSerializer.Deserialize<WithdrawalRun>(history.Runs[i + 1].First(line => line.Kind == "ExecutionStarted").Data!, JsonSerializerOptions.Web);
                handedOn.ShouldBe(then);
            }
            else
            {
                output.ShouldBe(run.FirstOrDefault(line => line.Kind == "ExecutionEnded")?.Data);
            }

            // Wherever it slept when the build was replaced, it fits.
            for (var length = 2; length < run.Count; length++)
            {
                HistoryReplay.Run(history.InstanceId, [.. run.Take(length)], WithdrawalOrchestrator.RunAsync);
            }
        }
    }

    [Fact]
    public void An_orchestrator_that_does_something_else_is_found_out()
    {
        var history = RecordedHistory.Read(Orchestrator, "v1", "settled_by_callback");
        Should.Throw<InvalidOperationException>(() => HistoryReplay.Run(history.InstanceId, history.Runs[0], async context =>
        {
            await context.CallActivityAsync<Standing>(nameof(WithdrawalActivities.AskBank));
            return "settled";
        })).Message.ShouldContain("SubmitPayout");
    }

    /// <summary>Who changes what the orchestrator does must record it as a new version, or the next change is not held against it.</summary>
    [Fact]
    public async Task The_newest_stored_version_is_what_this_code_does()
    {
        var recorder = new HistoryRecorder();
        var trouble = new StepTrouble(nameof(WithdrawalActivities.BookOutcome));
        await using var app = await TestApp.StartAsync(builder =>
        {
            builder.Services.AddSingleton<HttpPipelinePolicy>(recorder);
            builder.Services.AddSingleton<HttpPipelinePolicy>(trouble);
            builder.UseMiddleware(trouble.AroundAsync);
        });
        var bank = new BankSide(() => app.Address);
        var people = (await WalletClient.SeedAsync(app.Address, customers: 8))["customers"]!.AsArray();
        var customer = await Customer.SignInAsync(() => app.Address, people[0]!);
        using var admin = await app.AdminAsync();

        async Task TellAsync(string story, string id)
        {
            await Eventually.True($"{story} has ended", async () => (await admin.GetAsync($"v1/admin/workflows/{id}")).Must(HttpStatusCode.OK).Text("runtime") == "completed");
            var told = recorder.Of(id);
            if (Recording is not null)
            {
                told.Write(Recording, story);
                return;
            }

            told.Shape.ShouldBe(RecordedHistory.Read(Orchestrator, RecordedHistory.VersionsOf(Orchestrator)[^1], story).Shape, story);
        }

        await bank.BehaveAsync("silent");
        var id = await SubmittedAsync(customer);
        await bank.CallBackAsync(await bank.PayoutAsync(id), "settled");
        await TellAsync("settled_by_callback", id);

        id = await SubmittedAsync(customer);
        await BankSide.SettleInSilenceAsync(app.Services, await bank.PayoutAsync(id));
        await bank.AdvanceUntilAsync(customer, id, "settled");
        await TellAsync("found_by_asking", id);

        id = await SubmittedAsync(customer);
        trouble.FailOnce();
        await bank.CallBackAsync(await bank.PayoutAsync(id), "rejected");
        await TellAsync("rejected_with_a_step_retried", id);

        await bank.BehaveAsync("down");
        id = await customer.WithdrawAsync(10_00);
        await customer.UntilAsync(id, "handed back", seen => seen.Steps().Count == 2);
        (await customer.CancelAsync(id, "cancel")).Expect(HttpStatusCode.OK);
        await TellAsync("cancelled_while_the_bank_is_down", id);

        await bank.BehaveAsync("silent");
        var other = await Customer.SignInAsync(() => app.Address, people[1]!);
        await WithdrawalFixture.FundAsync(other);
        id = await InReviewAsync(other, admin);
        (await other.CancelAsync(id, "cancel-in-review")).Expect(HttpStatusCode.OK);
        await TellAsync("cancelled_in_review", id);

        id = await InReviewAsync(other, admin);
        await app.AdvanceAsync(TimeSpan.FromDays(1.1));
        await TellAsync("expired_in_review", id);

        id = await InReviewAsync(other, admin);
        var review = (await WithdrawalFixture.ReviewOfAsync(admin, id)).GetProperty("reviewId").GetString();
        (await admin.PostAsync($"v1/reviews/{review}/decision", new { decision = "approve", reason = "x" })).Must(HttpStatusCode.OK);
        await other.UntilAsync(id, "submitted");
        await bank.CallBackAsync(await bank.PayoutAsync(id), "settled");
        await TellAsync("approved_in_review", id);

        if (Recording is not null)
        {
            id = await SubmittedAsync(customer);
            await SleepAsync(app, admin, id);
            await bank.CallBackAsync(await bank.PayoutAsync(id), "settled");
            await TellAsync("overdue_for_days", id);
        }
    }

    private static async Task<string> SubmittedAsync(Customer customer)
    {
        var id = await customer.WithdrawAsync(10_00);
        await customer.UntilAsync(id, "submitted");
        return id;
    }

    private static async Task<string> InReviewAsync(Customer customer, TestClient admin)
    {
        var (id, _) = await WithdrawalFixture.AskLargeAsync(customer);
        await WithdrawalFixture.ReviewOfAsync(admin, id);
        return id;
    }

    /// <summary>Some six days of a silent bank, in hops that each wake the orchestration.</summary>
    private static async Task SleepAsync(TestApp app, TestClient admin, string id)
    {
        for (var i = 0; i < 35; i++)
        {
            var before = (await admin.GetAsync($"v1/admin/workflows/{id}")).Text("lastUpdatedAt");
            await app.AdvanceAsync(TimeSpan.FromHours(4.2));
            await Eventually.True("it woke", async () => (await admin.GetAsync($"v1/admin/workflows/{id}")).Text("lastUpdatedAt") != before);
        }
    }

    /// <summary>Storage that once does not give a withdrawal's row to a step of it. Whoever else reads the row meanwhile (the callback, the operator who waits for the end) gets it, and cannot use the fault up.</summary>
    /// <param name="step">The activity's function.</param>
    private sealed class StepTrouble(string step) : HttpPipelineSynchronousPolicy
    {
        private readonly AsyncLocal<bool> isInStep = new();
        private int left;

        public void FailOnce() => Volatile.Write(ref left, 1);

        /// <summary>Runs around every function, so that each is known as the step or as something else.</summary>
        public async Task AroundAsync(FunctionContext context, Func<Task> next)
        {
            isInStep.Value = context.FunctionDefinition.Name == step;
            await next();
        }

        public override void OnSendingRequest(HttpMessage message)
        {
            var isRow = message.Request.Method == RequestMethod.Get && Uri.UnescapeDataString(message.Request.Uri.Path).Contains($"'{WithdrawalTable.Prefix}", StringComparison.Ordinal);
            if (isRow && isInStep.Value && Interlocked.Exchange(ref left, 0) == 1)
            {
                throw new Azure.RequestFailedException(503, "The storage is away.");
            }
        }
    }
}

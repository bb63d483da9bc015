using System.Net;
using System.Text.Json;
using Azure.Core.Pipeline;
using Functions.Tests.Refunds;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using WalletFunctions.Domain.Refunds;
using WalletFunctions.Refunds;
using WalletFunctions.TestSupport;
using Xunit;

namespace Functions.Tests.Workflows.Histories;

/// <summary>
/// A refund that sleeps while the product is replaced must go on under the newer build, as a withdrawal must: the histories of
/// every shipped version are kept, and today's orchestrator is replayed over each.
/// </summary>
public sealed class RefundHistoryTests
{
    private const string Orchestrator = nameof(RefundOrchestrator);

    /// <summary>However long it waits, a run must stay cheap to replay.</summary>
    private const int MostEvents = 200;

    /// <summary>Set to a version (<c>v2</c>) to record it.</summary>
    private static readonly string? Recording = Environment.GetEnvironmentVariable("RECORD_HISTORIES");

    public static TheoryData<string, string> Stored() => RecordedHistory.Stored(Orchestrator);

    [Theory]
    [MemberData(nameof(Stored))]
    public void A_refund_of_a_shipped_version_goes_on_under_this_one(string version, string story)
    {
        var history = RecordedHistory.Read(Orchestrator, version, story);
        for (var i = 0; i < history.Runs.Count; i++)
        {
            var run = history.Whole(i);
            run.Count.ShouldBeLessThan(MostEvents);
            var output = HistoryReplay.Run(history.InstanceId, run, RefundOrchestrator.RunAsync);
            if (i + 1 < history.Runs.Count)
            {
                // What it hands on today can be read by whoever goes on, and says the same.
                var then = history.Runs[i + 1].First(line => line.Kind == "ExecutionStarted").Data!;
                JsonSerializer.Deserialize<RefundRun>(output!, JsonSerializerOptions.Web).ShouldBe(JsonSerializer.Deserialize<RefundRun>(then, JsonSerializerOptions.Web));
            }
            else
            {
                output.ShouldBe(run.FirstOrDefault(line => line.Kind == "ExecutionEnded")?.Data);
            }

            // Wherever it slept when the build was replaced, it fits.
            for (var length = 2; length < run.Count; length++)
            {
                HistoryReplay.Run(history.InstanceId, [.. run.Take(length)], RefundOrchestrator.RunAsync);
            }
        }
    }

    /// <summary>Who changes what the orchestrator does must record it as a new version, or the next change is not held against it.</summary>
    [Fact]
    public async Task The_newest_stored_version_is_what_this_code_does()
    {
        var recorder = new HistoryRecorder();
        var stage = new RefundStage { Configure = builder => builder.Services.AddSingleton<HttpPipelinePolicy>(recorder) };
        await stage.InitializeAsync();
        try
        {
            var id = await stage.AskMerchantAsync(700);
            await RefundStage.DecideAsync(stage.Merchant, id, "approve");
            await TellAsync("refunded_by_the_merchant", id);

            id = await stage.AskMerchantAsync(20_000);
            await stage.AdvanceAsync(TimeSpan.FromHours(24));
            await stage.UntilAsync(id, RefundEvent.Remind);
            await stage.AdvanceAsync(TimeSpan.FromHours(42));
            await stage.UntilAsync(id, RefundEvent.Remind, 2);
            await stage.AdvanceAsync(TimeSpan.FromHours(6));
            await stage.UntilAsync(id, "in_review");
            await stage.AdvanceAsync(TimeSpan.FromHours(24));
            await stage.UntilAsync(id, RefundEvent.Escalate);
            await RefundStage.DecideAsync(stage.Agent, id, "deny");
            await stage.UntilAsync(id, "denied");
            await stage.AdvanceAsync(TimeSpan.FromDays(7));
            await TellAsync("denied_after_silence_and_not_appealed_against", id);

            id = await stage.EvidenceWantedAsync();
            await stage.AdvanceAsync(TimeSpan.FromDays(3));
            await TellAsync("lapsed_without_evidence", id);

            id = await stage.WithdrawAsync(await stage.AppealedAsync());
            await TellAsync("appeal_given_up", id);

            if (Recording is not null)
            {
                id = await stage.AwaitingFundsAsync();
                for (var hour = 0; hour < 80; hour++)
                {
                    var tried = (await stage.StoredAsync(id)).TriedAt;
                    await stage.AdvanceAsync(TimeSpan.FromHours(1));
                    await Eventually.True("it was tried again", async () => (await stage.StoredAsync(id)).TriedAt > tried);
                }

                await stage.FillAsync(20_000);
                await stage.AdvanceAsync(TimeSpan.FromHours(1));
                await TellAsync("money_waited_for_for_days", id);
            }
        }
        finally
        {
            await stage.DisposeAsync();
        }

        async Task TellAsync(string story, string id)
        {
            await Eventually.True($"{story} has ended", async () => (await stage.Admin.GetAsync($"v1/admin/workflows/{id}")).Must(HttpStatusCode.OK).Text("runtime") == "completed");
            var told = recorder.Of(id);
            if (Recording is not null)
            {
                told.Write(Recording, story);
                return;
            }

            told.Shape.ShouldBe(RecordedHistory.Read(Orchestrator, RecordedHistory.VersionsOf(Orchestrator)[^1], story).Shape, story);
        }
    }
}

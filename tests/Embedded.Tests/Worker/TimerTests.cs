using System.Text.Json;
using Azure.Storage.Blobs;
using Embedded.Tests.Support;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Timer;
using Shouldly;
using WalletFunctions.TestSupport;
using Xunit;

namespace Embedded.Tests.Worker;

/// <summary>
/// When a timer runs. Source: azure-webjobs-sdk-extensions, TimerListener, ScheduleMonitor, StorageScheduleMonitor;
/// azure-webjobs-sdk, SingletonListener (one host runs it).
/// </summary>
public sealed class TimerTests
{
    private readonly string _app = Azurite.UniqueName("timers");

    [Fact]
    public async Task A_timer_runs_on_its_schedule_and_keeps_its_status()
    {
        await using var app = await StartAsync(typeof(EverySecond));
        await Until.True(() => app.Journal.Count("run") >= 2, "two runs");
        await app.StopAsync();
        app.Journal.Lines.ShouldAllBe(l => l == "run");
        var status = await StatusAsync(nameof(EverySecond));
        status.Next.ShouldBe(Whole(status.Last).AddSeconds(1));
    }

    [Fact]
    public async Task A_renewal_that_the_service_does_not_answer_ends_with_the_lease()
    {
        var faults = new Faults(attempt => new(FaultKind.Answer, attempt == 1 ? 201 : 503));
        var options = new BlobClientOptions { Transport = faults };
        var lease = new TimerLease(new BlobContainerClient(Azurite.SharedConnectionString, "any", options), "any") { Duration = TimerLease.Renewal };
        (await lease.TryAcquireAsync()).ShouldBeTrue();
        (await lease.TryRenewAsync()).ShouldBeFalse();
        faults.Tries.ShouldBeLessThan(2 + options.Retry.MaxRetries, "all retries would have taken 25 seconds");
    }

    [Fact]
    public async Task A_slow_run_delays_the_next_and_never_overlaps_it()
    {
        await using var app = await StartAsync(typeof(SlowTimer));
        await Until.True(() => app.Journal.Count("end") >= 2, "two runs");
        app.Journal.Lines.Take(4).ShouldBe(["begin", "end", "begin", "end"]);
    }

    [Fact]
    public async Task A_time_missed_while_the_app_was_down_is_made_up_for_once()
    {
        var missed = DateTime.UtcNow.Date.AddYears(-1);
        await StoreAsync(nameof(Yearly), new ScheduleStatus { Last = Whole(missed).AddYears(-1), Next = NewYear(missed.Year), LastUpdated = missed });
        await using var app = await StartAsync(typeof(Yearly));
        await Until.True(() => app.Journal.Lines.Count == 1, "the run that was missed");
        app.Journal.Lines.ShouldBe([$"past due {NewYear(missed.Year):O}"]);
        await Until.True(async () => (await StatusAsync(nameof(Yearly))).Next == NewYear(DateTime.UtcNow.Year + 1), "the next time is stored");
    }

    [Fact]
    public async Task A_new_timer_is_not_past_due_and_one_that_asks_for_it_runs_at_the_start()
    {
        await using var app = await StartAsync(typeof(AtStart));
        await Until.True(() => app.Journal.Lines.Count == 1, "the run at the start");
        app.Journal.Lines.ShouldBe(["at start, past due: False, status: none"]);
    }

    [Fact]
    public async Task One_of_two_hosts_runs_the_timer_and_the_other_takes_over()
    {
        var first = await StartAsync(typeof(EverySecond));
        await Until.True(() => first.Journal.Count("run") >= 1, "the first host runs it");
        await using var second = await StartAsync(typeof(EverySecond));
        await Until.True(() => first.Journal.Count("run") >= 4, "the first host goes on");
        second.Journal.Lines.ShouldBeEmpty();
        await first.DisposeAsync();
        await Until.True(() => second.Journal.Count("run") >= 1, "the second host takes over", seconds: 30);
    }

    private Task<LocalApp> StartAsync(Type functions) =>
        LocalApp.StartAsync(functions, "--AzureWebJobsStorage", Azurite.SharedConnectionString, "--AzureFunctionsWebHost:hostid", _app, "--Schedule", "0 0 0 1 1 *");

    private BlobClient Blob(string function) =>
        new(Azurite.SharedConnectionString, "azure-webjobs-hosts", $"timers/{_app}/Host.Functions.{function}/status");

    private async Task<ScheduleStatus> StatusAsync(string function) => (await Blob(function).DownloadContentAsync()).Value.Content.ToObjectFromJson<ScheduleStatus>()!;

    private async Task StoreAsync(string function, ScheduleStatus status)
    {
        await new BlobContainerClient(Azurite.SharedConnectionString, "azure-webjobs-hosts").CreateIfNotExistsAsync();
        await Blob(function).UploadAsync(BinaryData.FromString(JsonSerializer.Serialize(status)), overwrite: true);
    }

    private static DateTime NewYear(int year) => new(year, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private static DateTime Whole(DateTime time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerSecond));
}

public class EverySecond(Journal journal)
{
    [Function(nameof(EverySecond))]
    public void Run([TimerTrigger("* * * * * *")] TimerInfo timer) => journal.Write(timer.IsPastDue ? "past due" : "run");
}

public class SlowTimer(Journal journal)
{
    [Function(nameof(SlowTimer))]
    public async Task Run([TimerTrigger("* * * * * *", UseMonitor = false)] TimerInfo timer)
    {
        _ = timer;
        journal.Write("begin");
        await Task.Delay(1500);
        journal.Write("end");
    }
}

public class Yearly(Journal journal)
{
    [Function(nameof(Yearly))]
    public void Run([TimerTrigger("%Schedule%")] TimerInfo timer) => journal.Write($"{(timer.IsPastDue ? "past due" : "due")} {timer.ScheduleStatus?.Next:O}");
}

public class AtStart(Journal journal)
{
    [Function(nameof(AtStart))]
    public void Run([TimerTrigger("%Schedule%", RunOnStartup = true, UseMonitor = false)] TimerInfo timer) =>
        journal.Write($"at start, past due: {timer.IsPastDue}, status: {timer.ScheduleStatus?.ToString() ?? "none"}");
}

using System.Diagnostics;
using System.Globalization;

namespace WalletFunctions.Bench.Durable;

/// <summary>What durable work costs: orchestrations of each shape, sleeping ones, and the one that the app has.</summary>
internal sealed class DurableScenario : IScenario
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>The engine lets an instance leave memory when it was quiet for five seconds.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(7);

    private static readonly (string What, string Orchestrator)[] Shapes =
    [
        ("empty", nameof(DurableWork.Empty)),
        ("3 activities in sequence", nameof(DurableWork.ThreeActivities)),
        ("fan-out of 20", nameof(DurableWork.FanOut)),
        ("timer of 50 ms", nameof(DurableWork.Timer)),
        ("external event", nameof(DurableWork.ExternalEvent)),
    ];

    public string Name => "durable";

    public async Task RunAsync(BenchRun run)
    {
        foreach (var inFlight in new[] { 1, 16, 64 })
        {
            await ShapesAsync(run, inFlight);
        }

        await SleepersAsync(run.IsShort ? 2_000 : 10_000);
        await new WithdrawalScenario().RunAsync(run);
        await new RefundScenario().RunAsync(run);
    }

    private static async Task ShapesAsync(BenchRun run, int inFlight)
    {
        var (rounds, turn) = run.IsShort ? (2, TimeSpan.FromSeconds(0.7)) : (4, TimeSpan.FromSeconds(3));
        BenchRun.Title($"Orchestrations, {inFlight} in flight. {RawBatches.Description}");
        var storage = BenchRun.StartStorage();
        try
        {
            await using var host = await DurableHost.StartAsync(storage);
            var raw = await RawBatches.OpenAsync(storage, inFlight);
            foreach (var (what, orchestrator) in Shapes)
            {
                await new Tally().TurnAsync(inFlight, turn / 2, host.Calls, _ => OneAsync(host, orchestrator));
                var (baseline, tally) = (new Tally(), new Tally());
                for (var round = 0; round < rounds; round++)
                {
                    await baseline.TurnAsync(inFlight, turn, raw.Counter, raw.OneAsync);
                    await tally.TurnAsync(inFlight, turn, host.Calls, _ => OneAsync(host, orchestrator));
                }

                BenchRun.Report(what, tally, baseline);
            }
        }
        finally
        {
            storage.Stop();
        }
    }

    private static async Task OneAsync(DurableHost host, string orchestrator)
    {
        var id = await host.Client.ScheduleNewOrchestrationInstanceAsync(orchestrator);
        if (orchestrator == nameof(DurableWork.ExternalEvent))
        {
            await host.Client.RaiseEventAsync(id, "go", 1);
        }

        await host.Ends.OneAsync(Patience);
    }

    private static async Task SleepersAsync(int count)
    {
        BenchRun.Title(string.Create(CultureInfo.InvariantCulture, $"{count:N0} orchestrations that sleep for three days."));
        var storage = BenchRun.StartStorage();
        try
        {
            var host = await DurableHost.StartAsync(storage);
            await using (host)
            {
                await OneAsync(host, nameof(DurableWork.Timer));
                await SettledAsync(host);
                var (before, threads) = (GC.GetTotalMemory(forceFullCollection: true), ThreadPool.ThreadCount);
                await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (_, cancellation) =>
                    await host.Client.ScheduleNewOrchestrationInstanceAsync(nameof(DurableWork.Sleep), cancellation));
                await SettledAsync(host);
                var bytes = Math.Max(0, GC.GetTotalMemory(forceFullCollection: true) - before);
                Say($"memory per sleeping instance {(double)bytes / count,8:0} bytes   (threads {threads} before, {ThreadPool.ThreadCount} after)");
            }

            var watch = Stopwatch.StartNew();
            host = await DurableHost.StartAsync(storage);
            await using (host)
            {
                await OneAsync(host, nameof(DurableWork.Empty));
                Say($"start of a host over them    {watch.Elapsed.TotalSeconds,8:0.0} s until it has run another");
                watch.Restart();
                host.Time.Advance(TimeSpan.FromDays(3));
                for (var ended = 0; ended < count; ended++)
                {
                    await host.Ends.OneAsync(Patience);
                }

                Say($"all resumed and ended after  {watch.Elapsed.TotalSeconds,8:0.0} s   ({count / watch.Elapsed.TotalSeconds:0} /s)");
            }
        }
        finally
        {
            storage.Stop();
        }
    }

    private static async Task SettledAsync(DurableHost host)
    {
        for (var (calls, since) = (-1L, Stopwatch.StartNew()); since.Elapsed < Settled; await Task.Delay(100))
        {
            if (calls != host.Calls.Calls)
            {
                (calls, since) = (host.Calls.Calls, Stopwatch.StartNew());
            }
        }
    }

    private static void Say(FormattableString line) => BenchRun.Say(FormattableString.Invariant(line));
}

using System.Diagnostics;
using System.Globalization;
using WalletFunctions.TestSupport;

namespace WalletFunctions.Bench.Durable;

/// <summary>What orchestrations cost that sleep for three days, and how long it takes when all of them are due at once.</summary>
internal sealed class SleeperScenario : IScenario
{
    private const int StartsAtOnce = 32;

    private static readonly TimeSpan Sleep = TimeSpan.FromDays(3);

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>The engine lets an instance leave memory when it was quiet for five seconds.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(7);

    /// <summary>The thread pool lets a thread go that was idle for twenty seconds.</summary>
    private static readonly TimeSpan ThreadsGone = TimeSpan.FromSeconds(25);

    public string Name => "sleepers";

    public async Task RunAsync(BenchRun run)
    {
        var count = run.IsShort ? 2_000 : 10_000;
        BenchRun.Title(string.Create(CultureInfo.InvariantCulture, $"{count:N0} orchestrations that sleep for three days."));
        var storage = BenchRun.StartStorage();
        try
        {
            await using (var first = await DurableHost.StartAsync(storage))
            {
                await RunAsync(first, nameof(DurableWork.Timer));
            }

            var (host, empty) = await StartAsync(storage);
            await using (host)
            {
                await PutToSleepAsync(host, count);
            }

            (host, var full) = await StartAsync(storage);
            await using (host)
            {
                Say($"start of a host over them      {full.TotalSeconds,8:0.00} s   over none {empty.TotalSeconds:0.00} s, until it has run another orchestration");
                await ResumeAsync(host, storage, count);
            }
        }
        finally
        {
            storage.Stop();
        }
    }

    private static async Task<(DurableHost Host, TimeSpan Time)> StartAsync(Azurite storage)
    {
        var watch = Stopwatch.StartNew();
        var host = await DurableHost.StartAsync(storage);
        await RunAsync(host, nameof(DurableWork.Empty));
        return (host, watch.Elapsed);
    }

    private static async Task RunAsync(DurableHost host, string orchestrator)
    {
        await host.Client.ScheduleNewOrchestrationInstanceAsync(orchestrator);
        await host.Ends.OneAsync(Patience);
    }

    private static async Task PutToSleepAsync(DurableHost host, int count)
    {
        await SettledAsync(host);
        var (memory, threads) = (GC.GetTotalMemory(forceFullCollection: true), Threads());
        var watch = Stopwatch.StartNew();
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = StartsAtOnce }, async (_, cancellation) =>
            await host.Client.ScheduleNewOrchestrationInstanceAsync(nameof(DurableWork.Sleep), cancellation));
        Say($"started                        {watch.Elapsed.TotalSeconds,8:0.0} s   ({count / watch.Elapsed.TotalSeconds:0} /s)");
        await SettledAsync(host);
        for (var since = Stopwatch.StartNew(); Threads() > threads && since.Elapsed < ThreadsGone;)
        {
            await Task.Delay(500);
        }

        var bytes = Math.Max(0, GC.GetTotalMemory(forceFullCollection: true) - memory);
        Say($"memory per sleeping instance   {(double)bytes / count,8:0} bytes");
        Say($"threads of the process         {Threads(),8}   with none asleep {threads}");
    }

    private static async Task ResumeAsync(DurableHost host, Azurite storage, int count)
    {
        await SettledAsync(host);
        var (raw, baseline) = (await RawBatches.OpenAsync(storage, StartsAtOnce), new Tally());
        await baseline.TurnAsync(StartsAtOnce, TimeSpan.FromSeconds(2), raw.Counter, raw.OneAsync);
        var calls = host.Calls.Calls;
        var watch = Stopwatch.StartNew();
        host.Time.Advance(Sleep);
        using var resumed = new CancellationTokenSource();
        var others = StartOthersAsync(host, resumed.Token);
        for (var ended = 0; ended < count; ended++)
        {
            await host.Ends.OneAsync(Patience);
        }

        await resumed.CancelAsync();
        var waits = await others;
        for (var ended = 0; ended < waits.Count; ended++)
        {
            await host.Ends.OneAsync(Patience);
        }

        var time = watch.Elapsed;
        await SettledAsync(host);
        Say($"all resumed and ended after    {time.TotalSeconds,8:0.0} s   ({count / time.TotalSeconds:0} /s; raw transactions {baseline.PerSecond:0} /s)");
        Say($"storage calls for each         {(double)(host.Calls.Calls - calls - waits.Count) / count,8:0.00}   until it has left memory and its row is gone");
        Say($"a start meanwhile              {waits.Max().TotalMilliseconds,8:0} ms at most, of {waits.Count}");
    }

    /// <summary>Whoever starts something while thousands wake must not wait for them.</summary>
    private static async Task<List<TimeSpan>> StartOthersAsync(DurableHost host, CancellationToken cancellation)
    {
        List<TimeSpan> waits = [];
        while (!cancellation.IsCancellationRequested)
        {
            var watch = Stopwatch.StartNew();
            await host.Client.ScheduleNewOrchestrationInstanceAsync(nameof(DurableWork.Empty), CancellationToken.None);
            waits.Add(watch.Elapsed);
            await Task.Delay(TimeSpan.FromSeconds(0.5), CancellationToken.None);
        }

        return waits;
    }

    private static int Threads()
    {
        using var process = Process.GetCurrentProcess();
        return process.Threads.Count;
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

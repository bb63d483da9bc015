using System.Diagnostics;
using System.Globalization;
using WalletFunctions.TestSupport;

namespace WalletFunctions.Bench;

/// <summary>What scenarios share: how long to measure, the storage, and the report.</summary>
/// <param name="IsShort">A run of a minute or so, for a first look and for CI.</param>
internal sealed record BenchRun(bool IsShort)
{
    /// <summary>How often the measured thing and its baseline take turns.</summary>
    public int Rounds => IsShort ? 3 : 8;

    /// <summary>How long one turn lasts.</summary>
    public TimeSpan Turn => TimeSpan.FromSeconds(IsShort ? 1.5 : 5);

    /// <summary>An empty storage in memory; a scenario stops it when it is done, for it slows down as it fills.</summary>
    public static Azurite StartStorage() => Azurite.Start();

    /// <summary>A headline.</summary>
    public static void Title(string text)
    {
        Console.WriteLine();
        Console.WriteLine(text);
    }

    /// <summary>One line of the report.</summary>
    public static void Report(string what, Tally tally, Tally? baseline = null)
    {
        var ratio = baseline is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{tally.PerSecond / baseline.PerSecond,8:0.00} x");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {what,-34}{tally.PerSecond,9:0} /s{ratio,10}{tally.Calls,9:0.00} calls{tally.Bytes / 1024,9:0.0} KiB{tally.CpuMilliseconds,8:0.000} ms CPU"));
    }

    /// <summary>One line of words.</summary>
    public static void Say(string text) => Console.WriteLine("  " + text);
}

/// <summary>What was done in how long, over all turns, and what it cost this process.</summary>
internal sealed class Tally
{
    private long count;
    private long calls;
    private long bytes;
    private TimeSpan time;
    private TimeSpan cpu;

    /// <summary>How many were done a second.</summary>
    public double PerSecond => count / time.TotalSeconds;

    /// <summary>Storage calls for each.</summary>
    public double Calls => (double)calls / count;

    /// <summary>Bytes allocated for each.</summary>
    public double Bytes => (double)bytes / count;

    /// <summary>Processor time of this process for each.</summary>
    public double CpuMilliseconds => cpu.TotalMilliseconds / count;

    /// <summary>One turn: so many clients, each one after the other, until the time is over.</summary>
    /// <param name="clients">How many at once.</param>
    /// <param name="turn">How long.</param>
    /// <param name="counter">Counts the storage calls; null where none matter.</param>
    /// <param name="one">Does it once; gets the client's number.</param>
    public async Task TurnAsync(int clients, TimeSpan turn, CallCounter? counter, Func<int, Task> one)
    {
        GC.Collect();
        var (callsBefore, bytesBefore, cpuBefore) = (counter?.Calls ?? 0, GC.GetTotalAllocatedBytes(precise: true), Process.GetCurrentProcess().TotalProcessorTime);
        var watch = Stopwatch.StartNew();
        var done = 0L;
        await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(async () =>
        {
            while (watch.Elapsed < turn)
            {
                await one(client);
                Interlocked.Increment(ref done);
            }
        })));
        time += watch.Elapsed;
        count += done;
        calls += (counter?.Calls ?? 0) - callsBefore;
        bytes += GC.GetTotalAllocatedBytes(precise: true) - bytesBefore;
        cpu += Process.GetCurrentProcess().TotalProcessorTime - cpuBefore;
    }
}

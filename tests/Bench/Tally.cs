using System.Diagnostics;
using System.Globalization;

namespace WalletFunctions.Bench;

/// <summary>What was done in how long, over all turns, and what it cost this process.</summary>
internal sealed class Tally
{
    private readonly Dictionary<string, long> names = new(StringComparer.Ordinal);
    private readonly List<double> milliseconds = [];
    private long calls;
    private long bytes;
    private TimeSpan time;
    private TimeSpan cpu;

    /// <summary>How many were done.</summary>
    public long Count { get; private set; }

    /// <summary>How many were done a second.</summary>
    public double PerSecond => Count / time.TotalSeconds;

    /// <summary>How long one took that neither half of the others outdid.</summary>
    public double MedianMilliseconds => milliseconds.Order().ElementAt(milliseconds.Count / 2);

    /// <summary>Storage calls for each.</summary>
    public double Calls => (double)calls / Count;

    /// <summary>Bytes allocated for each.</summary>
    public double Bytes => (double)bytes / Count;

    /// <summary>Processor time of this process for each.</summary>
    public double CpuMilliseconds => cpu.TotalMilliseconds / Count;

    /// <summary>One turn: so many clients, each one after the other, until the time is over. What is left behind then counts as cost, not as time.</summary>
    /// <param name="clients">How many at once.</param>
    /// <param name="turn">How long.</param>
    /// <param name="counter">Counts the storage calls; null where none matter.</param>
    /// <param name="one">Does it once; gets the client's number.</param>
    public async Task TurnAsync(int clients, TimeSpan turn, CallCounter? counter, Func<int, Task> one)
    {
        GC.Collect();
        var (callsBefore, namesBefore) = (counter?.Calls ?? 0, counter?.ByName());
        var (bytesBefore, cpuBefore) = (GC.GetTotalAllocatedBytes(precise: true), Process.GetCurrentProcess().TotalProcessorTime);
        var watch = Stopwatch.StartNew();
        var done = 0L;
        await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(async () =>
        {
            var own = new List<double>();
            while (watch.Elapsed < turn)
            {
                var started = watch.Elapsed;
                await one(client);
                own.Add((watch.Elapsed - started).TotalMilliseconds);
            }

            Interlocked.Add(ref done, own.Count);
            lock (milliseconds)
            {
                milliseconds.AddRange(own);
            }
        })));
        time += watch.Elapsed;
        Count += done;
        await (counter?.QuietAsync() ?? Task.CompletedTask);
        bytes += GC.GetTotalAllocatedBytes(precise: true) - bytesBefore;
        cpu += Process.GetCurrentProcess().TotalProcessorTime - cpuBefore;
        calls += (counter?.Calls ?? 0) - callsBefore;
        foreach (var (name, sum) in counter?.ByName() ?? new Dictionary<string, long>(StringComparer.Ordinal))
        {
            names[name] = names.GetValueOrDefault(name) + sum - namesBefore!.GetValueOrDefault(name);
        }
    }

    /// <summary>The storage calls for each, by where they went, most first.</summary>
    /// <param name="part">What a table, a container or the queues belong to.</param>
    public string CallsBy(Func<string, string> part) => string.Join(", ", names
        .GroupBy(pair => part(pair.Key), pair => pair.Value, StringComparer.Ordinal)
        .Select(group => (Part: group.Key, Calls: (double)group.Sum() / Count))
        .OrderByDescending(group => group.Calls)
        .Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Part} {group.Calls:0.00}")));
}

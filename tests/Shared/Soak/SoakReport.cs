using System.Collections.Concurrent;

namespace WalletFunctions.Soak;

/// <summary>What a round did, counted.</summary>
internal sealed class SoakReport
{
    private readonly ConcurrentDictionary<string, int> operations = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> refusals = new(StringComparer.Ordinal);
    private int done;
    private int retries;
    private int kills;

    /// <summary>How many operations have come to an end.</summary>
    public int Done => Volatile.Read(ref done);

    public int Kills => Volatile.Read(ref kills);

    public IReadOnlyDictionary<string, int> Operations => operations;

    public IReadOnlyDictionary<string, int> Refusals => refusals;

    public void Add(string kind, string? code)
    {
        operations.AddOrUpdate(kind, 1, (_, count) => count + 1);
        if (code is not null)
        {
            refusals.AddOrUpdate(code, 1, (_, count) => count + 1);
        }

        Interlocked.Increment(ref done);
    }

    public void AddRetry() => Interlocked.Increment(ref retries);

    public void AddKill() => Interlocked.Increment(ref kills);

    /// <summary>One line for people.</summary>
    public string Line(IReadOnlyDictionary<StorageFault, int> faults) =>
        $"{Done} operations ({List(operations)}); refusals: {List(refusals)}; faults: {List(faults)}; {Kills} kills; {retries} retries";

    private static string List<T>(IEnumerable<KeyValuePair<T, int>> counts)
    {
        var parts = counts.Select(count => $"{count.Key} {count.Value}").Order(StringComparer.Ordinal).ToList();
        return parts.Count == 0 ? "none" : string.Join(", ", parts);
    }
}

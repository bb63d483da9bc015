using Azure.Data.Tables;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Storage;

/// <summary>
/// Reads whole partitions. Those that are asked for while reads are under way go out together with the next, a few in one query over
/// the range that they span; so thousands of instances that wake at once are not thousands of queries.
/// </summary>
internal sealed class PartitionReader(TableClient table)
{
    /// <summary>A filter may hold 15 comparisons; two of them bound the range.</summary>
    private const int PartitionsInRead = 12;

    /// <summary>A second one only for as many as it can take: a read costs the same for one partition as for a dozen.</summary>
    private const int ReadsAtOnce = 2;

    /// <summary>What reads that are under way can hold at most.</summary>
    public const int Capacity = PartitionsInRead * ReadsAtOnce;

    private readonly Lock _lock = new();
    private readonly Queue<(string Partition, TaskCompletionSource<List<TableEntity>> Done)> _waiting = new();
    private int _reads;

    /// <summary>The rows in the order of their keys, as they were at some time after the call.</summary>
    public Task<List<TableEntity>> ReadAsync(string partition, CancellationToken cancellation)
    {
        var done = new TaskCompletionSource<List<TableEntity>>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waiting.Enqueue((partition, done));
            if (_reads == 0 || (_reads < ReadsAtOnce && _waiting.Count >= PartitionsInRead))
            {
                _reads++;
                _ = Task.Run(WorkAsync, CancellationToken.None);
            }
        }
        return done.Task.WaitAsync(cancellation);
    }

    private async Task WorkAsync()
    {
        while (true)
        {
            List<(string Partition, TaskCompletionSource<List<TableEntity>> Done)> some = [];
            lock (_lock)
            {
                // What is too little for this one is the other's.
                while ((_reads == 1 || some.Count + _waiting.Count >= PartitionsInRead) && some.Count < PartitionsInRead && _waiting.TryDequeue(out var next)) some.Add(next);
                if (some.Count == 0)
                {
                    _reads--;
                    return;
                }
            }
            try
            {
                List<TableEntity> rows = [];
                await foreach (var row in table.QueryAsync<TableEntity>(Filter(some.Select(one => one.Partition)))) rows.Add(row);
                var found = rows.ToLookup(row => row.PartitionKey, StringComparer.Ordinal);
                foreach (var (partition, done) in some) done.TrySetResult([.. found[partition]]);
            }
            catch (Exception e)
            {
                // Each who asked hears it, and decides.
                foreach (var (_, done) in some)
                {
                    done.TrySetException(e);
                    _ = done.Task.Exception; // Not everybody waits for the answer.
                }
            }
        }
    }

    private static string Filter(IEnumerable<string> partitions)
    {
        var keys = partitions.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var any = string.Join(" or ", keys.Select(key => TableClient.CreateQueryFilter($"PartitionKey eq {key}")));
        return keys.Count == 1 ? any : TableClient.CreateQueryFilter($"PartitionKey ge {keys[0]} and PartitionKey le {keys[^1]}") + $" and ({any})";
    }
}

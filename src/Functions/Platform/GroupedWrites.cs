using Azure;
using Azure.Data.Tables;

namespace WalletFunctions.Platform;

/// <summary>
/// Writes to one table. Those that come at one time to one partition go out in one transaction, the next as soon as the last has
/// returned; each is stored as a whole or not at all, and one that is refused does not hold up the others.
/// </summary>
/// <param name="linger">How long a write waits for company.</param>
internal sealed class GroupedWrites(TableClient table, TimeSpan linger, TimeProvider clock)
{
    /// <summary>What one transaction may hold.</summary>
    private const int MostRows = 100;

    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();
    private readonly Dictionary<string, Queue<Waiting>> queues = new(StringComparer.Ordinal);

    /// <param name="rows">At most 100, all of one partition, none twice.</param>
    /// <returns>False where a row stood in the way, or its condition did not hold: then nothing of it was stored, or the answer of an earlier try was lost.</returns>
    /// <exception cref="RequestFailedException">The storage is out of reach; whether it is stored is not known.</exception>
    public Task<bool> WriteAsync(IReadOnlyList<TableTransactionAction> rows)
    {
        var waiting = new Waiting(rows, new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously));
        var partition = rows[0].Entity.PartitionKey;
        lock (gate)
        {
            if (queues.TryGetValue(partition, out var queue))
            {
                queue.Enqueue(waiting);
                return waiting.Stored.Task;
            }

            queues[partition] = new Queue<Waiting>([waiting]);
        }

        // The group belongs to many callers: it must not carry the context of the one who happened to start it.
        using (ExecutionContext.SuppressFlow())
        {
            _ = Task.Run(() => WriteWaitingAsync(partition));
        }

        return waiting.Stored.Task;
    }

    private async Task WriteWaitingAsync(string partition)
    {
        while (true)
        {
            if (linger > TimeSpan.Zero)
            {
                await Task.Delay(linger, clock);
            }

            var group = Take(partition);
            if (group.Count == 0)
            {
                return;
            }

            await SubmitAsync(group);
        }
    }

    private List<Waiting> Take(string partition)
    {
        var (group, rows) = (new List<Waiting>(), new HashSet<string>(StringComparer.Ordinal));
        lock (gate)
        {
            var queue = queues[partition];

            // A row may stand in a transaction once: who writes the same one waits for the next.
            while (queue.TryPeek(out var next) && rows.Count + next.Rows.Count <= MostRows && !next.Rows.Any(row => rows.Contains(row.Entity.RowKey)))
            {
                rows.UnionWith(next.Rows.Select(row => row.Entity.RowKey));
                group.Add(queue.Dequeue());
            }

            if (group.Count == 0)
            {
                queues.Remove(partition);
            }
        }

        return group;
    }

    private async Task SubmitAsync(List<Waiting> group)
    {
        while (group.Count > 0)
        {
            try
            {
                using var budget = new CancellationTokenSource(Budget, clock);
                await table.SubmitTransactionAsync(group.SelectMany(one => one.Rows), budget.Token);
                group.ForEach(one => one.Stored.TrySetResult(true));
                return;
            }
            catch (RequestFailedException e) when (e.Status is 404 or 409 or 412)
            {
                if ((group.Count == 1 ? group[0] : CulpritIn(group, e)) is { } culprit)
                {
                    culprit.Stored.TrySetResult(false);
                    group.Remove(culprit);
                    continue;
                }

                // It does not say which: each alone.
                foreach (var one in group)
                {
                    await SubmitAsync([one]);
                }

                return;
            }
            catch (Exception e)
            {
                // The loop serves everybody: the fault belongs to those of this group.
                group.ForEach(one => one.Stored.TrySetException(e));
                return;
            }
        }
    }

    private static Waiting? CulpritIn(List<Waiting> group, RequestFailedException e)
    {
        if ((e as TableTransactionFailedException)?.FailedTransactionActionIndex is not { } index)
        {
            return null;
        }

        foreach (var one in group)
        {
            if (index < one.Rows.Count)
            {
                return one;
            }

            index -= one.Rows.Count;
        }

        return null;
    }

    private sealed record Waiting(IReadOnlyList<TableTransactionAction> Rows, TaskCompletionSource<bool> Stored);
}

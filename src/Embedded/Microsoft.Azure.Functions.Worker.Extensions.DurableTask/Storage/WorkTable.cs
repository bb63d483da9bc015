using Azure;
using Azure.Data.Tables;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Storage;

/// <summary>A message's doorbell, rung by a host that does not own the hub.</summary>
internal sealed record Ring(string RowKey, string InstanceId, string MessageKey);

/// <summary>When an instance must be looked at; <see cref="Due"/> 0 is now.</summary>
internal sealed record WorkRow(long Due, string InstanceId)
{
    public const long Now = 0;

    public string RowKey => $"t|{Due:D19}|{InstanceId}";
}

/// <summary>
/// The table that tells an owner where to look, all in one partition: the <c>lease</c>, the rings of other hosts
/// (<c>r|time|nonce</c>) and the work rows (<c>t|due|instance</c>). A work row stands from before an instance has
/// something to do until after it sleeps or has ended, so that whoever takes over finds it without a scan.
/// </summary>
internal sealed class WorkTable(TableClient table)
{
    private const string Partition = "work";
    private const int TransactionLimit = 100;

    private readonly Lock _lock = new();
    private readonly List<(WorkRow Row, TaskCompletionSource Done)> _waiting = [];
    private bool _isWriting;

    public TableClient Table => table;

    /// <summary>Rows that are asked for while a write is under way go out together with the next.</summary>
    public Task AddAsync(WorkRow row, CancellationToken cancellation)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waiting.Add((row, done));
            if (!_isWriting) _ = WriteAsync();
            _isWriting = true;
        }
        return done.Task.WaitAsync(cancellation);
    }

    /// <summary>Work rows due from <paramref name="from"/> to before <paramref name="to"/>, in ticks.</summary>
    public async Task<List<WorkRow>> ReadAsync(long from, long to, CancellationToken cancellation)
    {
        List<WorkRow> rows = [];
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {Partition} and RowKey ge {$"t|{from:D19}"} and RowKey lt {$"t|{to:D19}"}");
        await foreach (var row in table.QueryAsync<TableEntity>(filter, select: ["RowKey"], cancellationToken: cancellation))
        {
            var parts = row.RowKey.Split('|', 3);
            rows.Add(new(long.Parse(parts[1]), parts[2]));
        }
        return rows;
    }

    public async Task RingAsync(string instanceId, string messageKey, DateTimeOffset now, CancellationToken cancellation)
        => await table.UpsertEntityAsync(
            new TableEntity(Partition, $"r|{now.UtcTicks:D19}|{Guid.NewGuid():N}") { ["Instance"] = instanceId, ["Message"] = messageKey },
            TableUpdateMode.Replace, cancellation);

    public async Task<List<Ring>> ReadRingsAsync(CancellationToken cancellation)
    {
        List<Ring> rings = [];
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {Partition} and RowKey ge {"r|"} and RowKey lt {"s"}");
        await foreach (var row in table.QueryAsync<TableEntity>(filter, cancellationToken: cancellation))
            rings.Add(new(row.RowKey, row.GetString("Instance")!, row.GetString("Message")!));
        return rings;
    }

    /// <summary>Writes and deletes rows, many at a time; a row to be deleted may be gone already.</summary>
    public async Task ChangeAsync(IEnumerable<WorkRow> added, IEnumerable<string> deleted, CancellationToken cancellation)
    {
        var actions = added.Select(row => new TableTransactionAction(TableTransactionActionType.UpsertReplace, Format(row)))
            .Concat(deleted.Select(key => new TableTransactionAction(TableTransactionActionType.Delete, new TableEntity(Partition, key), ETag.All)));
        // Rows are added before any is deleted, whichever chunk they fall into.
        foreach (var some in actions.Chunk(TransactionLimit))
        {
            try
            {
                await table.SubmitTransactionAsync(some, cancellation);
            }
            catch (RequestFailedException e) when (e.Status == 404)
            {
                foreach (var action in some)
                {
                    if (action.ActionType == TableTransactionActionType.Delete) await table.DeleteEntityAsync(action.Entity.PartitionKey, action.Entity.RowKey, ETag.All, cancellation);
                    else await table.UpsertEntityAsync((TableEntity)action.Entity, TableUpdateMode.Replace, cancellation);
                }
            }
        }
    }

    private async Task WriteAsync()
    {
        await Task.Yield(); // Begun under the lock.
        while (true)
        {
            List<(WorkRow Row, TaskCompletionSource Done)> some;
            lock (_lock)
            {
                some = _waiting[..Math.Min(TransactionLimit, _waiting.Count)];
                _waiting.RemoveRange(0, some.Count);
                _isWriting = some.Count > 0;
            }
            if (some.Count == 0) return;
            try
            {
                await ChangeAsync(some.Select(one => one.Row).Distinct(), [], CancellationToken.None);
                foreach (var (_, done) in some) done.TrySetResult();
            }
            catch (Exception e)
            {
                // Each who asked hears it, and decides.
                foreach (var (_, done) in some) done.TrySetException(e);
            }
        }
    }

    private static TableEntity Format(WorkRow row) => new(Partition, row.RowKey);
}

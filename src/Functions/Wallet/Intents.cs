using System.Globalization;
using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain;

namespace WalletFunctions.Wallet;

/// <summary>What is about to happen, told before the first row of it is written, so that nothing half done is forgotten.</summary>
/// <param name="Kind">Which <see cref="IIntentSweeper"/> understands it.</param>
/// <param name="OperationId">The operation in the book of <paramref name="Book"/>.</param>
/// <param name="Book">The book where it starts.</param>
internal sealed record Intent(string Kind, string OperationId, WalletId Book)
{
    /// <summary>What else the sweeper needs; small.</summary>
    public string? Note { get; init; }

    internal IntentGroup? Group { get; init; }
}

/// <summary>Finishes or forbids what an intent announced and nobody finished.</summary>
internal interface IIntentSweeper
{
    /// <summary>The <see cref="Intent.Kind"/> it understands.</summary>
    string Kind { get; }

    /// <summary>Brings the operation to its end. May run at the same moment in several processes and beside the operation itself.</summary>
    /// <returns>Whether the intent may be cleared; false leaves it for the next sweep.</returns>
    Task<bool> SweepAsync(Intent intent, CancellationToken cancellation);
}

/// <summary>The table <c>intents</c>. Those that come at one time go out together: many operations share one row, its write and its deletion.</summary>
public sealed class Intents : IAsyncDisposable
{
    /// <summary>The table's name.</summary>
    internal const string TableName = "intents";

    private const int MaxRows = 100;
    private const int MaxNotes = 16 * 1024;
    private const int Shards = 16;

    private readonly TableClient table;
    private readonly TimeProvider clock;
    private readonly LedgerOptions options;

    // One shard a process: its groups of one minute share a partition, so that one transaction deletes them, and processes do not share one.
    private readonly string shard = Random.Shared.Next(Shards).ToString("x", CultureInfo.InvariantCulture);
    private readonly Lock gate = new();
    private readonly Queue<(Intent Intent, TaskCompletionSource<Intent> Stored)> adding = new();
    private readonly Queue<IntentGroup> done = new();
    private readonly CancellationTokenSource stopping = new();
    private bool isAdding;
    private Task clearing = Task.CompletedTask;

    /// <param name="table">Intents are upserted and deleted unconditionally, so the SDK may repeat such requests blindly.</param>
    /// <param name="clock">The machine's: an intent's age has nothing to do with business.</param>
    /// <param name="options">Bounds.</param>
    internal Intents(TableClient table, TimeProvider clock, LedgerOptions options) => (this.table, this.clock, this.options) = (table, clock, options);

    /// <summary>Stores an intent; only then may its operation begin.</summary>
    /// <returns>The intent as stored; give it to <see cref="Clear"/> when the operation has come to its end.</returns>
    internal Task<Intent> AddAsync(Intent intent, CancellationToken cancellation)
    {
        var stored = new TaskCompletionSource<Intent>();
        bool start;
        lock (gate)
        {
            adding.Enqueue((intent, stored));
            start = !isAdding;
            isAdding = true;
        }

        if (start)
        {
            using (ExecutionContext.SuppressFlow())
            {
                _ = AddWaitingAsync();
            }
        }

        return stored.Task.WaitAsync(cancellation);
    }

    /// <summary>Says that an intent has come to its end. When its whole group has, the row is deleted some time soon; if that fails, the sweep does it.</summary>
    internal void Clear(Intent intent)
    {
        if (intent.Group?.End(intent) != true)
        {
            return;
        }

        lock (gate)
        {
            done.Enqueue(intent.Group);
            if (clearing.IsCompleted)
            {
                using (ExecutionContext.SuppressFlow())
                {
                    clearing = Task.Run(ClearGatheredAsync);
                }
            }
        }
    }

    /// <summary>The groups older than an age, oldest first.</summary>
    internal async IAsyncEnumerable<IntentGroup> OlderThanAsync(TimeSpan age, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var limit = clock.GetUtcNow() - age;
        var end = IntentGroup.Minute(limit.AddMinutes(1));
        await foreach (var row in table.QueryAsync<IntentGroupRow>(TableClient.CreateQueryFilter($"PartitionKey lt {end}"), cancellationToken: cancellation))
        {
            if (row.At <= limit)
            {
                yield return IntentGroup.Read(row);
            }
        }
    }

    /// <summary>Leaves only these of a group that was read: the next sweep need not look at the others again.</summary>
    internal async Task KeepAsync(IntentGroup group, IReadOnlyList<Intent> only, CancellationToken cancellation)
    {
        try
        {
            await table.UpdateEntityAsync(group.ToRow(clock.GetUtcNow() - options.IntentAge, only), group.ETag, TableUpdateMode.Replace, cancellation);
        }
        catch (RequestFailedException fault) when (fault.Status is 404 or 412)
        {
            // Another process has swept it at this moment.
        }
    }

    /// <summary>Deletes what has gathered, without waiting for more.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await clearing;
        stopping.Dispose();
    }

    private async Task AddWaitingAsync()
    {
        while (true)
        {
            var batch = new List<(Intent Intent, TaskCompletionSource<Intent> Stored)>();
            lock (gate)
            {
                var notes = 0;
                while (batch.Count < IntentGroup.MostIntents && notes < MaxNotes && adding.TryDequeue(out var next))
                {
                    batch.Add(next);
                    notes += next.Intent.Note?.Length ?? 0;
                }

                if (batch.Count == 0)
                {
                    isAdding = false;
                    return;
                }
            }

            var now = clock.GetUtcNow();
            var group = new IntentGroup(IntentGroup.Minute(now) + shard, Guid.NewGuid().ToString("N"), batch.Select(one => one.Intent));
            try
            {
                using var budget = new CancellationTokenSource(options.CommandBudget, clock);
                await table.UpsertEntityAsync(group.ToRow(now), TableUpdateMode.Replace, budget.Token);
                Tell(batch, group);
            }
            catch (Exception fault)
            {
                // The loop serves everybody: the fault belongs to those of this batch, whose operations then do not begin.
                var told = new LedgerUnavailableException("The intent could not be stored; nothing was begun.", fault);
                foreach (var one in batch)
                {
                    ThreadPool.UnsafeQueueUserWorkItem(static failed => failed.Stored.TrySetException(failed.told), (one.Stored, told), preferLocal: false);
                }
            }
        }
    }

    /// <summary>Whoever is the only one goes on in this very thread, which saves the way to another; many begin side by side.</summary>
    private void Tell(List<(Intent Intent, TaskCompletionSource<Intent> Stored)> batch, IntentGroup group)
    {
        bool isOnlyOne;
        lock (gate)
        {
            isOnlyOne = batch.Count == 1 && adding.Count == 0;
        }

        for (var i = 0; i < batch.Count; i++)
        {
            if (isOnlyOne)
            {
                batch[i].Stored.TrySetResult(group.Intents[i]);
            }
            else
            {
                ThreadPool.UnsafeQueueUserWorkItem(static told => told.Stored.TrySetResult(told.Intent), (batch[i].Stored, Intent: group.Intents[i]), preferLocal: false);
            }
        }
    }

    private async Task ClearGatheredAsync()
    {
        while (true)
        {
            await Task.Delay(options.ClearPause, clock, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            List<IntentGroup> batch = [];
            lock (gate)
            {
                batch.AddRange(done);
                done.Clear();

                if (batch.Count == 0)
                {
                    clearing = Task.CompletedTask;
                    return;
                }
            }

            foreach (var partition in batch.GroupBy(group => group.Partition, StringComparer.Ordinal))
            {
                foreach (var groups in partition.Chunk(MaxRows))
                {
                    await DeleteAsync(groups);
                }
            }
        }
    }

    private async Task DeleteAsync(IntentGroup[] groups)
    {
        try
        {
            if (groups is [var one])
            {
                await table.DeleteEntityAsync(one.Partition, one.Row, ETag.All);
                return;
            }

            await table.SubmitTransactionAsync(groups.Select(group => new TableTransactionAction(TableTransactionActionType.Delete, group.ToRow(default, []), ETag.All)));
        }
        catch (RequestFailedException fault) when (fault.Status == 404 && groups.Length > 1)
        {
            // Another sweep deleted one of them; the rest must not wait for that.
            foreach (var group in groups)
            {
                await DeleteAsync([group]);
            }
        }
        catch (Exception)
        {
            // Left behind, it is found by the next sweep, which sees that nothing is left to do and clears it again.
        }
    }
}

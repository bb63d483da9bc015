using System.Globalization;
using System.Runtime.Serialization;
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

    internal string Partition { get; init; } = "";
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

/// <summary>The table <c>intents</c>. Rows of one process go out together: many operations share one write, and one deletion.</summary>
public sealed class Intents : IAsyncDisposable
{
    /// <summary>The table's name.</summary>
    internal const string TableName = "intents";

    private const int MaxRows = 100;
    private const int Shards = 16;

    private readonly TableClient table;
    private readonly TimeProvider clock;
    private readonly LedgerOptions options;

    // One shard a process: its intents of one minute share a partition and so a transaction, and processes do not share one.
    private readonly string shard = Random.Shared.Next(Shards).ToString("x", CultureInfo.InvariantCulture);
    private readonly Lock gate = new();
    private readonly Queue<(Intent Intent, TaskCompletionSource<Intent> Stored)> adding = new();
    private readonly Queue<Intent> done = new();
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
        var stored = new TaskCompletionSource<Intent>(TaskCreationOptions.RunContinuationsAsynchronously);
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
                _ = Task.Run(AddWaitingAsync, CancellationToken.None);
            }
        }

        return stored.Task.WaitAsync(cancellation);
    }

    /// <summary>Deletes an intent some time soon, together with others. If that fails, the sweep does it.</summary>
    internal void Clear(Intent intent)
    {
        lock (gate)
        {
            done.Enqueue(intent);
            if (clearing.IsCompleted)
            {
                using (ExecutionContext.SuppressFlow())
                {
                    clearing = Task.Run(ClearGatheredAsync);
                }
            }
        }
    }

    /// <summary>The intents older than an age, oldest first.</summary>
    internal async IAsyncEnumerable<Intent> OlderThanAsync(TimeSpan age, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var limit = clock.GetUtcNow() - age;
        var end = Minute(limit.AddMinutes(1));
        await foreach (var row in table.QueryAsync<IntentRow>(TableClient.CreateQueryFilter($"PartitionKey lt {end}"), cancellationToken: cancellation))
        {
            if (row.At <= limit)
            {
                yield return new Intent(row.Kind, row.RowKey, new WalletId(row.Book)) { Note = row.Note, Partition = row.PartitionKey };
            }
        }
    }

    /// <summary>Deletes what has gathered, without waiting for more.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await clearing;
        stopping.Dispose();
    }

    private static string Minute(DateTimeOffset at) => at.UtcDateTime.ToString("yyyyMMddHHmm", CultureInfo.InvariantCulture);

    private async Task AddWaitingAsync()
    {
        while (true)
        {
            var batch = new List<(Intent Intent, TaskCompletionSource<Intent> Stored)>();
            lock (gate)
            {
                while (batch.Count < MaxRows && adding.TryDequeue(out var next))
                {
                    batch.Add(next);
                }

                if (batch.Count == 0)
                {
                    isAdding = false;
                    return;
                }
            }

            var now = clock.GetUtcNow();
            var partition = Minute(now) + shard;
            try
            {
                using var budget = new CancellationTokenSource(options.CommandBudget, clock);
                await table.SubmitTransactionAsync(
                    batch.Select(one => new TableTransactionAction(TableTransactionActionType.UpsertReplace, IntentRow.From(partition, one.Intent, now))), budget.Token);
                batch.ForEach(one => one.Stored.TrySetResult(one.Intent with { Partition = partition }));
            }
            catch (Exception fault)
            {
                // The loop serves everybody: the fault belongs to those of this batch, whose operations then do not begin.
                var told = new LedgerUnavailableException("The intent could not be stored; nothing was begun.", fault);
                batch.ForEach(one => one.Stored.TrySetException(told));
            }
        }
    }

    private async Task ClearGatheredAsync()
    {
        while (true)
        {
            await Task.Delay(options.ClearPause, clock, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            List<Intent> batch = [];
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

            foreach (var group in batch.GroupBy(intent => intent.Partition, StringComparer.Ordinal))
            {
                foreach (var rows in group.DistinctBy(intent => intent.OperationId, StringComparer.Ordinal).Chunk(MaxRows))
                {
                    await DeleteAsync([.. rows]);
                }
            }
        }
    }

    private async Task DeleteAsync(List<Intent> group)
    {
        try
        {
            await table.SubmitTransactionAsync(group.Select(intent =>
                new TableTransactionAction(TableTransactionActionType.Delete, new IntentRow { PartitionKey = intent.Partition, RowKey = intent.OperationId }, ETag.All)));
        }
        catch (RequestFailedException fault) when (fault.Status == 404 && group.Count > 1)
        {
            // Another sweep deleted one of them; the rest must not wait for that.
            foreach (var intent in group)
            {
                await DeleteAsync([intent]);
            }
        }
        catch (Exception)
        {
            // Left behind, it is found by the next sweep, which sees that nothing is left to do and clears it again.
        }
    }

    private sealed class IntentRow : BookRow
    {
        [DataMember(Name = "k")]
        public string Kind { get; set; } = "";

        [DataMember(Name = "b")]
        public string Book { get; set; } = "";

        [DataMember(Name = "t")]
        public string? Note { get; set; }

        [DataMember(Name = "at")]
        public DateTimeOffset At { get; set; }

        public static IntentRow From(string partition, Intent intent, DateTimeOffset now) => new()
        {
            PartitionKey = partition,
            RowKey = intent.OperationId,
            Kind = intent.Kind,
            Book = intent.Book.Value,
            Note = intent.Note,
            At = now,
        };
    }
}

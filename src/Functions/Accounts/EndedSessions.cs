using System.Collections.Concurrent;
using System.Globalization;
using Azure;
using Azure.Data.Tables;
using WalletFunctions.Platform;

namespace WalletFunctions.Accounts;

/// <summary>The sessions that ended while access tokens of theirs may still be about. All hosts follow it, so that a signed-in call costs no read.</summary>
/// <remarks>Rows of one partition, their keys in the order of time: a look reads only what is new. Times are the machines', which may differ a little.</remarks>
/// <param name="table">The accounts' table.</param>
/// <param name="clock">The machine's.</param>
internal sealed class EndedSessions(TableClient table, MachineClock clock)
{
    /// <summary>How old the list may be before a call asks for it anew, without waiting.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    /// <summary>How old it may be before calls wait for it.</summary>
    private static readonly TimeSpan Usable = TimeSpan.FromSeconds(10);

    /// <summary>How far hosts' clocks may differ, and how late a row may land.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(2);

    private const string Partition = "ended-sessions";
    private const int MostDeleted = 100;

    private readonly ConcurrentDictionary<string, DateTimeOffset> ended = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private Task looking = Task.CompletedTask;
    private DateTimeOffset? lookedAt;

    /// <summary>Ends a session's access tokens: here at once, on other hosts within seconds.</summary>
    public async Task AddAsync(string sessionId, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        ended[sessionId] = now;
        await table.UpsertEntityAsync(new TableEntity(Partition, Key(now) + "|" + sessionId), TableUpdateMode.Replace, cancellationToken);
    }

    /// <summary>Whether a session's access tokens are to be refused.</summary>
    /// <exception cref="RequestFailedException">Storage has not been reached for too long to know.</exception>
    public async ValueTask<bool> ContainsAsync(string sessionId, CancellationToken cancellationToken)
    {
        var age = clock.GetUtcNow() - lookedAt;
        if (!(age < Fresh))
        {
            var look = LookOnce();
            if (!(age < Usable))
            {
                await look.WaitAsync(cancellationToken);
            }
        }

        return ended.ContainsKey(sessionId);
    }

    /// <summary>One look at a time, for whoever asks meanwhile.</summary>
    private Task LookOnce()
    {
        lock (gate)
        {
            if (looking.IsCompleted)
            {
                using (ExecutionContext.SuppressFlow())
                {
                    looking = Task.Run(LookAsync);
                }
            }

            return looking;
        }
    }

    private async Task LookAsync()
    {
        var now = clock.GetUtcNow();
        var oldest = now - AccessTokens.Lifetime - Overlap;
        var from = Key(lookedAt is { } last && last - Overlap > oldest ? last - Overlap : oldest);
        await foreach (var row in table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {Partition} and RowKey ge {from}"), select: ["RowKey"]))
        {
            ended[row.RowKey[(row.RowKey.IndexOf('|', StringComparison.Ordinal) + 1)..]] = now;
        }

        foreach (var (session, at) in ended)
        {
            if (at < oldest)
            {
                ended.TryRemove(session, out _);
            }
        }

        if (lookedAt is null)
        {
            await DeleteOldAsync(Key(oldest - Overlap));
        }

        lookedAt = now;
    }

    /// <summary>Once in a host's life: rows whose tokens have long expired.</summary>
    private async Task DeleteOldAsync(string before)
    {
        var old = new List<TableTransactionAction>();
        await foreach (var row in table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {Partition} and RowKey lt {before}"), MostDeleted, ["PartitionKey", "RowKey"]))
        {
            old.Add(new(TableTransactionActionType.Delete, row, ETag.All));
            if (old.Count == MostDeleted)
            {
                break;
            }
        }

        if (old.Count > 0)
        {
            try
            {
                await table.SubmitTransactionAsync(old);
            }
            catch (RequestFailedException e) when (e.Status == 404)
            {
                // Another host deletes them at this moment.
            }
        }
    }

    private static string Key(DateTimeOffset at) => at.UtcTicks.ToString("D19", CultureInfo.InvariantCulture);
}

using Azure;
using Azure.Data.Tables;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace WalletFunctions.Platform;

/// <summary>Rows that nobody needs when they have not been written for a while.</summary>
/// <param name="Age">By the service's own timestamps.</param>
/// <param name="Prefix">Of their row keys; null: all of the table.</param>
internal sealed record PassingRows(string Table, TimeSpan Age, string? Prefix = null);

internal static class PassingRowsExtensions
{
    /// <summary>Has rows of a table deleted that were not written for so many days.</summary>
    public static IServiceCollection AddPassingRows(this IServiceCollection services, string table, int days, string? prefix = null) =>
        services.AddSingleton(new PassingRows(table, TimeSpan.FromDays(days), prefix));
}

/// <summary>Deletes what features said is worth nothing any more: counts, challenges, kept answers, keys of what was told long ago.</summary>
public sealed class OldRows
{
    private const int AtOnce = 100;

    /// <summary>A table is searched for them, which is why it happens once a night, and for no longer than this; some hundred thousand rows go in it.</summary>
    private static readonly TimeSpan LongestPerTable = TimeSpan.FromSeconds(30);

    private readonly Storage storage;
    private readonly IReadOnlyList<PassingRows> kinds;
    private readonly MachineClock clock;
    private readonly ILogger<OldRows> log;

    internal OldRows(Storage storage, IEnumerable<PassingRows> kinds, MachineClock clock, ILogger<OldRows> log) =>
        (this.storage, this.kinds, this.clock, this.log) = (storage, [.. kinds], clock, log);

    /// <summary>Deletes once; what is left waits for the next night.</summary>
    /// <returns>How many rows went.</returns>
    internal async Task<int> DeleteAsync(CancellationToken cancellationToken)
    {
        var all = 0;
        foreach (var kind in kinds)
        {
            var deleted = await DeleteAsync(kind, cancellationToken);
            all += deleted;
            if (deleted > 0)
            {
                log.LogInformation("{Rows} rows of {Table} older than {Age} were deleted", deleted, kind.Table, kind.Age);
            }
        }

        return all;
    }

    private async Task<int> DeleteAsync(PassingRows kind, CancellationToken cancellationToken)
    {
        var (table, before, deleted, begun) = (storage.Table(kind.Table), clock.GetUtcNow() - kind.Age, 0, clock.GetTimestamp());
        var filter = kind.Prefix is { } prefix
            ? TableClient.CreateQueryFilter($"RowKey ge {prefix} and RowKey lt {prefix + "~"} and Timestamp lt {before}")
            : TableClient.CreateQueryFilter($"Timestamp lt {before}");
        var group = new List<TableEntity>(AtOnce);
        await foreach (var row in table.QueryAsync<TableEntity>(filter, select: ["PartitionKey", "RowKey"], cancellationToken: cancellationToken))
        {
            if (group.Count == AtOnce || (group.Count > 0 && group[0].PartitionKey != row.PartitionKey))
            {
                deleted += await DeleteAsync(table, group, cancellationToken);
                group.Clear();
                if (clock.GetElapsedTime(begun) > LongestPerTable)
                {
                    break;
                }
            }

            group.Add(row);
        }

        return deleted + await DeleteAsync(table, group, cancellationToken);
    }

    /// <summary>Deletes rows of one partition, but for those that somebody wrote or deleted meanwhile.</summary>
    private static async Task<int> DeleteAsync(TableClient table, List<TableEntity> rows, CancellationToken cancellationToken)
    {
        if (rows.Count == 0)
        {
            return 0;
        }

        try
        {
            await table.SubmitTransactionAsync(rows.Select(row => new TableTransactionAction(TableTransactionActionType.Delete, row, row.ETag)), cancellationToken);
            return rows.Count;
        }
        catch (RequestFailedException fault) when (fault.Status is 404 or 412)
        {
            var deleted = 0;
            foreach (var row in rows.Count > 1 ? rows : [])
            {
                deleted += await DeleteAsync(table, [row], cancellationToken);
            }

            return deleted;
        }
    }
}

/// <summary>Sets the deletion of old rows going, at night in Asia/Shanghai.</summary>
public sealed class OldRowsTimer(OldRows rows)
{
    [Function("CleanOldRows")]
    public Task RunAsync([TimerTrigger("0 50 18 * * *")] TimerInfo timer, CancellationToken cancellationToken) => rows.DeleteAsync(cancellationToken);
}

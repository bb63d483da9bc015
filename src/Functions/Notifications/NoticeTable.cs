using System.Globalization;
using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain;
using WalletFunctions.Platform;

namespace WalletFunctions.Notifications;

/// <summary>A notice that is still to be handed over.</summary>
/// <param name="Row">The notice.</param>
/// <param name="Waiting">The row key of its place in the list of those that wait.</param>
/// <param name="Tries">How often it was tried.</param>
internal sealed record WaitingNotice(NoticeRow Row, string Waiting, int Tries);

/// <summary>
/// The only class that reads and writes the table <c>notices</c>. In each shard stand the notices (<c>n|account|…</c>), a row for
/// each key (<c>k|…</c>) so that none is told twice, and the list of those that wait, by when somebody should look (<c>o|…</c>):
/// a crash leaves its notice there, and nobody ever searches the table.
/// </summary>
internal sealed class NoticeTable
{
    public const string TableName = "notices";

    /// <summary>Of the rows that keep a notice from being told twice.</summary>
    public const string KeyPrefix = "k|";

    /// <summary>So long people can look up what they were told: a year and a month. Statements and transactions stay for ever.</summary>
    public const int KeptDays = 396;

    /// <summary>So long a notice that is told again is known to have been told.</summary>
    public const int KeyDays = 62;

    private const string WaitingPrefix = "o|";
    private const int MostAtOnce = 200;

    /// <summary>A moment for others to come along: whoever tells something has no hurry.</summary>
    private static readonly TimeSpan Company = TimeSpan.FromMilliseconds(20);

    /// <summary>Ends come together: nobody waits for them, and a crash before only makes somebody look once more.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(400);

    private readonly TableClient table;
    private readonly MachineClock machine;
    private readonly GroupedWrites arriving;
    private readonly GroupedWrites ending;

    public NoticeTable(Storage storage, MachineClock machine)
    {
        (table, this.machine) = (storage.Table(TableName), machine);
        arriving = new GroupedWrites(table, Company, machine);
        ending = new GroupedWrites(table, Linger, machine);
    }

    /// <summary>Stores a notice, its key and its place among those that wait.</summary>
    /// <returns>Null where the key is known.</returns>
    public async Task<WaitingNotice?> AddAsync(NoticeRow row, TimeSpan lease)
    {
        var waiting = WaitingKey(machine.GetUtcNow() + lease, row);
        return await arriving.WriteAsync(
        [
            Add(new TableEntity(row.PartitionKey, KeyPrefix + row.Occasion) { ["Row"] = row.RowKey }),
            Add(row),
            Add(Place(row, waiting, tries: 0)),
        ]) ? new WaitingNotice(row, waiting, 0) : null;
    }

    /// <summary>Says what became of a notice of which nothing is left to do.</summary>
    public Task EndAsync(WaitingNotice notice) => ending.WriteAsync([Replace(notice.Row), Remove(notice)]);

    /// <summary>Says what became of a notice so far, and when to look again. Nobody else may have touched it.</summary>
    /// <returns>Null if somebody has.</returns>
    public async Task<WaitingNotice?> PutBackAsync(WaitingNotice notice, TimeSpan after, int tries)
    {
        var again = notice with { Waiting = WaitingKey(machine.GetUtcNow() + after, notice.Row), Tries = tries };
        return await arriving.WriteAsync([Replace(notice.Row), Remove(notice), Add(Place(notice.Row, again.Waiting, tries))]) ? again : null;
    }

    /// <summary>Those of a shard at which somebody should look, the longest waiting first.</summary>
    public async IAsyncEnumerable<WaitingNotice> DueAsync(int shard, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (partition, until) = (NoticeRow.PartitionOf(shard), WaitingPrefix + Ticks(machine.GetUtcNow()));
        var count = 0;
        await foreach (var place in table.QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey gt {WaitingPrefix} and RowKey lt {until}"), maxPerPage: MostAtOnce, cancellationToken: cancellationToken))
        {
            var found = await table.GetEntityIfExistsAsync<NoticeRow>(partition, place.GetString("Row"), cancellationToken: cancellationToken);
            if (found.HasValue)
            {
                yield return new WaitingNotice(found.Value!, place.RowKey, place.GetInt32("Tries") ?? 0);
            }

            if (++count == MostAtOnce)
            {
                yield break; // the others at the next look
            }
        }
    }

    /// <summary>What an account was told, newest first.</summary>
    public Task<(IReadOnlyList<NoticeRow> Items, string? Continuation)> ListAsync(AccountId account, Page page, CancellationToken cancellationToken)
    {
        var prefix = NoticeRow.PrefixOf(account);
        return table.PageAsync<NoticeRow, NoticeRow>(
            TableClient.CreateQueryFilter($"PartitionKey eq {NoticeRow.Partition(account)} and RowKey gt {page.Cursor ?? prefix} and RowKey lt {prefix + "~"}"),
            page, row => row, row => row.RowKey, cancellationToken);
    }

    private static TableEntity Place(NoticeRow row, string waiting, int tries) => new(row.PartitionKey, waiting) { ["Row"] = row.RowKey, ["Tries"] = tries };

    private static TableTransactionAction Add(ITableEntity row) => new(TableTransactionActionType.Add, row);

    private static TableTransactionAction Replace(NoticeRow row) => new(TableTransactionActionType.UpdateReplace, row, ETag.All);

    /// <summary>Whoever takes a notice's place out of the list has it: another who tries the same is refused as a whole.</summary>
    private static TableTransactionAction Remove(WaitingNotice notice) => new(TableTransactionActionType.Delete, new TableEntity(notice.Row.PartitionKey, notice.Waiting), ETag.All);

    private static string WaitingKey(DateTimeOffset due, NoticeRow row) => $"{WaitingPrefix}{Ticks(due)}{row.Occasion}";

    private static string Ticks(DateTimeOffset at) => at.UtcTicks.ToString("D19", CultureInfo.InvariantCulture);
}

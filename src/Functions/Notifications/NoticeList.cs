using System.Globalization;
using WalletFunctions.Domain.Books;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;
using WalletFunctions.Wallet.History;

namespace WalletFunctions.Notifications;

/// <summary>What somebody is shown: the notices, and among them the money that arrived.</summary>
/// <remarks>Of the latter there is no notice: the entry in the book tells it, and a row of its own would cost every transfer (docs/adr/0019).</remarks>
public sealed class NoticeList
{
    /// <summary>Arrivals among so many of a wallet's newest entries are shown; all of them stand among the transactions.</summary>
    internal const int NewestEntries = 1_000;

    private static readonly EntryKind[] Arrivals = [EntryKind.TransferIn, EntryKind.CollectionIn];

    private readonly NoticeTable table;
    private readonly BookHistory history;
    private readonly TimeProvider clock;

    internal NoticeList(NoticeTable table, BookHistory history, TimeProvider clock) => (this.table, this.history, this.clock) = (table, history, clock);

    /// <summary>One page, newest first.</summary>
    internal async Task<(IReadOnlyList<NotificationView> Items, string? Continuation)> ReadAsync(Caller caller, Page page, CancellationToken cancellationToken)
    {
        var start = Position.Read(page.Cursor);
        var (rows, more) = await table.ListAsync(caller.Account, page with { Cursor = start.Notice }, cancellationToken);
        var arrived = caller.Role == Role.Customer ? await ArrivedAsync(caller, start.Entry, page.Limit + 1, cancellationToken) : [];

        // The order of each is kept, for neither's times run backwards.
        var shown = rows.Select(row => new Line(row.At, row, null)).Concat(arrived.Select(entry => new Line(entry.At, null, entry)))
            .OrderByDescending(line => line.At).Take(page.Limit).ToList();
        var isLast = more is null && rows.Count + arrived.Count <= page.Limit;
        var next = new Position(
            shown.LastOrDefault(line => line.Notice is not null)?.Notice!.RowKey ?? start.Notice,
            shown.LastOrDefault(line => line.Entry is not null)?.Entry!.Number ?? start.Entry);
        return (shown.ConvertAll(line => line.Notice is { } row ? NotificationView.Of(row, caller.Language) : NotificationView.Of(line.Entry!, caller.Language)), isLast ? null : next.ToString());
    }

    private async Task<IReadOnlyList<Entry>> ArrivedAsync(Caller caller, long? below, int wanted, CancellationToken cancellationToken)
    {
        var partition = BookKeys.Partition(caller.Wallet);
        var last = (await history.Store.FindHeadAsync(partition, cancellationToken))?.Head.LastNumber ?? 0;
        var (newest, oldest) = (Math.Min(last, (below - 1) ?? last), Math.Max(1, last - NewestEntries + 1));
        var (found, kept) = (new List<Entry>(), clock.GetUtcNow().AddDays(-NoticeTable.KeptDays));
        if (newest < oldest)
        {
            return found;
        }

        await foreach (var row in history.Store.Entries(new EntryRange(partition, newest, oldest), Arrivals, null, cancellationToken))
        {
            if (row.At < kept || found.Count == wanted)
            {
                break;
            }

            found.Add(row.ToDomain());
        }

        return found;
    }

    /// <summary>One of both.</summary>
    private sealed record Line(DateTimeOffset At, NoticeRow? Notice, Entry? Entry);

    /// <summary>The last that was shown of each; null before the first.</summary>
    private sealed record Position(string? Notice, long? Entry)
    {
        private const char Between = '\n';

        public static Position Read(string? cursor)
        {
            var (notice, entry) = cursor?.Split(Between) is [var first, var second] ? (first, second) : (cursor ?? "", "");
            return new Position(notice.Length == 0 ? null : notice, entry.Length == 0 ? null : long.Parse(entry, CultureInfo.InvariantCulture));
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Notice}{Between}{Entry}");
    }
}

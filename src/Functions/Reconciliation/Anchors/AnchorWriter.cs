using System.Security.Cryptography;
using System.Text;
using WalletFunctions.Accounts;
using WalletFunctions.Domain.Calendar;
using WalletFunctions.Domain.Reconciliation;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace WalletFunctions.Reconciliation.Anchors;

/// <summary>Writes an anchor for each closed day: the last entry of every book, by one hash, signed, linked to the anchor before.</summary>
internal sealed class AnchorWriter(Ledger ledger, AnchorStore store, SigningKeys keys, ReconciliationOptions options)
{
    private const int BooksAtOnce = 32;

    /// <summary>Writes the anchors that are due. Where days were missed, each gets its own: past moments can still be read.</summary>
    /// <param name="now">The business clock.</param>
    /// <param name="cancellationToken">Ends the writing; an anchor is written whole or not at all.</param>
    /// <returns>How many were written.</returns>
    public async Task<int> CatchUpAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Yesterday, once no clock in use can still write an entry of it.
        var last = Shanghai.DayOf(now - options.Lag).AddDays(-1);
        var newest = (await store.ListAsync(new Page(1, null), cancellationToken)).Items is [var known] ? known : null;
        var written = 0;
        for (var day = newest?.Day.AddDays(1) ?? last; day <= last; day = day.AddDays(1))
        {
            newest = await WriteAsync(day, newest, cancellationToken);
            written++;
        }

        return written;
    }

    private async Task<KnownAnchor> WriteAsync(DateOnly day, KnownAnchor? before, CancellationToken cancellationToken)
    {
        var end = Shanghai.At(day.AddDays(1), TimeOnly.MinValue);
        await using var lines = Temporary();
        var (books, hash) = await WriteLinesAsync(lines, end, cancellationToken);
        var statement = new AnchorStatement(day, end, books, hash, before is null ? null : AnchorStatement.HashOf(before.Jws));
        var jws = (await keys.Anchors.CurrentAsync(cancellationToken)).Sign(AnchorStatement.Type, statement.ToPayload());

        await using var whole = Temporary();
        await whole.WriteAsync(Encoding.UTF8.GetBytes(jws + '\n'), cancellationToken);
        lines.Position = 0;
        await lines.CopyToAsync(whole, cancellationToken);
        whole.Position = 0;
        if (!await store.CreateAsync(day, whole, cancellationToken))
        {
            // Written before, by a host that died ere it could remember it: that one counts, for it can never be replaced.
            (jws, books) = await ReadAsync(day, cancellationToken);
        }

        var known = new KnownAnchor(day, books, jws);
        await store.RememberAsync(known, cancellationToken);
        return known;
    }

    private async Task<(long Books, string Hash)> WriteLinesAsync(Stream lines, DateTimeOffset end, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var books = 0L;
        await foreach (var heads in ledger.Store.Heads(cancellationToken).AsPages(pageSizeHint: null))
        {
            foreach (var some in heads.Values.Chunk(BooksAtOnce))
            {
                foreach (var line in await Task.WhenAll(some.Select(head => LastBeforeAsync(head, end, cancellationToken))))
                {
                    if (line is not null)
                    {
                        var bytes = Encoding.UTF8.GetBytes(line.ToString() + '\n');
                        hash.AppendData(bytes);
                        await lines.WriteAsync(bytes, cancellationToken);
                        books++;
                    }
                }
            }
        }

        return (books, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <summary>A book's last entry before a moment: the head's, or else sought by halving, for times never go back.</summary>
    private async Task<AnchoredHead?> LastBeforeAsync(HeadRow row, DateTimeOffset end, CancellationToken cancellationToken)
    {
        if (BookReading.HeadOf(row) is not { LastNumber: > 0 } head)
        {
            return null;
        }

        if (head.LastAt < end)
        {
            return new AnchoredHead(row.PartitionKey, head.LastNumber, Convert.ToHexStringLower(head.LastHash.Span));
        }

        EntryRow? found = null;
        var (low, high) = (1L, head.LastNumber);
        while (low <= high)
        {
            var middle = low + ((high - low) / 2);
            var entry = await ledger.Store.FindEntryAsync(row.PartitionKey, middle, cancellationToken);
            if (entry?.At < end)
            {
                (found, low) = (entry, middle + 1);
            }
            else
            {
                high = middle - 1;
            }
        }

        return found is null ? null : new AnchoredHead(row.PartitionKey, BookReading.NumberOf(found), Convert.ToHexStringLower(found.Hash));
    }

    private async Task<(string Jws, long Books)> ReadAsync(DateOnly day, CancellationToken cancellationToken)
    {
        await using var content = await store.OpenAsync(day, cancellationToken) ?? throw new InvalidOperationException($"The anchor of {day:yyyy-MM-dd} exists and cannot be read.");
        var check = await AnchorDocument.CheckAsync(content, day, await keys.Anchors.PublishedAsync(cancellationToken), cancellationToken);
        return (check.Jws ?? "", check.Statement?.Books ?? 0);
    }

    /// <summary>Lines of a million books are a hundred megabytes: on the disk, not in memory.</summary>
    private static FileStream Temporary() =>
        new(Path.GetTempFileName(), FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
}

using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Data.Tables;
using WalletFunctions.Platform;

namespace WalletFunctions.Support.Email;

/// <summary>How far a mailbox was read: every message up to <paramref name="LastUid"/> is stored or set aside.</summary>
internal sealed record MailCursor(uint UidValidity, uint LastUid);

/// <summary>A message that could not be fetched. It is tried again ever more rarely, and at last left where it is.</summary>
internal sealed record SetAsideMail(uint UidValidity, uint Uid, int Attempts, DateTimeOffset NextTry)
{
    public const int MaxAttempts = 10;

    /// <summary>1, 2, 4 … minutes, up to a day.</summary>
    public SetAsideMail Failed(DateTimeOffset now) =>
        this with { Attempts = Attempts + 1, NextTry = Attempts + 1 >= MaxAttempts ? DateTimeOffset.MaxValue : now + TimeSpan.FromMinutes(Math.Min(1440, 1 << Attempts)) };
}

/// <summary>
/// Cursors and set-aside messages of mailboxes. Only an optimisation, so several fetchers may write it without care: each
/// cursor is true by itself, since its writer has seen every message below it stored, and the raw mail's own keys make the
/// rest exact.
/// </summary>
internal sealed class MailCursorTable(Storage storage)
{
    public const string TableName = "mailcursors";

    private const string CursorRow = "cursor";

    private readonly TableClient table = storage.Table(TableName);

    public async Task<MailCursor?> FindAsync(string mailbox, CancellationToken ct)
    {
        var found = await table.GetEntityIfExistsAsync<TableEntity>(PartitionOf(mailbox), CursorRow, cancellationToken: ct);
        return found.HasValue ? new MailCursor(Number(found.Value!, "UidValidity"), Number(found.Value!, "LastUid")) : null;
    }

    public Task WriteAsync(string mailbox, MailCursor cursor, CancellationToken ct) =>
        table.UpsertEntityAsync(new TableEntity(PartitionOf(mailbox), CursorRow) { ["UidValidity"] = (long)cursor.UidValidity, ["LastUid"] = (long)cursor.LastUid }, TableUpdateMode.Replace, ct);

    /// <summary>Those of one generation.</summary>
    public async IAsyncEnumerable<SetAsideMail> SetAsideAsync(string mailbox, uint uidValidity, [EnumeratorCancellation] CancellationToken ct)
    {
        var (from, to) = (RowOf(uidValidity, 0), RowOf(uidValidity, uint.MaxValue));
        await foreach (var row in table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {PartitionOf(mailbox)} and RowKey ge {from} and RowKey le {to}"), cancellationToken: ct))
        {
            yield return new SetAsideMail(uidValidity, uint.Parse(row.RowKey[^10..], CultureInfo.InvariantCulture), row.GetInt32("Attempts") ?? 0, row.GetDateTimeOffset("NextTry")!.Value);
        }
    }

    public Task WriteAsync(string mailbox, SetAsideMail mail, CancellationToken ct) =>
        table.UpsertEntityAsync(new TableEntity(PartitionOf(mailbox), RowOf(mail.UidValidity, mail.Uid)) { ["Attempts"] = mail.Attempts, ["NextTry"] = mail.NextTry }, TableUpdateMode.Replace, ct);

    public async Task RemoveAsync(string mailbox, SetAsideMail mail, CancellationToken ct)
    {
        try
        {
            await table.DeleteEntityAsync(PartitionOf(mailbox), RowOf(mail.UidValidity, mail.Uid), ETag.All, ct);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            // Removed by another fetcher.
        }
    }

    // A hash, for a mailbox's name may hold characters that a key may not.
    internal static string PartitionOf(string mailbox) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(mailbox)))[..32];

    private static string RowOf(uint uidValidity, uint uid) => string.Create(CultureInfo.InvariantCulture, $"aside-{uidValidity:D10}-{uid:D10}");

    private static uint Number(TableEntity row, string name) => (uint)(row.GetInt64(name) ?? 0);
}

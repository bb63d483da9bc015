using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Data.Tables;
using WalletFunctions.Platform;

namespace WalletFunctions.Support.Email;

/// <summary>A delivery's row; <paramref name="SameAs"/> names the delivery that has the bytes, where this is the same mail under another number.</summary>
internal sealed record RawMailRow(RawMail Mail, string DeliveryKey, string? SameAs);

/// <summary>Whom to ring for again, and when.</summary>
internal sealed record RawMailReminder(string RawId, DateTimeOffset AddedAt, int Rings, ETag ETag)
{
    private static readonly TimeSpan FirstRing = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(6);

    /// <summary>After this many rings nothing is gained by one more; the row and the blob stay.</summary>
    public const int MaxRings = 12;

    public DateTimeOffset NextRing(DateTimeOffset now) => now + TimeSpan.FromTicks(Math.Min(FirstRing.Ticks << Rings, LongestPause.Ticks));

    public bool IsAbandoned(DateTimeOffset now) => now - AddedAt > TimeSpan.FromHours(1);
}

/// <summary>Deliveries, their contents' hashes and the sweep's reminders: the one class that knows the table <c>rawmail</c>.</summary>
internal sealed class RawMailTable(Storage storage)
{
    public const string TableName = "rawmail";

    private const int Schema = 1;
    private const string Reminders = "reminder";

    private readonly TableClient table = storage.Table(TableName);

    public async Task<RawMailRow?> FindAsync(string rawId, CancellationToken ct)
    {
        // A raw id from a queue message or a route may be anything; only what we make can be a key.
        if (rawId.Length != 40 || !rawId.All(char.IsAsciiHexDigitLower)) return null;
        var found = await table.GetEntityIfExistsAsync<TableEntity>(PartitionOf(rawId), rawId, cancellationToken: ct);
        return found.HasValue ? FromEntity(found.Value!) : null;
    }

    /// <summary>Insert-if-absent: a second writer of the same delivery has stored the same.</summary>
    public Task AddAsync(RawMailRow row, CancellationToken ct) => TryAddAsync(new TableEntity(PartitionOf(row.Mail.RawId), row.Mail.RawId)
    {
        ["Schema"] = Schema,
        ["Mailbox"] = row.Mail.Mailbox,
        ["DeliveryKey"] = row.DeliveryKey,
        ["ReceivedAt"] = row.Mail.ReceivedAt,
        ["Size"] = row.Mail.Size,
        ["Sha256"] = row.Mail.Sha256,
        ["SameAs"] = row.SameAs,
    }, ct);

    public async Task<string?> FindContentAsync(RawMail mail, CancellationToken ct)
    {
        var (partition, key) = ContentKey(mail);
        var found = await table.GetEntityIfExistsAsync<TableEntity>(partition, key, cancellationToken: ct);
        return found.HasValue ? found.Value!.GetString("RawId") : null;
    }

    /// <summary>Remembers who has these bytes in this mailbox. Only for a delivery that found no other: a claim that is there came to nothing.</summary>
    public Task ClaimContentAsync(RawMail mail, CancellationToken ct)
    {
        var (partition, key) = ContentKey(mail);
        return table.UpsertEntityAsync(new TableEntity(partition, key) { ["Schema"] = Schema, ["RawId"] = mail.RawId }, TableUpdateMode.Replace, ct);
    }

    public Task AddReminderAsync(string rawId, DateTimeOffset now, CancellationToken ct) => TryAddAsync(ToEntity(new RawMailReminder(rawId, now, 0, default), now), ct);

    public async Task RemoveReminderAsync(string rawId, CancellationToken ct)
    {
        try
        {
            await table.DeleteEntityAsync(Reminders, rawId, ETag.All, ct);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            // Done before.
        }
    }

    public async IAsyncEnumerable<RawMailReminder> DueRemindersAsync(DateTimeOffset now, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var row in table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {Reminders} and NextRing le {now}"), cancellationToken: ct))
        {
            yield return new RawMailReminder(row.RowKey, row.GetDateTimeOffset("AddedAt")!.Value, row.GetInt32("Rings") ?? 0, row.ETag);
        }
    }

    public async Task PostponeAsync(RawMailReminder reminder, DateTimeOffset now, CancellationToken ct)
    {
        var rung = reminder with { Rings = reminder.Rings + 1 };
        try
        {
            if (rung.Rings >= RawMailReminder.MaxRings) await table.DeleteEntityAsync(Reminders, reminder.RawId, reminder.ETag, ct);
            else await table.UpdateEntityAsync(ToEntity(rung, now), reminder.ETag, TableUpdateMode.Replace, ct);
        }
        catch (RequestFailedException e) when (e.Status is 404 or 412)
        {
            // Done meanwhile, or swept by another host.
        }
    }

    // By hash, so that deliveries spread evenly; none of them is ever listed.
    private static string PartitionOf(string rawId) => "d" + rawId[..2];

    private static (string Partition, string Key) ContentKey(RawMail mail) =>
        ("c" + mail.Sha256[..2], $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(mail.Mailbox)))[..16]}-{mail.Sha256}");

    private static TableEntity ToEntity(RawMailReminder reminder, DateTimeOffset now) =>
        new(Reminders, reminder.RawId) { ["Schema"] = Schema, ["AddedAt"] = reminder.AddedAt, ["Rings"] = reminder.Rings, ["NextRing"] = reminder.NextRing(now) };

    private static RawMailRow FromEntity(TableEntity row)
    {
        if (row.GetInt32("Schema") is not Schema) throw new InvalidOperationException($"Raw mail {row.RowKey} was written by a newer version of this app.");
        return new RawMailRow(
            new RawMail(row.RowKey, row.GetString("Mailbox"), row.GetDateTimeOffset("ReceivedAt")!.Value, row.GetInt64("Size") ?? 0, row.GetString("Sha256")),
            row.GetString("DeliveryKey"),
            row.GetString("SameAs"));
    }

    private async Task<bool> TryAddAsync(TableEntity entity, CancellationToken ct)
    {
        try
        {
            await table.AddEntityAsync(entity, ct);
            return true;
        }
        catch (RequestFailedException e) when (e.Status == 409)
        {
            return false; // there already, by another fetcher or by an earlier try
        }
    }
}

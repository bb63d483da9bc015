using System.Buffers;
using System.Globalization;
using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain;
using WalletFunctions.Platform;

namespace WalletFunctions.Support.Email;

/// <summary>A mail that could not be taken in.</summary>
/// <param name="Id">Of the quarantine; opaque.</param>
/// <param name="Reason">Snake_case: <c>not_a_mail</c>, <c>too_large</c>, <c>reading_failed</c>.</param>
/// <param name="Retries">How often an agent had it tried again.</param>
internal sealed record QuarantinedMail(string Id, string RawId, string Mailbox, DateTimeOffset ReceivedAt, long Size, string Reason, int Retries);

/// <summary>Mail that could not be read, for agents to see and to try again. Nothing is ever dropped.</summary>
public sealed class Quarantine
{
    internal const string TableName = "inboxquarantine";

    private const string Partition = "mail";

    private static readonly SearchValues<char> NotInKeys = SearchValues.Create("/\\#?%\t\n\r");

    private readonly TableClient table;
    private readonly IRawMailStore store;

    internal Quarantine(Storage storage, IRawMailStore store) => (table, this.store) = (storage.Table(TableName), store);

    internal async Task AddAsync(RawMail mail, string reason, CancellationToken cancellationToken)
    {
        var row = new TableEntity(Partition, IdOf(mail)) { ["RawId"] = mail.RawId, ["Mailbox"] = mail.Mailbox, ["ReceivedAt"] = mail.ReceivedAt, ["Size"] = mail.Size, ["Reason"] = reason };
        await table.UpsertEntityAsync(row, TableUpdateMode.Merge, cancellationToken);
    }

    /// <summary>Takes a mail out that was read after all.</summary>
    internal async Task RemoveAsync(RawMail mail, CancellationToken cancellationToken)
    {
        try
        {
            await table.DeleteEntityAsync(Partition, IdOf(mail), ETag.All, cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            // It never was in it.
        }
    }

    /// <summary>Newest first.</summary>
    internal Task<(IReadOnlyList<QuarantinedMail> Items, string? Continuation)> ListAsync(Page page, CancellationToken cancellationToken) => table.PageAsync<TableEntity, QuarantinedMail>(
        TableClient.CreateQueryFilter($"PartitionKey eq {Partition} and RowKey gt {page.Cursor ?? ""}"), page, Read, mail => mail.Id, cancellationToken);

    /// <summary>Has a mail tried again; it leaves the quarantine when that succeeds.</summary>
    internal async Task<Result<QuarantinedMail>> RetryAsync(string id, CancellationToken cancellationToken)
    {
        if (id.Length > 200 || id.AsSpan().ContainsAny(NotInKeys))
        {
            return PlatformErrors.NotFound;
        }

        var found = await table.GetEntityIfExistsAsync<TableEntity>(Partition, id, cancellationToken: cancellationToken);
        if (!found.HasValue)
        {
            return PlatformErrors.NotFound;
        }

        var row = found.Value!;
        row["Retries"] = (row.GetInt32("Retries") ?? 0) + 1;
        await table.UpsertEntityAsync(row, TableUpdateMode.Merge, cancellationToken);
        await store.RingAsync(row.GetString("RawId"), cancellationToken);
        return Read(row);
    }

    private static string IdOf(RawMail mail) => string.Create(CultureInfo.InvariantCulture, $"{DateTimeOffset.MaxValue.UtcTicks - mail.ReceivedAt.UtcTicks:D19}-{mail.RawId}");

    private static QuarantinedMail Read(TableEntity row) => new(
        row.RowKey, row.GetString("RawId"), row.GetString("Mailbox"), row.GetDateTimeOffset("ReceivedAt")!.Value, row.GetInt64("Size") ?? 0, row.GetString("Reason"), row.GetInt32("Retries") ?? 0);
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain.Calendar;
using WalletFunctions.Platform;

namespace WalletFunctions.Audit;

/// <summary>
/// Who did what to whom with a privilege. Rows are only ever inserted. A partition is a month in Asia/Shanghai, counted
/// down, and a row's key is its time, counted down: the table's own order is newest first.
/// </summary>
/// <remarks>
/// Ids, codes and numbers, and the reason in the words of whoever acted, for it is what they answer for. No customer's or merchant's
/// personal data is put in, nor anything that they wrote: whoever may read the log need not know the people in it. What an act leaves
/// a text with, a version of a setting its note, a finding how it was dealt with, keeps that text; the log names the version or finding.
/// </remarks>
public sealed class AuditLog(Storage storage, TimeProvider clock)
{
    internal const string TableName = "audit";

    private const string NoPerson = "system";
    private const int LongestSubject = 200;
    private const int LastMonth = 999_912;

    private readonly TableClient table = storage.Table(TableName);

    /// <summary>Adds an act. Do it when the act is decided and before it is answered: a repeat after a crash adds it again, under the same request id.</summary>
    /// <param name="action">One of <see cref="AuditActs.All"/>: snake_case, feature first.</param>
    /// <param name="subject">An id, or a path of ids; 1 to 200 visible ASCII characters.</param>
    /// <param name="details">Ids, codes, numbers and the caller's own reason; null for none. Written as answers are.</param>
    /// <exception cref="ArgumentException">There is no such act.</exception>
    internal async Task AddAsync(Caller caller, string action, string subject, object? details, CancellationToken cancellationToken)
    {
        if (!AuditActs.All.Contains(action))
        {
            throw new ArgumentException($"'{action}' is not listed among the privileged acts.", nameof(action));
        }

        ArgumentException.ThrowIfNullOrEmpty(subject);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(subject.Length, LongestSubject, nameof(subject));
        var at = clock.GetUtcNow();
        var row = new TableEntity(PartitionOf(at), RowOf(at))
        {
            ["At"] = at,
            ["Actor"] = caller.AccountId?.Value ?? NoPerson,
            ["Role"] = caller.Role.ToString(),
            ["Action"] = action,
            ["Subject"] = subject,
            ["RequestId"] = caller.RequestId,
            ["Details"] = details is null ? null : AnswerJson.Serialize(details),
        };
        try
        {
            await table.AddEntityAsync(row, cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status == 409)
        {
            // The key holds 64 bits of chance: it is this very row, whose first answer was lost.
        }
    }

    /// <summary>Newest first.</summary>
    internal Task<(IReadOnlyList<AuditEntry> Items, string? Continuation)> ListAsync(AuditFilter filter, Page page, CancellationToken cancellationToken) =>
        table.PageAsync<TableEntity, AuditEntry>(Query(filter, page.Cursor), page, Read, entry => entry.AuditId, cancellationToken);

    private static string? Query(AuditFilter filter, string? after)
    {
        var parts = new List<string>();
        if (after is not null)
        {
            var partition = after[..after.IndexOf('.', StringComparison.Ordinal)];
            var row = after[(partition.Length + 1)..];
            parts.Add(TableClient.CreateQueryFilter($"(PartitionKey gt {partition} or (PartitionKey eq {partition} and RowKey gt {row}))"));
        }

        Equal("Actor", filter.Actor);
        Equal("Subject", filter.Subject);
        Equal("Action", filter.Action);
        return parts.Count == 0 ? null : string.Join(" and ", parts);

        void Equal(string member, string? value)
        {
            if (value is not null)
            {
                parts.Add($"{member} eq '{value.Replace("'", "''", StringComparison.Ordinal)}'");
            }
        }
    }

    private static AuditEntry Read(TableEntity row) => new(
        $"{row.PartitionKey}.{row.RowKey}",
        row.GetDateTimeOffset("At")!.Value,
        row.GetString("Actor"),
        Enum.Parse<Role>(row.GetString("Role")),
        row.GetString("Action"),
        row.GetString("Subject"),
        row.GetString("RequestId"),
        row.GetString("Details") is { } details ? JsonElement.Parse(details) : null);

    private static string PartitionOf(DateTimeOffset at)
    {
        var day = Shanghai.DayOf(at);
        return (LastMonth - ((day.Year * 100) + day.Month)).ToString("D6", CultureInfo.InvariantCulture);
    }

    private static string RowOf(DateTimeOffset at) =>
        string.Create(CultureInfo.InvariantCulture, $"{DateTimeOffset.MaxValue.UtcTicks - at.UtcTicks:D19}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}");
}

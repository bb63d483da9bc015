using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Platform;

namespace WalletFunctions.Sandbox;

/// <summary>How a message would have gone out.</summary>
internal enum OutboxChannel
{
    Sms,
    Email,
}

/// <summary>A message that would have gone out.</summary>
/// <param name="Code">The one-time code in it.</param>
/// <param name="MessageId">The message's id; a mail's Message-ID without brackets, for an answer to refer to.</param>
/// <param name="InReplyTo">The Message-ID that a mail answers.</param>
internal sealed record OutboxItem(string To, OutboxChannel Channel, string? Subject, string Text, string? Code, DateTimeOffset At, string? MessageId = null, string? InReplyTo = null);

/// <summary>Where the sandbox's SMS and mail go, for the developer to read.</summary>
public sealed class SandboxOutbox(Storage storage, TimeProvider clock)
{
    internal const string TableName = "sandboxoutbox";

    // One partition: a developer's machine sends little, and reads it newest first.
    private const string Partition = "outbox";
    private const string Places = "mail";

    /// <summary>A property holds 32 Ki UTF-16 units; a longer text is cut, for it is only looked at.</summary>
    private const int MaxText = 30_000;

    private readonly TableClient table = storage.Table(TableName);

    /// <summary>Notes a short message, once for each id however often it is given.</summary>
    internal Task AddSmsAsync(string to, string text, string messageId, string? code, CancellationToken cancellationToken) =>
        AddOnceAsync(messageId, new TableEntity { ["To"] = Normal(to), ["Channel"] = nameof(OutboxChannel.Sms), ["Text"] = Cut(text), ["Code"] = code }, cancellationToken);

    /// <summary>Notes a mail, once for each Message-ID however often it is given.</summary>
    internal Task AddMailAsync(string to, string subject, string text, string messageId, string? inReplyTo, string? code, CancellationToken cancellationToken) =>
        AddOnceAsync(
            messageId,
            new TableEntity { ["To"] = Normal(to), ["Channel"] = nameof(OutboxChannel.Email), ["Subject"] = subject, ["Text"] = Cut(text), ["Code"] = code, ["InReplyTo"] = inReplyTo },
            cancellationToken);

    private async Task AddOnceAsync(string messageId, TableEntity row, CancellationToken cancellationToken)
    {
        // The first try fixes where the row stands; whoever comes after finds the same place.
        var at = clock.GetUtcNow();
        var place = new TableEntity(Places, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(messageId)))) { ["At"] = at };
        if (!await AddIfAbsentAsync(place, cancellationToken))
        {
            at = (await table.GetEntityAsync<TableEntity>(place.PartitionKey, place.RowKey, cancellationToken: cancellationToken)).Value.GetDateTimeOffset("At")!.Value;
        }

        (row.PartitionKey, row.RowKey) = (Partition, (long.MaxValue - at.UtcTicks).ToString("D19", CultureInfo.InvariantCulture) + place.RowKey[..12]);
        (row["At"], row["MessageId"]) = (at, messageId);
        await AddIfAbsentAsync(row, cancellationToken);
    }

    private static string Cut(string text) => text.Length > MaxText ? text[..MaxText] : text;

    /// <summary>Newest first, and where the next page starts.</summary>
    /// <param name="to">Null: to anybody.</param>
    internal async Task<(IReadOnlyList<OutboxItem> Items, string? Next)> ListAsync(string? to, Page page, CancellationToken cancellationToken)
    {
        var after = page.Cursor ?? "";
        var filter = to is null
            ? TableClient.CreateQueryFilter($"PartitionKey eq {Partition} and RowKey gt {after}")
            : TableClient.CreateQueryFilter($"PartitionKey eq {Partition} and RowKey gt {after} and To eq {Normal(to)}");
        var items = new List<OutboxItem>();
        string? last = null;
        await foreach (var row in table.QueryAsync<TableEntity>(filter, maxPerPage: page.Limit + 1, cancellationToken: cancellationToken))
        {
            if (items.Count == page.Limit)
            {
                return (items, last);
            }

            items.Add(new OutboxItem(
                row.GetString("To"),
                Enum.Parse<OutboxChannel>(row.GetString("Channel")),
                row.GetString("Subject"),
                row.GetString("Text"),
                row.GetString("Code"),
                row.GetDateTimeOffset("At")!.Value,
                row.GetString("MessageId"),
                row.GetString("InReplyTo")));
            last = row.RowKey;
        }

        return (items, null);
    }

    /// <summary>False where it is there already.</summary>
    private async Task<bool> AddIfAbsentAsync(TableEntity row, CancellationToken cancellationToken)
    {
        try
        {
            await table.AddEntityAsync(row, cancellationToken);
            return true;
        }
        catch (RequestFailedException e) when (e.Status == 409)
        {
            return false;
        }
    }

    /// <summary>One form for each address, however it was typed.</summary>
    private static string Normal(string to) => PhoneNumber.TryParse(to, out var phone) ? phone.Value : to.Trim().ToLowerInvariant();
}

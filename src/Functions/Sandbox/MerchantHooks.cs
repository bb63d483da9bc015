using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure.Data.Tables;
using Microsoft.AspNetCore.Http;
using WalletFunctions.Platform;
using WalletFunctions.Platform.Partners;

namespace WalletFunctions.Sandbox;

/// <summary>How a merchant's endpoint in the sandbox answers.</summary>
internal enum HookMode
{
    /// <summary>204.</summary>
    Take,

    /// <summary>503.</summary>
    Fail,

    /// <summary>410: it is gone for good.</summary>
    Gone,

    /// <summary>302, to itself; nobody should follow.</summary>
    Redirect,

    /// <summary>Nothing, longer than anybody waits.</summary>
    Hang,
}

/// <summary>A webhook as it arrived.</summary>
/// <param name="Answered">The status that was answered.</param>
internal sealed record ReceivedHook(string? WebhookId, string? Timestamp, string? Signature, string Body, int Answered, DateTimeOffset At);

/// <summary>The endpoints of merchants that the sandbox plays: what arrives is kept for the developer to read.</summary>
public sealed class MerchantHooks
{
    internal const string TableName = "sandboxhooks";

    private const string Behaviour = "behaviour";
    private const int MaxText = 30_000;

    private readonly TableClient table;
    private readonly MachineClock clock;

    internal MerchantHooks(Storage storage, MachineClock clock) => (table, this.clock) = (storage.Table(TableName), clock);

    /// <summary>Whether a name is one: small letters, digits and hyphens.</summary>
    internal static bool IsName(string name) => name.Length is > 0 and <= 40 && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    internal Task AddAsync(string name, IHeaderDictionary headers, ReadOnlyMemory<byte> body, int answered, CancellationToken cancellationToken)
    {
        var at = clock.GetUtcNow();
        var text = Encoding.UTF8.GetString(body.Span);
        var row = (long.MaxValue - at.UtcTicks).ToString("D19", CultureInfo.InvariantCulture) + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        return table.AddEntityAsync(new TableEntity(name, "r|" + row)
        {
            ["Id"] = Cut(headers[StandardWebhook.IdHeader].ToString()),
            ["Timestamp0"] = Cut(headers[StandardWebhook.TimestampHeader].ToString()),
            ["Signature"] = Cut(headers[StandardWebhook.SignatureHeader].ToString()),
            ["Body"] = Cut(text),
            ["Answered"] = answered,
            ["At"] = at,
        }, cancellationToken);
    }

    internal Task<(IReadOnlyList<(string Row, ReceivedHook Hook)> Items, string? Continuation)> ListAsync(string name, Page page, CancellationToken cancellationToken) =>
        table.PageAsync<TableEntity, (string Row, ReceivedHook Hook)>(
            TableClient.CreateQueryFilter($"PartitionKey eq {name} and RowKey gt {page.Cursor ?? "r|"} and RowKey lt {"r}"}"),
            page,
            row => (row.RowKey, new ReceivedHook(row.GetString("Id"), row.GetString("Timestamp0"), row.GetString("Signature"), row.GetString("Body"), row.GetInt32("Answered") ?? 0, row.GetDateTimeOffset("At")!.Value)),
            item => item.Row,
            cancellationToken);

    internal async Task<HookMode> ModeAsync(string name, CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<TableEntity>(name, Behaviour, cancellationToken: cancellationToken);
        return found is { HasValue: true, Value: { } row } ? Enum.Parse<HookMode>(row.GetString("Mode")) : HookMode.Take;
    }

    internal Task SetModeAsync(string name, HookMode mode, CancellationToken cancellationToken) =>
        table.UpsertEntityAsync(new TableEntity(name, Behaviour) { ["Mode"] = mode.ToString() }, TableUpdateMode.Replace, cancellationToken);

    private static string Cut(string text) => text.Length > MaxText ? text[..MaxText] : text;
}

using System.Globalization;
using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Settings;
using WalletFunctions.Platform;

namespace WalletFunctions.Settings;

/// <summary>A setting's head: what the next change is conditioned on.</summary>
/// <param name="Last">The number of the newest version; 0 while there is none.</param>
/// <param name="Pending">The version that waits for a decision.</param>
/// <param name="ETag">Null while there is no row.</param>
internal sealed record SettingHead(int Last, int? Pending, ETag? ETag)
{
    /// <summary>As clients see it; a setting that nobody has changed has one as well.</summary>
    public ETag Shown => ETag ?? new ETag("unchanged");
}

/// <summary>A version with the key of the request that wrote it last, so that its repeat can be told.</summary>
internal sealed record StoredVersion(SettingVersion Version, string WrittenBy);

/// <summary>
/// The versions of all settings, in one partition: for each setting a head, and a row for each version, newest first. A
/// change writes the head and every version it touches in one transaction on the head's ETag.
/// </summary>
public sealed class SettingTable(Storage storage)
{
    internal const string TableName = "settingversions";

    private const string Partition = "settings";

    private readonly TableClient table = storage.Table(TableName);

    internal async Task<SettingHead> HeadAsync(string setting, CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<TableEntity>(Partition, HeadRow(setting), cancellationToken: cancellationToken);
        return found.HasValue ? Head(found.Value!) : new SettingHead(0, null, null);
    }

    /// <summary>The ETags of all heads, in one call; a setting without a row is missing.</summary>
    internal async Task<Dictionary<string, ETag>> StampsAsync(CancellationToken cancellationToken)
    {
        var stamps = new Dictionary<string, ETag>(StringComparer.Ordinal);
        await foreach (var row in table.QueryAsync<TableEntity>(Between(HeadRow(""), "head}"), cancellationToken: cancellationToken))
        {
            stamps[row.RowKey[HeadRow("").Length..]] = row.ETag;
        }

        return stamps;
    }

    /// <summary>Null when the setting has no such version.</summary>
    internal async Task<StoredVersion?> FindAsync(string setting, int number, CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<TableEntity>(Partition, VersionRow(setting, number), cancellationToken: cancellationToken);
        return found.HasValue ? Read(found.Value!) : null;
    }

    /// <summary>The approved versions of a setting, newest first.</summary>
    internal async Task<List<SettingVersion>> ApprovedAsync(string setting, CancellationToken cancellationToken)
    {
        var filter = $"{Between(VersionPrefix(setting), VersionEnd(setting))} and {TableClient.CreateQueryFilter($"State eq {nameof(VersionState.Approved)}")}";
        var versions = new List<SettingVersion>();
        await foreach (var row in table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken))
        {
            versions.Add(Read(row).Version);
        }

        return versions;
    }

    /// <summary>Versions below a number, newest first.</summary>
    internal async Task<List<SettingVersion>> BelowAsync(string setting, int number, int atMost, CancellationToken cancellationToken)
    {
        var versions = new List<SettingVersion>();
        // Newer versions have smaller keys.
        await foreach (var row in table.QueryAsync<TableEntity>(Between(VersionRow(setting, number - 1), VersionEnd(setting)), atMost, cancellationToken: cancellationToken))
        {
            versions.Add(Read(row).Version);
            if (versions.Count == atMost)
            {
                break;
            }
        }

        return versions;
    }

    /// <summary>Writes a change. False when the head is not the one it was decided on any more.</summary>
    internal async Task<bool> TryWriteAsync(string setting, SettingHead before, int? pending, IReadOnlyList<StoredVersion> versions, CancellationToken cancellationToken)
    {
        var head = new TableEntity(Partition, HeadRow(setting)) { ["Last"] = versions.Max(stored => Math.Max(before.Last, stored.Version.Number)), ["Pending"] = pending };
        var actions = new List<TableTransactionAction>
        {
            before.ETag is { } etag ? new(TableTransactionActionType.UpdateReplace, head, etag) : new(TableTransactionActionType.Add, head),
        };
        actions.AddRange(versions.Select(stored => new TableTransactionAction(
            stored.Version.Number > before.Last ? TableTransactionActionType.Add : TableTransactionActionType.UpdateReplace, Row(setting, stored), ETag.All)));
        try
        {
            await table.SubmitTransactionAsync(actions, cancellationToken);
            return true;
        }
        catch (RequestFailedException e) when (e.Status is 409 or 412)
        {
            return false;
        }
    }

    private static string HeadRow(string setting) => $"head|{setting}";

    private static string VersionPrefix(string setting) => $"v|{setting}|";

    private static string VersionEnd(string setting) => $"v|{setting}}}";

    private static string VersionRow(string setting, int number) =>
        VersionPrefix(setting) + (int.MaxValue - number).ToString("D10", CultureInfo.InvariantCulture);

    private static string Between(string from, string to) =>
        TableClient.CreateQueryFilter($"PartitionKey eq {Partition} and RowKey ge {from} and RowKey lt {to}");

    private static SettingHead Head(TableEntity row) => new(row.GetInt32("Last") ?? 0, row.GetInt32("Pending"), row.ETag);

    private static TableEntity Row(string setting, StoredVersion stored)
    {
        var version = stored.Version;
        return new TableEntity(Partition, VersionRow(setting, version.Number))
        {
            ["Number"] = version.Number,
            ["State"] = version.State.ToString(),
            ["EffectiveFrom"] = version.EffectiveFrom,
            ["Content"] = version.Content,
            ["Note"] = version.Note,
            ["ProposedBy"] = version.ProposedBy?.Value,
            ["ProposedAt"] = version.ProposedAt,
            ["DecidedBy"] = version.DecidedBy?.Value,
            ["DecidedAt"] = version.DecidedAt,
            ["WrittenBy"] = stored.WrittenBy,
        };
    }

    private static StoredVersion Read(TableEntity row) => new(
        new SettingVersion(
            row.GetInt32("Number")!.Value,
            Enum.Parse<VersionState>(row.GetString("State")),
            row.GetDateTimeOffset("EffectiveFrom"),
            row.GetString("Content"),
            row.GetString("Note"),
            Account(row.GetString("ProposedBy")),
            row.GetDateTimeOffset("ProposedAt")!.Value,
            Account(row.GetString("DecidedBy")),
            row.GetDateTimeOffset("DecidedAt")),
        row.GetString("WrittenBy"));

    private static AccountId? Account(string? id) => id is null ? null : AccountId.Of(id);
}

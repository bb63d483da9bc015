using System.Globalization;
using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Reconciliation;
using WalletFunctions.Platform;

namespace WalletFunctions.Reconciliation;

/// <summary>Whether somebody still has to do something about a finding.</summary>
internal enum FindingState
{
    Open,
    Resolved,
}

/// <summary>A finding as stored.</summary>
/// <param name="Finding">What is wrong.</param>
/// <param name="State">Whether it waits for somebody.</param>
/// <param name="FirstSeen">By the business clock.</param>
/// <param name="LastSeen">The moment as of which it was last found.</param>
/// <param name="Run">The run that found it last.</param>
/// <param name="IsTold">Whether the alert was raised and the conversation opened, for this time that it is open.</param>
/// <param name="Times">How often it was opened: 1, and once more each time it was found again after it was resolved.</param>
internal sealed record StoredFinding(
    Finding Finding, FindingState State, DateTimeOffset FirstSeen, DateTimeOffset LastSeen, ReconciliationId Run, bool IsTold, int Times)
{
    public ConversationId? Conversation { get; init; }

    public DateTimeOffset? ResolvedAt { get; init; }

    public AccountId? ResolvedBy { get; init; }

    public string? Resolution { get; init; }

    internal ETag ETag { get; init; }
}

/// <summary>The findings, one row each however often they are found. One partition: there are few, or something is very wrong.</summary>
/// <remarks>Row keys: <c>f|</c> and the time it was first seen, counted down, and the id; <c>p|</c> and the id, which points to it.</remarks>
internal sealed class FindingTable(Storage storage)
{
    public const string TableName = "reconciliation";

    private const string Partition = "findings";
    private const string Prefix = "f|";
    private const string AfterPrefix = "f}";
    private const string PointerPrefix = "p|";

    private readonly TableClient table = storage.Table(TableName);

    public async Task<StoredFinding?> FindAsync(FindingId id, CancellationToken cancellationToken)
    {
        var pointer = await table.GetEntityIfExistsAsync<TableEntity>(Partition, PointerPrefix + id.Value, cancellationToken: cancellationToken);
        return pointer.HasValue ? Read((await table.GetEntityAsync<TableEntity>(Partition, pointer.Value!.GetString("Row"), cancellationToken: cancellationToken)).Value) : null;
    }

    /// <summary>Inserts a finding; false when it is there.</summary>
    public async Task<bool> AddAsync(StoredFinding finding, CancellationToken cancellationToken)
    {
        var row = Row(finding);
        try
        {
            await table.SubmitTransactionAsync(
            [
                new(TableTransactionActionType.Add, new TableEntity(Partition, PointerPrefix + finding.Finding.Id.Value) { ["Row"] = row.RowKey }),
                new(TableTransactionActionType.Add, row),
            ], cancellationToken);
            return true;
        }
        catch (RequestFailedException fault) when (fault.Status == 409)
        {
            return false;
        }
    }

    /// <summary>Stores a change; false when the row has changed since it was read.</summary>
    public async Task<bool> ReplaceAsync(StoredFinding finding, CancellationToken cancellationToken)
    {
        try
        {
            await table.UpdateEntityAsync(Row(finding), finding.ETag, TableUpdateMode.Replace, cancellationToken);
            return true;
        }
        catch (RequestFailedException fault) when (fault.Status == 412)
        {
            return false;
        }
    }

    /// <summary>Newest first.</summary>
    public Task<(IReadOnlyList<StoredFinding> Items, string? Continuation)> ListAsync(FindingState? state, Page page, CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {Partition} and RowKey gt {page.Cursor ?? Prefix} and RowKey lt {AfterPrefix}");
        if (state is { } wanted)
        {
            filter += TableClient.CreateQueryFilter($" and State eq {wanted.ToString()}");
        }

        return table.PageAsync<TableEntity, StoredFinding>(filter, page, Read, RowKeyOf, cancellationToken);
    }

    private static string RowKeyOf(StoredFinding finding) =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix}{DateTimeOffset.MaxValue.UtcTicks - finding.FirstSeen.UtcTicks:D19}|{finding.Finding.Id}");

    private static TableEntity Row(StoredFinding stored)
    {
        var finding = stored.Finding;
        return new TableEntity(Partition, RowKeyOf(stored))
        {
            ["Kind"] = finding.Kind.Name(),
            ["Subject"] = finding.Subject,
            ["Book"] = finding.Book?.Value,
            ["Number"] = finding.Number,
            ["Operation"] = finding.Operation,
            ["Amount"] = finding.Amount,
            ["Expected"] = finding.Expected,
            ["Actual"] = finding.Actual,
            ["State"] = stored.State.ToString(),
            ["FirstSeen"] = stored.FirstSeen,
            ["LastSeen"] = stored.LastSeen,
            ["Run"] = stored.Run.Value,
            ["IsTold"] = stored.IsTold,
            ["Times"] = stored.Times,
            ["Conversation"] = stored.Conversation?.Value,
            ["ResolvedAt"] = stored.ResolvedAt,
            ["ResolvedBy"] = stored.ResolvedBy?.Value,
            ["Resolution"] = stored.Resolution,
        };
    }

    private static StoredFinding Read(TableEntity row)
    {
        var finding = new Finding(FindingKinds.Parse(row.GetString("Kind")), row.GetString("Subject"))
        {
            Book = row.GetString("Book") is { } book ? WalletId.Of(book) : null,
            Number = row.GetInt64("Number"),
            Operation = row.GetString("Operation"),
            Amount = row.GetInt64("Amount"),
            Expected = row.GetString("Expected"),
            Actual = row.GetString("Actual"),
        };
        return new StoredFinding(
            finding, Enum.Parse<FindingState>(row.GetString("State")), row.GetDateTimeOffset("FirstSeen")!.Value, row.GetDateTimeOffset("LastSeen")!.Value,
            ReconciliationId.Of(row.GetString("Run")), row.GetBoolean("IsTold") ?? false, row.GetInt32("Times") ?? 1)
        {
            Conversation = row.GetString("Conversation") is { } conversation ? ConversationId.Of(conversation) : null,
            ResolvedAt = row.GetDateTimeOffset("ResolvedAt"),
            ResolvedBy = row.GetString("ResolvedBy") is { } resolver ? AccountId.Of(resolver) : null,
            Resolution = row.GetString("Resolution"),
            ETag = row.ETag,
        };
    }
}

using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Reconciliation;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace WalletFunctions.Reconciliation;

internal enum RunStatus
{
    /// <summary>Asked for, under way, or left half-way by a host that died: the next tick takes it up.</summary>
    Running,

    /// <summary>Nothing was found.</summary>
    Clean,

    /// <summary>Something was.</summary>
    Findings,
}

/// <summary>A run of the reconciliation.</summary>
/// <param name="Id">Its id.</param>
/// <param name="IsDaily">Whether the timer began it, or a person.</param>
/// <param name="RequestedAt">By the business clock.</param>
/// <param name="Status">Where it stands.</param>
internal sealed record Run(ReconciliationId Id, bool IsDaily, DateTimeOffset RequestedAt, RunStatus Status)
{
    /// <summary>How often it was begun; more than once where a host died over it.</summary>
    public int Attempts { get; init; }

    public DateTimeOffset? AsOf { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public RunSummary? Summary { get; init; }

    internal ETag ETag { get; init; }
}

/// <summary>What a run saw. Amounts are minor units.</summary>
/// <param name="Books">How many books.</param>
/// <param name="Entries">How many entries.</param>
/// <param name="Totals">All books' balances at the moment.</param>
/// <param name="InTransit">How many transfers were on their way.</param>
/// <param name="FileItems">How many items of others' files were compared.</param>
/// <param name="Files">The files compared: name and day.</param>
/// <param name="FindingCount">How many findings.</param>
/// <param name="Findings">The first of them.</param>
internal sealed record RunSummary(
    long Books, long Entries, Balances Totals, int InTransit, long FileItems, IReadOnlyList<string> Files, int FindingCount, IReadOnlyList<string> Findings)
{
    /// <summary>A column holds 64 KiB; the findings themselves are rows of their own.</summary>
    private const int MostFindings = 200;

    public static RunSummary Of(LedgerReport report, IReadOnlyList<Finding> findings) => new(
        report.Books, report.Entries, report.Totals, report.InTransit.Count, report.FileItems,
        [.. report.ComparedFiles.Select(file => $"{file.Party} {file.Day:yyyy-MM-dd}")],
        findings.Count, [.. findings.Take(MostFindings).Select(finding => finding.Id.Value)]);
}

/// <summary>The runs, newest first, and the files that were compared. One partition each.</summary>
internal sealed class RunTable(Storage storage)
{
    private const string Partition = "runs";
    private const string FilePartition = "files";

    private readonly TableClient table = storage.Table(FindingTable.TableName);

    /// <summary>Inserts a run; false when it is there.</summary>
    public async Task<bool> AddAsync(Run run, CancellationToken cancellationToken)
    {
        try
        {
            await table.AddEntityAsync(Row(run), cancellationToken);
            return true;
        }
        catch (RequestFailedException fault) when (fault.Status == 409)
        {
            return false;
        }
    }

    public async Task<Run?> FindAsync(ReconciliationId id, CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<TableEntity>(Partition, RowOf(id), cancellationToken: cancellationToken);
        return found.HasValue ? Read(found.Value!) : null;
    }

    /// <summary>The oldest run that has not come to its end.</summary>
    public async Task<Run?> FirstUnfinishedAsync(CancellationToken cancellationToken)
    {
        Run? oldest = null;
        var running = nameof(RunStatus.Running);
        await foreach (var row in table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {Partition} and Status eq {running}"), cancellationToken: cancellationToken))
        {
            oldest = Read(row);
        }

        return oldest;
    }

    /// <summary>Stores a run's progress. Only the holder of the lease does.</summary>
    /// <returns>The run as stored; null when it was changed by another, who then has the lease.</returns>
    public async Task<Run?> ReplaceAsync(Run run, CancellationToken cancellationToken) =>
        await table.TryReplaceAsync(Row(run), run.ETag, cancellationToken) is { } now ? run with { ETag = now } : null;

    /// <summary>Newest first.</summary>
    public Task<(IReadOnlyList<Run> Items, string? Continuation)> ListAsync(Page page, CancellationToken cancellationToken) => table.PageAsync<TableEntity, Run>(
        TableClient.CreateQueryFilter($"PartitionKey eq {Partition} and RowKey gt {page.Cursor ?? ""}"), page, Read, run => RowOf(run.Id), cancellationToken);

    /// <summary>The last day whose file of somebody was compared; null before the first.</summary>
    public async Task<DateOnly?> LastComparedAsync(string party, CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<TableEntity>(FilePartition, party, cancellationToken: cancellationToken);
        return found.HasValue ? DateOnly.Parse(found.Value!.GetString("Day")) : null;
    }

    /// <summary>Days are compared in order, so the last stands for all.</summary>
    public Task ComparedAsync(string party, DateOnly day, CancellationToken cancellationToken) =>
        table.UpsertEntityAsync(new TableEntity(FilePartition, party) { ["Day"] = day.ToString("yyyy-MM-dd") }, TableUpdateMode.Replace, cancellationToken);

    private static string RowOf(ReconciliationId id) => BookKeys.NewestFirst(id.Value[ReconciliationId.Prefix.Length..]);

    private static TableEntity Row(Run run) => new(Partition, RowOf(run.Id))
    {
        ["Id"] = run.Id.Value,
        ["IsDaily"] = run.IsDaily,
        ["RequestedAt"] = run.RequestedAt,
        ["Status"] = run.Status.ToString(),
        ["Attempts"] = run.Attempts,
        ["AsOf"] = run.AsOf,
        ["EndedAt"] = run.EndedAt,
        ["Summary"] = run.Summary is null ? null : JsonSerializer.Serialize(run.Summary),
    };

    private static Run Read(TableEntity row) => new(
        ReconciliationId.Of(row.GetString("Id")), row.GetBoolean("IsDaily") ?? false, row.GetDateTimeOffset("RequestedAt")!.Value, Enum.Parse<RunStatus>(row.GetString("Status")))
    {
        Attempts = row.GetInt32("Attempts") ?? 0,
        AsOf = row.GetDateTimeOffset("AsOf"),
        EndedAt = row.GetDateTimeOffset("EndedAt"),
        Summary = row.GetString("Summary") is { } summary ? JsonSerializer.Deserialize<RunSummary>(summary) : null,
        ETag = row.ETag,
    };
}

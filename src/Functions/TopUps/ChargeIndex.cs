using System.Globalization;
using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain;
using WalletFunctions.Platform;

namespace WalletFunctions.TopUps;

/// <summary>
/// What must be found without knowing the wallet: which book a charge belongs to (the acquirer's callbacks name the charge
/// alone), and which top-ups are to be looked after at what time. Both rows are there before the top-up is.
/// </summary>
internal sealed class ChargeIndex(Storage storage)
{
    public const string TableName = "charges";

    private const string DuePrefix = "due|";
    private const string ChargeRow = "charge";

    private readonly TableClient table = storage.Table(TableName);

    /// <summary>Announces a charge that is about to be begun; a second time it is the same charge.</summary>
    public async Task AnnounceAsync(DueTopUp due, CancellationToken cancellationToken) => await Task.WhenAll(
        table.UpsertEntityAsync(new TableEntity(due.Id.Value, ChargeRow) { ["wallet"] = due.Wallet.Value }, TableUpdateMode.Replace, cancellationToken),
        ExpectAsync(due, cancellationToken));

    /// <summary>Has a top-up looked after at a time.</summary>
    public Task ExpectAsync(DueTopUp due, CancellationToken cancellationToken) => table.UpsertEntityAsync(
        new TableEntity(Partition(due.At), due.Id.Value) { ["wallet"] = due.Wallet.Value, ["at"] = due.At, ["n"] = due.Round },
        TableUpdateMode.Replace,
        cancellationToken);

    /// <summary>The wallet of a charge; null where the id is none of ours, whatever characters it has.</summary>
    public async Task<WalletId?> FindAsync(string chargeId, CancellationToken cancellationToken)
    {
        if (!Id.TryParse<TopUpId>(chargeId, out var id))
        {
            return null;
        }

        var found = await table.GetEntityIfExistsAsync<TableEntity>(id.Value, ChargeRow, cancellationToken: cancellationToken);
        return found.HasValue ? WalletId.Of(found.Value!.GetString("wallet")) : null;
    }

    /// <summary>The top-ups that are to be looked after by now, oldest first.</summary>
    public async IAsyncEnumerable<DueTopUp> DueAsync(DateTimeOffset now, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey ge {DuePrefix} and PartitionKey le {Partition(now)}");
        await foreach (var row in table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken))
        {
            var due = new DueTopUp(WalletId.Of(row.GetString("wallet")), TopUpId.Of(row.RowKey), row.GetDateTimeOffset("at")!.Value, row.GetInt32("n")!.Value);
            if (due.At <= now)
            {
                yield return due;
            }
        }
    }

    /// <summary>A look has been taken; a second time changes nothing.</summary>
    public Task DoneAsync(DueTopUp due, CancellationToken cancellationToken) =>
        table.DeleteEntityAsync(Partition(due.At), due.Id.Value, ETag.All, cancellationToken);

    private static string Partition(DateTimeOffset at) => DuePrefix + at.UtcDateTime.ToString("yyyyMMddHHmm", CultureInfo.InvariantCulture);
}

/// <summary>A top-up to be looked after.</summary>
/// <param name="Wallet">Its wallet.</param>
/// <param name="Id">Its id.</param>
/// <param name="At">When, by the business clock.</param>
/// <param name="Round">How often it was looked after before.</param>
internal sealed record DueTopUp(WalletId Wallet, TopUpId Id, DateTimeOffset At, int Round);

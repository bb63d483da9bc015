using System.Globalization;
using Azure;
using Azure.Data.Tables;
using WalletFunctions.Platform;

namespace WalletFunctions.Sandbox;

/// <summary>
/// The sandbox bank's own books: one partition, so that a decision and the callback it owes are one transaction. Row keys:
/// <c>behaviour</c>, <c>c|</c> callbacks owed, <c>d|</c> decisions by when they are due, <c>p|</c> payouts.
/// </summary>
public sealed class BankTable(Storage storage)
{
    internal const string TableName = "sandboxbank";
    internal const string Partition = "bank";

    private const string BehaviourRow = "behaviour";
    private const string CallbackPrefix = "c|";
    private const string AfterCallbacks = "c}";
    private const string DuePrefix = "d|";
    private const string PayoutPrefix = "p|";
    private const string AfterPayouts = "p}";

    private readonly TableClient table = storage.Table(TableName);

    internal async Task<BankBehaviour> BehaviourAsync(CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<TableEntity>(Partition, BehaviourRow, cancellationToken: cancellationToken);
        return found.HasValue
            ? new BankBehaviour(Enum.Parse<BankMode>(found.Value!.GetString("Mode")), found.Value.GetInt32("AfterSeconds")!.Value)
            : BankBehaviour.Default;
    }

    internal Task BehaveAsync(BankBehaviour behaviour, CancellationToken cancellationToken) => table.UpsertEntityAsync(
        new TableEntity(Partition, BehaviourRow) { ["Mode"] = behaviour.Mode.ToString(), ["AfterSeconds"] = behaviour.AfterSeconds },
        TableUpdateMode.Replace,
        cancellationToken);

    internal async Task<BankPayoutRow?> FindAsync(string payoutId, CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<BankPayoutRow>(Partition, PayoutPrefix + payoutId, cancellationToken: cancellationToken);
        return found.HasValue ? found.Value : null;
    }

    /// <summary>All payouts, newest first.</summary>
    internal async Task<IReadOnlyList<BankPayoutRow>> ListAsync(CancellationToken cancellationToken)
    {
        var items = new List<BankPayoutRow>();
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {Partition} and RowKey ge {PayoutPrefix} and RowKey lt {AfterPayouts}");
        await foreach (var row in table.QueryAsync<BankPayoutRow>(filter, cancellationToken: cancellationToken))
        {
            items.Add(row);
        }

        items.Reverse(); // payout ids sort by age
        return items;
    }

    /// <summary>Takes a payout, and notes when it is to be decided. False when its id is known.</summary>
    internal Task<bool> AddAsync(BankPayoutRow payout, CancellationToken cancellationToken)
    {
        payout.RowKey = PayoutPrefix + payout.PayoutId;
        var rows = new List<TableTransactionAction> { new(TableTransactionActionType.Add, payout) };
        if (payout.BecomesAt is { } at)
        {
            rows.Add(new(TableTransactionActionType.Add, new BankDueRow { RowKey = DueKey(at, payout.PayoutId), PayoutId = payout.PayoutId }));
        }

        return CommitAsync(rows, cancellationToken);
    }

    /// <summary>The payouts whose time to be decided has come, and the callbacks to try (again).</summary>
    internal async Task<(IReadOnlyList<BankDueRow> Due, IReadOnlyList<BankCallbackRow> Owed)> LookAsync(
        DateTimeOffset businessNow, DateTimeOffset machineNow, CancellationToken cancellationToken)
    {
        var due = new List<BankDueRow>();
        var isOwed = false;
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {Partition} and RowKey ge {CallbackPrefix} and RowKey lt {DueKey(businessNow.AddTicks(1), "")}");
        await foreach (var row in table.QueryAsync<BankDueRow>(filter, cancellationToken: cancellationToken))
        {
            if (row.RowKey.StartsWith(DuePrefix, StringComparison.Ordinal))
            {
                due.Add(row);
            }
            else
            {
                isOwed = true;
            }
        }

        return (due, isOwed ? await OwedAsync(machineNow, cancellationToken) : []);
    }

    /// <summary>Stores a decision with the callback it owes; false when somebody else decided first.</summary>
    /// <param name="payout">The payout as decided, with the ETag it was read with.</param>
    /// <param name="callback">What is owed.</param>
    /// <param name="due">The note that its time had come, to be removed with it.</param>
    internal Task<bool> DecideAsync(BankPayoutRow payout, BankCallbackRow callback, BankDueRow? due, CancellationToken cancellationToken)
    {
        callback.RowKey = CallbackPrefix + callback.MessageId;
        var rows = new List<TableTransactionAction>
        {
            new(TableTransactionActionType.UpdateReplace, payout, payout.ETag),
            new(TableTransactionActionType.Add, callback),
        };
        if (due is not null)
        {
            rows.Add(new(TableTransactionActionType.Delete, due, ETag.All));
        }

        return CommitAsync(rows, cancellationToken);
    }

    /// <summary>Claims the next attempt of a callback; false when another host has it.</summary>
    internal async Task<bool> ClaimAsync(BankCallbackRow callback, CancellationToken cancellationToken)
    {
        try
        {
            await table.UpdateEntityAsync(callback, callback.ETag, TableUpdateMode.Replace, cancellationToken);
            return true;
        }
        catch (RequestFailedException fault) when (fault.Status is 404 or 412)
        {
            return false;
        }
    }

    internal Task RemoveAsync(BankRow row, CancellationToken cancellationToken) =>
        table.DeleteEntityAsync(Partition, row.RowKey, ETag.All, cancellationToken);

    private static string DueKey(DateTimeOffset at, string payoutId) =>
        string.Create(CultureInfo.InvariantCulture, $"{DuePrefix}{at.UtcTicks:D19}|{payoutId}");

    private async Task<IReadOnlyList<BankCallbackRow>> OwedAsync(DateTimeOffset machineNow, CancellationToken cancellationToken)
    {
        var owed = new List<BankCallbackRow>();
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {Partition} and RowKey ge {CallbackPrefix} and RowKey lt {AfterCallbacks} and NextAttemptAt le {machineNow}");
        await foreach (var row in table.QueryAsync<BankCallbackRow>(filter, cancellationToken: cancellationToken))
        {
            owed.Add(row);
        }

        return owed;
    }

    private async Task<bool> CommitAsync(List<TableTransactionAction> rows, CancellationToken cancellationToken)
    {
        try
        {
            await table.SubmitTransactionAsync(rows, cancellationToken);
            return true;
        }
        catch (RequestFailedException fault) when (fault.Status is 404 or 409 or 412)
        {
            return false;
        }
    }
}

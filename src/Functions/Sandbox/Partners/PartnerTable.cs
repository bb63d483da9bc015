using System.Globalization;
using Azure;
using Azure.Data.Tables;
using WalletFunctions.Platform;

namespace WalletFunctions.Sandbox.Partners;

/// <summary>
/// The books of one partner of the sandbox: one partition, so that a decision and the callback it owes are one transaction.
/// Row keys: <c>behaviour</c>, <c>c|</c> callbacks owed, <c>d|</c> decisions by when they are due, <c>f|</c> mistakes in
/// daily files, <c>p|</c> orders.
/// </summary>
internal sealed class PartnerTable(Storage storage, string name)
{
    public const string Partition = "orders";

    private const string BehaviourRow = "behaviour";
    private const string CallbackPrefix = "c|";
    private const string AfterCallbacks = "c}";
    private const string DuePrefix = "d|";
    private const string FilePrefix = "f|";
    private const string OrderPrefix = "p|";
    private const string AfterOrders = "p}";

    private readonly TableClient table = storage.Table(name);

    /// <summary>The behaviour in force; null where none was set.</summary>
    public async Task<PartnerBehaviour?> BehaviourAsync(CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<TableEntity>(Partition, BehaviourRow, cancellationToken: cancellationToken);
        return found.HasValue
            ? new PartnerBehaviour(Enum.Parse<PartnerMode>(found.Value!.GetString("Mode")), found.Value.GetInt32("AfterSeconds")!.Value, found.Value.GetString("Reason"))
            : null;
    }

    public Task BehaveAsync(PartnerBehaviour behaviour, CancellationToken cancellationToken) => table.UpsertEntityAsync(
        new TableEntity(Partition, BehaviourRow) { ["Mode"] = behaviour.Mode.ToString(), ["AfterSeconds"] = behaviour.AfterSeconds, ["Reason"] = behaviour.Reason },
        TableUpdateMode.Replace,
        cancellationToken);

    public async Task<OrderRow?> FindAsync(string orderId, CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<OrderRow>(Partition, OrderPrefix + orderId, cancellationToken: cancellationToken);
        return found.HasValue ? found.Value : null;
    }

    /// <summary>All orders, newest first.</summary>
    public async Task<IReadOnlyList<OrderRow>> ListAsync(CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {Partition} and RowKey ge {OrderPrefix} and RowKey lt {AfterOrders}");
        var items = await ReadAsync(table.QueryAsync<OrderRow>(filter, cancellationToken: cancellationToken));
        items.Reverse(); // order ids sort by age
        return items;
    }

    /// <summary>The orders that settled, or came back, between two moments; the end is not included.</summary>
    public async Task<IReadOnlyList<OrderRow>> MovedAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter(
            $"PartitionKey eq {Partition} and RowKey ge {OrderPrefix} and RowKey lt {AfterOrders} and ((SettledAt ge {from} and SettledAt lt {to}) or (ReturnedAt ge {from} and ReturnedAt lt {to}))");
        return await ReadAsync(table.QueryAsync<OrderRow>(filter, cancellationToken: cancellationToken));
    }

    /// <summary>Takes an order, and notes when it is to be decided. False when its id is known.</summary>
    public Task<bool> AddAsync(OrderRow order, CancellationToken cancellationToken)
    {
        order.RowKey = OrderPrefix + order.OrderId;
        var rows = new List<TableTransactionAction> { new(TableTransactionActionType.Add, order) };
        if (order.BecomesAt is { } at)
        {
            rows.Add(new(TableTransactionActionType.Add, new DueRow { RowKey = DueKey(at, order.OrderId), OrderId = order.OrderId }));
        }

        return CommitAsync(rows, cancellationToken);
    }

    /// <summary>The orders whose time to be decided has come, and the callbacks to try (again).</summary>
    public async Task<(IReadOnlyList<DueRow> Due, IReadOnlyList<CallbackRow> Owed)> LookAsync(
        DateTimeOffset businessNow, DateTimeOffset machineNow, CancellationToken cancellationToken)
    {
        var due = new List<DueRow>();
        var isOwed = false;
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {Partition} and RowKey ge {CallbackPrefix} and RowKey lt {DueKey(businessNow.AddTicks(1), "")}");
        await foreach (var row in table.QueryAsync<DueRow>(filter, cancellationToken: cancellationToken))
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
    /// <param name="order">The order as decided, with the ETag it was read with.</param>
    /// <param name="callback">What is owed.</param>
    /// <param name="due">The note that its time had come, to be removed with it.</param>
    public Task<bool> DecideAsync(OrderRow order, CallbackRow callback, DueRow? due, CancellationToken cancellationToken)
    {
        callback.RowKey = CallbackPrefix + callback.MessageId;
        var rows = new List<TableTransactionAction>
        {
            new(TableTransactionActionType.UpdateReplace, order, order.ETag),
            new(TableTransactionActionType.Add, callback),
        };
        if (due is not null)
        {
            rows.Add(new(TableTransactionActionType.Delete, due, ETag.All));
        }

        return CommitAsync(rows, cancellationToken);
    }

    /// <summary>Claims the next attempt of a callback; false when another host has it.</summary>
    public async Task<bool> ClaimAsync(CallbackRow callback, CancellationToken cancellationToken)
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

    public Task RemoveAsync(PartnerRow row, CancellationToken cancellationToken) =>
        table.DeleteEntityAsync(Partition, row.RowKey, ETag.All, cancellationToken);

    /// <summary>The mistakes to make in a day's file; none where none were planted.</summary>
    public async Task<MistakesRow> MistakesAsync(DateOnly day, CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<MistakesRow>(Partition, FileKey(day), cancellationToken: cancellationToken);
        return found.HasValue ? found.Value! : new MistakesRow();
    }

    public Task PlantAsync(DateOnly day, MistakesRow mistakes, CancellationToken cancellationToken)
    {
        mistakes.RowKey = FileKey(day);
        return table.UpsertEntityAsync(mistakes, TableUpdateMode.Replace, cancellationToken);
    }

    private static string FileKey(DateOnly day) => FilePrefix + day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string DueKey(DateTimeOffset at, string orderId) =>
        string.Create(CultureInfo.InvariantCulture, $"{DuePrefix}{at.UtcTicks:D19}|{orderId}");

    private async Task<IReadOnlyList<CallbackRow>> OwedAsync(DateTimeOffset machineNow, CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {Partition} and RowKey ge {CallbackPrefix} and RowKey lt {AfterCallbacks} and NextAttemptAt le {machineNow}");
        return await ReadAsync(table.QueryAsync<CallbackRow>(filter, cancellationToken: cancellationToken));
    }

    private static async Task<List<T>> ReadAsync<T>(AsyncPageable<T> rows)
        where T : notnull
    {
        var read = new List<T>();
        await foreach (var row in rows)
        {
            read.Add(row);
        }

        return read;
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

using System.Runtime.Serialization;
using Azure;
using Azure.Data.Tables;

namespace WalletFunctions.Sandbox.Partners;

/// <summary>A row of a sandbox partner's books.</summary>
internal abstract class PartnerRow : ITableEntity
{
    public string PartitionKey { get; set; } = PartnerTable.Partition;

    public string RowKey { get; set; } = "";

    public DateTimeOffset? Timestamp { get; set; }

    public ETag ETag { get; set; }
}

/// <summary>An order: a payout, a charge.</summary>
internal sealed class OrderRow : PartnerRow
{
    public string OrderId { get; set; } = "";

    /// <summary>What the order is for, in the words of whoever gave it: a withdrawal's id.</summary>
    public string? Reference { get; set; }

    public long Amount { get; set; }

    public string Currency { get; set; } = "";

    public string State { get; set; } = nameof(OrderState.Pending);

    public string? Reason { get; set; }

    public DateTimeOffset TakenAt { get; set; }

    /// <summary>What it becomes by itself, when, and why; null: nothing.</summary>
    public string? Becomes { get; set; }

    public DateTimeOffset? BecomesAt { get; set; }

    public string? BecomesReason { get; set; }

    /// <summary>On the business clock, as the daily files tell it.</summary>
    public DateTimeOffset? SettledAt { get; set; }

    public DateTimeOffset? ReturnedAt { get; set; }

    [IgnoreDataMember]
    public OrderState Stands => Enum.Parse<OrderState>(State);
}

/// <summary>That an order is to be decided at the moment its row key tells.</summary>
internal sealed class DueRow : PartnerRow
{
    public string OrderId { get; set; } = "";
}

/// <summary>A callback that the partner owes us.</summary>
internal sealed class CallbackRow : PartnerRow
{
    public string MessageId { get; set; } = "";

    public string OrderId { get; set; } = "";

    public string Outcome { get; set; } = "";

    public string? Reason { get; set; }

    public int Attempts { get; set; }

    /// <summary>On the machine's clock. Whoever moves it forward makes the attempt.</summary>
    public DateTimeOffset NextAttemptAt { get; set; }
}

/// <summary>Mistakes that the daily file of a day is to have; JSON lists of order ids.</summary>
internal sealed class MistakesRow : PartnerRow
{
    public string Missing { get; set; } = "[]";

    public string Doubled { get; set; } = "[]";

    public string WrongByAFen { get; set; } = "[]";

    public string WrongDay { get; set; } = "[]";
}

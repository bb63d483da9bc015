using System.Runtime.Serialization;
using Azure;
using Azure.Data.Tables;

namespace WalletFunctions.Sandbox;

/// <summary>A row of the sandbox bank's books.</summary>
internal abstract class BankRow : ITableEntity
{
    public string PartitionKey { get; set; } = BankTable.Partition;

    public string RowKey { get; set; } = "";

    public DateTimeOffset? Timestamp { get; set; }

    public ETag ETag { get; set; }
}

/// <summary>A payout.</summary>
internal sealed class BankPayoutRow : BankRow
{
    public string PayoutId { get; set; } = "";

    public string WithdrawalId { get; set; } = "";

    public long Amount { get; set; }

    public string Currency { get; set; } = "";

    public string State { get; set; } = nameof(BankPayoutState.Pending);

    public string? Reason { get; set; }

    public DateTimeOffset TakenAt { get; set; }

    /// <summary>What it becomes by itself, and when; null: nothing.</summary>
    public string? Becomes { get; set; }

    public DateTimeOffset? BecomesAt { get; set; }

    [IgnoreDataMember]
    public BankPayoutState Stands => Enum.Parse<BankPayoutState>(State);
}

/// <summary>That a payout is to be decided at the moment its row key tells.</summary>
internal sealed class BankDueRow : BankRow
{
    public string PayoutId { get; set; } = "";
}

/// <summary>A callback that the bank owes us.</summary>
internal sealed class BankCallbackRow : BankRow
{
    public string MessageId { get; set; } = "";

    public string PayoutId { get; set; } = "";

    public string Outcome { get; set; } = "";

    public string? Reason { get; set; }

    public int Attempts { get; set; }

    /// <summary>On the machine's clock. Whoever moves it forward makes the attempt.</summary>
    public DateTimeOffset NextAttemptAt { get; set; }
}

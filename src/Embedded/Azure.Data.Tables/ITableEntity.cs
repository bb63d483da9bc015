namespace Azure.Data.Tables;

/// <summary>What every entity of a table has.</summary>
public interface ITableEntity
{
    string PartitionKey { get; set; }

    string RowKey { get; set; }

    /// <summary>Set by the service; never sent.</summary>
    DateTimeOffset? Timestamp { get; set; }

    /// <summary>As last read; never sent by itself, only where it is passed as a condition.</summary>
    ETag ETag { get; set; }
}

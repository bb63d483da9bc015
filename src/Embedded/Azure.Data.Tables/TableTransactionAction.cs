namespace Azure.Data.Tables;

public enum TableTransactionActionType
{
    Add = 0,

    /// <summary>Without an ETag the service merges or inserts: for "must exist" pass <see cref="ETag.All"/>.</summary>
    UpdateMerge = 1,

    /// <summary>Without an ETag the service replaces or inserts: for "must exist" pass <see cref="ETag.All"/>.</summary>
    UpdateReplace = 2,

    /// <summary>Without an ETag: whatever its version.</summary>
    Delete = 3,
    UpsertMerge = 4,
    UpsertReplace = 5,
}

/// <summary>One action of an entity group transaction.</summary>
public class TableTransactionAction
{
    public TableTransactionAction(TableTransactionActionType actionType, ITableEntity entity)
        : this(actionType, entity, default)
    {
    }

    public TableTransactionAction(TableTransactionActionType actionType, ITableEntity entity, ETag etag = default)
    {
        ArgumentNullException.ThrowIfNull(entity);
        ArgumentNullException.ThrowIfNull(entity.PartitionKey, nameof(entity));
        ArgumentNullException.ThrowIfNull(entity.RowKey, nameof(entity));
        ActionType = actionType;
        Entity = entity;
        ETag = etag;
    }

    public TableTransactionActionType ActionType { get; }

    public ITableEntity Entity { get; }

    public ETag ETag { get; }
}

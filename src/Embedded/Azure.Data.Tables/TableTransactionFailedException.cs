namespace Azure.Data.Tables;

/// <summary>A transaction was refused as a whole; status and error code are those of the action that failed.</summary>
public class TableTransactionFailedException : RequestFailedException
{
    public TableTransactionFailedException(RequestFailedException requestFailedException)
        : base(requestFailedException.Status, requestFailedException.Message, requestFailedException.ErrorCode, requestFailedException.InnerException)
    {
        // The service tells the action's index only as the beginning of its message: "3:The entity already exists."
        var message = requestFailedException.Message;
        var colon = message.IndexOf(':', StringComparison.Ordinal);
        if (colon > 0 && int.TryParse(message.AsSpan(0, colon), System.Globalization.NumberStyles.None, null, out var index))
            FailedTransactionActionIndex = index;
    }

    /// <summary>The index of the action that failed; null if the service did not say.</summary>
    public int? FailedTransactionActionIndex { get; }
}

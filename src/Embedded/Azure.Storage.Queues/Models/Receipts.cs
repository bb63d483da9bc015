namespace Azure.Storage.Queues.Models;

/// <summary>What the service says of a message it has taken.</summary>
public class SendReceipt
{
    internal SendReceipt()
    {
    }

    public string MessageId { get; internal set; }

    public DateTimeOffset InsertionTime { get; internal set; }

    public DateTimeOffset ExpirationTime { get; internal set; }

    public string PopReceipt { get; internal set; }

    public DateTimeOffset TimeNextVisible { get; internal set; }
}

/// <summary>The receipt that is valid after an update; the one before is dead.</summary>
public class UpdateReceipt
{
    internal UpdateReceipt()
    {
    }

    public string PopReceipt { get; internal set; }

    public DateTimeOffset NextVisibleOn { get; internal set; }
}

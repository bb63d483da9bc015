using System.ComponentModel;

namespace Azure.Storage.Queues.Models;

/// <summary>A message that was received, and is hidden from others until <see cref="NextVisibleOn"/>.</summary>
public class QueueMessage
{
    internal QueueMessage()
    {
    }

    public string MessageId { get; internal set; }

    /// <summary>Proves that it is still ours; every receive and update makes a new one.</summary>
    public string PopReceipt { get; internal set; }

    [EditorBrowsable(EditorBrowsableState.Never)]
    public string MessageText => Body?.ToString();

    public BinaryData Body { get; internal set; }

    public DateTimeOffset? NextVisibleOn { get; internal set; }

    public DateTimeOffset? InsertedOn { get; internal set; }

    public DateTimeOffset? ExpiresOn { get; internal set; }

    /// <summary>How often it was received, this time included.</summary>
    public long DequeueCount { get; internal set; }

    /// <summary>The same message with the receipt that an update gave it.</summary>
    public QueueMessage Update(UpdateReceipt updated)
    {
        ArgumentNullException.ThrowIfNull(updated);
        return new QueueMessage
        {
            MessageId = MessageId,
            PopReceipt = updated.PopReceipt,
            Body = Body,
            NextVisibleOn = updated.NextVisibleOn,
            InsertedOn = InsertedOn,
            ExpiresOn = ExpiresOn,
            DequeueCount = DequeueCount,
        };
    }
}

/// <summary>A message that was looked at and not taken.</summary>
public class PeekedMessage
{
    internal PeekedMessage()
    {
    }

    public string MessageId { get; internal set; }

    [EditorBrowsable(EditorBrowsableState.Never)]
    public string MessageText => Body?.ToString();

    public BinaryData Body { get; internal set; }

    public DateTimeOffset? InsertedOn { get; internal set; }

    public DateTimeOffset? ExpiresOn { get; internal set; }

    public long DequeueCount { get; internal set; }
}

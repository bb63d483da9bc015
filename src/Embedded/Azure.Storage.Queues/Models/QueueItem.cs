namespace Azure.Storage.Queues.Models;

[Flags]
public enum QueueTraits
{
    None = 0,
    Metadata = 1,
}

/// <summary>A queue of the account.</summary>
public class QueueItem
{
    internal QueueItem()
    {
    }

    public string Name { get; internal set; }

    /// <summary>Null unless asked for.</summary>
    public IDictionary<string, string> Metadata { get; internal set; }
}

public class QueueProperties
{
    /// <summary>Hidden messages included; an approximation.</summary>
    public int ApproximateMessagesCount { get; internal set; }

    public IDictionary<string, string> Metadata { get; internal set; }
}

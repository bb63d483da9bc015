using Azure.Core;

namespace Azure.Storage.Queues;

/// <summary>How message text travels. The Functions queue trigger expects <see cref="Base64"/> unless host.json says otherwise.</summary>
public enum QueueMessageEncoding
{
    /// <summary>As it is; it must be legal XML text.</summary>
    None = 0,
    Base64 = 1,
}

/// <summary>Retries, transport, policies and encoding of the queue clients.</summary>
public class QueueClientOptions : ClientOptions
{
    public QueueClientOptions(ServiceVersion version = ServiceVersion.V2025_01_05)
    {
        if (version != ServiceVersion.V2025_01_05) throw new ArgumentOutOfRangeException(nameof(version));
        Version = version;
        Retry.MaxRetries = 5; // two more than other clients, as officially
    }

    public ServiceVersion Version { get; }

    public QueueMessageEncoding MessageEncoding { get; set; }

    internal const string VersionString = "2025-01-05";

    public enum ServiceVersion
    {
        V2025_01_05 = 25,
    }
}

using Azure.Core;

namespace Azure.Storage.Blobs;

/// <summary>Retries, transport and policies of the blob clients.</summary>
public class BlobClientOptions : ClientOptions
{
    public BlobClientOptions(ServiceVersion version = ServiceVersion.V2025_05_05)
    {
        if (version != ServiceVersion.V2025_05_05) throw new ArgumentOutOfRangeException(nameof(version));
        Version = version;
        Retry.MaxRetries = 5; // two more than other clients, as officially
    }

    public ServiceVersion Version { get; }

    internal const string VersionString = "2025-05-05";

    public enum ServiceVersion
    {
        V2025_05_05 = 26,
    }
}

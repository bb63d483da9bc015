namespace Azure.Storage.Blobs.Models;

public class BlobContainerInfo
{
    internal BlobContainerInfo()
    {
    }

    public ETag ETag { get; internal set; }

    public DateTimeOffset LastModified { get; internal set; }
}

public class BlobContentInfo
{
    internal BlobContentInfo()
    {
    }

    public ETag ETag { get; internal set; }

    public DateTimeOffset LastModified { get; internal set; }
}

public class BlobProperties
{
    public ETag ETag { get; internal set; }

    public DateTimeOffset LastModified { get; internal set; }

    public DateTimeOffset CreatedOn { get; internal set; }

    public long ContentLength { get; internal set; }

    public string ContentType { get; internal set; }

    public LeaseState LeaseState { get; internal set; }

    public IDictionary<string, string> Metadata { get; internal set; }
}

public class BlobDownloadDetails
{
    public ETag ETag { get; internal set; }

    public DateTimeOffset LastModified { get; internal set; }

    public long ContentLength { get; internal set; }

    public string ContentType { get; internal set; }

    public IDictionary<string, string> Metadata { get; internal set; }
}

public class BlobDownloadResult
{
    internal BlobDownloadResult()
    {
    }

    public BinaryData Content { get; internal set; }

    public BlobDownloadDetails Details { get; internal set; }
}

/// <summary>A download under way; dispose it when it has been read.</summary>
public class BlobDownloadStreamingResult : IDisposable
{
    internal BlobDownloadStreamingResult()
    {
    }

    public BlobDownloadDetails Details { get; internal set; }

    public Stream Content { get; internal set; }

    public void Dispose()
    {
        Content?.Dispose();
        GC.SuppressFinalize(this);
    }
}

public class BlobItem
{
    internal BlobItem()
    {
    }

    public string Name { get; internal set; }

    public BlobItemProperties Properties { get; internal set; }

    /// <summary>Empty unless asked for.</summary>
    public IDictionary<string, string> Metadata { get; internal set; }
}

public class BlobItemProperties
{
    internal BlobItemProperties()
    {
    }

    public ETag? ETag { get; internal set; }

    public DateTimeOffset? LastModified { get; internal set; }

    public DateTimeOffset? CreatedOn { get; internal set; }

    public long? ContentLength { get; internal set; }

    public string ContentType { get; internal set; }
}

/// <summary>A lease that was taken or renewed.</summary>
public class BlobLease
{
    internal BlobLease()
    {
    }

    public ETag ETag { get; internal set; }

    public DateTimeOffset LastModified { get; internal set; }

    public string LeaseId { get; internal set; }
}

public class ReleasedObjectInfo
{
    public ReleasedObjectInfo(ETag eTag, DateTimeOffset lastModified) => (ETag, LastModified) = (eTag, lastModified);

    public ETag ETag { get; }

    public DateTimeOffset LastModified { get; }
}

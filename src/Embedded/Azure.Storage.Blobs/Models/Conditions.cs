namespace Azure.Storage.Blobs.Models;

/// <summary>What must be so for a request to be carried out. Source: learn.microsoft.com/rest/api/storageservices/specifying-conditional-headers-for-blob-service-operations.</summary>
public class BlobLeaseRequestConditions : RequestConditions
{
}

public class BlobRequestConditions : BlobLeaseRequestConditions
{
    /// <summary>The lease that the writer holds: a leased blob is written by nobody else.</summary>
    public string LeaseId { get; set; }
}

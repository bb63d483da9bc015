namespace Azure.Storage.Blobs.Models;

public enum PublicAccessType
{
    None = 0,
    BlobContainer = 1,
    Blob = 2,
}

public enum DeleteSnapshotsOption
{
    None = 0,
    IncludeSnapshots = 1,
    OnlySnapshots = 2,
}

[Flags]
public enum BlobTraits
{
    None = 0,
    Metadata = 2,
}

[Flags]
public enum BlobStates
{
    None = 0,
}

public enum LeaseState
{
    Available = 0,
    Leased = 1,
    Expired = 2,
    Breaking = 3,
    Broken = 4,
}

namespace Azure.Storage.Blobs.Models;

/// <summary>Only there for the signatures that take it: the embedded client refuses it.</summary>
public class BlobContainerEncryptionScopeOptions
{
    public string DefaultEncryptionScope { get; set; }

    public bool PreventEncryptionScopeOverride { get; set; }
}

using Azure.Storage.Shared;

namespace Azure.Storage;

/// <summary>An account and its key.</summary>
public class StorageSharedKeyCredential
{
    private volatile SigningKey _key;

    public StorageSharedKeyCredential(string accountName, string accountKey)
    {
        AccountName = accountName;
        SetAccountKey(accountKey);
    }

    public string AccountName { get; }

    /// <summary>Key rotation: requests from now on are signed with the new key.</summary>
    public void SetAccountKey(string accountKey) => _key = new SigningKey(accountKey);

    internal string Sign(string text) => _key.Sign(text);
}

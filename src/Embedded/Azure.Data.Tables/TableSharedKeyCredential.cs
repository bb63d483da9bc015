using Azure.Storage.Shared;

namespace Azure.Data.Tables;

/// <summary>An account and its key.</summary>
public class TableSharedKeyCredential
{
    private volatile SigningKey _key;

    public TableSharedKeyCredential(string accountName, string accountKey)
    {
        ArgumentException.ThrowIfNullOrEmpty(accountName);
        AccountName = accountName;
        SetAccountKey(accountKey);
    }

    public string AccountName { get; }

    /// <summary>Key rotation: requests from now on are signed with the new key.</summary>
    public void SetAccountKey(string accountKey)
    {
        ArgumentException.ThrowIfNullOrEmpty(accountKey);
        _key = new SigningKey(accountKey);
    }

    internal string Sign(string text) => _key.Sign(text);
}

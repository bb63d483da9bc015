using Microsoft.Extensions.Configuration;

namespace WalletFunctions.Platform;

/// <summary>Where the storage is: a connection string, or the three services' addresses, for which the app's identity is asked.</summary>
internal sealed record StorageAddress(string? ConnectionString, Uri? Tables, Uri? Queues, Uri? Blobs)
{
    private const string Setting = "AzureWebJobsStorage";

    private static readonly string[] Endpoints = ["TableEndpoint", "QueueEndpoint", "BlobEndpoint"];

    /// <summary>Whether every service is on this machine.</summary>
    public bool IsLoopback => ConnectionString is { } text
        ? IsLoopbackConnection(text)
        : new[] { Tables, Queues, Blobs }.All(uri => uri is { IsLoopback: true });

    /// <exception cref="SettingsException">Nothing is configured.</exception>
    public static StorageAddress From(IConfiguration configuration)
    {
        if (configuration[Setting] is { Length: > 0 } connectionString)
        {
            return new StorageAddress(connectionString, null, null, null);
        }

        // The same settings that the Functions host reads for an identity-based connection.
        var section = configuration.GetSection(Setting);
        var account = section["accountName"];
        return new StorageAddress(null, Service("table"), Service("queue"), Service("blob"));

        Uri Service(string name) =>
            section[$"{name}ServiceUri"] is { Length: > 0 } uri ? new Uri(uri)
            : account is { Length: > 0 } ? new Uri($"https://{account}.{name}.core.windows.net")
            : throw new SettingsException($"Set {Setting} to a connection string, or {Setting}__accountName to the name of a storage account.");
    }

    private static bool IsLoopbackConnection(string text)
    {
        var parts = text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(part => part.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair.Length > 1 ? pair[1] : "", StringComparer.OrdinalIgnoreCase);
        if (parts.TryGetValue("UseDevelopmentStorage", out var development) && string.Equals(development, "true", StringComparison.OrdinalIgnoreCase))
        {
            return !parts.TryGetValue("DevelopmentStorageProxyUri", out var proxy) || IsLoopbackUri(proxy);
        }

        return Endpoints.All(name => parts.TryGetValue(name, out var uri) && IsLoopbackUri(uri));
    }

    private static bool IsLoopbackUri(string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.IsLoopback;
}

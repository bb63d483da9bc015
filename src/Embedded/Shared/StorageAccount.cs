namespace Azure.Storage.Shared;

/// <summary>What a storage connection string says: the account, its key, and where one of its services listens.</summary>
internal sealed record StorageAccount(string Name, string Key, Uri Endpoint)
{
    // The emulator's account and key are fixed and published: they are no secret.
    private const string EmulatorName = "devstoreaccount1";
    private const string EmulatorKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    /// <param name="connectionString">As the Azure portal shows it, or <c>UseDevelopmentStorage=true</c>.</param>
    /// <param name="service"><c>Blob</c>, <c>Queue</c> or <c>Table</c>.</param>
    /// <param name="emulatorPort">The port of that service on the emulator.</param>
    /// <exception cref="FormatException">The string names no account key or no endpoint.</exception>
    public static StorageAccount Parse(string connectionString, string service, int emulatorPort)
    {
        ArgumentException.ThrowIfNullOrEmpty(connectionString);
        var settings = Settings(connectionString);
        if (settings.TryGetValue("UseDevelopmentStorage", out var emulator) && bool.TryParse(emulator, out var use) && use)
            return new(EmulatorName, EmulatorKey, new Uri($"http://127.0.0.1:{emulatorPort}/{EmulatorName}"));
        if (settings.ContainsKey("SharedAccessSignature"))
            throw new NotSupportedException("The embedded clients know account keys and token credentials, not shared access signatures.");

        if (!settings.TryGetValue("AccountName", out var name) || !settings.TryGetValue("AccountKey", out var key))
            throw new FormatException("No valid combination of account information found.");
        if (settings.TryGetValue(service + "Endpoint", out var endpoint))
            return new(name, key, new Uri(endpoint.TrimEnd('/')));

        var protocol = settings.GetValueOrDefault("DefaultEndpointsProtocol", "https");
        var suffix = settings.GetValueOrDefault("EndpointSuffix", "core.windows.net");
        return new(name, key, new Uri($"{protocol}://{name}.{service.ToLowerInvariant()}.{suffix}"));
    }

    /// <summary>The account of a service's or resource's address: the first path segment on an IP address or the emulator, else the first label of the host.</summary>
    public static string NameOf(Uri uri) =>
        uri.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6 || uri.IsLoopback
            ? uri.AbsolutePath.Trim('/').Split('/')[0]
            : uri.Host.Split('.')[0];

    private static Dictionary<string, string> Settings(string connectionString)
    {
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in connectionString.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) throw new FormatException("Settings must be of the form \"name=value\".");
            settings[part[..equals].Trim()] = part[(equals + 1)..].Trim();
        }

        return settings;
    }
}

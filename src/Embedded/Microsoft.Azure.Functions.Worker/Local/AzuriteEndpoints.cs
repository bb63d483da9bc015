using System.Net.Sockets;

namespace Microsoft.Azure.Functions.Worker.Local;

/// <summary>Where a connection string expects the emulator.</summary>
internal sealed record AzuriteEndpoints(string Host, int Blob, int Queue, int Table, string? Account)
{
    private const string WellKnownAccount = "devstoreaccount1";

    /// <summary>Null when the storage is not on this machine.</summary>
    public static AzuriteEndpoints? Of(string? connectionString)
    {
        if (string.IsNullOrWhiteSpace(connectionString)) return null;
        var parts = connectionString.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(p => p.Split('=', 2)).Where(p => p.Length == 2)
            .ToDictionary(p => p[0], p => p[1], StringComparer.OrdinalIgnoreCase);
        if (parts.GetValueOrDefault("UseDevelopmentStorage") is "true") return new("127.0.0.1", 10000, 10001, 10002, Account: null);
        if (Local("BlobEndpoint") is not { } blob) return null;
        var (name, key) = (parts.GetValueOrDefault("AccountName"), parts.GetValueOrDefault("AccountKey"));
        return new(blob.Host.Trim('[', ']'), blob.Port, Local("QueueEndpoint")?.Port ?? 0, Local("TableEndpoint")?.Port ?? 0, name is null or WellKnownAccount ? null : $"{name}:{key}");

        Uri? Local(string part) => Uri.TryCreate(parts.GetValueOrDefault(part), UriKind.Absolute, out var uri) && uri.IsLoopback && uri.Scheme == "http" ? uri : null;
    }

    public IEnumerable<int> Ports => new[] { Blob, Queue, Table }.Where(p => p != 0);

    /// <summary>The ports on which something listens.</summary>
    public async Task<IReadOnlyList<int>> ListeningAsync()
    {
        var answers = await Task.WhenAll(Ports.Select(async port => (port, taken: await IsTakenAsync(port))));
        return [.. answers.Where(a => a.taken).Select(a => a.port)];
    }

    /// <exception cref="HostStartException">Something else has the port.</exception>
    public async Task CheckIsAzuriteAsync(int port)
    {
        try
        {
            using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
            using var response = await client.GetAsync(new Uri($"http://{Host}:{port}/"));
            if (response.Headers.TryGetValues("Server", out var server) && server.Any(s => s.StartsWith("Azurite", StringComparison.OrdinalIgnoreCase))) return;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            // Whatever it is, it does not speak HTTP; that is said below.
        }
        throw new HostStartException(
            $"Port {port}, on which AzureWebJobsStorage expects the storage emulator, is taken by something that is not Azurite; stop it, or put endpoints with other ports into AzureWebJobsStorage.");
    }

    private async Task<bool> IsTakenAsync(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(Host, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

using WalletFunctions.Tests.EndToEnd;

namespace WalletFunctions.Soak;

/// <summary>Two processes of the app on one storage. One may be dead at any time, but never both.</summary>
internal sealed class SoakHosts : IAsyncDisposable
{
    /// <summary>How many there are.</summary>
    public const int Count = 2;

    private static readonly Dictionary<string, string> Quiet = new(StringComparer.Ordinal) { ["Logging__LogLevel__Default"] = "Warning" };

    private readonly string storage;
    private readonly int[] ports = [.. Enumerable.Range(0, Count).Select(_ => HostProcess.FreePort())];
    private readonly HostProcess?[] hosts = new HostProcess?[Count];
    private readonly SemaphoreSlim gate = new(1);

    private SoakHosts(string storage) => this.storage = storage;

    public static async Task<SoakHosts> StartAsync(string storage)
    {
        var started = new SoakHosts(storage);
        for (var host = 0; host < Count; host++)
        {
            // One after the other: the first makes the tables.
            started.hosts[host] = await HostProcess.StartAsync(storage, started.ports[host], Quiet);
        }

        return started;
    }

    public Uri Address(int host) => new($"http://127.0.0.1:{ports[host]}");

    /// <summary>Kills a host as the kernel does, and starts it again.</summary>
    public async Task KillAsync(int host)
    {
        await gate.WaitAsync();
        try
        {
            await hosts[host]!.DisposeAsync();
            hosts[host] = null;
            hosts[host] = await HostProcess.StartAsync(storage, ports[host], Quiet);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>The last complaints that the hosts printed.</summary>
    public string Output(int lines) => string.Join('\n', hosts.OfType<HostProcess>().Select(host => $"-- {host.BaseAddress}\n" + string.Join('\n', host.Output.Split('\n').Where(line => line.Contains(" fail: ", StringComparison.Ordinal) || line.Contains(" warn: ", StringComparison.Ordinal)).TakeLast(lines).Select(line => line.Length > 400 ? line[..400] : line))));

    public async ValueTask DisposeAsync()
    {
        await gate.WaitAsync();
        foreach (var host in hosts)
        {
            if (host is not null)
            {
                await host.DisposeAsync();
            }
        }

        gate.Dispose();
    }
}

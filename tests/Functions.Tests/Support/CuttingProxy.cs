using System.Net;
using System.Net.Sockets;

namespace Functions.Tests.Support;

/// <summary>Stands between a client and a server on this machine and cuts each connection after so many bytes of the server's.</summary>
internal sealed class CuttingProxy : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly int target;

    public CuttingProxy(int target)
    {
        this.target = target;
        listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>For connections to come.</summary>
    public long CutAfter { get; set; } = long.MaxValue;

    public void Dispose() => listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ForwardAsync(await listener.AcceptTcpClientAsync(), CutAfter);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ForwardAsync(TcpClient client, long left)
    {
        using (client)
        using (var server = new TcpClient())
        {
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, target);
                var up = client.GetStream().CopyToAsync(server.GetStream());
                var down = Task.Run(async () =>
                {
                    var buffer = new byte[4096];
                    while (left > 0 && await server.GetStream().ReadAsync(buffer) is > 0 and var read)
                    {
                        await client.GetStream().WriteAsync(buffer.AsMemory(0, (int)Math.Min(read, left)));
                        left -= read;
                    }
                });
                await Task.WhenAny(up, down);
            }
            catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
            {
                // One side went; the other follows.
            }
        }
    }
}

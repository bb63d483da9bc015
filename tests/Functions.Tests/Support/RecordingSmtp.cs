using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Functions.Tests.Support;

/// <summary>An SMTP server that takes one mail and keeps it.</summary>
internal sealed class RecordingSmtp : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly Task conversation;

    public RecordingSmtp()
    {
        listener.Start();
        conversation = TalkAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Closes the line where the answer to the mail would come.</summary>
    public bool HangsUpAtTheEnd { get; init; }

    /// <summary>The mail with its dots taken out again.</summary>
    public byte[] Message { get; private set; } = [];

    public string Sender { get; private set; } = "";

    public async ValueTask DisposeAsync()
    {
        listener.Dispose();
        await conversation;
    }

    private async Task TalkAsync()
    {
        try
        {
            using var client = await listener.AcceptTcpClientAsync();
            using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
            await using var writer = new StreamWriter(client.GetStream(), Encoding.Latin1) { NewLine = "\r\n", AutoFlush = true };
            await writer.WriteLineAsync("220 mx");
            while (await reader.ReadLineAsync() is { } line)
            {
                if (line.StartsWith("MAIL", StringComparison.Ordinal)) Sender = line;
                if (line == "DATA")
                {
                    await writer.WriteLineAsync("354 go");
                    var text = new StringBuilder();
                    while (await reader.ReadLineAsync() is { } part && part != ".") text.Append(part.StartsWith('.') ? part[1..] : part).Append("\r\n");
                    Message = Encoding.Latin1.GetBytes(text.ToString());
                    if (HangsUpAtTheEnd) return;
                    await writer.WriteLineAsync("250 queued as 77");
                    continue;
                }

                await writer.WriteLineAsync(line == "QUIT" ? "221 bye" : "250 ok");
                if (line == "QUIT") return;
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            // The client went, or the test is over.
        }
    }
}

using System.Net.Security;
using System.Text;

namespace MailKit.Net;

/// <summary>
/// Lines and blocks over a socket or TLS, for IMAP and SMTP alike. Every read and write has its own time limit, and
/// what a server may make us hold in memory is bounded.
/// </summary>
internal sealed class MailConnection(Stream stream, int timeout, Func<string, Exception> protocolError) : IDisposable
{
    const int BlockSize = 64 * 1024;

    readonly MemoryStream pending = new();
    Stream stream = stream;
    byte[] buffer = new byte[BlockSize];
    int start;
    int end;

    /// <summary>Milliseconds that one read or write may take; 0 or less: without limit.</summary>
    public int Timeout { get; set; } = timeout;
    public bool IsSecure => stream is SslStream;
    public bool IsEncrypted => stream is SslStream { IsEncrypted: true };

    /// <summary>The next line as Latin-1 (every byte kept), without its line end.</summary>
    public async Task<string> ReadLineAsync(int maxLength, CancellationToken ct)
    {
        StringBuilder? line = null;
        while (true)
        {
            var at = Array.IndexOf(buffer, (byte)'\n', start, end - start);
            var length = (at < 0 ? end : at) - start;
            if ((line?.Length ?? 0) + length > maxLength) throw protocolError($"The server sent a line of more than {maxLength} bytes.");
            var text = Encoding.Latin1.GetString(buffer, start, length);
            start += length;
            if (at < 0)
            {
                (line ??= new StringBuilder()).Append(text);
                await FillAsync(ct);
                continue;
            }
            start++;
            return (line is null ? text : line.Append(text).ToString()).TrimEnd('\r');
        }
    }

    /// <summary>Exactly so many bytes. Memory follows what arrives, not what the server announced.</summary>
    public async Task<byte[]> ReadBlockAsync(int length, CancellationToken ct)
    {
        using var block = new MemoryStream(Math.Min(length, BlockSize));
        while (block.Length < length)
        {
            if (start == end) await FillAsync(ct);
            var take = Math.Min(end - start, length - (int)block.Length);
            block.Write(buffer, start, take);
            start += take;
        }
        return block.ToArray();
    }

    /// <summary>Puts bytes behind those that the next <see cref="FlushAsync"/> sends.</summary>
    public void Queue(ReadOnlySpan<byte> bytes) => pending.Write(bytes);

    public void Queue(string latin1) => pending.Write(Encoding.Latin1.GetBytes(latin1));

    public async Task FlushAsync(CancellationToken ct)
    {
        var bytes = pending.GetBuffer().AsMemory(0, (int)pending.Length);
        for (var sent = 0; sent < bytes.Length;)
        {
            var part = bytes.Slice(sent, Math.Min(BlockSize, bytes.Length - sent));
            await WithinTimeoutAsync(async token =>
            {
                await stream.WriteAsync(part, token);
                return 0;
            }, ct);
            sent += part.Length;
        }
        await stream.FlushAsync(ct);
        pending.SetLength(0);
        if (pending.Capacity > BlockSize) pending.Capacity = 0;
    }

    public async Task StartTlsAsync(SslClientAuthenticationOptions options, CancellationToken ct)
    {
        // What came in clear text behind the answer to STARTTLS was not sent by the server we are about to trust.
        (start, end) = (0, 0);
        var tls = new SslStream(stream, leaveInnerStreamOpen: false);
        stream = tls;
        await WithinTimeoutAsync(async token =>
        {
            await tls.AuthenticateAsClientAsync(options, token);
            return 0;
        }, ct);
    }

    public void Dispose()
    {
        stream.Dispose();
        pending.Dispose();
        buffer = [];
    }

    async Task FillAsync(CancellationToken ct)
    {
        var read = await WithinTimeoutAsync(async token => await stream.ReadAsync(buffer, token), ct);
        if (read == 0) throw protocolError("The server has unexpectedly closed the connection.");
        (start, end) = (0, read);
    }

    async Task<T> WithinTimeoutAsync<T>(Func<CancellationToken, Task<T>> operation, CancellationToken ct)
    {
        if (Timeout <= 0) return await operation(ct);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Timeout);
        try
        {
            return await operation(limit.Token);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new TimeoutException($"The server did not answer within {Timeout} milliseconds.", e);
        }
        catch (ObjectDisposedException e)
        {
            throw new IOException("The connection was closed while it was in use.", e);
        }
    }
}

using MimeKit.Utils;

namespace MimeKit;

/// <summary>A part's content in its transfer encoding.</summary>
public interface IMimeContent : IDisposable
{
    ContentEncoding Encoding { get; }

    Stream? Stream { get; }

    /// <summary>The decoded content.</summary>
    Stream Open();

    void DecodeTo(Stream stream, CancellationToken cancellationToken = default);

    Task DecodeToAsync(Stream stream, CancellationToken cancellationToken = default);

    /// <summary>As it is, still encoded.</summary>
    void WriteTo(Stream stream, CancellationToken cancellationToken = default);

    Task WriteToAsync(Stream stream, CancellationToken cancellationToken = default);
}

public class MimeContent : IMimeContent
{
    public MimeContent(Stream stream, ContentEncoding encoding = ContentEncoding.Default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanRead) throw new ArgumentException("The stream does not support reading.", nameof(stream));
        if (!stream.CanSeek) throw new ArgumentException("The stream does not support seeking.", nameof(stream));
        Stream = stream;
        Encoding = encoding;
    }

    public ContentEncoding Encoding { get; }

    public Stream? Stream { get; }

    public Stream Open() => new MemoryStream(Decoded(), writable: false);

    public void DecodeTo(Stream stream, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        cancellationToken.ThrowIfCancellationRequested();
        stream.Write(Decoded());
    }

    public async Task DecodeToAsync(Stream stream, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        await stream.WriteAsync(Decoded(), cancellationToken);
    }

    public void WriteTo(Stream stream, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        cancellationToken.ThrowIfCancellationRequested();
        stream.Write(Raw());
    }

    public async Task WriteToAsync(Stream stream, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        await stream.WriteAsync(Raw(), cancellationToken);
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing) Stream?.Dispose();
    }

    internal byte[] Decoded() => TransferCodec.Decode(Encoding, Raw());

    internal byte[] Raw()
    {
        Stream!.Position = 0;
        if (Stream is MemoryStream memory) return memory.ToArray();
        using var copy = new MemoryStream();
        Stream.CopyTo(copy);
        Stream.Position = 0;
        return copy.ToArray();
    }
}

namespace MimeKit.Parsing;

/// <summary>A stream read to its end: the parser works over one array and cuts slices of it, without copies.</summary>
internal static class StreamBytes
{
    public static byte[] Read(Stream stream, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        cancellationToken.ThrowIfCancellationRequested();
        using var memory = new MemoryStream(Capacity(stream));
        stream.CopyTo(memory);
        return memory.ToArray();
    }

    public static async Task<byte[]> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var memory = new MemoryStream(Capacity(stream));
        await stream.CopyToAsync(memory, cancellationToken);
        return memory.ToArray();
    }

    private static int Capacity(Stream stream) => stream.CanSeek ? (int)Math.Clamp(stream.Length - stream.Position, 0, 1 << 26) : 0;
}

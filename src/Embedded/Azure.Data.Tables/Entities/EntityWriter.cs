using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Azure.Data.Tables.Entities;

/// <summary>Writes request bodies into a buffer that the thread keeps; the body itself is one array of the exact length.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "It lives as long as its thread, and holds no resource but memory.")]
internal sealed class EntityWriter
{
    private const int LargestKeptBuffer = 1 << 20;

    [ThreadStatic]
    private static EntityWriter _ofThread;

    private readonly ArrayBufferWriter<byte> _buffer = new(16 * 1024);
    private readonly Utf8JsonWriter _json;

    private EntityWriter() => _json = new Utf8JsonWriter(_buffer, new JsonWriterOptions { SkipValidation = true });

    /// <summary>An empty writer, to be used and read before the next await.</summary>
    public static EntityWriter Start()
    {
        var writer = _ofThread;
        if (writer is null || writer._buffer.Capacity > LargestKeptBuffer) writer = _ofThread = new EntityWriter();
        writer._buffer.ResetWrittenCount();
        return writer;
    }

    public EntityWriter Text(string text)
    {
        Encoding.UTF8.GetBytes(text, _buffer);
        return this;
    }

    public EntityWriter Text(ReadOnlySpan<byte> utf8)
    {
        _buffer.Write(utf8);
        return this;
    }

    public EntityWriter Entity(ITableEntity entity)
    {
        _json.Reset(_buffer);
        EntityModel.For(entity.GetType()).Write(_json, entity);
        _json.Flush();
        return this;
    }

    public byte[] Body() => _buffer.WrittenSpan.ToArray();
}

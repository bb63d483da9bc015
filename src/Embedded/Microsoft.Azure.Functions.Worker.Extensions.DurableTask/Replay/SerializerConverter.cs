using System.Text;
using Azure.Core.Serialization;
using Microsoft.DurableTask;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Replay;

/// <summary>Payloads are written by the worker's serializer, by runtime type (ObjectConverterShim.cs).</summary>
internal sealed class SerializerConverter(ObjectSerializer serializer) : DataConverter
{
    public override string? Serialize(object? value)
        => value is null ? null : Encoding.UTF8.GetString(serializer.Serialize(value, value.GetType(), CancellationToken.None).ToMemory().Span);

    public override object? Deserialize(string? data, Type targetType)
    {
        if (data is null) return null;
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(data), writable: false);
        return serializer.Deserialize(stream, targetType, CancellationToken.None);
    }
}

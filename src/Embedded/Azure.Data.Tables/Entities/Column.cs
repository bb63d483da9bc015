using System.Reflection;
using System.Text;
using System.Text.Json;

namespace Azure.Data.Tables.Entities;

/// <summary>One property of an entity class.</summary>
internal abstract class Column<T>(string name)
{
    /// <summary>The JSON name it is read from: the ETag travels as an annotation.</summary>
    public byte[] ReadName { get; } = Encoding.UTF8.GetBytes(name == nameof(ITableEntity.ETag) ? TableEntity.ETagKey : name);

    public abstract void Write(Utf8JsonWriter json, T row);

    public abstract void Read(ref Utf8JsonReader json, T row);
}

internal sealed class Column<T, TValue> : Column<T>
{
    private readonly Func<T, TValue> _get;
    private readonly Action<T, TValue> _set;
    private readonly Codec<TValue> _codec;
    private readonly JsonEncodedText _name;
    private readonly JsonEncodedText _typeName;

    public Column(string name, PropertyInfo property)
        : base(name)
    {
        _codec = Codecs.For<TValue>() ?? throw new NotSupportedException(
            $"{property.DeclaringType?.Name}.{name} is a {typeof(TValue).Name}, which the Table service has no column type for; store it as string, int, long, double, bool, Guid, DateTime, DateTimeOffset, byte[] or BinaryData.");
        _name = JsonEncodedText.Encode(name);
        _typeName = JsonEncodedText.Encode(name + "@odata.type");
        // Kept by the service and never sent.
        if (name is not (nameof(ITableEntity.ETag) or nameof(ITableEntity.Timestamp))) _get = property.GetMethod.CreateDelegate<Func<T, TValue>>();
        _set = property.SetMethod?.CreateDelegate<Action<T, TValue>>();
    }

    public override void Write(Utf8JsonWriter json, T row)
    {
        if (_get is null) return;
        var value = _get(row);
        if (value is null) return;
        if (_codec.EdmType is { } type) json.WriteString(_typeName, type);
        _codec.Write(json, _name, value);
    }

    public override void Read(ref Utf8JsonReader json, T row)
    {
        if (_set is null) json.Skip();
        else _set(row, _codec.Read(ref json));
    }
}

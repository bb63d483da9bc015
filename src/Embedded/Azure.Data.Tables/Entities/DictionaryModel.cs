using System.Globalization;
using System.Text.Json;

namespace Azure.Data.Tables.Entities;

/// <summary>Entities without a class: the types come from the values, and from the annotations on reading.</summary>
internal sealed class DictionaryModel : EntityModel
{
    private const string TypeSuffix = "@odata.type";

    public override void Write(Utf8JsonWriter json, ITableEntity entity)
    {
        json.WriteStartObject();
        foreach (var (name, value) in ((TableEntity)entity).Columns)
        {
            if (name is TableEntity.ETagKey or TableEntity.TimestampKey) continue;
            switch (value)
            {
                case null: break;
                case string v: Write(json, name, v); break;
                case int v: Write(json, name, v); break;
                case long v: Write(json, name, v); break;
                case ulong v: Write(json, name, v); break;
                case bool v: Write(json, name, v); break;
                case double v: Write(json, name, v); break;
                case Guid v: Write(json, name, v); break;
                case DateTime v: Write(json, name, v); break;
                case DateTimeOffset v: Write(json, name, v); break;
                case byte[] v: Write(json, name, v); break;
                case BinaryData v: Write(json, name, v); break;
                default: throw new NotSupportedException($"Column {name} cannot hold a {value.GetType().Name}.");
            }
        }

        json.WriteEndObject();
    }

    public override ITableEntity Read(ref Utf8JsonReader json)
    {
        var entity = new TableEntity();
        List<(string Column, string Type)> annotations = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString();
            json.Read();
            if (name.EndsWith(TypeSuffix, StringComparison.Ordinal)) (annotations ??= []).Add((name[..^TypeSuffix.Length], json.GetString()));
            else if (name.StartsWith("odata.", StringComparison.Ordinal) && name != TableEntity.ETagKey) json.Skip();
            else if (json.TokenType != JsonTokenType.Null) entity.Columns[name] = Plain(ref json);
        }

        foreach (var (column, type) in annotations ?? [])
            if (entity.Columns.TryGetValue(column, out var value)) entity.Columns[column] = Typed(value, type);
        // Not annotated below full metadata.
        if (entity.Columns.TryGetValue(TableEntity.TimestampKey, out var time) && time is string text) entity.Columns[TableEntity.TimestampKey] = Typed(text, "Edm.DateTime");
        return entity;
    }

    private static void Write<T>(Utf8JsonWriter json, string name, T value)
    {
        var codec = Codecs.For<T>();
        if (codec.EdmType is { } type) json.WriteString(name + TypeSuffix, type);
        codec.Write(json, JsonEncodedText.Encode(name), value);
    }

    private static object Plain(ref Utf8JsonReader json) => json.TokenType switch
    {
        JsonTokenType.String => json.GetString(),
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        JsonTokenType.Number when json.TryGetInt32(out var number) => number,
        JsonTokenType.Number when json.TryGetInt64(out var number) => number,
        JsonTokenType.Number => json.GetDouble(),
        _ => throw new NotSupportedException($"A column cannot hold a JSON {json.TokenType}."),
    };

    private static object Typed(object value, string type) => type switch
    {
        "Edm.Binary" => Convert.FromBase64String((string)value),
        "Edm.DateTime" => DateTimeOffset.Parse((string)value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
        "Edm.Double" => value is string text ? double.Parse(text, CultureInfo.InvariantCulture) : Convert.ToDouble(value, CultureInfo.InvariantCulture),
        "Edm.Guid" => Guid.Parse((string)value),
        "Edm.Int64" => value is string text ? long.Parse(text, CultureInfo.InvariantCulture) : Convert.ToInt64(value, CultureInfo.InvariantCulture),
        "Edm.String" or "Edm.Int32" or "Edm.Boolean" => value,
        _ => throw new NotSupportedException($"Columns of type {type} are not known."),
    };
}

using System.Text.Json;

namespace Azure.Data.Tables.Entities;

/// <summary>Reads answers of the service.</summary>
internal static class EntityReader
{
    public static T One<T>(Response response)
        where T : class, ITableEntity
    {
        var json = new Utf8JsonReader(response.Content.ToMemory().Span);
        json.Read();
        return (T)EntityModel.For(typeof(T)).Read(ref json);
    }

    public static List<T> Many<T>(Response response)
        where T : class, ITableEntity
    {
        var model = EntityModel.For(typeof(T));
        var rows = new List<T>();
        var json = new Utf8JsonReader(response.Content.ToMemory().Span);
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isValue = json.ValueTextEquals("value"u8);
            json.Read();
            if (!isValue) json.Skip();
            else while (json.Read() && json.TokenType == JsonTokenType.StartObject) rows.Add((T)model.Read(ref json));
        }

        return rows;
    }
}

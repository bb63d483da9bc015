using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.Serialization;
using System.Text.Json;

namespace Azure.Data.Tables.Entities;

/// <summary>
/// Binds the public properties of a class to columns of the same name, or of the name in [DataMember]; [IgnoreDataMember] hides one.
/// Source of the rules: Azure.Data.Tables, TablesTypeBinder.
/// </summary>
internal sealed class PocoModel<T> : EntityModel
    where T : class, ITableEntity
{
    private readonly Column<T>[] _columns;
    private readonly Func<T> _create;

    public PocoModel()
    {
        if (typeof(T).GetFields(BindingFlags.Public | BindingFlags.Instance) is [var field, ..])
            throw new NotSupportedException($"{typeof(T).Name}.{field.Name} is a field; only properties are bound to columns.");
        _columns =
        [
            .. from property in typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance)
               where property.GetMethod is not null && property.GetIndexParameters().Length == 0
                   && !property.IsDefined(typeof(IgnoreDataMemberAttribute))
               select Bind(property),
        ];
        if (typeof(T).GetConstructor(Type.EmptyTypes) is { } constructor)
            _create = Expression.Lambda<Func<T>>(Expression.New(constructor)).Compile();
    }

    public override void Write(Utf8JsonWriter json, ITableEntity entity)
    {
        var row = (T)entity;
        json.WriteStartObject();
        foreach (var column in _columns) column.Write(json, row);
        json.WriteEndObject();
    }

    public override ITableEntity Read(ref Utf8JsonReader json)
    {
        if (_create is null) throw new MissingMethodException($"{typeof(T).Name} has no parameterless constructor.");
        var row = _create();
        var next = 0;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var column = Find(ref json, ref next);
            json.Read();
            if (column is null) json.Skip();
            else if (json.TokenType != JsonTokenType.Null) column.Read(ref json, row);
        }

        return row;
    }

    /// <summary>Columns come in much the same order in every row, so the search begins behind the last hit.</summary>
    private Column<T> Find(ref Utf8JsonReader json, ref int next)
    {
        for (var i = 0; i < _columns.Length; i++)
        {
            var at = next + i < _columns.Length ? next + i : next + i - _columns.Length;
            if (!json.ValueTextEquals(_columns[at].ReadName)) continue;
            next = at + 1;
            return _columns[at];
        }

        return null;
    }

    private static Column<T> Bind(PropertyInfo property)
    {
        var name = property.GetCustomAttribute<DataMemberAttribute>()?.Name ?? property.Name;
        return (Column<T>)Create(typeof(Column<,>).MakeGenericType(typeof(T), property.PropertyType), name, property);
    }
}

using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;

namespace Azure.Data.Tables.Entities;

/// <summary>How one type of entity is written to and read from the service's JSON; worked out once per type.</summary>
internal abstract class EntityModel
{
    private static readonly ConcurrentDictionary<Type, EntityModel> Models = new();

    public static EntityModel For(Type type) => Models.GetOrAdd(type, static t =>
        t == typeof(TableEntity)
            ? new DictionaryModel()
            : (EntityModel)Create(typeof(PocoModel<>).MakeGenericType(t)));

    /// <summary>Writes the columns, keys included; null, Timestamp and ETag are never sent.</summary>
    public abstract void Write(Utf8JsonWriter json, ITableEntity entity);

    /// <summary>Reads one object; the reader stands on its start and is left on its end.</summary>
    public abstract ITableEntity Read(ref Utf8JsonReader json);

    /// <summary>Without the wrapping that would hide why a type is refused.</summary>
    protected static object Create(Type type, params object[] arguments) =>
        Activator.CreateInstance(type, BindingFlags.Instance | BindingFlags.Public | BindingFlags.DoNotWrapExceptions, null, arguments, null);
}

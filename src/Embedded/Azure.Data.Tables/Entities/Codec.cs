using System.Text.Json;

namespace Azure.Data.Tables.Entities;

/// <summary>Writes and reads one type of value.</summary>
internal abstract class Codec<T>
{
    /// <summary>The type annotation that goes with the value; null where JSON's own type says it.</summary>
    public virtual JsonEncodedText? EdmType => null;

    public abstract void Write(Utf8JsonWriter json, JsonEncodedText name, T value);

    /// <exception cref="InvalidCastException">The column holds another type.</exception>
    /// <exception cref="ArgumentNullException">The column holds another type where a string was expected.</exception>
    public abstract T Read(ref Utf8JsonReader json);
}

internal delegate T ReadValue<out T>(ref Utf8JsonReader json);

internal sealed class SimpleCodec<T>(string edmType, Action<Utf8JsonWriter, JsonEncodedText, T> write, ReadValue<T> read) : Codec<T>
{
    public override JsonEncodedText? EdmType { get; } = edmType is null ? null : JsonEncodedText.Encode(edmType);

    public override void Write(Utf8JsonWriter json, JsonEncodedText name, T value) => write(json, name, value);

    public override T Read(ref Utf8JsonReader json) => read(ref json);
}

internal sealed class NullableCodec<T>(Codec<T> inner) : Codec<T?>
    where T : struct
{
    public override JsonEncodedText? EdmType { get; } = inner.EdmType;

    public override void Write(Utf8JsonWriter json, JsonEncodedText name, T? value) => inner.Write(json, name, value.Value);

    public override T? Read(ref Utf8JsonReader json) => inner.Read(ref json);
}

/// <summary>Enums are stored by name; a name that this version does not know fails the reading with an <see cref="ArgumentException"/>.</summary>
internal sealed class EnumCodec<T> : Codec<T>
    where T : struct, Enum
{
    public override void Write(Utf8JsonWriter json, JsonEncodedText name, T value) => json.WriteString(name, value.ToString());

    public override T Read(ref Utf8JsonReader json) => Enum.Parse<T>(Codecs.Text(ref json));
}

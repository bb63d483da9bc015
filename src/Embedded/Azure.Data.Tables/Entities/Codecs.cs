using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;

namespace Azure.Data.Tables.Entities;

/// <summary>
/// The types that a column can have. A type that is not here (decimal, float, short, TimeSpan, …) would come back as zero or not at all
/// from the official binder; it is refused instead.
/// </summary>
internal static class Codecs
{
    private static readonly Dictionary<Type, object> Known = new()
    {
        [typeof(string)] = new SimpleCodec<string>(null, static (j, n, v) => j.WriteString(n, v), static (ref r) => r.TokenType == JsonTokenType.String ? r.GetString() : null),
        [typeof(int)] = new SimpleCodec<int>(null, static (j, n, v) => j.WriteNumber(n, v), static (ref r) => r.TokenType == JsonTokenType.Number && r.TryGetInt32(out var v) ? v : throw Mismatch(ref r, "an int")),
        [typeof(bool)] = new SimpleCodec<bool>(null, static (j, n, v) => j.WriteBoolean(n, v), static (ref r) => r.TokenType is JsonTokenType.True or JsonTokenType.False ? r.GetBoolean() : throw Mismatch(ref r, "a bool")),
        [typeof(long)] = new SimpleCodec<long>("Edm.Int64", WriteInt64, ReadInt64),
        [typeof(ulong)] = new SimpleCodec<ulong>("Edm.Int64", static (j, n, v) => j.WriteString(n, v.ToString(CultureInfo.InvariantCulture)), static (ref r) => ulong.Parse(Text(ref r), CultureInfo.InvariantCulture)),
        [typeof(double)] = new SimpleCodec<double>("Edm.Double", WriteDouble, ReadDouble),
        [typeof(Guid)] = new SimpleCodec<Guid>("Edm.Guid", static (j, n, v) => j.WriteString(n, v), static (ref r) => Guid.Parse(Text(ref r))),
        [typeof(DateTimeOffset)] = new SimpleCodec<DateTimeOffset>("Edm.DateTime", static (j, n, v) => WriteTime(j, n, v.UtcDateTime), static (ref r) => new DateTimeOffset(ReadTime(ref r))),
        [typeof(DateTime)] = new SimpleCodec<DateTime>("Edm.DateTime", WriteTime, ReadTime),
        [typeof(byte[])] = new SimpleCodec<byte[]>("Edm.Binary", static (j, n, v) => j.WriteBase64String(n, v), static (ref r) => Convert.FromBase64String(Text(ref r))),
        [typeof(BinaryData)] = new SimpleCodec<BinaryData>("Edm.Binary", static (j, n, v) => j.WriteBase64String(n, v), static (ref r) => BinaryData.FromBytes(Convert.FromBase64String(Text(ref r)))),
        [typeof(ETag)] = new SimpleCodec<ETag>(null, static (j, n, v) => j.WriteString(n, v.ToString()), static (ref r) => new ETag(Text(ref r))),
    };

    public static Codec<T> For<T>() => (Codec<T>)For(typeof(T));

    public static object For(Type type)
    {
        if (Known.TryGetValue(type, out var codec)) return codec;
        if (type.IsEnum) return Activator.CreateInstance(typeof(EnumCodec<>).MakeGenericType(type));
        if (Nullable.GetUnderlyingType(type) is { } underlying && For(underlying) is { } inner)
            return Activator.CreateInstance(typeof(NullableCodec<>).MakeGenericType(underlying), inner);
        return null;
    }

    /// <exception cref="ArgumentNullException">The value is not a string.</exception>
    public static string Text(ref Utf8JsonReader json) =>
        json.TokenType == JsonTokenType.String ? json.GetString() : throw new ArgumentNullException(nameof(json), $"The column holds a JSON {json.TokenType}, the property expects what is stored as a string.");

    private static void WriteInt64(Utf8JsonWriter json, JsonEncodedText name, long value)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(value, digits, out var length);
        json.WriteString(name, digits[..length]);
    }

    private static long ReadInt64(ref Utf8JsonReader json) =>
        json.TokenType == JsonTokenType.String && Utf8Parser.TryParse(json.ValueSpan, out long value, out var used) && used == json.ValueSpan.Length
            ? value
            : long.Parse(Text(ref json), CultureInfo.InvariantCulture);

    private static void WriteDouble(Utf8JsonWriter json, JsonEncodedText name, double value)
    {
        if (double.IsFinite(value)) json.WriteNumber(name, value);
        else json.WriteString(name, double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
    }

    private static double ReadDouble(ref Utf8JsonReader json) =>
        json.TokenType == JsonTokenType.Number ? json.GetDouble() : double.Parse(Text(ref json), CultureInfo.InvariantCulture);

    private static void WriteTime(Utf8JsonWriter json, JsonEncodedText name, DateTime value)
    {
        if (value.Kind != DateTimeKind.Utc)
            throw new NotSupportedException($"A DateTime of kind {value.Kind} cannot be stored; use DateTime.SpecifyKind or DateTimeOffset.");
        Span<byte> text = stackalloc byte[32];
        value.TryFormat(text, out var length, "O", CultureInfo.InvariantCulture);
        json.WriteString(name, text[..length]);
    }

    private static DateTime ReadTime(ref Utf8JsonReader json) =>
        json.TokenType == JsonTokenType.String && json.TryGetDateTime(out var value) && value.Kind == DateTimeKind.Utc
            ? value
            : DateTimeOffset.Parse(Text(ref json), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).UtcDateTime;

    private static InvalidCastException Mismatch(ref Utf8JsonReader json, string wanted) =>
        new($"The column holds a JSON {json.TokenType} that is not {wanted}.");
}

using System.Collections;

namespace Azure.Data.Tables;

/// <summary>An entity as a dictionary of its columns.</summary>
public sealed class TableEntity : ITableEntity, IDictionary<string, object>
{
    internal const string ETagKey = "odata.etag";
    internal const string TimestampKey = "Timestamp";

    private readonly Dictionary<string, object> _columns;

    public TableEntity()
        : this(null)
    {
    }

    public TableEntity(string partitionKey, string rowKey)
        : this(null)
    {
        PartitionKey = partitionKey;
        RowKey = rowKey;
    }

    public TableEntity(IDictionary<string, object> values) =>
        _columns = values is null ? new(StringComparer.Ordinal) : new(values, StringComparer.Ordinal);

    public string PartitionKey
    {
        get => GetString(nameof(PartitionKey));
        set => _columns[nameof(PartitionKey)] = value;
    }

    public string RowKey
    {
        get => GetString(nameof(RowKey));
        set => _columns[nameof(RowKey)] = value;
    }

    public DateTimeOffset? Timestamp
    {
        get => GetDateTimeOffset(TimestampKey);
        set => _columns[TimestampKey] = value;
    }

    public ETag ETag
    {
        get => GetString(ETagKey) is { } etag ? new ETag(etag) : default;
        set => _columns[ETagKey] = value.ToString();
    }

    public int Count => _columns.Count;

    public ICollection<string> Keys => _columns.Keys;

    bool ICollection<KeyValuePair<string, object>>.IsReadOnly => false;

    ICollection<object> IDictionary<string, object>.Values => _columns.Values;

    internal Dictionary<string, object> Columns => _columns;

    /// <summary>A missing column reads as null; an assigned int takes the type of the long or double that is already there, and a time that of a string.</summary>
    public object this[string key]
    {
        get
        {
            ArgumentException.ThrowIfNullOrEmpty(key);
            return _columns.GetValueOrDefault(key);
        }

        set
        {
            ArgumentException.ThrowIfNullOrEmpty(key);
            _columns[key] = value is not null && _columns.TryGetValue(key, out var existing) && existing is not null ? Coerce(existing, value) : value;
        }
    }

    public string GetString(string key) => (string)Get(key, typeof(string));

    public byte[] GetBinary(string key) => (byte[])Get(key, typeof(byte[]));

    public BinaryData GetBinaryData(string key) => (BinaryData)Get(key, typeof(BinaryData));

    public bool? GetBoolean(string key) => (bool?)Get(key, typeof(bool));

    public DateTime? GetDateTime(string key) => (DateTime?)Get(key, typeof(DateTime));

    public DateTimeOffset? GetDateTimeOffset(string key) => (DateTimeOffset?)Get(key, typeof(DateTimeOffset));

    public double? GetDouble(string key) => (double?)Get(key, typeof(double));

    public Guid? GetGuid(string key) => (Guid?)Get(key, typeof(Guid));

    public int? GetInt32(string key) => (int?)Get(key, typeof(int));

    public long? GetInt64(string key) => (long?)Get(key, typeof(long));

    public void Add(string key, object value) => this[key] = value;

    public bool ContainsKey(string key) => _columns.ContainsKey(key);

    public bool Remove(string key) => _columns.Remove(key);

    public bool TryGetValue(string key, out object value) => _columns.TryGetValue(key, out value);

    public void Clear() => _columns.Clear();

    void ICollection<KeyValuePair<string, object>>.Add(KeyValuePair<string, object> item) => this[item.Key] = item.Value;

    bool ICollection<KeyValuePair<string, object>>.Contains(KeyValuePair<string, object> item) => ((ICollection<KeyValuePair<string, object>>)_columns).Contains(item);

    void ICollection<KeyValuePair<string, object>>.CopyTo(KeyValuePair<string, object>[] array, int arrayIndex) => ((ICollection<KeyValuePair<string, object>>)_columns).CopyTo(array, arrayIndex);

    bool ICollection<KeyValuePair<string, object>>.Remove(KeyValuePair<string, object> item) => ((ICollection<KeyValuePair<string, object>>)_columns).Remove(item);

    IEnumerator<KeyValuePair<string, object>> IEnumerable<KeyValuePair<string, object>>.GetEnumerator() => _columns.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _columns.GetEnumerator();

    private object Get(string key, Type wanted)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        if (!_columns.TryGetValue(key, out var value) || value is null) return null;
        return (value, wanted) switch
        {
            _ when wanted.IsInstanceOfType(value) => value,
            (DateTimeOffset time, _) when wanted == typeof(DateTime) => time.UtcDateTime,
            (DateTime time, _) when wanted == typeof(DateTimeOffset) => new DateTimeOffset(time),
            (byte[] bytes, _) when wanted == typeof(BinaryData) => BinaryData.FromBytes(bytes),
            _ => throw new InvalidOperationException($"Column {key} holds a {value.GetType().Name}, which cannot be read as {wanted.Name}."),
        };
    }

    private static object Coerce(object existing, object value) =>
        (existing, value) switch
        {
            (double, int number) => (double)number,
            (long, int number) => (long)number,
            (string, DateTime or DateTimeOffset) => value.ToString(),
            _ => value,
        };
}

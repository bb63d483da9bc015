using System.Collections;
using System.Text;

namespace MimeKit;

/// <summary>The headers of a message or part, in order, repeated ones included. Names compare without case.</summary>
public sealed class HeaderList : IList<Header>
{
    private readonly List<Header> items = [];

    /// <summary>Called with the id of a header that was added, changed or removed.</summary>
    internal Action<HeaderId>? Changed { get; set; }

    public int Count => items.Count;

    public bool IsReadOnly => false;

    public Header this[int index]
    {
        get => items[index];
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            var old = items[index];
            old.Changed = null;
            items[index] = Attach(value);
            OnChanged(old.Id);
            OnChanged(value.Id);
        }
    }

    public string? this[HeaderId id]
    {
        get => Find(id)?.Value;
        set => this[id.ToHeaderName()] = value;
    }

    public string? this[string field]
    {
        get => Find(field)?.Value;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            if (Find(field) is { } header) header.Value = value;
            else Add(field, value);
        }
    }

    public void Add(HeaderId id, string value) => Add(new Header(id, value));

    public void Add(string field, string value) => Add(new Header(field, value));

    public void Add(string field, Encoding encoding, string value) => Add(new Header(encoding, field, value));

    public void Add(Header header) => Insert(items.Count, header);

    public void Insert(int index, HeaderId id, string value) => Insert(index, new Header(id, value));

    public void Insert(int index, string field, string value) => Insert(index, new Header(field, value));

    public void Insert(int index, Header header)
    {
        ArgumentNullException.ThrowIfNull(header);
        items.Insert(index, Attach(header));
        OnChanged(header.Id);
    }

    public bool Contains(HeaderId id) => IndexOf(id) >= 0;

    public bool Contains(string field) => IndexOf(field) >= 0;

    public bool Contains(Header header) => items.Contains(header);

    public int IndexOf(HeaderId id) => items.FindIndex(h => h.Id == id && id != HeaderId.Unknown);

    public int IndexOf(string field) => items.FindIndex(h => Named(h, field));

    public int IndexOf(Header header) => items.IndexOf(header);

    public int LastIndexOf(HeaderId id) => items.FindLastIndex(h => h.Id == id && id != HeaderId.Unknown);

    public bool Remove(HeaderId id) => RemoveAtIfFound(IndexOf(id));

    public bool Remove(string field) => RemoveAtIfFound(IndexOf(field));

    public bool Remove(Header header) => RemoveAtIfFound(items.IndexOf(header));

    public void RemoveAll(HeaderId id) => RemoveAll(id.ToHeaderName());

    public void RemoveAll(string field)
    {
        for (var i = items.Count - 1; i >= 0; i--)
            if (Named(items[i], field)) RemoveAt(i);
    }

    public void RemoveAt(int index)
    {
        var header = items[index];
        header.Changed = null;
        items.RemoveAt(index);
        OnChanged(header.Id);
    }

    /// <summary>The first occurrence takes the value; the others go.</summary>
    public void Replace(HeaderId id, string value) => Replace(new Header(id, value));

    public void Replace(string field, string value) => Replace(new Header(field, value));

    public void Replace(Header header)
    {
        ArgumentNullException.ThrowIfNull(header);
        var first = IndexOf(header.Field);
        if (first < 0) { Add(header); return; }
        for (var i = items.Count - 1; i > first; i--)
            if (Named(items[i], header.Field)) RemoveAt(i);
        this[first] = header;
    }

    public void Clear()
    {
        while (items.Count > 0) RemoveAt(items.Count - 1);
    }

    public void CopyTo(Header[] array, int arrayIndex) => items.CopyTo(array, arrayIndex);

    public IEnumerator<Header> GetEnumerator() => items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public static HeaderList Load(Stream stream, CancellationToken cancellationToken = default) =>
        Load(ParserOptions.Default, stream, cancellationToken);

    public static HeaderList Load(ParserOptions options, Stream stream, CancellationToken cancellationToken = default) =>
        new Parsing.MimeReader(options, Parsing.StreamBytes.Read(stream, cancellationToken)).ReadHeaders();

    public static async Task<HeaderList> LoadAsync(Stream stream, CancellationToken cancellationToken = default) =>
        new Parsing.MimeReader(ParserOptions.Default, await Parsing.StreamBytes.ReadAsync(stream, cancellationToken)).ReadHeaders();

    internal Header? Find(HeaderId id) => IndexOf(id) is >= 0 and var i ? items[i] : null;

    internal string? RawText(HeaderId id) => Find(id)?.RawText;

    internal Header? Find(string field) => IndexOf(field) is >= 0 and var i ? items[i] : null;

    /// <summary>Sets the raw bytes of the first occurrence, or adds the header with them.</summary>
    internal void SetRaw(HeaderId id, byte[] raw)
    {
        var header = Find(id);
        if (header is null)
        {
            Add(new Header(Encoding.ASCII.GetBytes(id.ToHeaderName()), raw, -1));
            return;
        }
        header.SetRaw(raw);
    }

    private static bool Named(Header header, string field) => !header.IsInvalid && string.Equals(header.Field, field, StringComparison.OrdinalIgnoreCase);

    private Header Attach(Header header)
    {
        header.Changed = OnChanged;
        return header;
    }

    private bool RemoveAtIfFound(int index)
    {
        if (index >= 0) RemoveAt(index);
        return index >= 0;
    }

    private void OnChanged(HeaderId id) => Changed?.Invoke(id);
}

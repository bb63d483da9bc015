using System.Collections;
using MimeKit.Parsing;

namespace MimeKit;

/// <summary>The machine's part of a bounce (RFC 3464): a group of fields on the message, then one for each recipient.</summary>
public class MessageDeliveryStatus : MimePart
{
    private HeaderListCollection? groups;

    public MessageDeliveryStatus() : base("message", "delivery-status") { }

    internal MessageDeliveryStatus(ParsedHeaders parsed, ReadOnlyMemory<byte> content) : base(parsed, content) { }

    public HeaderListCollection StatusGroups
    {
        get
        {
            if (groups is not null) return groups;
            groups = [];
            for (var reader = new MimeReader(ParserOptions.Default, DecodedContent()); !reader.AtEnd;)
                if (reader.ReadGroup() is { Count: > 0 } group) groups.Add(group);
            return groups;
        }
    }
}

public class HeaderListCollection : ICollection<HeaderList>
{
    private readonly List<HeaderList> groups = [];

    public int Count => groups.Count;

    public bool IsReadOnly => false;

    public HeaderList this[int index] { get => groups[index]; set => groups[index] = value; }

    public void Add(HeaderList item) => groups.Add(item);

    public void Clear() => groups.Clear();

    public bool Contains(HeaderList item) => groups.Contains(item);

    public void CopyTo(HeaderList[] array, int arrayIndex) => groups.CopyTo(array, arrayIndex);

    public bool Remove(HeaderList item) => groups.Remove(item);

    public IEnumerator<HeaderList> GetEnumerator() => groups.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

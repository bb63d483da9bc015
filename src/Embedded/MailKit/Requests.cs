using System.Collections;
using MimeKit;

namespace MailKit;

public interface IFetchRequest
{
    MessageSummaryItems Items { get; set; }
    HeaderSet? Headers { get; }
}

public class FetchRequest : IFetchRequest
{
    public FetchRequest() { }
    public FetchRequest(MessageSummaryItems items) => Items = items;
    public FetchRequest(MessageSummaryItems items, IEnumerable<HeaderId> headers) : this(items) => Headers = new HeaderSet(headers);
    public FetchRequest(MessageSummaryItems items, IEnumerable<string> headers) : this(items) => Headers = new HeaderSet(headers);

    public MessageSummaryItems Items { get; set; }
    public HeaderSet? Headers { get; set; }
}

/// <summary>The header fields that a fetch asks for.</summary>
public class HeaderSet : ICollection<string>
{
    readonly HashSet<string> fields = new(StringComparer.OrdinalIgnoreCase);

    public HeaderSet() { }
    public HeaderSet(IEnumerable<HeaderId> headers) => AddRange(headers);
    public HeaderSet(IEnumerable<string> headers) => AddRange(headers);

    public int Count => fields.Count;
    public bool IsReadOnly => false;

    public bool Add(HeaderId header) => Add(header.ToHeaderName());

    public bool Add(string header)
    {
        ArgumentException.ThrowIfNullOrEmpty(header);
        // RFC 5322 3.6.8: visible ASCII without the colon. Quotes and brackets are legal there but have a meaning in the FETCH command.
        if (header.Any(c => c is <= ' ' or >= '\x7f' or ':' or '(' or ')' or '[' or ']' or '{' or '"' or '\\' or '%' or '*')) throw new ArgumentException("Not the name of a header field.", nameof(header));
        return fields.Add(header);
    }

    public void AddRange(IEnumerable<HeaderId> headers)
    {
        foreach (var header in headers) Add(header);
    }

    public void AddRange(IEnumerable<string> headers)
    {
        foreach (var header in headers) Add(header);
    }

    void ICollection<string>.Add(string item) => Add(item);
    public void Clear() => fields.Clear();
    public bool Contains(HeaderId header) => Contains(header.ToHeaderName());
    public bool Contains(string item) => fields.Contains(item);
    public void CopyTo(string[] array, int arrayIndex) => fields.CopyTo(array, arrayIndex);
    public bool Remove(HeaderId header) => Remove(header.ToHeaderName());
    public bool Remove(string item) => fields.Remove(item);
    public IEnumerator<string> GetEnumerator() => fields.GetEnumerator();
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

public interface IStoreRequest
{
    ulong? UnchangedSince { get; set; }
}

public interface IStoreFlagsRequest : IStoreRequest
{
    StoreAction Action { get; }
    MessageFlags Flags { get; set; }
    ISet<string> Keywords { get; }
    bool Silent { get; set; }
}

public class StoreFlagsRequest : IStoreFlagsRequest
{
    public StoreFlagsRequest(StoreAction action, MessageFlags flags) : this(action, flags, []) { }
    public StoreFlagsRequest(StoreAction action, IEnumerable<string> keywords) : this(action, MessageFlags.None, keywords) { }

    public StoreFlagsRequest(StoreAction action, MessageFlags flags, IEnumerable<string> keywords)
    {
        Action = action;
        Flags = flags;
        Keywords = new HashSet<string>(keywords, StringComparer.Ordinal);
    }

    public StoreAction Action { get; private set; }
    public MessageFlags Flags { get; set; }
    public ISet<string> Keywords { get; private set; }
    public bool Silent { get; set; }
    public ulong? UnchangedSince { get; set; }
}

public interface IAppendRequest
{
    MimeMessage Message { get; }
    MessageFlags Flags { get; set; }
    DateTimeOffset? InternalDate { get; set; }
}

public class AppendRequest : IAppendRequest
{
    public AppendRequest(MimeMessage message, MessageFlags flags = MessageFlags.None)
    {
        Message = message ?? throw new ArgumentNullException(nameof(message));
        Flags = flags;
    }

    public AppendRequest(MimeMessage message, MessageFlags flags, DateTimeOffset internalDate) : this(message, flags) => InternalDate = internalDate;

    public MimeMessage Message { get; private set; }
    public MessageFlags Flags { get; set; }
    public DateTimeOffset? InternalDate { get; set; }
}

using MimeKit;

namespace MailKit;

public interface IFetchRequest
{
    MessageSummaryItems Items { get; set; }

    /// <summary>The header fields that are asked for by name.</summary>
    internal IReadOnlyCollection<string> Fields { get; }
}

public class FetchRequest : IFetchRequest
{
    readonly HashSet<string> fields = new(StringComparer.OrdinalIgnoreCase);

    public FetchRequest() { }
    public FetchRequest(MessageSummaryItems items) => Items = items;
    public FetchRequest(MessageSummaryItems items, IEnumerable<HeaderId> headers) : this(items, headers.Select(h => h.ToHeaderName())) { }

    public FetchRequest(MessageSummaryItems items, IEnumerable<string> headers) : this(items)
    {
        foreach (var header in headers)
        {
            // RFC 5322 3.6.8, less what has a meaning in the FETCH command.
            if (string.IsNullOrEmpty(header) || header.Any(c => c is <= ' ' or >= '\x7f' or ':' or '(' or ')' or '[' or ']' or '{' or '"' or '\\' or '%' or '*')) throw new ArgumentException("Not the name of a header field.", nameof(headers));
            fields.Add(header);
        }
    }

    public MessageSummaryItems Items { get; set; }
    IReadOnlyCollection<string> IFetchRequest.Fields => fields;
}

public interface IStoreFlagsRequest
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
    public StoreFlagsRequest(StoreAction action, MessageFlags flags, IEnumerable<string> keywords) => (Action, Flags, Keywords) = (action, flags, new HashSet<string>(keywords, StringComparer.Ordinal));

    public StoreAction Action { get; private set; }
    public MessageFlags Flags { get; set; }
    public ISet<string> Keywords { get; private set; }
    public bool Silent { get; set; }
}

public interface IAppendRequest
{
    MimeMessage Message { get; }
    MessageFlags Flags { get; set; }
}

public class AppendRequest : IAppendRequest
{
    public AppendRequest(MimeMessage message, MessageFlags flags = MessageFlags.None) => (Message, Flags) = (message ?? throw new ArgumentNullException(nameof(message)), flags);

    public MimeMessage Message { get; private set; }
    public MessageFlags Flags { get; set; }
}

using MimeKit.Utils;

namespace MimeKit;

/// <summary>A mail message. Reading any property of a loaded message is safe, however broken the message is: what is missing is null, empty, or <see cref="DateTimeOffset.MinValue"/>.</summary>
public partial class MimeMessage : IDisposable
{
    private readonly Dictionary<HeaderId, InternetAddressList> addresses = [];
    private readonly ParserOptions options;
    private readonly bool parsed;
    private MessageIdList? references;
    private bool writing;

    public MimeMessage() : this(new HeaderList(), null, ParserOptions.Default)
    {
        parsed = false;
        Headers[HeaderId.From] = "";
        Date = DateTimeOffset.Now;
        Subject = "";
        MessageId = MimeUtils.GenerateMessageId();
    }

    public MimeMessage(IEnumerable<InternetAddress> from, IEnumerable<InternetAddress> to, string subject, MimeEntity body) : this()
    {
        From.AddRange(from);
        To.AddRange(to);
        Subject = subject;
        Body = body;
    }

    internal MimeMessage(HeaderList headers, MimeEntity? body, ParserOptions options)
    {
        Headers = headers;
        Headers.Changed = OnHeaderChanged;
        Body = body;
        this.options = options;
        parsed = true;
    }

    public HeaderList Headers { get; }

    public InternetAddressList From => Addresses(HeaderId.From);

    public InternetAddressList To => Addresses(HeaderId.To);

    public InternetAddressList Cc => Addresses(HeaderId.Cc);

    public InternetAddressList Bcc => Addresses(HeaderId.Bcc);

    public InternetAddressList ReplyTo => Addresses(HeaderId.ReplyTo);

    public InternetAddressList ResentFrom => Addresses(HeaderId.ResentFrom);

    public InternetAddressList ResentTo => Addresses(HeaderId.ResentTo);

    public InternetAddressList ResentCc => Addresses(HeaderId.ResentCc);

    public InternetAddressList ResentBcc => Addresses(HeaderId.ResentBcc);

    public MailboxAddress? Sender
    {
        get => ReadMailbox(HeaderId.Sender);
        set => WriteMailbox(HeaderId.Sender, value);
    }

    public MailboxAddress? ResentSender
    {
        get => ReadMailbox(HeaderId.ResentSender);
        set => WriteMailbox(HeaderId.ResentSender, value);
    }

    public string? Subject
    {
        get => Headers[HeaderId.Subject];
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            Headers.Replace(HeaderId.Subject, value);
        }
    }

    /// <summary>The sender's clock; MinValue when missing or unreadable.</summary>
    public DateTimeOffset Date
    {
        get => DateUtils.TryParse(Headers[HeaderId.Date], out var date) ? date : DateTimeOffset.MinValue;
        set => Headers.Replace(HeaderId.Date, DateUtils.FormatDate(value));
    }

    /// <summary>Without angle brackets; null when there is none.</summary>
    public string? MessageId
    {
        get => Headers.RawText(HeaderId.MessageId) is { } text ? MimeUtils.ParseMessageId(text) : null;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            Headers.Replace(HeaderId.MessageId, "<" + CheckedId(value) + ">");
        }
    }

    /// <summary>The first id of the header.</summary>
    public string? InReplyTo
    {
        get => Headers.RawText(HeaderId.InReplyTo) is { } text ? MimeUtils.EnumerateReferences(text).FirstOrDefault() : null;
        set
        {
            if (value is null) Headers.RemoveAll(HeaderId.InReplyTo);
            else Headers.Replace(HeaderId.InReplyTo, "<" + CheckedId(value) + ">");
        }
    }

    public MessageIdList References
    {
        get
        {
            if (references is not null) return references;
            references = new MessageIdList();
            references.Reload(ReadReferences());
            references.Changed = () => Silently(() => WriteOrRemove(HeaderId.References, references.Count > 0, () => HeaderFolding.Fold("References", references.Select(id => "<" + id + ">"))));
            return references;
        }
    }

    public MimeEntity? Body { get; set; }

    /// <summary>The text/plain form of the body; null when there is none, even if other texts follow it.</summary>
    public string? TextBody => FindText("plain")?.Text;

    /// <summary>The text/html form as it came. Never show it unsanitised.</summary>
    public string? HtmlBody => FindText("html")?.Text;

    /// <summary>All leaves of the tree, in order.</summary>
    public IEnumerable<MimeEntity> BodyParts => Leaves(Body);

    /// <summary>The leaves with disposition <c>attachment</c>; parts that only have a file name are not among them.</summary>
    public IEnumerable<MimeEntity> Attachments => BodyParts.Where(part => part.IsAttachment);

    public IList<MailboxAddress> GetRecipients(bool onlyUnique = false)
    {
        var lists = ResentSender is not null || ResentFrom.Count > 0 ? new[] { ResentTo, ResentCc, ResentBcc } : [To, Cc, Bcc];
        var recipients = lists.SelectMany(list => list.Mailboxes);
        return (onlyUnique ? recipients.DistinctBy(m => m.Address, StringComparer.OrdinalIgnoreCase) : recipients).ToList();
    }

    public virtual void Prepare(EncodingConstraint constraint, int maxLineLength = 78)
    {
        if (Body is null) return;
        EnsureMimeVersion();
        Body.Prepare(constraint, maxLineLength);
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing) Body?.Dispose();
    }

    private static IEnumerable<MimeEntity> Leaves(MimeEntity? root)
    {
        var open = new Stack<MimeEntity>();
        if (root is not null) open.Push(root);
        while (open.TryPop(out var entity))
        {
            if (entity is not Multipart multipart) { yield return entity; continue; }
            for (var i = multipart.Count - 1; i >= 0; i--) open.Push(multipart[i]);
        }
    }

    private TextPart? FindText(string subtype) => Body switch
    {
        Multipart multipart => multipart.FindText(subtype),
        TextPart text when text.ContentType.IsMimeType("text", subtype) && !text.IsAttachment => text,
        _ => null,
    };

    private InternetAddressList Addresses(HeaderId id)
    {
        if (addresses.TryGetValue(id, out var list)) return list;
        list = [];
        list.Reload(ReadAddresses(id));
        list.Changed = () => Silently(() => WriteOrRemove(id, list.Count > 0, () => HeaderFolding.FormatAddresses(id.ToHeaderName(), list, encoding: true)));
        return addresses[id] = list;
    }

    /// <summary>Of a repeated header every occurrence counts.</summary>
    private IEnumerable<InternetAddress> ReadAddresses(HeaderId id) =>
        Headers.Where(h => h.Id == id).SelectMany(h => AddressParser.ParseList(h.RawText, options, out _));

    private IEnumerable<string> ReadReferences() => Headers.Where(h => h.Id == HeaderId.References).SelectMany(h => MimeUtils.EnumerateReferences(h.RawText));

    private MailboxAddress? ReadMailbox(HeaderId id) => ReadAddresses(id).OfType<MailboxAddress>().FirstOrDefault();

    private void WriteMailbox(HeaderId id, MailboxAddress? value) =>
        WriteOrRemove(id, value is not null, () => HeaderFolding.FormatAddresses(id.ToHeaderName(), [value!], encoding: true));

    private void WriteOrRemove(HeaderId id, bool present, Func<byte[]> format)
    {
        if (!present) { Headers.RemoveAll(id); return; }
        Headers.SetRaw(id, format());
        for (var i = Headers.Count - 1; i > Headers.IndexOf(id); i--)
            if (Headers[i].Id == id) Headers.RemoveAt(i);
    }

    private void Silently(Action write)
    {
        writing = true;
        write();
        writing = false;
    }

    private void OnHeaderChanged(HeaderId id)
    {
        if (writing) return;
        if (id == HeaderId.References) references?.Reload(ReadReferences());
        if (addresses.TryGetValue(id, out var list)) list.Reload(ReadAddresses(id));
    }

    private void EnsureMimeVersion()
    {
        if (!Headers.Contains(HeaderId.MimeVersion) && Body is { Headers.Count: > 0 }) Headers.Add(HeaderId.MimeVersion, "1.0");
    }

    private static string CheckedId(string value) =>
        MimeUtils.TryReadMessageId(value, out var id) ? id : throw new ArgumentException("Invalid Message-Id format.", nameof(value));
}

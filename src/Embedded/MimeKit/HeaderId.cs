namespace MimeKit;

/// <summary>The headers that this subset knows by id; every other header is <see cref="Unknown"/> and reachable by name.</summary>
public enum HeaderId
{
    AutoSubmitted, Bcc, Cc, Comments, ContentBase, ContentDescription, ContentDisposition, ContentId, ContentLanguage, ContentLength,
    ContentLocation, ContentMd5, ContentTransferEncoding, ContentType, Date, DispositionNotificationTo, From, Importance, InReplyTo, Keywords, ListArchive, ListHelp,
    ListId, ListOwner, ListPost, ListSubscribe, ListUnsubscribe, MessageId, MimeVersion, Organization, OriginalMessageId,
    OriginalRecipient, Precedence, Priority, Received, References, ReplyTo, ResentBcc, ResentCc, ResentDate, ResentFrom,
    ResentMessageId, ResentReplyTo, ResentSender, ResentTo, ReturnPath, Sender, Subject, To, UserAgent, XMailer, XPriority,
    Unknown = -1,
}

public static class HeaderIdExtensions
{
    // Names that are not the id with hyphens between its words.
    private static readonly Dictionary<HeaderId, string> Irregular = new() { [HeaderId.MimeVersion] = "MIME-Version" };

    private static readonly Dictionary<HeaderId, string> Names = Enum.GetValues<HeaderId>().Where(id => id != HeaderId.Unknown)
        .ToDictionary(id => id, id => Irregular.TryGetValue(id, out var name) ? name : Hyphenate(id.ToString()));

    private static readonly Dictionary<string, HeaderId> Ids = Names.ToDictionary(pair => pair.Value, pair => pair.Key, StringComparer.OrdinalIgnoreCase);

    public static string ToHeaderName(this HeaderId value) => Names.TryGetValue(value, out var name) ? name : "Unknown";

    internal static HeaderId ToHeaderId(this string name) => Ids.TryGetValue(name, out var id) ? id : HeaderId.Unknown;

    private static string Hyphenate(string id) =>
        string.Concat(id.Select((c, i) => i > 0 && char.IsUpper(c) ? "-" + c : c.ToString()));
}

using MimeKit;
using MimeKit.Utils;
using WalletFunctions.Domain.Inbox;

namespace WalletFunctions.Support.Email;

/// <summary>
/// Turns a mail into an <see cref="InboundMessage"/>. Whatever is missing or wrong in it, the result is something that an agent
/// can read; the raw mail stays for what is not in it.
/// </summary>
internal static class MailReader
{
    private const int MaxSubject = 500;
    private const int MaxName = 200;
    private const int MaxText = 100_000;   // UTF-16 units
    private const int MaxHtml = 120_000;
    private const int MaxIds = 50;
    private const int MaxIdLength = 500;

    // Real mail nests four or five deep; readers after the parser recurse.
    private static readonly ParserOptions Options = new() { MaxMimeDepth = 32 };

    /// <exception cref="FormatException">The bytes do not begin with a header block: this is no mail.</exception>
    public static InboundMessage Read(RawMail raw, byte[] bytes)
    {
        using var stream = new MemoryStream(bytes, writable: false);
        using var mail = MimeMessage.Load(Options, stream);
        var body = MailBody.Of(mail.Body);
        var from = mail.From.Mailboxes.FirstOrDefault() ?? mail.Sender;
        var text = body.Text;
        var html = body.Html is null ? null : SafeHtml.Clean(body.Html);
        if (string.IsNullOrWhiteSpace(text) && body.Html is not null)
        {
            text = SafeHtml.ToText(body.Html);
        }

        text = text.ReplaceLineEndings("\n").Trim('\n');
        return new InboundMessage
        {
            Channel = ContactKey.EmailChannel,
            SourceHash = raw.RawId,
            RawId = raw.RawId,
            From = ContactKey.Email(from?.Address),
            FromName = Shown(from?.Name, MaxName),
            ReplyTo = ContactKey.Email(mail.ReplyTo.Mailboxes.FirstOrDefault()?.Address),
            ReceivedAt = raw.ReceivedAt,
            WrittenAt = mail.Date == DateTimeOffset.MinValue ? null : mail.Date,
            Subject = Shown(mail.Subject, MaxSubject) ?? "",
            Text = Cut(text, MaxText),
            Html = html is { Length: <= MaxHtml } ? html : null, // half a page is no page
            Truncated = text.Length > MaxText || html?.Length > MaxHtml || body.Truncated,
            MessageId = mail.MessageId is { Length: <= MaxIdLength } id ? id : null,
            InReplyTo = Ids(mail.Headers["In-Reply-To"]),
            References = mail.References.Where(reference => reference.Length <= MaxIdLength).TakeLast(MaxIds).ToList(),
            Automation = MailAutomation.Of(name => mail.Headers[name], body.IsReport),
            Bounce = BounceReader.Read(mail),
            Attachments = body.Files,
        };
    }

    /// <summary>One line for people: no control characters, no ends of lines, not endless.</summary>
    internal static string? Shown(string? text, int maxLength)
    {
        var clean = text is null ? null : string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)).Trim();
        return string.IsNullOrEmpty(clean) ? null : Cut(clean, maxLength);
    }

    private static List<string> Ids(string? header) =>
        header is null ? [] : MimeUtils.EnumerateReferences(header).Where(id => id.Length <= MaxIdLength).Take(MaxIds).ToList();

    private static string Cut(string text, int maxLength) =>
        text.Length <= maxLength ? text : text[..(char.IsHighSurrogate(text[maxLength - 1]) ? maxLength - 1 : maxLength)];
}

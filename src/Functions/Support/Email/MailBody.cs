using MimeKit;
using WalletFunctions.Domain.Inbox;

namespace WalletFunctions.Support.Email;

/// <summary>What a person sees of a mail: its text, its HTML, its files.</summary>
internal sealed class MailBody
{
    private const int MaxFiles = 100;
    private const int MaxFileName = 150;

    // Text beyond this is not worth decoding: it is cut later anyway.
    private const int MaxTextParts = 50;

    private readonly List<string> texts = [];
    private readonly List<string> pages = [];
    private readonly List<AttachmentInfo> files = [];

    private int leaves;

    private MailBody()
    {
    }

    public string Text => string.Join("\n\n", texts);

    public string? Html => pages.Count == 0 ? null : string.Join("<hr>", pages);

    public IReadOnlyList<AttachmentInfo> Files => files;

    /// <summary>The body is a delivery report.</summary>
    public bool IsReport { get; private set; }

    /// <summary>There is more than is shown here.</summary>
    public bool Truncated { get; private set; }

    public static MailBody Of(MimeEntity? root)
    {
        var body = new MailBody();
        if (root is not null)
        {
            body.Walk(root);
        }

        return body;
    }

    /// <summary>As deep as the reader's limit; parts below it are opaque.</summary>
    private void Walk(MimeEntity entity)
    {
        switch (entity)
        {
            case MultipartAlternative alternative:
                AddAlternative(alternative);
                break;
            case Multipart multipart:
                IsReport |= multipart is MultipartReport;
                foreach (var part in multipart)
                {
                    Walk(part);
                }

                break;
            case TextPart text when !text.IsAttachment && text.FileName is null:
                leaves++;
                Add(text);
                break;
            default:
                AddFile(entity);
                break;
        }
    }

    /// <summary>The forms of an alternative say the same: one text and one page are taken, and the files inside.</summary>
    private void AddAlternative(MultipartAlternative alternative)
    {
        var plain = alternative.TextBody;
        var html = alternative.HtmlBody;
        if (html is not null)
        {
            pages.Add(html);
        }

        var text = string.IsNullOrWhiteSpace(plain) && html is not null ? SafeHtml.ToText(html) : plain;
        if (!string.IsNullOrWhiteSpace(text))
        {
            texts.Add(text);
        }

        foreach (var part in LeavesOf(alternative))
        {
            if (part is TextPart { IsAttachment: false, FileName: null })
            {
                leaves++;
            }
            else
            {
                AddFile(part);
            }
        }
    }

    private void Add(TextPart part)
    {
        if (texts.Count + pages.Count >= MaxTextParts)
        {
            Truncated = true;
            return;
        }

        if (part.IsHtml)
        {
            pages.Add(part.Text);
            // A page beside plain text is its own message; a page alone is turned into text by the reader.
            if (texts.Count > 0)
            {
                texts.Add(SafeHtml.ToText(part.Text));
            }
        }
        else if (!string.IsNullOrWhiteSpace(part.Text))
        {
            texts.Add(part.Text);
        }
    }

    private void AddFile(MimeEntity entity)
    {
        var index = leaves++;
        if (entity is MessageDeliveryStatus or TextRfc822Headers)
        {
            return; // for programs
        }

        if (files.Count >= MaxFiles)
        {
            Truncated = true;
            return;
        }

        var name = entity is MessagePart message ? (message.Message?.Subject ?? "message") + ".eml" : (entity as MimePart)?.FileName;
        files.Add(new AttachmentInfo(index, CleanName(name) ?? $"file-{index + 1}", MailReader.Shown(entity.ContentType.MimeType, 100) ?? "application/octet-stream", SizeOf(entity), MailReader.Shown(entity.ContentId, 200)));
    }

    private static IEnumerable<MimeEntity> LeavesOf(Multipart multipart) => multipart.SelectMany(part => part is Multipart inner ? LeavesOf(inner) : [part]);

    private static long SizeOf(MimeEntity entity)
    {
        using var counter = new ByteCounter();
        switch (entity)
        {
            case MimePart { Content: { } content }:
                content.DecodeTo(counter);
                break;
            case MessagePart { Message: { } message }:
                message.WriteTo(counter);
                break;
            default:
                break;
        }

        return counter.Length;
    }

    /// <summary>A name chosen by a stranger: no folders, no control or direction characters, nothing hidden.</summary>
    private static string? CleanName(string? name)
    {
        var last = name?.Split('/', '\\')[^1];
        var clean = last is null ? null : string.Concat(last.Where(c => !char.IsControl(c) && c is not ('<' or '>' or ':' or '"' or '|' or '?' or '*') && c is not (>= '\u200B' and <= '\u200F') and not (>= '\u202A' and <= '\u202E') and not (>= '\u2066' and <= '\u2069')));
        return MailReader.Shown(clean?.TrimStart('.'), MaxFileName);
    }

    private sealed class ByteCounter : Stream
    {
        private long count;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => count;

        public override long Position { get => count; set => throw new NotSupportedException(); }

        public override void Write(byte[] buffer, int offset, int count) => this.count += count;

        public override void Write(ReadOnlySpan<byte> buffer) => count += buffer.Length;

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}

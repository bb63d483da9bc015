using MimeKit.Parsing;
using MimeKit.Utils;

namespace MimeKit;

/// <summary>A leaf of the tree, with content.</summary>
public class MimePart : MimeEntity
{
    public MimePart() : this("application", "octet-stream") { }

    public MimePart(string mediaType, string mediaSubtype) : base(mediaType, mediaSubtype) { }

    public MimePart(ContentType contentType) : base(contentType) { }

    public MimePart(string contentType) : base(ContentType.Parse(contentType)) { }

    internal MimePart(ParsedHeaders parsed, ReadOnlyMemory<byte> content) : base(parsed) =>
        Content = new MimeContent(StreamOver(content), ContentTransferEncoding);

    public ContentEncoding ContentTransferEncoding
    {
        get => Headers[HeaderId.ContentTransferEncoding]?.Trim().ToLowerInvariant() switch
        {
            "7bit" => ContentEncoding.SevenBit,
            "8bit" => ContentEncoding.EightBit,
            "binary" => ContentEncoding.Binary,
            "base64" => ContentEncoding.Base64,
            "quoted-printable" or "quotedprintable" => ContentEncoding.QuotedPrintable,
            "x-uuencode" or "uuencode" or "x-uue" => ContentEncoding.UUEncode,
            { } odd when odd.StartsWith("base64", StringComparison.Ordinal) => ContentEncoding.Base64, // "base64;" and the like
            { } odd when odd.StartsWith("quoted-printable", StringComparison.Ordinal) => ContentEncoding.QuotedPrintable,
            _ => ContentEncoding.Default,
        };
        set
        {
            var name = value switch
            {
                ContentEncoding.SevenBit => "7bit",
                ContentEncoding.EightBit => "8bit",
                ContentEncoding.Binary => "binary",
                ContentEncoding.Base64 => "base64",
                ContentEncoding.QuotedPrintable => "quoted-printable",
                ContentEncoding.UUEncode => "x-uuencode",
                ContentEncoding.Default => null,
                _ => throw new ArgumentOutOfRangeException(nameof(value)),
            };
            if (name is null) Headers.RemoveAll(HeaderId.ContentTransferEncoding);
            else Headers[HeaderId.ContentTransferEncoding] = name;
        }
    }

    /// <summary>Decoded, from the disposition or the content type. Whoever sent the mail chose it: never use it as a path.</summary>
    public string? FileName
    {
        get => (ContentDisposition?.FileName ?? ContentType.Name)?.Trim();
        set
        {
            if (value is not null) (ContentDisposition ??= new ContentDisposition()).FileName = value;
            else if (ContentDisposition is not null) ContentDisposition.FileName = null;
            ContentType.Name = value;
        }
    }

    public IMimeContent? Content { get; set; }

    public override void Prepare(EncodingConstraint constraint, int maxLineLength = 78)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLineLength, 60);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxLineLength, 998);
        if (ContentTransferEncoding is ContentEncoding.QuotedPrintable or ContentEncoding.Base64 or ContentEncoding.UUEncode) return;
        if (ContentTransferEncoding == ContentEncoding.Binary && constraint == EncodingConstraint.None) return;
        var best = GetBestEncoding(constraint, maxLineLength);
        if (ContentTransferEncoding == ContentEncoding.Default && best == ContentEncoding.SevenBit) return;
        ContentTransferEncoding = best;
    }

    public ContentEncoding GetBestEncoding(EncodingConstraint constraint, CancellationToken cancellationToken = default) => GetBestEncoding(constraint, 78, cancellationToken);

    /// <summary>7bit where it fits, else quoted-printable for text that is mostly ASCII, else base64.</summary>
    public ContentEncoding GetBestEncoding(EncodingConstraint constraint, int maxLineLength, CancellationToken cancellationToken = default)
    {
        var bytes = DecodedContent();
        int eightBit = 0, line = 0, longest = 0;
        var hasNul = false;
        var mailboxMarker = false;
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] == '\n') { longest = Math.Max(longest, line); line = 0; continue; }
            if (line == 0 && bytes.AsSpan(i).StartsWith("From "u8)) mailboxMarker = true;
            line++;
            if (bytes[i] >= 128) eightBit++;
            hasNul |= bytes[i] == 0;
        }
        longest = Math.Max(longest, line);
        var mostlyText = eightBit < bytes.Length * 0.17 && !hasNul;
        var encoded = mostlyText ? ContentEncoding.QuotedPrintable : ContentEncoding.Base64;
        if (constraint == EncodingConstraint.None && hasNul) return ContentEncoding.Binary;
        if (hasNul || mailboxMarker || longest > maxLineLength) return encoded;
        if (eightBit == 0) return ContentEncoding.SevenBit;
        return constraint == EncodingConstraint.SevenBit ? encoded : ContentEncoding.EightBit;
    }

    internal override void WriteContent(MimeOutput output)
    {
        if (Content is null) return;
        if (Content.Encoding == ContentTransferEncoding)
        {
            if (ContentTransferEncoding == ContentEncoding.Binary) output.Raw(RawContent());
            else output.Text(RawContent());
        }
        else if (ContentTransferEncoding == ContentEncoding.Binary) output.Raw(DecodedContent());
        else output.Text(TransferCodec.Encode(ContentTransferEncoding, DecodedContent()));
    }

    internal byte[] DecodedContent()
    {
        if (Content is MimeContent own) return own.Decoded();
        using var memory = new MemoryStream();
        Content?.DecodeTo(memory);
        return memory.ToArray();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) Content?.Dispose();
        base.Dispose(disposing);
    }

    private byte[] RawContent()
    {
        if (Content is MimeContent own) return own.Raw();
        using var memory = new MemoryStream();
        Content?.WriteTo(memory);
        return memory.ToArray();
    }

    private static MemoryStream StreamOver(ReadOnlyMemory<byte> content) =>
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(content, out var segment)
            ? new MemoryStream(segment.Array!, segment.Offset, segment.Count, writable: false)
            : new MemoryStream(content.ToArray(), writable: false);
}

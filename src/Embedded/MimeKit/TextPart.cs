using System.Buffers;
using System.Text;
using MimeKit.Parsing;
using MimeKit.Utils;

namespace MimeKit;

public class TextPart : MimePart
{
    private const int MetaSearchLength = 1024;
    private static readonly SearchValues<char> CharsetEnd = SearchValues.Create("\"'>;/ \t\r\n");

    public TextPart() : this("plain") { }

    public TextPart(string subtype) : base("text", subtype) { }

    internal TextPart(ParsedHeaders parsed, ReadOnlyMemory<byte> content) : base(parsed, content) { }

    public bool IsPlain => ContentType.IsMimeType("text", "plain");

    public bool IsHtml => ContentType.IsMimeType("text", "html");

    public bool IsFlowed => IsPlain && string.Equals(ContentType.Format, "flowed", StringComparison.OrdinalIgnoreCase);

    /// <summary>Decoded by the declared charset, else by a byte order mark, an HTML meta element, UTF-8, Latin-1. Line breaks are those of the operating system.</summary>
    public string Text
    {
        get
        {
            if (Content is null) return "";
            var bytes = DecodedContent();
            var encoding = ContentType.CharsetEncoding ?? (IsHtml ? MetaCharset(bytes) : null);
            var text = Charsets.Decode(encoding, bytes).ReplaceLineEndings("\n");
            return Environment.NewLine == "\n" ? text : text.Replace("\n", Environment.NewLine, StringComparison.Ordinal);
        }
        set => SetText(Encoding.UTF8, value);
    }

    public void SetText(Encoding encoding, string text)
    {
        ArgumentNullException.ThrowIfNull(encoding);
        ArgumentNullException.ThrowIfNull(text);
        ContentType.CharsetEncoding = encoding;
        Content = new MimeContent(new MemoryStream(encoding.GetBytes(text)));
    }

    public void SetText(string charset, string text) =>
        SetText(Charsets.Find(charset) ?? throw new NotSupportedException($"The charset '{charset}' is not known."), text);

    private static Encoding? MetaCharset(ReadOnlySpan<byte> bytes)
    {
        var head = Encoding.Latin1.GetString(bytes[..Math.Min(MetaSearchLength, bytes.Length)]);
        var at = head.IndexOf("charset=", StringComparison.OrdinalIgnoreCase);
        if (at < 0) return null;
        var name = head[(at + 8)..].TrimStart('"', '\'', ' ');
        var end = name.AsSpan().IndexOfAny(CharsetEnd);
        return Charsets.Find(end < 0 ? name : name[..end]);
    }
}

using System.Text;

namespace MimeKit.Parsing;

/// <summary>Writes with the line breaks that were asked for, whatever they were before.</summary>
internal sealed class MimeOutput(FormatOptions options, Stream stream)
{
    private readonly byte[] newLine = Encoding.ASCII.GetBytes(options.NewLine);
    private byte last = (byte)'\n';

    public FormatOptions Options => options;

    public bool EndsWithNewLine => last == '\n';

    public void Raw(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        stream.Write(bytes);
        last = bytes[^1];
    }

    public void Text(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOf((byte)'\n');
            if (end < 0) { Raw(bytes); return; }
            var line = bytes[..end];
            var withReturn = line.EndsWith("\r"u8);
            if (withReturn == (newLine.Length == 2)) Raw(bytes[..(end + 1)]);
            else
            {
                Raw(withReturn ? line[..^1] : line);
                Raw(newLine);
            }
            bytes = bytes[(end + 1)..];
        }
    }

    public void Line(string text)
    {
        Text(Encoding.UTF8.GetBytes(text));
        NewLine();
    }

    public void NewLine() => Raw(newLine);

    public void Write(Header header)
    {
        Text(header.RawField);
        if (header.IsInvalid) return;
        Raw(":"u8);
        Text(header.RawValue);
    }
}

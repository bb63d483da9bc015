using System.Text;

namespace MimeKit.Parsing;

/// <summary>
/// One forward pass over a message. Every byte ends up in exactly one slice of the tree, so writing the tree gives the bytes back;
/// every line is looked at once, whatever is nested in what, so hostile mail costs no more than its size.
/// </summary>
internal sealed class MimeReader(ParserOptions options, byte[] data)
{
    private const int MaxHeaders = 2000;       // in one block; what follows is kept as bytes
    private const int MaxFieldLength = 256;
    private const int MaxBoundaryLength = 250; // RFC 2046 allows 70

    // The open multiparts by boundary, the innermost for a boundary that is used twice.
    private readonly Dictionary<string, int> boundaries = new(StringComparer.Ordinal);
    private int position;
    private int contentEnd; // where the last content ended; the line break after it belongs to the delimiter

    public bool AtEnd => position >= data.Length;

    /// <exception cref="FormatException">There is no header block at the start.</exception>
    public MimeMessage ReadMessage() => ReadMessage(depth: 0);

    public HeaderList ReadHeaders() => ReadBlock(topLevel: true, "text/plain").Headers;

    /// <summary>A header block of a delivery status; blank lines before it are skipped.</summary>
    public HeaderList ReadGroup()
    {
        while (!AtEnd && IsBlank(position, LineEnd(position))) position = LineEnd(position);
        var group = new HeaderList();
        while (!AtEnd && !IsBlank(position, LineEnd(position)))
        {
            var start = position;
            position = HeaderEnd(position);
            if (FieldLength(start) is > 0 and var length) group.Add(new Header(data[start..(start + length)], data[(start + length + 1)..position], group.Count));
        }
        return group;
    }

    private MimeMessage ReadMessage(int depth)
    {
        var block = ReadBlock(topLevel: depth == 0, "text/plain");
        var message = new HeaderList();
        var content = new HeaderList();
        foreach (var header in block.Headers)
            (header.Field.StartsWith("Content-", StringComparison.OrdinalIgnoreCase) && !header.IsInvalid ? content : message).Add(header);
        var body = ReadBody(block with { Headers = content }, depth);
        return new MimeMessage(message, body, options);
    }

    private MimeEntity ReadEntity(int depth, string defaultType) => ReadBody(ReadBlock(topLevel: false, defaultType), depth);

    private MimeEntity ReadBody(ParsedHeaders parsed, int depth)
    {
        var type = parsed.ContentType;
        if (type.IsMimeType("multipart", "*") && depth < options.MaxMimeDepth && type.Boundary?.TrimEnd() is { Length: > 0 and <= MaxBoundaryLength } boundary)
            return ReadMultipart(parsed, boundary, depth);
        if ((type.IsMimeType("message", "rfc822") || type.IsMimeType("text", "rfc822-headers")) && depth < options.MaxMimeDepth && !IsEncoded(parsed.Headers))
        {
            var message = ReadMessage(depth + 1);
            return type.IsMimeType("message", "*") ? new MessagePart(parsed, message) : new TextRfc822Headers(parsed, message);
        }
        var content = ReadContent();
        if (type.IsMimeType("text", "*")) return new TextPart(parsed, content);
        return type.IsMimeType("message", "delivery-status") ? new MessageDeliveryStatus(parsed, content) : new MimePart(parsed, content);
    }

    private MimeEntity ReadMultipart(ParsedHeaders parsed, string boundary, int depth)
    {
        var outer = boundaries.TryGetValue(boundary, out var shadowed) ? shadowed : -1;
        boundaries[boundary] = depth;
        var preamble = ReadContent();
        var children = new List<MimeEntity>();
        var delimiters = new List<ReadOnlyMemory<byte>>();
        var childType = parsed.ContentType.IsMimeType("multipart", "digest") ? "message/rfc822" : "text/plain";
        while (IsBoundary(position, out var level, out var closing) && level == depth)
        {
            var start = contentEnd;
            position = LineEnd(position);
            if (closing)
            {
                Close();
                ReadContent(); // the epilogue
                delimiters.Add(data.AsMemory(start, contentEnd - start));
                return Build();
            }
            delimiters.Add(data.AsMemory(start, position - start));
            contentEnd = position;
            children.Add(ReadEntity(depth + 1, childType));
        }
        Close(); // the end, or an outer boundary: the closing line is missing
        return Build();

        void Close()
        {
            if (outer >= 0) boundaries[boundary] = outer;
            else boundaries.Remove(boundary);
        }

        MimeEntity Build()
        {
            var body = new ParsedChildren(children, delimiters, preamble);
            return parsed.ContentType.MediaSubtype.ToLowerInvariant() switch
            {
                "alternative" => new MultipartAlternative(parsed, body),
                "related" => new MultipartRelated(parsed, body),
                "report" => new MultipartReport(parsed, body),
                _ => new Multipart(parsed, body),
            };
        }
    }

    /// <summary>Everything up to the next boundary of any open multipart.</summary>
    private ReadOnlyMemory<byte> ReadContent()
    {
        var start = position;
        if (boundaries.Count == 0) position = data.Length;
        while (position < data.Length && !IsBoundary(position, out _, out _)) position = LineEnd(position);
        contentEnd = position;
        if (position < data.Length && contentEnd > start) // at a boundary: the line break before it is part of the delimiter
        {
            contentEnd--;
            if (contentEnd > start && data[contentEnd - 1] == '\r') contentEnd--;
        }
        return data.AsMemory(start, contentEnd - start);
    }

    private ParsedHeaders ReadBlock(bool topLevel, string defaultType)
    {
        var headers = new HeaderList();
        var found = false;
        var separator = position..position;
        while (position < data.Length)
        {
            var start = position;
            var lineEnd = LineEnd(start);
            if (IsBlank(start, lineEnd))
            {
                if (topLevel && !found && FieldLength(lineEnd) > 0) { Keep(lineEnd); continue; } // blank lines before the first header
                position = lineEnd;
                separator = start..lineEnd;
                break;
            }
            if (IsBoundary(start, out _, out _)) break;
            if (headers.Count >= MaxHeaders) { Keep(BlockEnd()); continue; }
            var length = FieldLength(start);
            if (length > 0)
            {
                position = HeaderEnd(start);
                headers.Add(new Header(data[start..(start + length)], data[(start + length + 1)..position], headers.Count));
                found = true;
                continue;
            }
            // A line that is no header: a mailbox marker, a line broken without indentation, or the body after a missing blank line.
            if (!found && topLevel ? IsMarker(start) : FieldLength(lineEnd) > 0) { Keep(lineEnd); continue; }
            break;

            void Keep(int end)
            {
                position = end;
                headers.Add(new Header(data[start..end], [], headers.Count, isInvalid: true));
            }
        }
        if (topLevel && !found) throw new FormatException("Failed to parse message headers.");
        if (separator.Start.Value == separator.End.Value) separator = position..position;
        contentEnd = position;
        if (!ContentType.TryParse(headers.RawText(HeaderId.ContentType), out var type)) type = ContentType.Parse(defaultType);
        return new ParsedHeaders(headers, type, data.AsMemory(separator));
    }

    /// <summary>Length of the field name when a header starts here, else 0.</summary>
    private int FieldLength(int start)
    {
        var line = data.AsSpan(start, Math.Min(MaxFieldLength, data.Length - start));
        var colon = line.IndexOf((byte)':');
        if (colon <= 0) return 0;
        var name = line[..colon].TrimEnd(" \t"u8);
        return name.Length > 0 && !name.ContainsAnyExceptInRange((byte)33, (byte)126) ? colon : 0;
    }

    private int HeaderEnd(int start)
    {
        var end = LineEnd(start);
        while (end < data.Length && data[end] is (byte)' ' or (byte)'\t') end = LineEnd(end);
        return end;
    }

    private int BlockEnd()
    {
        var end = position;
        while (end < data.Length && !IsBlank(end, LineEnd(end)) && !IsBoundary(end, out _, out _)) end = LineEnd(end);
        return end;
    }

    private bool IsBoundary(int start, out int level, out bool closing)
    {
        level = -1;
        closing = false;
        if (boundaries.Count == 0 || start + 2 >= data.Length || data[start] != '-' || data[start + 1] != '-') return false;
        var line = data.AsSpan(start + 2, LineEnd(start) - start - 2).TrimEnd(" \t\r\n"u8);
        if (line.Length is 0 or > MaxBoundaryLength + 2) return false;
        Span<char> text = stackalloc char[line.Length];
        Encoding.Latin1.GetChars(line, text);
        var lookup = boundaries.GetAlternateLookup<ReadOnlySpan<char>>();
        if (lookup.TryGetValue(text, out level)) return true;
        closing = text.EndsWith("--") && lookup.TryGetValue(text[..^2], out level);
        return closing;
    }

    private bool IsMarker(int start) => data.AsSpan(start).StartsWith("From "u8) || data.AsSpan(start).StartsWith(">From "u8);

    private int LineEnd(int start)
    {
        var length = data.AsSpan(start).IndexOf((byte)'\n');
        return length < 0 ? data.Length : start + length + 1;
    }

    private bool IsBlank(int start, int end) => end - start <= 2 && data.AsSpan(start, end - start).TrimEnd("\r\n"u8).IsEmpty && end > start;

    private static bool IsEncoded(HeaderList headers) =>
        headers[HeaderId.ContentTransferEncoding]?.Trim().ToLowerInvariant() is { } encoding && (encoding.StartsWith("base64", StringComparison.Ordinal) || encoding.StartsWith("quoted", StringComparison.Ordinal));
}

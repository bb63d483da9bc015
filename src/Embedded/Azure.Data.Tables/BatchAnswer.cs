using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Azure.Core;

namespace Azure.Data.Tables;

/// <summary>One part of a transaction's answer; headers are looked up in its bytes when they are asked for.</summary>
internal sealed class BatchAnswer : Response
{
    private readonly ReadOnlyMemory<byte> _headers;
    private readonly ReadOnlyMemory<byte> _content;
    private MemoryStream _stream;

    private BatchAnswer(int status, string reason, ReadOnlyMemory<byte> headers, ReadOnlyMemory<byte> content, string clientRequestId)
    {
        Status = status;
        ReasonPhrase = reason;
        _headers = headers;
        _content = content;
        ClientRequestId = clientRequestId;
    }

    public override int Status { get; }

    public override string ReasonPhrase { get; }

    public override string ClientRequestId { get; set; }

    public override Stream ContentStream
    {
        get => _stream ??= Stream(_content);
        set => throw new NotSupportedException("A part of an answer is read only.");
    }

    /// <summary>
    /// Reads line by line: a part begins with its status line, its headers end with an empty line, its content with the next boundary.
    /// JSON holds no raw line break, so content is never mistaken for one of these.
    /// </summary>
    public static List<BatchAnswer> Parse(Response response, int expected)
    {
        var body = response.Content.ToMemory();
        var answers = new List<BatchAnswer>(expected);
        var at = 0;
        while (at < body.Length)
        {
            var line = Line(body, ref at);
            if (!line.Span.StartsWith("HTTP/1.1 "u8)) continue;
            if (!Utf8Parser.TryParse(line.Span["HTTP/1.1 ".Length..], out int status, out var digits)) throw new FormatException("A part of the transaction's answer has no status.");
            var reason = line.Span["HTTP/1.1 ".Length..][digits..];

            var headers = at;
            var headersEnd = at;
            while (at < body.Length && Line(body, ref at).Length > 0) headersEnd = at;
            var content = at;
            var contentEnd = at;
            while (at < body.Length && !Line(body, ref at).Span.StartsWith("--"u8)) contentEnd = at;
            answers.Add(new(status, Reason(status, reason), body[headers..headersEnd], body[content..contentEnd], response.ClientRequestId));
        }

        return answers;
    }

    public override void Dispose() => _stream?.Dispose();

    protected override bool TryGetHeader(string name, [NotNullWhen(true)] out string value)
    {
        foreach (var header in EnumerateHeaders())
        {
            if (!header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) continue;
            value = header.Value;
            return true;
        }

        value = null;
        return false;
    }

    protected override bool TryGetHeaderValues(string name, [NotNullWhen(true)] out IEnumerable<string> values)
    {
        values = TryGetHeader(name, out var value) ? [value] : null;
        return values is not null;
    }

    protected override bool ContainsHeader(string name) => TryGetHeader(name, out _);

    protected override IEnumerable<HttpHeader> EnumerateHeaders()
    {
        var at = 0;
        while (at < _headers.Length)
        {
            var line = Encoding.UTF8.GetString(Line(_headers, ref at).Span);
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0) yield return new HttpHeader(line[..colon], line[(colon + 1)..].Trim());
        }
    }

    /// <summary>The line at <paramref name="at"/> without its break; moves behind it.</summary>
    private static ReadOnlyMemory<byte> Line(ReadOnlyMemory<byte> body, ref int at)
    {
        var rest = body[at..];
        var length = rest.Span.IndexOf((byte)'\n');
        at = length < 0 ? body.Length : at + length + 1;
        var line = length < 0 ? rest : rest[..length];
        return line.Span.EndsWith("\r"u8) ? line[..^1] : line;
    }

    private static string Reason(int status, ReadOnlySpan<byte> reason) => status == 204 ? "No Content" : Encoding.UTF8.GetString(reason).Trim();

    private static MemoryStream Stream(ReadOnlyMemory<byte> content) =>
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(content, out var array)
            ? new MemoryStream(array.Array ?? [], array.Offset, array.Count, writable: false, publiclyVisible: true)
            : new MemoryStream(content.ToArray());
}

using System.Globalization;
using System.Text;

namespace MailKit.Net.Imap;

/// <summary>One whole response: text, cut where a literal stood, and the literals. Text[i] is followed by Literals[i].</summary>
internal sealed record ImapResponse(IReadOnlyList<string> Text, IReadOnlyList<byte[]> Literals)
{
    /// <summary>A SEARCH that finds a million messages answers on one line of 8 MB.</summary>
    const int MaxLine = 16 << 20;
    const int MaxLiteralBytes = 256 << 20;
    const int MaxLiterals = 10_000;

    static readonly string[] StatusWords = ["* OK", "* NO", "* BAD", "* BYE", "* PREAUTH"];

    public string Line => Text[0];

    public static async Task<ImapResponse> ReadAsync(MailConnection connection, string? tag, CancellationToken ct)
    {
        var text = new List<string>();
        var literals = new List<byte[]>();
        var lineBytes = 0;
        var literalBytes = 0L;
        while (true)
        {
            var line = await connection.ReadLineAsync(MaxLine - lineBytes, ct);
            lineBytes += line.Length;
            var length = text.Count == 0 && IsWords(line, tag) ? -1 : LiteralLength(line, out line);
            text.Add(line);
            if (length < 0) return new ImapResponse(text, literals);
            literalBytes += length;
            if (literalBytes > MaxLiteralBytes || literals.Count >= MaxLiterals) throw new ImapProtocolException($"The server sent more than {MaxLiteralBytes >> 20} MiB or {MaxLiterals} literals in one response.");
            literals.Add(await connection.ReadBlockAsync((int)length, ct));
        }
    }

    // A sentence for people may end in anything, "{5}" too.
    static bool IsWords(string line, string? tag) =>
        line.StartsWith('+') || (tag is not null && line.StartsWith(tag, StringComparison.Ordinal)) ||
        Array.Exists(StatusWords, s => line.StartsWith(s, StringComparison.OrdinalIgnoreCase));

    static long LiteralLength(string line, out string before)
    {
        before = line;
        var open = line.EndsWith('}') ? line.LastIndexOf('{') : -1;
        if (open < 0 || !long.TryParse(line.AsSpan(open + 1, line.Length - open - 2).TrimEnd('+'), NumberStyles.None, CultureInfo.InvariantCulture, out var length)) return -1;
        before = line[..open].TrimEnd('~'); // RFC 3516 literal8
        return length;
    }
}

/// <summary>The end of a command or a status response: OK, NO or BAD, a code in brackets, and words.</summary>
internal sealed record ImapStatus(ImapCommandResponse Response, string Code, string Text)
{
    public bool IsOk => Response == ImapCommandResponse.Ok;

    public static ImapStatus Parse(string line)
    {
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        var word = space < 0 ? line : line[..space];
        var text = space < 0 ? string.Empty : line[(space + 1)..].TrimStart();
        var code = string.Empty;
        if (text.StartsWith('['))
        {
            var end = text.IndexOf(']', StringComparison.Ordinal);
            code = end < 0 ? text[1..] : text[1..end];
            text = end < 0 ? string.Empty : text[(end + 1)..].TrimStart();
        }
        var response = word.ToUpperInvariant() switch
        {
            "OK" or "PREAUTH" => ImapCommandResponse.Ok,
            "NO" => ImapCommandResponse.No,
            "BAD" => ImapCommandResponse.Bad,
            _ => ImapCommandResponse.None,
        };
        return new ImapStatus(response, code, Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(text)));
    }

    /// <summary>The code's arguments, if it is this code.</summary>
    public string? Argument(string name) =>
        Code.Equals(name, StringComparison.OrdinalIgnoreCase) ? string.Empty
        : Code.StartsWith(name + " ", StringComparison.OrdinalIgnoreCase) ? Code[(name.Length + 1)..].Trim()
        : null;

    public ImapStatus ThrowIfNotOk(string command) =>
        IsOk ? this : throw new ImapCommandException(Response, Text, $"The IMAP server answered {command} with {Response.ToString().ToUpperInvariant()}: {Text}");
}

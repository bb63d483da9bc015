using System.Text;

namespace MimeKit.Utils;

/// <summary>Encoded words in headers (RFC 2047), decoded tolerantly and written strictly.</summary>
internal static class Rfc2047
{
    private const int MaxEncodedWordLength = 75;

    /// <summary>Decodes a raw header value: undeclared 8-bit text first, then the encoded words in it.</summary>
    public static string DecodeText(ReadOnlySpan<byte> raw) => DecodeText(Charsets.DecodeUndeclared(raw));

    /// <summary>White space between adjacent encoded words vanishes, and words of one charset are joined before decoding: senders split multibyte characters.</summary>
    public static string DecodeText(string text)
    {
        var next = text.IndexOf("=?", StringComparison.Ordinal);
        if (next < 0) return text;
        var result = new StringBuilder(text.Length);
        var pending = new MemoryStream();
        string? pendingCharset = null;
        var position = 0;
        var terminator = -1; // the first "?=" at or after the place where it was last sought: keeps the whole scan linear
        while (next >= 0)
        {
            if (!TryReadWord(text, next, ref terminator, out var charset, out var bytes, out var end))
            {
                next = terminator == int.MaxValue ? -1 : text.IndexOf("=?", next + 2, StringComparison.Ordinal);
                continue;
            }
            var between = text.AsSpan(position, next - position);
            if (pendingCharset is null || !between.IsWhiteSpace())
            {
                Flush();
                result.Append(between);
            }
            else if (!string.Equals(pendingCharset, charset, StringComparison.OrdinalIgnoreCase)) Flush();
            pendingCharset = charset;
            pending.Write(bytes);
            position = end;
            next = text.IndexOf("=?", position, StringComparison.Ordinal);
        }
        Flush();
        return result.Append(text, position, text.Length - position).ToString();

        void Flush()
        {
            if (pendingCharset is null) return;
            var star = pendingCharset.IndexOf('*', StringComparison.Ordinal); // RFC 2231: a language may follow
            result.Append(Charsets.Decode(Charsets.Find(star < 0 ? pendingCharset : pendingCharset[..star]), pending.GetBuffer().AsSpan(0, (int)pending.Length)));
            pending.SetLength(0);
            pendingCharset = null;
        }
    }

    private static bool TryReadWord(string text, int start, ref int terminator, out string charset, out byte[] bytes, out int end)
    {
        charset = "";
        bytes = [];
        end = start;
        var head = text.AsSpan(start + 2, Math.Min(64, text.Length - start - 2));
        var mark = head.IndexOf('?');
        if (mark <= 0 || mark + 2 >= head.Length || head[mark + 2] != '?') return false;
        var encoding = char.ToUpperInvariant(head[mark + 1]);
        if (encoding is not ('B' or 'Q')) return false;
        var payload = start + 2 + mark + 3;
        if (terminator < payload) terminator = text.IndexOf("?=", payload, StringComparison.Ordinal) is >= 0 and var found ? found : int.MaxValue;
        if (terminator == int.MaxValue) return false;
        charset = head[..mark].ToString();
        var encoded = Encoding.UTF8.GetBytes(text, payload, terminator - payload);
        bytes = encoding == 'B' ? TransferCodec.DecodeBase64(encoded) : TransferCodec.DecodeQuotedPrintable(encoded, inHeader: true);
        end = terminator + 2;
        return true;
    }

    /// <summary>True when the text must be encoded to survive a header.</summary>
    public static bool NeedsEncoding(ReadOnlySpan<char> text) => text.ContainsAnyExceptInRange(' ', '~') || text.Contains("=?", StringComparison.Ordinal);

    /// <summary>The words of a header value, ready to be folded between any two: runs of words that need it become encoded words.</summary>
    public static IEnumerable<string> EncodeWords(string text, Encoding encoding)
    {
        var words = text.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < words.Length;)
        {
            if (!NeedsEncoding(words[i])) { yield return words[i++]; continue; }
            var run = i;
            while (i < words.Length && NeedsEncoding(words[i])) i++;
            foreach (var word in Encode(string.Join(' ', words[run..i]), encoding)) yield return word;
        }
    }

    /// <summary>Encoded words of at most 75 characters, each with whole characters in it.</summary>
    public static IEnumerable<string> Encode(string text, Encoding encoding)
    {
        var charset = encoding.CodePage == Encoding.ASCII.CodePage ? Encoding.UTF8 : encoding;
        var useQ = text.Count(char.IsAscii) * 2 > text.Length;
        var prefix = $"=?{charset.WebName}?{(useQ ? 'q' : 'b')}?";
        var room = MaxEncodedWordLength - prefix.Length - 2;
        var chunk = new StringBuilder();
        var size = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            var piece = rune.ToString();
            var bytes = charset.GetBytes(piece);
            var cost = useQ ? bytes.Sum(b => IsPlainInQ(b) || b == ' ' ? 1 : 3) : bytes.Length;
            if (chunk.Length > 0 && (useQ ? size + cost : (size + cost + 2) / 3 * 4) > room)
            {
                yield return Word();
                size = 0;
                chunk.Clear();
            }
            chunk.Append(piece);
            size += cost;
        }
        if (chunk.Length > 0) yield return Word();

        string Word()
        {
            var bytes = charset.GetBytes(chunk.ToString());
            return prefix + (useQ ? string.Concat(bytes.Select(b => b == ' ' ? "_" : IsPlainInQ(b) ? ((char)b).ToString() : $"={b:X2}")) : Convert.ToBase64String(bytes)) + "?=";
        }
    }

    /// <summary>A display name: as it is, quoted, or encoded. RFC 2047 section 5 rule 3 allows few characters in an encoded phrase.</summary>
    public static string EncodePhrase(string text, Encoding encoding)
    {
        if (text.Length == 0) return "";
        if (NeedsEncoding(text)) return string.Join(' ', Encode(text, encoding));
        return text.All(c => char.IsAsciiLetterOrDigit(c) || " !#$%&'*+-/=?^_`{|}~".Contains(c, StringComparison.Ordinal)) && text.Trim() == text ? text : Quote(text);
    }

    public static string Quote(string text) =>
        "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";

    private static bool IsPlainInQ(byte b) => b < 128 && (char.IsAsciiLetterOrDigit((char)b) || b is (byte)'!' or (byte)'*' or (byte)'+' or (byte)'-' or (byte)'/');
}

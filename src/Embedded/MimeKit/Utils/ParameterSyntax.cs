using System.Globalization;
using System.Text;

namespace MimeKit.Utils;

/// <summary>Parameters by RFC 2045 and RFC 2231 (continuations, charsets), and as senders get them wrong: unquoted spaces, encoded words, raw 8-bit.</summary>
internal static class ParameterSyntax
{
    private const int MaxParameters = 256; // a header with more is an attack
    private const int PieceLength = 60;

    /// <summary>Splits <c>first; name=value; …</c>.</summary>
    public static string Parse(string text, ParameterList into)
    {
        var position = 0;
        var first = ReadUntil(text, ref position, ";").Trim();
        var pieces = new Dictionary<string, SortedDictionary<int, (string Value, bool Encoded)>>(StringComparer.OrdinalIgnoreCase);
        var count = 0;
        while (position < text.Length && count++ < MaxParameters)
        {
            position++; // the semicolon
            var name = ReadUntil(text, ref position, "=;").Trim();
            if (position >= text.Length || text[position] != '=') continue;
            position++;
            var value = ReadValue(text, ref position);
            AddPiece(pieces, name, value);
        }
        foreach (var (name, parts) in pieces)
            if (IsToken(name) && !into.Contains(name)) into.Add(name, Join(parts));
        return first;
    }

    /// <summary>One piece, or the continuations of RFC 2231 section 3 when the value is long.</summary>
    public static IEnumerable<string> Format(Parameter parameter)
    {
        var value = string.Concat(parameter.Value.Where(c => !char.IsControl(c)));
        var encoded = Rfc2047.NeedsEncoding(value);
        if (!encoded && value.Length <= PieceLength)
        {
            yield return parameter.Name + "=" + (IsToken(value) ? value : Rfc2047.Quote(value));
            yield break;
        }
        var units = value.EnumerateRunes().Select(r => encoded ? PercentEncode(r) : r.ToString());
        var prefix = encoded ? "utf-8''" : "";
        var pieces = new List<string> { prefix };
        foreach (var unit in units)
        {
            if (pieces[^1].Length + unit.Length > PieceLength) pieces.Add("");
            pieces[^1] += unit;
        }
        for (var i = 0; i < pieces.Count; i++)
        {
            var name = parameter.Name + (pieces.Count > 1 ? string.Create(CultureInfo.InvariantCulture, $"*{i}") : "") + (encoded ? "*" : "");
            yield return name + "=" + (encoded ? pieces[i] : Rfc2047.Quote(pieces[i]));
        }
    }

    private static void AddPiece(Dictionary<string, SortedDictionary<int, (string, bool)>> pieces, string name, string value)
    {
        var encoded = name.EndsWith('*');
        if (encoded) name = name[..^1];
        var number = 0;
        if (name.IndexOf('*', StringComparison.Ordinal) is > 0 and var star)
        {
            if (!int.TryParse(name.AsSpan(star + 1), NumberStyles.None, CultureInfo.InvariantCulture, out number)) number = 0;
            name = name[..star];
        }
        if (name.Length == 0) return;
        if (!pieces.TryGetValue(name, out var parts)) pieces[name] = parts = [];
        parts.TryAdd(number, (value, encoded)); // of a repeated name the first counts
    }

    private static string Join(SortedDictionary<int, (string Value, bool Encoded)> parts)
    {
        Encoding? charset = null;
        var result = new StringBuilder();
        var bytes = new MemoryStream(); // adjacent encoded pieces may split a character
        var first = true;
        foreach (var (value, encoded) in parts.Values)
        {
            var text = value;
            if (encoded && first && text.IndexOf('\'', StringComparison.Ordinal) is >= 0 and var quote)
            {
                charset = Charsets.Find(text[..quote]);
                text = text[(text.IndexOf('\'', quote + 1) is > 0 and var second ? second + 1 : quote + 1)..];
            }
            first = false;
            if (encoded) { bytes.Write(PercentDecode(text)); continue; }
            Flush();
            result.Append(Rfc2047.DecodeText(text));
        }
        Flush();
        return result.ToString();

        void Flush()
        {
            if (bytes.Length == 0) return;
            result.Append(Charsets.Decode(charset, bytes.GetBuffer().AsSpan(0, (int)bytes.Length)));
            bytes.SetLength(0);
        }
    }

    private static string ReadValue(string text, ref int position)
    {
        while (position < text.Length && char.IsWhiteSpace(text[position])) position++;
        if (position >= text.Length || text[position] != '"') return ReadUntil(text, ref position, ";").Trim();
        var result = new StringBuilder();
        for (position++; position < text.Length && text[position] != '"'; position++)
        {
            if (text[position] == '\\' && position + 1 < text.Length && text[position + 1] is '"' or '\\') position++;
            result.Append(text[position]);
        }
        if (position < text.Length) position++;
        ReadUntil(text, ref position, ";"); // whatever follows the quote
        return result.ToString();
    }

    private static string ReadUntil(string text, ref int position, string stops)
    {
        var start = position;
        var found = text.AsSpan(start).IndexOfAny(stops);
        position = found < 0 ? text.Length : start + found;
        return text[start..position];
    }

    private static bool IsToken(string text) => text.Length > 0 && text.All(c => c is > ' ' and < (char)127 && !"()<>@,;:\\\"/[]?=*'%".Contains(c, StringComparison.Ordinal));

    private static string PercentEncode(Rune rune) =>
        rune.IsAscii && char.IsAsciiLetterOrDigit((char)rune.Value) || rune.Value is '.' or '-' or '_'
            ? rune.ToString()
            : string.Concat(Encoding.UTF8.GetBytes(rune.ToString()).Select(b => string.Create(CultureInfo.InvariantCulture, $"%{b:X2}")));

    private static byte[] PercentDecode(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var length = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] == '%' && i + 2 < bytes.Length && TransferCodec.Hex(bytes[i + 1]) is >= 0 and var high && TransferCodec.Hex(bytes[i + 2]) is >= 0 and var low)
            {
                bytes[length++] = (byte)((high << 4) | low);
                i += 2;
            }
            else bytes[length++] = bytes[i];
        }
        return bytes.AsSpan(0, length).ToArray();
    }
}

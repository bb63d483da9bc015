using System.Globalization;
using System.Text;

namespace MailKit.Net.Imap;

/// <summary>
/// Reads a response's values, tolerant of odd servers: an atom is a string, quoted text and literals are bytes, a
/// parenthesised list is a list, NIL is null. What does not close ends with the response.
/// </summary>
internal sealed class ImapReader(IReadOnlyList<string> text, IReadOnlyList<byte[]> literals, int at)
{
    const int MaxDepth = 64;
    int part;
    int at = at;

    /// <summary>The next value; false at the end, or before a closing parenthesis.</summary>
    public bool TryRead(out object? value, int depth = 0)
    {
        value = null;
        while (true)
        {
            var line = text[part];
            while (at < line.Length && line[at] == ' ') at++;
            if (at >= line.Length)
            {
                if (part >= literals.Count) return false;
                value = literals[part++];
                at = 0;
                return true;
            }
            if (line[at] == ')' && depth > 0) return false;
            if (line[at] != ')') break;
            at++; // a parenthesis too many
        }
        if (text[part][at] == '(') value = ReadList(depth + 1);
        else if (text[part][at] == '"') value = ReadQuoted();
        else value = ReadAtom() is var atom && atom.Equals("NIL", StringComparison.OrdinalIgnoreCase) ? null : atom;
        return true;
    }

    public string? ReadAtomOrNull() => TryRead(out var value) ? value as string : null;

    public IEnumerable<object?> ReadAll()
    {
        while (TryRead(out var value)) yield return value;
    }

    public static string? AsText(object? value) => value switch
    {
        string atom => atom,
        byte[] bytes => Encoding.UTF8.GetString(bytes),
        _ => null,
    };

    public static uint? AsNumber(object? value) =>
        value is string atom && uint.TryParse(atom, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    List<object?> ReadList(int depth)
    {
        if (depth > MaxDepth) throw new ImapProtocolException($"The server nested lists more than {MaxDepth} deep.");
        at++;
        var items = new List<object?>();
        while (TryRead(out var item, depth)) items.Add(item);
        if (at < text[part].Length) at++;
        return items;
    }

    byte[] ReadQuoted()
    {
        var line = text[part];
        var quoted = new StringBuilder();
        for (at++; at < line.Length && line[at] != '"'; at++)
        {
            if (line[at] == '\\' && at + 1 < line.Length) at++;
            quoted.Append(line[at]);
        }
        at = Math.Min(at + 1, line.Length);
        return Encoding.Latin1.GetBytes(quoted.ToString());
    }

    string ReadAtom()
    {
        var line = text[part];
        var from = at;
        for (; at < line.Length && line[at] is not (' ' or '(' or ')' or '"'); at++)
        {
            // BODY[HEADER.FIELDS (FROM TO)]<0> is one name.
            if (line[at] == '[') at = line.IndexOf(']', at) is var close and >= 0 ? close : line.Length - 1;
        }
        return line[from..at];
    }
}

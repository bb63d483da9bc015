using System.Text;

namespace MimeKit.Utils;

/// <summary>
/// Addresses of RFC 5322 as senders really write them: unquoted commas in names, missing brackets, comments, groups, semicolons
/// between addresses. One pass, no backtracking.
/// </summary>
internal sealed class AddressParser
{
    private readonly string text;
    private readonly ParserOptions options;
    private int position;
    private bool clean = true;

    private AddressParser(string text, ParserOptions options)
    {
        this.text = text;
        this.options = options;
    }

    /// <param name="clean">False when something in the text was no address and was passed over.</param>
    public static List<InternetAddress> ParseList(string text, ParserOptions options, out bool clean)
    {
        var parser = new AddressParser(text, options);
        var result = new List<InternetAddress>();
        parser.ReadList(result, depth: 0);
        clean = parser.clean;
        return result;
    }

    /// <summary>Offset of the first character that cannot stand in an address that the program gives; -1 when all can. Quoted local parts may hold spaces.</summary>
    public static int FirstIllegal(string address)
    {
        var quoted = false;
        for (var i = 0; i < address.Length; i++)
        {
            var c = address[i];
            if (c == '"') quoted = !quoted;
            else if (char.IsControl(c) || (!quoted && (char.IsWhiteSpace(c) || "<>(),;:[]\\".Contains(c, StringComparison.Ordinal) && !InLiteral(address, i)))) return i;
        }
        return quoted || address.StartsWith('@') ? 0 : -1;

        static bool InLiteral(string address, int i) => address.LastIndexOf("@[", StringComparison.Ordinal) is >= 0 and var open && i > open && address.EndsWith(']');
    }

    private void ReadList(List<InternetAddress> result, int depth)
    {
        while (position < text.Length)
        {
            var c = text[position];
            if (c == ';') { position++; if (depth > 0) return; }
            else if (c == ',' || char.IsWhiteSpace(c)) position++;
            else ReadAddress(result, depth);
        }
    }

    private void ReadAddress(List<InternetAddress> result, int depth)
    {
        var words = new List<string>();    // the phrase or the address's pieces
        var glue = new StringBuilder();    // the pieces without spaces between: "foo @ example . com"
        string? comment = null;
        var hasAt = false;
        while (position < text.Length)
        {
            var c = text[position];
            if (char.IsWhiteSpace(c)) { position++; continue; }
            switch (c)
            {
                case ';':
                    AddBare(result, words, glue, hasAt, comment);
                    return;
                case ',':
                    if (!hasAt && words.Count > 0 && options.AllowUnquotedCommasInAddresses && NameContinuesAfterComma())
                    {
                        words[^1] += ",";
                        position++;
                        continue;
                    }
                    AddBare(result, words, glue, hasAt, comment);
                    return;
                case '<':
                    AddRoute(result, words, comment);
                    return;
                case ':' when !hasAt && depth < options.MaxAddressGroupDepth:
                    position++;
                    var members = new List<InternetAddress>();
                    ReadList(members, depth + 1);
                    result.Add(new GroupAddress(Phrase(words), members));
                    return;
                case '(':
                    comment = ReadComment();
                    continue;
                case '"':
                    var start = position;
                    words.Add(ReadQuoted());
                    glue.Append(text, start, position - start);
                    continue;
                default:
                    var word = ReadAtom();
                    hasAt |= word.Contains('@', StringComparison.Ordinal);
                    words.Add(word);
                    glue.Append(word);
                    continue;
            }
        }
        AddBare(result, words, glue, hasAt, comment);
    }

    private void AddBare(List<InternetAddress> result, List<string> words, StringBuilder glue, bool hasAt, string? comment)
    {
        if (words.Count == 0) { clean &= comment is null; return; }
        var address = glue.ToString();
        if (hasAt && address.Length > 1) result.Add(MailboxAddress.FromParser(Decode(comment), Sanitize(address)));
        else if (words.Count == 1 && options.AllowAddressesWithoutDomain && FirstIllegal(address) < 0) result.Add(MailboxAddress.FromParser(Decode(comment), address));
        else clean = false;
    }

    private void AddRoute(List<InternetAddress> result, List<string> words, string? comment)
    {
        position++;
        var end = position;
        while (end < text.Length && text[end] is not ('>' or '<' or ',' or ';')) end++;
        var inner = text.AsSpan(position, end - position).Trim();
        if (inner.StartsWith("@") && inner.IndexOf(':') is > 0 and var route) inner = inner[(route + 1)..];
        if (end == text.Length || text[end] != '>') clean = false;
        while (end < text.Length && text[end] is '<' or '>') end++;
        position = end;
        var trailing = ReadToSeparator(ref comment);
        clean &= !trailing;
        var address = Sanitize(inner.ToString());
        if (address.Length == 0 && words.Count == 0) { clean = false; return; }
        result.Add(MailboxAddress.FromParser(Phrase(words) is { Length: > 0 } name ? name : Decode(comment), address));
    }

    /// <summary>After an address in brackets only a comment may come before the next comma; true when other text did.</summary>
    private bool ReadToSeparator(ref string? comment)
    {
        var other = false;
        while (position < text.Length && text[position] is not (',' or ';'))
        {
            if (text[position] == '(') { comment = ReadComment(); continue; }
            if (text[position] == '<' && other) return true; // a missing comma: the next address starts here
            other |= !char.IsWhiteSpace(text[position]);
            position++;
        }
        return other;
    }

    private bool NameContinuesAfterComma()
    {
        for (var i = position + 1; i < text.Length; i++)
            if (text[i] is '<' or ',' or '@' or ';' or ':' or '"') return text[i] == '<' && i > position + 1;
        return false;
    }

    private string ReadQuoted()
    {
        var result = new StringBuilder();
        for (position++; position < text.Length && text[position] != '"'; position++)
        {
            if (text[position] == '\\' && position + 1 < text.Length) position++;
            if (text[position] is not ('\r' or '\n')) result.Append(text[position]);
        }
        if (position < text.Length) position++;
        else clean = false;
        return result.ToString();
    }

    private string ReadComment()
    {
        var start = ++position;
        for (var nesting = 1; position < text.Length; position++)
        {
            if (text[position] == '\\' && position + 1 < text.Length) position++;
            else if (text[position] == '(') nesting++;
            else if (text[position] == ')' && --nesting == 0) return text[start..position++];
        }
        return text[start..];
    }

    private string ReadAtom()
    {
        var start = position++;
        var literal = text[start] == '[';
        while (position < text.Length && !char.IsWhiteSpace(text[position]) && text[position] is not (',' or ';' or '<' or '(' or '"') && (text[position] != ':' || literal))
        {
            literal = text[position] switch { '[' => true, ']' => false, _ => literal };
            position++;
        }
        return text[start..position];
    }

    private static string? Phrase(List<string> words) => words.Count == 0 ? null : Decode(string.Join(' ', words));

    private static string? Decode(string? text) => text is null ? null : Strip(Rfc2047.DecodeText(text)).Trim();

    private static string Sanitize(string address) => Strip(address).Trim().Trim('\'') is var trimmed && trimmed.Contains(' ', StringComparison.Ordinal) && !trimmed.Contains('"', StringComparison.Ordinal)
        ? trimmed.Replace(" ", "", StringComparison.Ordinal) : trimmed;

    private static string Strip(string text) => text.Any(char.IsControl) ? string.Concat(text.Where(c => !char.IsControl(c))) : text;
}

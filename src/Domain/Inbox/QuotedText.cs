namespace WalletFunctions.Domain.Inbox;

/// <summary>Finds where a mail stops being new and starts repeating what was written before. Only a view: the whole text is kept.</summary>
public static class QuotedText
{
    private const int MaxHeadLength = 200;

    private static readonly string[] OriginalMarks =
        ["-----Original Message-----", "-----原始邮件-----", "-----原始郵件-----", "------------------ 原始邮件 ------------------", "------------------ Original ------------------", "---------- Forwarded message", "________________________________"];

    /// <summary>How many characters from the start are new. Everything, where cutting would leave nothing to read.</summary>
    public static int VisibleLength(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var lastOwn = LastOwnLine(text);
        var position = 0;
        while (position < text.Length)
        {
            var end = text.IndexOf('\n', position) is >= 0 and var found ? found : text.Length;
            if (StartsQuote(text, position, end) && !(IsQuoted(text, position) && lastOwn > position))
            {
                var visible = text.AsSpan(0, position).TrimEnd();
                return visible.Length == 0 ? text.Length : visible.Length;
            }

            position = end + 1;
        }

        return text.Length;
    }

    private static bool IsQuoted(string text, int start) => text.AsSpan(start).TrimStart(" \t") is ['>', ..];

    private static bool StartsQuote(string text, int start, int end)
    {
        var line = text.AsSpan(start, end - start).Trim();
        if (line.IsEmpty)
        {
            return false;
        }

        foreach (var mark in OriginalMarks)
        {
            if (line.StartsWith(mark, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return line[0] == '>' || IsAttribution(line) || IsAttributionOverTwoLines(text, line, end);
    }

    /// <summary><c>On Mon, 2 Nov 2026, Li Na wrote:</c>, <c>… 写道：</c>.</summary>
    private static bool IsAttribution(ReadOnlySpan<char> line) =>
        line.Length <= MaxHeadLength
        && ((line.StartsWith("On ", StringComparison.Ordinal) && line.EndsWith("wrote:", StringComparison.Ordinal))
            || (line.StartsWith("Am ", StringComparison.Ordinal) && line.EndsWith("schrieb:", StringComparison.Ordinal))
            || ((line.EndsWith("写道：", StringComparison.Ordinal) || line.EndsWith("写道:", StringComparison.Ordinal) || line.EndsWith("寫道：", StringComparison.Ordinal)) && line.ContainsAnyInRange('0', '9')));

    private static bool IsAttributionOverTwoLines(string text, ReadOnlySpan<char> line, int end)
    {
        if (!line.StartsWith("On ", StringComparison.Ordinal) || line.Length > MaxHeadLength || end >= text.Length)
        {
            return false;
        }

        var next = text.AsSpan(end + 1, Math.Min(MaxHeadLength, text.Length - end - 1));
        var stop = next.IndexOf('\n');
        return (stop < 0 ? next : next[..stop]).TrimEnd().EndsWith("wrote:", StringComparison.Ordinal);
    }

    /// <summary>Where the last line starts that is neither quoted nor blank, signature not counted: before it, a quoted line is answered in place.</summary>
    private static int LastOwnLine(string text)
    {
        var last = -1;
        for (var position = 0; position < text.Length;)
        {
            var end = text.IndexOf('\n', position) is >= 0 and var found ? found : text.Length;
            var line = text.AsSpan(position, end - position).Trim();
            if (line.SequenceEqual("--"))
            {
                break;
            }

            if (!line.IsEmpty && line[0] != '>')
            {
                last = position;
            }

            position = end + 1;
        }

        return last;
    }
}

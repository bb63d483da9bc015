using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace MimeKit.Utils;

/// <summary>Message-IDs: made, and found in header text.</summary>
public static class MimeUtils
{
    private static readonly SearchValues<char> NotInIds = SearchValues.Create("<> \t\r\n,;()");

    public static string GenerateMessageId() => GenerateMessageId(System.Net.Dns.GetHostName());

    public static string GenerateMessageId(string domain)
    {
        ArgumentNullException.ThrowIfNull(domain);
        if (domain.Length == 0) throw new ArgumentException("The domain is invalid.", nameof(domain));
        Span<byte> random = stackalloc byte[18];
        RandomNumberGenerator.Fill(random);
        return $"{Convert.ToHexStringLower(random)}@{domain}";
    }

    /// <summary>The ids in a References or In-Reply-To value, without brackets; text between them is passed over.</summary>
    public static IEnumerable<string> EnumerateReferences(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Enumerate(text);

        static IEnumerable<string> Enumerate(string text)
        {
            for (var open = text.IndexOf('<', StringComparison.Ordinal); open >= 0;)
            {
                var close = text.IndexOfAny(['>', '<'], open + 1);
                if (close < 0) yield break;
                if (text[close] == '>' && Clean(text.AsSpan(open + 1, close - open - 1)) is { Length: > 0 } id) yield return id;
                open = text[close] == '<' ? close : text.IndexOf('<', close);
            }
        }
    }

    public static IEnumerable<string> EnumerateReferences(byte[] buffer, int startIndex, int length) =>
        EnumerateReferences(Encoding.Latin1.GetString(buffer, startIndex, length));

    /// <summary>The first id in the text, brackets being optional; null when there is none.</summary>
    public static string? ParseMessageId(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return EnumerateReferences(text).FirstOrDefault() ?? (TryReadMessageId(text.Trim(), out var id) ? id : null);
    }

    public static string? ParseMessageId(byte[] buffer, int startIndex, int length) =>
        ParseMessageId(Encoding.Latin1.GetString(buffer, startIndex, length));

    /// <summary>For values that the program sets: one id, with or without brackets, nothing else.</summary>
    internal static bool TryReadMessageId(string text, out string id)
    {
        id = text.Trim();
        if (id.StartsWith('<')) id = id.EndsWith('>') ? id[1..^1] : "";
        return id.Length > 0 && !id.AsSpan().ContainsAny(NotInIds) && !id.Any(char.IsControl);
    }

    private static string Clean(ReadOnlySpan<char> id)
    {
        var result = new StringBuilder(id.Length);
        foreach (var c in id)
            if (!char.IsWhiteSpace(c) && !char.IsControl(c)) result.Append(c); // folded in the middle of an id by old Exchange versions
        return result.ToString();
    }
}

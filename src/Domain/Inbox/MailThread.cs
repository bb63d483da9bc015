namespace WalletFunctions.Domain.Inbox;

/// <summary>What our next mail in a conversation refers to.</summary>
/// <param name="Answers">The Message-ID that it answers, without brackets; null before the first mail.</param>
/// <param name="References">Oldest first; ends with <paramref name="Answers"/>.</param>
public sealed record MailThread(string? Answers, IReadOnlyList<string> References)
{
    private const int MaxReferences = 20;
    private const int MaxIdLength = 250;

    /// <summary>Before the first mail.</summary>
    public static MailThread Empty { get; } = new(null, []);

    /// <summary>After one more mail. Of a long thread the first and the newest are kept, as RFC 5537, 3.4.4 advises.</summary>
    public MailThread After(string? messageId, IEnumerable<string> references)
    {
        ArgumentNullException.ThrowIfNull(references);
        if (messageId is not { Length: > 0 and <= MaxIdLength })
        {
            return this;
        }

        // The last place of an id counts.
        var all = References.Concat(references).Where(id => id.Length <= MaxIdLength && id != messageId).Reverse().Distinct(StringComparer.Ordinal).Reverse().Append(messageId).ToList();
        return new(messageId, all.Count <= MaxReferences ? all : [all[0], .. all.Skip(all.Count - MaxReferences + 1)]);
    }
}

/// <summary>Subjects of answers.</summary>
public static class ReplySubject
{
    private const int MaxLength = 200;

    // "Re" and "Fwd" in the languages that customers' mail programs speak.
    private static readonly string[] Prefixes = ["re", "aw", "sv", "antw", "fw", "fwd", "回复", "回覆", "答复", "答覆", "转发", "轉寄", "返信", "답장"];

    /// <summary><c>Re: {what it was about} [ref …]</c>, whatever prefixes and tokens it had before.</summary>
    public static string For(string subject, string token)
    {
        var bare = Bare(subject);
        if (bare.Length > MaxLength)
        {
            bare = bare[..(char.IsHighSurrogate(bare[MaxLength - 1]) ? MaxLength - 1 : MaxLength)];
        }

        return (bare.Length == 0 ? "Re:" : "Re: " + bare) + " " + token;
    }

    /// <summary>A subject without prefixes and tokens.</summary>
    public static string Bare(string subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        var text = ThreadSignature.WithoutTokens(subject);
        while (text.IndexOfAny([':', '：']) is > 0 and var colon && Prefixes.Contains(WithoutCounter(text[..colon]), StringComparer.OrdinalIgnoreCase))
        {
            text = text[(colon + 1)..].Trim();
        }

        return text;
    }

    /// <summary><c>Re[2]</c> and <c>Re(2)</c> count as <c>Re</c>.</summary>
    private static string WithoutCounter(string prefix)
    {
        var open = prefix.IndexOfAny(['[', '(']);
        return (open > 0 ? prefix[..open] : prefix).Trim();
    }
}

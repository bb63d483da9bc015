using System.Text;

namespace MailKit.Net.Imap;

/// <summary>A command in the making. Text that came from outside only enters as a quoted string or a literal, so it cannot end the line.</summary>
internal sealed class ImapCommand(string name)
{
    readonly List<object> parts = [name];

    public string Name { get; } = name;

    /// <summary>Strings to send as they are, and byte arrays to send as literals.</summary>
    public IReadOnlyList<object> Parts => parts;

    /// <summary>The folder that is being opened: counts and codes belong to it and not to the one open so far.</summary>
    public ImapFolder? Opens { get; init; }

    /// <summary>Untagged responses that are not the connection's own affair.</summary>
    public Action<ImapUntagged>? OnUntagged { get; init; }

    /// <summary>Answers the server's challenge.</summary>
    public Func<string, Task<string>>? OnChallenge { get; init; }

    public ImapCommand Raw(string text)
    {
        if (text.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0) throw new ArgumentException("A command must not contain line ends or NUL.", nameof(text));
        if (text.Any(c => c > '\x7f')) throw new ArgumentException("A command is written in ASCII.", nameof(text));
        parts.Add(text);
        return this;
    }

    public ImapCommand Text(string text, Encoding? encoding = null)
    {
        if (text.Length > 1000 || text.Any(c => c is < ' ' or > '~')) parts.Add((encoding ?? Encoding.UTF8).GetBytes(text));
        else parts.Add($"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"");
        return this;
    }

    public ImapCommand Mailbox(string fullName) => Text(ImapEncoding.Encode(fullName));

    public ImapCommand Literal(byte[] bytes)
    {
        parts.Add(bytes);
        return this;
    }
}

/// <summary>An untagged response with data: <c>* 12 FETCH (…)</c> has the number 12.</summary>
internal sealed record ImapUntagged(string Name, uint? Number, ImapReader Values, ImapStatus? Status = null);

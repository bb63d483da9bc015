using System.Security.Cryptography;
using System.Text;

namespace WalletFunctions.Domain.Inbox;

/// <summary>One of our own messages.</summary>
public sealed record OwnMessage(ConversationId Conversation, MessageId Message);

/// <summary>
/// Signs what our mail carries so that the answer finds its conversation: the Message-ID, and a token in the subject for
/// programs that drop the headers. Nobody else can make either, so no one gets into a conversation by guessing its number.
/// </summary>
public sealed class ThreadSignature
{
    private const int BodyLength = 26;
    private const int MacLength = 16;
    private const string TokenStart = "[ref ";

    private readonly byte[] key;
    private readonly string domain;

    /// <param name="key">Secret, at least 32 bytes.</param>
    /// <param name="domain">The right-hand side of our Message-IDs.</param>
    public ThreadSignature(byte[] key, string domain)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentException.ThrowIfNullOrEmpty(domain);
        ArgumentOutOfRangeException.ThrowIfLessThan(key.Length, 32, nameof(key));
        (this.key, this.domain) = (key, domain.ToLowerInvariant());
    }

    /// <summary>The Message-ID of a message of ours, without brackets.</summary>
    public string MessageIdOf(ConversationId conversation, MessageId message)
    {
        var local = Body(conversation) + "." + Body(message);
        return $"{local}.{Mac("message|" + local)}@{domain}";
    }

    /// <summary>Null unless we made this Message-ID.</summary>
    public OwnMessage? Read(string messageId)
    {
        ArgumentNullException.ThrowIfNull(messageId);
        var parts = messageId.Trim().ToLowerInvariant().Split('@'); // some servers change its case
        if (parts.Length != 2 || parts[1] != domain || parts[0].Length != (BodyLength * 2) + MacLength + 2)
        {
            return null;
        }

        var local = parts[0][..((BodyLength * 2) + 1)];
        return parts[0][local.Length] == '.'
            && Same(Mac("message|" + local), parts[0][(local.Length + 1)..])
            && Id.TryParse<ConversationId>(ConversationId.Prefix + local[..BodyLength], out var conversation)
            && Id.TryParse<MessageId>(MessageId.Prefix + local[(BodyLength + 1)..], out var message)
                ? new OwnMessage(conversation, message)
                : null;
    }

    /// <summary>What ends the subject of our mail: <c>[ref …]</c>.</summary>
    public string TokenOf(ConversationId conversation) => $"{TokenStart}{Body(conversation)}{Mac("token|" + Body(conversation))}]";

    /// <summary>The conversation of the last token in a subject that we made; null where there is none.</summary>
    public ConversationId? ReadToken(string subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        for (var at = subject.LastIndexOf(TokenStart, StringComparison.OrdinalIgnoreCase); at >= 0; at = at == 0 ? -1 : subject.LastIndexOf(TokenStart, at - 1, StringComparison.OrdinalIgnoreCase))
        {
            var end = subject.IndexOf(']', at);
            if (end < 0)
            {
                continue;
            }

            // Mail programs fold long subjects, and some put a space where the fold was.
            var token = subject[(at + TokenStart.Length)..end].Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant();
            if (token.Length == BodyLength + MacLength && Same(Mac("token|" + token[..BodyLength]), token[BodyLength..]) && Id.TryParse<ConversationId>(ConversationId.Prefix + token[..BodyLength], out var conversation))
            {
                return conversation;
            }
        }

        return null;
    }

    /// <summary>A subject without any token, ours or made up.</summary>
    public static string WithoutTokens(string subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        for (var at = subject.IndexOf(TokenStart, StringComparison.OrdinalIgnoreCase); at >= 0; at = subject.IndexOf(TokenStart, at, StringComparison.OrdinalIgnoreCase))
        {
            var end = subject.IndexOf(']', at);
            if (end < 0)
            {
                break;
            }

            subject = subject.Remove(at, end - at + 1);
        }

        return subject.Trim();
    }

    private static string Body<T>(T id)
        where T : struct, IId<T> => id.Value[T.Prefix.Length..];

    private string Mac(string text) => Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)).AsSpan(0, MacLength / 2));

    private static bool Same(string expected, string given) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(given));
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace WalletFunctions.Domain.Inbox;

/// <summary>The hash chain over a conversation's messages: a message that was changed or taken away is found.</summary>
public static class RecordChain
{
    /// <summary>What the first message is chained to.</summary>
    public const string Start = "0000000000000000000000000000000000000000000000000000000000000000";

    /// <summary>The hash of a message, over everything in it that never changes (so not its delivery state) and the hash before.</summary>
    public static string Next(string previous, InboxMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(previous);
        Add(message.Id.Value);
        Add(message.Number.ToString(CultureInfo.InvariantCulture));
        Add(message.At.UtcTicks.ToString(CultureInfo.InvariantCulture));
        Add(message.Inbound ? "in" : "out");
        Add(message.Channel);
        Add(message.Address ?? "");
        Add(message.Agent?.Value ?? "");
        Add(message.Subject);
        Add(message.Text);
        Add(message.Html ?? "");
        Add(message.RawId ?? "");
        Add(message.MailMessageId ?? "");
        foreach (var file in message.Attachments)
        {
            Add(string.Create(CultureInfo.InvariantCulture, $"{file.Index}|{file.Name}|{file.MediaType}|{file.Size}|{file.ContentId}"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());

        // Each piece with its length before it, so that no two messages have the same bytes.
        void Add(string piece)
        {
            var bytes = Encoding.UTF8.GetBytes(piece);
            hash.AppendData(BitConverter.GetBytes(bytes.Length));
            hash.AppendData(bytes);
        }
    }

    /// <summary>The number of the first message whose hash does not fit; null where the whole chain holds and ends in <paramref name="end"/>.</summary>
    /// <param name="messages">All of a conversation, by number.</param>
    /// <param name="end">The hash in the conversation's head.</param>
    public static int? FirstBroken(IEnumerable<InboxMessage> messages, string end)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var hash = Start;
        var last = 0;
        foreach (var message in messages)
        {
            hash = Next(hash, message);
            last = message.Number;
            if (hash != message.Hash)
            {
                return message.Number;
            }
        }

        return hash == end ? null : last + 1;
    }
}

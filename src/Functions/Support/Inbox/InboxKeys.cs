using System.Security.Cryptography;
using System.Text;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Inbox;

namespace WalletFunctions.Support.Inbox;

/// <summary>Row and partition keys. They hold ids, hashes and numbers only, all legal in keys.</summary>
internal static class InboxKeys
{
    public static string Partition(ConversationId id) => $"{Hash(id.Value)[..4]}|{id}";

    public static string Message(MessageId id) => "m|" + id;

    public static string Note(MessageId id) => "n|" + id;

    /// <summary>The row that says that something was done under a key.</summary>
    public static string Once(string key) => "k|" + Hash(key);

    /// <summary>The one conversation that belongs to a key.</summary>
    public static ConversationId ConversationOf(string key, DateTimeOffset at) => Id.From<ConversationId>(at, Encoding.UTF8.GetBytes("conversation|" + key));

    /// <summary>The one message that belongs to a delivery.</summary>
    public static MessageId MessageOf(InboundMessage message) => Id.From<MessageId>(message.ReceivedAt, Encoding.UTF8.GetBytes("message|" + message.SourceHash));

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 20));
}

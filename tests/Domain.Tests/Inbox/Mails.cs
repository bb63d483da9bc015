using WalletFunctions.Domain.Inbox;

namespace WalletFunctions.Domain.Tests.Inbox;

/// <summary>Messages and conversations for tests; each test says only what matters to it.</summary>
internal static class Mails
{
    public static readonly DateTimeOffset Now = new(2026, 11, 23, 2, 0, 0, TimeSpan.Zero);
    public static readonly ThreadSignature Signature = new(new byte[32], "wallet.example");
    public static readonly ContactKey LiNa = ContactKey.Email("li.na@customer.example")!;
    public static readonly ContactKey Stranger = ContactKey.Email("stranger@elsewhere.example")!;
    public static readonly AccountId Agent = Id.From<AccountId>(Now, "agent"u8);

    public static ConversationId Conversation(int n = 1) => Id.From<ConversationId>(Now, BitConverter.GetBytes(n));

    public static MessageId Message(int n = 1) => Id.From<MessageId>(Now, BitConverter.GetBytes(n));

    public static InboundMessage From(ContactKey? sender, string text = "hello", string subject = "Question") =>
        new() { Channel = "email", SourceHash = Guid.NewGuid().ToString(), From = sender, ReceivedAt = Now, Subject = subject, Text = text };

    /// <summary>A conversation that Li Na began.</summary>
    public static Conversation Begun(InboundMessage? first = null)
    {
        first ??= From(LiNa) with { MessageId = "first@customer.example" };
        return Receiving.Receive(Receiving.Begin(Conversation(), first), Message(), first)!.Conversation;
    }
}

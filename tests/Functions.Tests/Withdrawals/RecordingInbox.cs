using System.Collections.Concurrent;
using System.Text;
using WalletFunctions.Domain;
using WalletFunctions.Support.Inbox;

namespace Functions.Tests.Withdrawals;

/// <summary>Stands for the inbox: opens each key once and keeps what it was told.</summary>
internal sealed class RecordingInbox : IInbox
{
    public ConcurrentDictionary<string, OpenConversation> Opened { get; } = new(StringComparer.Ordinal);

    public ConcurrentDictionary<string, Text> Events { get; } = new(StringComparer.Ordinal);

    public Task<ConversationId> OpenAsync(OpenConversation command, CancellationToken cancellationToken)
    {
        Opened[command.Key] = command;
        return Task.FromResult(Id.From<ConversationId>(command.At, Encoding.UTF8.GetBytes(command.Key)));
    }

    public Task AppendEventAsync(ConversationId conversation, string key, Text text, CancellationToken cancellationToken)
    {
        Events[$"{conversation} {key}"] = text;
        return Task.CompletedTask;
    }
}

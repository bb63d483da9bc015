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
        return Task.FromResult(IdOf(command.Key, command.At));
    }

    public Task AppendEventAsync(ConversationId conversation, string key, Text text, CancellationToken cancellationToken)
    {
        Events[$"{conversation} {key}"] = text;
        return Task.CompletedTask;
    }

    public Task TellEndAsync(string occasion, DateTimeOffset at, string key, Text text, CancellationToken cancellationToken) =>
        Opened.ContainsKey(occasion) ? AppendEventAsync(IdOf(occasion, at), key, text, cancellationToken) : Task.CompletedTask;

    private static ConversationId IdOf(string key, DateTimeOffset at) => Id.From<ConversationId>(at, Encoding.UTF8.GetBytes(key));
}

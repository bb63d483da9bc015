using WalletFunctions.Domain;
using WalletFunctions.Domain.Inbox;

namespace WalletFunctions.Support.Inbox;

/// <summary>What other features may do with the inbox.</summary>
internal interface IInbox
{
    /// <summary>Opens a conversation, once per <see cref="OpenConversation.Key"/>; the same key always names the same conversation.</summary>
    Task<ConversationId> OpenAsync(OpenConversation command, CancellationToken cancellationToken);

    /// <summary>Adds an event that agents see in the conversation, once per <paramref name="key"/>. A conversation that is not there is a bug.</summary>
    Task AppendEventAsync(ConversationId conversation, string key, Text text, CancellationToken cancellationToken);

    /// <summary>As the other, and gives the conversation at least this priority.</summary>
    Task AppendEventAsync(ConversationId conversation, string key, Text text, Priority atLeast, CancellationToken cancellationToken) =>
        AppendEventAsync(conversation, key, text, cancellationToken);

    /// <summary>As the others, and says whose turn it is from then on: the conversation is due, has nothing due, or is resolved by that.</summary>
    Task AppendEventAsync(ConversationId conversation, string key, Text text, Priority atLeast, MatterTurn turn, CancellationToken cancellationToken) =>
        AppendEventAsync(conversation, key, text, atLeast, cancellationToken);

    /// <summary>
    /// Adds the end of a matter, once per <paramref name="key"/>, to the conversation that was opened for an occasion, if it was. For those who
    /// end what another began: whoever opens a conversation may die before it has written down which.
    /// </summary>
    /// <param name="occasion">The <see cref="OpenConversation.Key"/>.</param>
    /// <param name="at">Its <see cref="OpenConversation.At"/>.</param>
    Task TellEndAsync(string occasion, DateTimeOffset at, string key, Text text, CancellationToken cancellationToken);
}

/// <summary>A conversation that the system opens.</summary>
/// <param name="Key">Names the occasion: <c>withdrawal-overdue:wdr_…</c>.</param>
/// <param name="At">When the occasion arose; must be the same at every repeat.</param>
/// <param name="Topic">One of the topics, snake_case: <c>withdrawal</c>.</param>
/// <param name="AccountId">Whom it is about: that is to whom, and where, an agent's answer goes.</param>
/// <param name="FirstEvent">What happened, for the agent.</param>
internal sealed record OpenConversation(string Key, DateTimeOffset At, Text Subject, Priority Priority, string Topic, AccountId? AccountId, Text FirstEvent)
{
    /// <summary>The withdrawal, transaction or other thing it is about.</summary>
    public string? SubjectId { get; init; }

    /// <summary>Whose turn it is in the matter that it follows; null where it follows none, and an answer is due by its priority.</summary>
    public MatterTurn? Turn { get; init; }
}

using WalletFunctions.Domain;
using WalletFunctions.Domain.Inbox;
using WalletFunctions.Platform;

namespace WalletFunctions.Support.Inbox;

/// <summary>Shows agents what a conversation is about, as it stands now, beside its messages. One for each kind of matter.</summary>
internal interface IConversationMatter
{
    /// <param name="relatedId">What it is about.</param>
    /// <param name="account">Whom it is about; null where nobody is known.</param>
    /// <param name="agent">Who reads.</param>
    /// <param name="cancellationToken">The caller's.</param>
    /// <returns>Null where the id is none of this kind, or of nothing that there is.</returns>
    Task<object?> FindAsync(string relatedId, AccountId? account, Caller agent, CancellationToken cancellationToken);
}

/// <summary>All kinds of matters.</summary>
public sealed class ConversationMatters
{
    private readonly IReadOnlyList<IConversationMatter> kinds;

    internal ConversationMatters(IEnumerable<IConversationMatter> kinds) => this.kinds = [.. kinds];

    /// <summary>What a conversation is about; null where there is nothing to show.</summary>
    internal async Task<object?> FindAsync(Conversation conversation, Caller agent, CancellationToken cancellationToken)
    {
        foreach (var kind in conversation.SubjectId is null ? [] : kinds)
        {
            if (await kind.FindAsync(conversation.SubjectId!, conversation.Account, agent, cancellationToken) is { } found)
            {
                return found;
            }
        }

        return null;
    }
}

using WalletFunctions.Domain;
using WalletFunctions.Platform;
using WalletFunctions.Support.Inbox;

namespace WalletFunctions.Refunds;

/// <summary>Beside a conversation about a refund: the refund as it stands, with its payment.</summary>
internal sealed class RefundMatter(RefundReader reader) : IConversationMatter
{
    public async Task<object?> FindAsync(string relatedId, AccountId? account, Caller agent, CancellationToken cancellationToken) =>
        Id.TryParse<RefundId>(relatedId, out var id) && await reader.FindAsync(agent, id, cancellationToken) is { } stored
            ? await reader.DetailAsync(stored.Refund, agent, cancellationToken)
            : null;
}

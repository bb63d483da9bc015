using WalletFunctions.Accounts;
using WalletFunctions.Domain;
using WalletFunctions.Platform;
using WalletFunctions.Support.Inbox;

namespace WalletFunctions.Withdrawals;

/// <summary>Beside a conversation about a withdrawal that is late, or that a person looks at: the withdrawal as it stands.</summary>
internal sealed class WithdrawalMatter(WithdrawalTable table, AccountDirectory accounts) : IConversationMatter
{
    public async Task<object?> FindAsync(string relatedId, AccountId? account, Caller agent, CancellationToken cancellationToken) =>
        Id.TryParse<WithdrawalId>(relatedId, out var id)
            && account is { } owner
            && (await accounts.FindAsync(owner, cancellationToken))?.WalletId is { } wallet
            && await table.FindAsync(wallet, id, cancellationToken) is { Withdrawal: { } withdrawal }
            ? WithdrawalView.Of(withdrawal, agent.Language)
            : null;
}

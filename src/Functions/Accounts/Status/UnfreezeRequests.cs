using WalletFunctions.Domain;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Domain.Inbox;
using WalletFunctions.Platform;
using WalletFunctions.Support.Inbox;
using WalletFunctions.Wallet;

namespace WalletFunctions.Accounts.Status;

/// <summary>Requests of frozen people to be unfrozen. However often one asks while frozen, it is one conversation for staff.</summary>
public sealed class UnfreezeRequests
{
    private readonly AccountDirectory accounts;
    private readonly Ledger ledger;
    private readonly IInbox inbox;
    private readonly TimeProvider clock;

    internal UnfreezeRequests(AccountDirectory accounts, Ledger ledger, IInbox inbox, TimeProvider clock) =>
        (this.accounts, this.ledger, this.inbox, this.clock) = (accounts, ledger, inbox, clock);

    /// <param name="occasion">The same at every repeat of one request.</param>
    internal async Task<Result<ConversationId>> AskAsync(Caller caller, string? reason, string occasion, CancellationToken cancellationToken)
    {
        var account = await accounts.FindAsync(caller.Account, cancellationToken) ?? throw new InvalidOperationException("A signed-in account has no profile.");
        if (AccountStatuses.Shown((await ledger.ReadHeadAsync(caller.Wallet, cancellationToken)).Head, account.Status) != AccountStatus.Frozen)
        {
            return IdentityErrors.AccountNotFrozen;
        }

        var asked = await NoteAsync(caller.Account, cancellationToken);
        var conversation = await inbox.OpenAsync(
            new OpenConversation(
                $"unfreeze:{caller.Account}:{asked.UtcTicks}",
                asked,
                new("客户申请解冻账户", "A customer asks to be unfrozen"),
                Priority.High,
                "unfreeze",
                caller.Account,
                new("账户已冻结，客户申请解冻。核实本人后，由主管解冻。", "The account is frozen and its owner asks for it to be unfrozen. Once the person is verified, a supervisor can."))
            {
                SubjectId = caller.Account.Value,
            },
            cancellationToken);
        if (reason is not null)
        {
            await inbox.AppendEventAsync(conversation, $"unfreeze-reason:{occasion}", new($"客户说明：{reason}", $"The customer says: {reason}"), cancellationToken);
        }

        return conversation;
    }

    /// <summary>The moment of the first request since the account was frozen; stored first, so that every repeat names the same conversation.</summary>
    private async Task<DateTimeOffset> NoteAsync(AccountId account, CancellationToken cancellationToken)
    {
        while (true)
        {
            var row = await accounts.FindRowAsync(account, cancellationToken) ?? throw new InvalidOperationException("A signed-in account has no profile.");
            if (row.UnfreezeAskedAt is { } earlier)
            {
                return earlier;
            }

            row.UnfreezeAskedAt = clock.GetUtcNow();
            await accounts.ReplaceAsync(row, cancellationToken);
        }
    }
}

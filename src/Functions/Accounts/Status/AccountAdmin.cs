using WalletFunctions.Audit;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Platform;

namespace WalletFunctions.Accounts.Status;

/// <summary>A privileged act: who, why, and on which occasion (the same at every repeat of one request).</summary>
/// <param name="Class">Only where a class is set.</param>
internal sealed record AdminAct(Caller Caller, string Reason, byte[] Occasion, AccountClass? Class);

/// <summary>Does what staff may do to an account. The log has the act first: one that nobody can be asked about must not exist.</summary>
public sealed class AccountAdmin
{
    private readonly AccountDirectory accounts;
    private readonly AccountStatuses statuses;
    private readonly AccountClasses classes;
    private readonly FailureTable failures;
    private readonly AuditLog audit;

    internal AccountAdmin(AccountDirectory accounts, AccountStatuses statuses, AccountClasses classes, FailureTable failures, AuditLog audit) =>
        (this.accounts, this.statuses, this.classes, this.failures, this.audit) = (accounts, statuses, classes, failures, audit);

    /// <summary>A customer's or merchant's account; staff have no wallet, and are none of these routes' business.</summary>
    internal async Task<Account?> FindAsync(AccountId id, CancellationToken cancellationToken) =>
        await accounts.FindAsync(id, cancellationToken) is { WalletId: not null } account ? account : null;

    internal async Task<(Account Account, AccountClass Class)> FreezeAsync(Account account, AdminAct act, CancellationToken cancellationToken)
    {
        await audit.AddAsync(act.Caller, "account.freeze", account.AccountId.Value, new { act.Reason }, cancellationToken);
        await statuses.FreezeAsync(account.WalletId!.Value, FreezeSource.Staff, act.Occasion, cancellationToken);
        return await NowAsync(account, cancellationToken);
    }

    internal async Task<(Account Account, AccountClass Class)> UnfreezeAsync(Account account, AdminAct act, CancellationToken cancellationToken)
    {
        await audit.AddAsync(act.Caller, "account.unfreeze", account.AccountId.Value, new { act.Reason }, cancellationToken);
        await statuses.UnfreezeAsync(account.WalletId!.Value, act.Occasion, cancellationToken);
        return await NowAsync(account, cancellationToken);
    }

    internal async Task<(Account Account, AccountClass Class)> UnlockAsync(Account account, AdminAct act, CancellationToken cancellationToken)
    {
        await audit.AddAsync(act.Caller, "account.unlock", account.AccountId.Value, new { act.Reason }, cancellationToken);
        await failures.ClearAsync(account.AccountId, account.Phone, cancellationToken);
        return await NowAsync(account, cancellationToken);
    }

    internal async Task<(Account Account, AccountClass Class)> SetClassAsync(Account account, AdminAct act, CancellationToken cancellationToken)
    {
        var (wallet, @class) = (account.WalletId!.Value, act.Class!.Value);
        var from = await classes.FindAsync(wallet, cancellationToken);
        await audit.AddAsync(act.Caller, "account.class", account.AccountId.Value, new { From = from.ToString(), To = @class.ToString(), act.Reason }, cancellationToken);
        await classes.SetAsync(wallet, @class, Convert.ToHexStringLower(act.Occasion), cancellationToken);
        return await NowAsync(account, cancellationToken);
    }

    private async Task<(Account Account, AccountClass Class)> NowAsync(Account account, CancellationToken cancellationToken) =>
        (await accounts.FindAsync(account.AccountId, cancellationToken) ?? throw new InvalidOperationException("An account was deleted."),
            await classes.FindAsync(account.WalletId!.Value, cancellationToken));
}

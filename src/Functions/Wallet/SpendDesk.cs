using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Domain.Risk;
using WalletFunctions.Domain.Rules;
using WalletFunctions.Platform;

namespace WalletFunctions.Wallet;

/// <summary>On what terms a customer may move money: rules, device, confirmation. What stands in the book (class, counters, freezes) decides the rest.</summary>
public sealed class SpendDesk
{
    private readonly RecentAccounts accounts;
    private readonly IRulebooks rulebooks;

    internal SpendDesk(RecentAccounts accounts, IRulebooks rulebooks) => (this.accounts, this.rulebooks) = (accounts, rulebooks);

    /// <summary>The terms for a caller, or why the account may not move money at all.</summary>
    internal async Task<Result<SpendTerms>> TermsAsync(Caller caller, OperationKind operation, Confirmation confirmed, CancellationToken cancellation)
    {
        var account = await accounts.FindAsync(caller.Account, cancellation);

        // What was read may be a minute old: whether it is frozen the book decides.
        return account is { Status: AccountStatus.Active or AccountStatus.Frozen }
            ? await TermsAsync(operation, caller.DeviceId, confirmed, cancellation)
            : LedgerErrors.AccountFrozen;
    }

    /// <summary>The terms whatever the account's status: for what is only asked, or decided by staff.</summary>
    internal async Task<SpendTerms> TermsAsync(OperationKind operation, string? device, Confirmation confirmed, CancellationToken cancellation) =>
        new(operation, await rulebooks.CurrentAsync(cancellation), device, confirmed);
}

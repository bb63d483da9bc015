using WalletFunctions.Accounts;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Identity;

namespace WalletFunctions.Wallet;

/// <summary>Whether an account may move money at all. Classes, limits and risk are asked here before a move is made.</summary>
/// <param name="accounts">The accounts.</param>
public sealed class AccountGuard(RecentAccounts accounts)
{
    /// <summary>Null when it may.</summary>
    internal async Task<DomainError?> CheckAsync(AccountId account, CancellationToken cancellation) =>
        Check(await accounts.FindAsync(account, cancellation));

    /// <summary>Null when it may.</summary>
    internal static DomainError? Check(Account? account) => account?.Status is AccountStatus.Active ? null : LedgerErrors.AccountFrozen;
}

using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Wallet;

namespace WalletFunctions.Accounts.Status;

/// <summary>Which class an account is of. Its book says so, because fees, limits and risk are decided on the book's ETag: once a
/// change is answered, no decision on any host is by the class before.</summary>
/// <param name="ledger">The books.</param>
public sealed class AccountClasses(Ledger ledger)
{
    /// <summary>The class as it is stored now.</summary>
    internal async Task<AccountClass> FindAsync(WalletId wallet, CancellationToken cancellationToken) =>
        (await ledger.ReadHeadAsync(wallet, cancellationToken)).Head.Class;

    /// <summary>Puts an account into a class.</summary>
    /// <param name="occasion">The same at every repeat of one request; then nothing happens again, even if it was changed since.</param>
    /// <exception cref="LedgerUnavailableException">It could not be stored for now.</exception>
    internal async Task SetAsync(WalletId wallet, AccountClass @class, string occasion, CancellationToken cancellationToken)
    {
        var outcome = await ledger.ExecuteAsync(wallet, new BookCommand($"cls_{occasion}", new BookMove.SetClass(@class)), cancellationToken);
        if (outcome is not (Outcome.Committed or Outcome.Replayed))
        {
            throw new LedgerUnavailableException($"A class could not be changed ({outcome.GetType().Name}).");
        }
    }
}

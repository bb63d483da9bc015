using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Identity;

namespace WalletFunctions.Wallet;

/// <summary>Somebody who may be paid.</summary>
/// <param name="Wallet">Where the money goes.</param>
/// <param name="MaskedName">What the payer may see of the name.</param>
/// <param name="Name">The verified name, or where there is none the one that is shown. For comparing, never for showing.</param>
internal sealed record Payee(WalletId Wallet, string MaskedName, string Name);

/// <summary>Finds who is meant by a telephone number or a wallet id.</summary>
/// <param name="accounts">The accounts.</param>
public sealed class PayeeResolver(RecentAccounts accounts)
{
    /// <returns><c>payee_not_found</c> for nobody, for staff and for accounts that have ended: a stranger learns no more.</returns>
    internal async Task<Result<Payee>> FindAsync(PhoneNumber? phone, WalletId? wallet, CancellationToken cancellation)
    {
        var account = phone is { } number
            ? await accounts.FindPayeeAsync(number, cancellation)
            : await accounts.FindPayeeAsync(wallet!.Value, cancellation);
        return account is { WalletId: { } book, Status: not AccountStatus.Closed } ? new Payee(book, account.MaskedName, account.VerifiedName ?? account.DisplayName) : LedgerErrors.PayeeNotFound;
    }
}

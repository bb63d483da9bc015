using WalletFunctions.Domain;

namespace WalletFunctions.Accounts.Status;

/// <summary>Hears that an account was unfrozen, once its book says so. A hint, perhaps repeated: who must not miss it looks for itself.</summary>
internal interface IThawListener
{
    /// <summary>Sees to what waited for it.</summary>
    Task ThawedAsync(WalletId wallet, CancellationToken cancellationToken);
}

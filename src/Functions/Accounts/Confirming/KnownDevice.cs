using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace WalletFunctions.Accounts.Confirming;

/// <summary>
/// Whether a request comes from a device that the caller's money has moved from. From any other one the sign-in password proves
/// nothing more: whoever has stolen it has signed in with it already.
/// </summary>
public sealed class KnownDevice(Ledger ledger)
{
    /// <returns>Also true while no device is known: somebody must be the first.</returns>
    internal async Task<bool> IsKnownAsync(Caller caller, CancellationToken cancellationToken)
    {
        var devices = (await ledger.ReadHeadAsync(caller.Wallet, cancellationToken)).Head.Usage.Devices;
        return devices.IsEmpty || devices.Has(caller.DeviceId ?? "");
    }
}

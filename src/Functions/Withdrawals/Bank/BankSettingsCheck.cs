using WalletFunctions.Platform;

namespace WalletFunctions.Withdrawals.Bank;

/// <summary>Has the bank's settings read before the first call: a host that cannot reach a bank must not reserve money for it.</summary>
internal sealed class BankSettingsCheck(BankOptions options) : StartupWork
{
    public override Task StartingAsync(CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Task.CompletedTask;
    }
}

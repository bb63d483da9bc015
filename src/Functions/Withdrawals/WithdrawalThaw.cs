using WalletFunctions.Accounts.Status;
using WalletFunctions.Domain;
using WalletFunctions.Platform;

namespace WalletFunctions.Withdrawals;

/// <summary>Rings the withdrawals that could not leave while their account was frozen: they go at once, and not when they would have asked next.</summary>
/// <remarks>Only a function can be given the Durable client, so a message is left to one. One that is lost leaves it to the timer.</remarks>
internal sealed class WithdrawalThaw(WithdrawalTable table, Storage storage) : IThawListener
{
    public async Task ThawedAsync(WalletId wallet, CancellationToken cancellationToken)
    {
        await foreach (var waiting in table.OpenAsync(wallet, cancellationToken))
        {
            await WithdrawalStarter.LeaveMessageAsync(storage, waiting, wakes: true, cancellationToken);
        }
    }
}

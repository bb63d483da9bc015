using WalletFunctions.Bills;
using WalletFunctions.Domain.Merchants;
using WalletFunctions.Merchants;

namespace WalletFunctions.Sandbox;

/// <summary>Enters the demo merchants and billers into their registers where they are missing.</summary>
public sealed class DemoRegisters(MerchantRegister merchants, BillerRegister billers, TimeProvider clock)
{
    /// <summary>What an admin has changed since stays as it is.</summary>
    internal Task EnterAsync(IEnumerable<DemoPerson> people, CancellationToken cancellationToken) => Task.WhenAll(
        [
            .. people.Select(person => (Task)merchants.EnterAsync(
                new Merchant(person.AccountId, person.Name, MerchantStatus.Active, person.WalletId!.Value, clock.GetUtcNow()), "demo", cancellationToken)),
            .. DemoBillers.All.Select(biller => billers.EnterAsync(biller, cancellationToken)),
        ]);
}

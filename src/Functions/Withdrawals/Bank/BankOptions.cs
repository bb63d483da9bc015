using Microsoft.Extensions.Configuration;
using WalletFunctions.Platform;
using WalletFunctions.Platform.Partners;

namespace WalletFunctions.Withdrawals.Bank;

/// <summary>The section <c>Bank</c>: the bank that pays out.</summary>
public sealed class BankOptions : PartnerOptions
{
    internal BankOptions(IConfiguration configuration, SandboxOptions sandbox, Secrets secrets)
        : base("Bank", configuration, sandbox, secrets)
    {
    }
}

using Microsoft.Extensions.Configuration;
using WalletFunctions.Platform;
using WalletFunctions.Platform.Partners;

namespace WalletFunctions.TopUps.Acquirer;

/// <summary>The section <c>Acquirer</c>: whoever charges bank cards for us.</summary>
public sealed class AcquirerOptions : PartnerOptions
{
    internal AcquirerOptions(IConfiguration configuration, SandboxOptions sandbox, Secrets secrets)
        : base("Acquirer", configuration, sandbox, secrets)
    {
    }
}

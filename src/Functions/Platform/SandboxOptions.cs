using Microsoft.Extensions.Configuration;

namespace WalletFunctions.Platform;

/// <summary>Whether the sandbox is on: demo people, a clock that moves, counterparts of banks and mail. Never in production.</summary>
/// <param name="Enabled"><c>Sandbox:Enabled</c>.</param>
public sealed record SandboxOptions(bool Enabled)
{
    /// <exception cref="SettingsException">The sandbox is on and the storage is not on this machine.</exception>
    internal static SandboxOptions From(IConfiguration configuration)
    {
        var options = new SandboxOptions(configuration.GetValue<bool>("Sandbox:Enabled"));
        if (options.Enabled && !StorageAddress.From(configuration).IsLoopback)
        {
            throw new SettingsException("Sandbox:Enabled is true, but AzureWebJobsStorage is not on this machine. The sandbox runs only on a loopback storage.");
        }

        return options;
    }
}

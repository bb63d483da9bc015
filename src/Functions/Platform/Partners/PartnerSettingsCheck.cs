namespace WalletFunctions.Platform.Partners;

/// <summary>Has a partner's settings read before the first call: a host that cannot reach it must not take money's orders for it.</summary>
internal sealed class PartnerSettingsCheck<TOptions>(TOptions options) : StartupWork
    where TOptions : PartnerOptions
{
    public override Task StartingAsync(CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Task.CompletedTask;
    }
}

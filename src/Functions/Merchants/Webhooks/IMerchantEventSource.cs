using WalletFunctions.Domain;

namespace WalletFunctions.Merchants.Webhooks;

/// <summary>Events that are found by looking, not published as they happen, so that they cost nothing while nobody wants them.</summary>
internal interface IMerchantEventSource
{
    /// <summary>One of <see cref="MerchantEventTypes"/>.</summary>
    string Type { get; }

    /// <summary>A merchant that has not wanted these events is about to: it is told of what happens from now on. May be repeated.</summary>
    Task BeginAsync(AccountId merchant, CancellationToken cancellationToken);
}

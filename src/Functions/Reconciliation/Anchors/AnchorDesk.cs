using WalletFunctions.Accounts;
using WalletFunctions.Domain.Signing;
using WalletFunctions.Platform;

namespace WalletFunctions.Reconciliation.Anchors;

/// <summary>What outsiders may see of the anchors.</summary>
public sealed class AnchorDesk
{
    private readonly AnchorStore store;
    private readonly SigningKeys keys;

    internal AnchorDesk(AnchorStore store, SigningKeys keys) => (this.store, this.keys) = (store, keys);

    internal Task<(IReadOnlyList<KnownAnchor> Items, string? Continuation)> ListAsync(Page page, CancellationToken cancellationToken) => store.ListAsync(page, cancellationToken);

    internal Task<Stream?> OpenAsync(DateOnly day, CancellationToken cancellationToken) => store.OpenAsync(day, cancellationToken);

    internal ValueTask<PublicKeySet> KeysAsync(CancellationToken cancellationToken) => keys.Anchors.PublishedAsync(cancellationToken);
}

using WalletFunctions.Platform;

namespace WalletFunctions.Accounts;

/// <summary>The ES256 keys of the product, one ring for each purpose: what was signed for one cannot pass for another.</summary>
public sealed class SigningKeys : IDisposable
{
    internal const string TableName = "keys";

    /// <summary>Then the next key is made; what was signed before stays good.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(365);

    /// <param name="storage">Holds the rings in table <c>keys</c>.</param>
    /// <param name="vault">Seals the private halves.</param>
    /// <param name="clock">The machine's: what the sandbox does to business time is nothing to keys.</param>
    public SigningKeys(Storage storage, Vault vault, MachineClock clock)
    {
        AccessTokens = new SigningKeyRing(storage, vault, clock, "access-tokens", lifetime: null);
        Vouchers = new SigningKeyRing(storage, vault, clock, "vouchers", Lifetime);
        Anchors = new SigningKeyRing(storage, vault, clock, "anchors", Lifetime);
    }

    /// <summary>Signs access tokens. They live for minutes and only we read them, so the ring has one key.</summary>
    internal SigningKeyRing AccessTokens { get; }

    /// <summary>Signs vouchers, which anybody may verify at any time.</summary>
    internal SigningKeyRing Vouchers { get; }

    /// <summary>Signs the daily anchors of the books.</summary>
    internal SigningKeyRing Anchors { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        AccessTokens.Dispose();
        Vouchers.Dispose();
        Anchors.Dispose();
    }
}

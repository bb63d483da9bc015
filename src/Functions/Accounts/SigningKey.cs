using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;
using WalletFunctions.Domain.Signing;

namespace WalletFunctions.Accounts;

/// <summary>A key pair of a ring.</summary>
/// <param name="published">The public half.</param>
/// <param name="activeFrom">When it begins to sign, on the machine's clock.</param>
/// <param name="open">Unseals the private half (PKCS 8); asked once, when it is first needed.</param>
internal sealed class SigningKey(PublicKey published, DateTimeOffset activeFrom, Func<byte[]> open)
{
    private readonly Lock signing = new();
    private readonly Lazy<ECDsaSecurityKey> pair = new(() =>
    {
        var ecdsa = ECDsa.Create();
        ecdsa.ImportPkcs8PrivateKey(open(), out _);
        return new ECDsaSecurityKey(ecdsa) { KeyId = published.Kid };
    });

    public PublicKey Public => published;

    public DateTimeOffset ActiveFrom => activeFrom;

    /// <summary>With its private half, for whoever brings its own way of signing.</summary>
    public ECDsaSecurityKey Pair => pair.Value;

    /// <summary>Signs in the compact form.</summary>
    /// <param name="type">See <see cref="CompactJws.Sign"/>.</param>
    public string Sign(string type, ReadOnlySpan<byte> payload)
    {
        // One key object is not promised to serve several threads.
        lock (signing)
        {
            return CompactJws.Sign(Pair.ECDsa, published.Kid, type, payload);
        }
    }
}

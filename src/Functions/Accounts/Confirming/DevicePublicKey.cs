using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace WalletFunctions.Accounts.Confirming;

/// <summary>A device's P-256 public key, as clients send it, and what it signs.</summary>
/// <param name="Spki">SubjectPublicKeyInfo (RFC 5280, 4.1.2.7), DER.</param>
internal sealed record DevicePublicKey(byte[] Spki)
{
    private const string P256 = "1.2.840.10045.3.1.7"; // RFC 5480, 2.1.1.1
    private const int CoordinateBytes = 32;
    private const int FixedSignatureBytes = 2 * CoordinateBytes;

    /// <summary>Reads SPKI in base64, base64url, or PEM armour.</summary>
    /// <returns>Null where it is no point of P-256.</returns>
    public static DevicePublicKey? FromSpki(string text)
    {
        var body = string.Concat(text.Split('\n', StringSplitOptions.TrimEntries).Where(line => !line.StartsWith("-----", StringComparison.Ordinal)));
        if (Decode(body) is not { } bytes)
        {
            return null;
        }

        using var key = ECDsa.Create();
        try
        {
            key.ImportSubjectPublicKeyInfo(bytes, out var read);
            return read == bytes.Length ? Of(key) : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Reads the members of a JWK (RFC 7518, 6.2.1).</summary>
    /// <returns>Null where it is no point of P-256.</returns>
    public static DevicePublicKey? FromJwk(string kty, string crv, string x, string y)
    {
        if (kty != "EC" || crv != "P-256" || Decode(x) is not { Length: CoordinateBytes } xBytes || Decode(y) is not { Length: CoordinateBytes } yBytes)
        {
            return null;
        }

        try
        {
            using var key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = xBytes, Y = yBytes } });
            return Of(key);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>
    /// Whether a text was signed with this key: ES256 (ECDSA on P-256 over SHA-256) over the text's UTF-8 bytes, in base64 or
    /// base64url, as 64 bytes r‖s (RFC 7518, 3.4) or as DER (RFC 3279, 2.2.3), which is what Android's key store makes.
    /// </summary>
    public bool HasSigned(string text, string signature)
    {
        if (Decode(signature) is not { Length: > 0 } bytes)
        {
            return false;
        }

        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(Spki, out _);
        var data = Encoding.UTF8.GetBytes(text);
        return (bytes.Length == FixedSignatureBytes && key.VerifyData(data, bytes, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation))
            || key.VerifyData(data, bytes, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }

    private static DevicePublicKey? Of(ECDsa key) =>
        key.ExportParameters(includePrivateParameters: false).Curve.Oid?.Value == P256 ? new DevicePublicKey(key.ExportSubjectPublicKeyInfo()) : null;

    private static byte[]? Decode(string text)
    {
        var url = text.TrimEnd('=').Replace('+', '-').Replace('/', '_');
        return Base64Url.IsValid(url) ? Base64Url.DecodeFromChars(url) : null;
    }
}

using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace WalletFunctions.Domain.Signing;

/// <summary>The public half of an ES256 key, as a JSON Web Key (RFC 7517).</summary>
/// <param name="Kty">Always <c>EC</c>.</param>
/// <param name="Crv">Always <c>P-256</c>.</param>
/// <param name="X">32 bytes, base64url.</param>
/// <param name="Y">32 bytes, base64url.</param>
/// <param name="Kid">Names the key in what it signs; here its thumbprint (RFC 7638).</param>
/// <param name="Use">Always <c>sig</c>.</param>
/// <param name="Alg">Always <c>ES256</c>.</param>
public sealed record PublicKey(string Kty, string Crv, string X, string Y, string Kid, string Use, string Alg)
{
    /// <summary>The JSON Web Key of a key's public half.</summary>
    public static PublicKey Of(ECParameters key)
    {
        var (x, y) = (Base64Url.EncodeToString(key.Q.X), Base64Url.EncodeToString(key.Q.Y));
        // RFC 7638, 3: the required members alone, in alphabetical order, without a space.
        var form = $$"""{"crv":"P-256","kty":"EC","x":"{{x}}","y":"{{y}}"}""";
        return new PublicKey("EC", "P-256", x, y, Base64Url.EncodeToString(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(form))), "sig", "ES256");
    }

    /// <summary>The key, for checking signatures; null when this is no point of the curve. To be disposed.</summary>
    public ECDsa? Open()
    {
        if (Kty != "EC" || Crv != "P-256" || !Base64Url.IsValid(X) || !Base64Url.IsValid(Y))
        {
            return null;
        }

        try
        {
            var point = new ECPoint { X = Base64Url.DecodeFromChars(X), Y = Base64Url.DecodeFromChars(Y) };
            return ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = point });
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}

/// <summary>Public keys as they are published: a JSON Web Key Set (RFC 7517, 5).</summary>
/// <param name="Keys">Every key that ever signed; retired ones stay.</param>
public sealed record PublicKeySet(IReadOnlyList<PublicKey> Keys)
{
    /// <summary>Reads a key set. Keys of other kinds are passed over, as RFC 7517 asks.</summary>
    /// <returns>Null when the text is no key set.</returns>
    public static PublicKeySet? Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("keys", out var keys) && keys.ValueKind == JsonValueKind.Array
                ? new PublicKeySet([.. keys.EnumerateArray().Select(Read).OfType<PublicKey>()])
                : null;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // Not JSON; or text in it that is not Unicode, which is found only when it is read.
            return null;
        }
    }

    private static PublicKey? Read(JsonElement key)
    {
        if (key.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        string? Member(string name) => key.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return (Member("kty"), Member("crv"), Member("x"), Member("y"), Member("kid"), Member("use") ?? "sig", Member("alg") ?? "ES256") is
            ("EC", "P-256", { } x, { } y, { } kid, "sig", "ES256")
            ? new PublicKey("EC", "P-256", x, y, kid, "sig", "ES256")
            : null;
    }
}

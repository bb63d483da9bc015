using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace WalletFunctions.Platform.Partners;

/// <summary>Signatures by the Standard Webhooks specification 1.0: HMAC-SHA256 over <c>id.timestamp.body</c>.</summary>
internal static class StandardWebhook
{
    public const string IdHeader = "webhook-id";
    public const string TimestampHeader = "webhook-timestamp";
    public const string SignatureHeader = "webhook-signature";

    /// <summary>Longer ids are refused: they are stored.</summary>
    public const int MaxId = 128;

    private const int MaxSignatures = 10;

    /// <summary>The tolerance that the specification's libraries use.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    /// <summary>The signature, as the header carries it.</summary>
    public static string Sign(ReadOnlySpan<byte> key, string id, long unixSeconds, ReadOnlySpan<byte> body)
    {
        var head = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{unixSeconds}."));
        return "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, [.. head, .. body]));
    }

    /// <summary>The message's id if its signature is right and fresh, else null. Compares in constant time.</summary>
    /// <param name="machineNow">The machine clock: a moved business clock must not make old messages fresh.</param>
    public static string? Verify(ReadOnlySpan<byte> key, IHeaderDictionary headers, ReadOnlySpan<byte> body, DateTimeOffset machineNow)
    {
        var id = headers[IdHeader].ToString();
        if (id.Length is 0 or > MaxId
            || !id.All(c => c is > ' ' and <= '~')
            || !long.TryParse(headers[TimestampHeader].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var unixSeconds)
            || !RequestSignature.IsFresh(unixSeconds, machineNow, Window))
        {
            return null;
        }

        // Several signatures, separated by spaces, while a secret is being changed.
        var expected = Encoding.UTF8.GetBytes(Sign(key, id, unixSeconds, body));
        var signatures = headers[SignatureHeader].ToString().Split(' ', MaxSignatures + 1);
        var matches = false;
        foreach (var signature in signatures.Take(MaxSignatures))
        {
            matches |= CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(signature), expected);
        }

        return matches ? id : null;
    }
}

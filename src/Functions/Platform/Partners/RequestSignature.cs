using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace WalletFunctions.Platform.Partners;

/// <summary>The signature on requests to a bank or an acquirer: HMAC-SHA256 over method, path, time and body, so that none can be changed or replayed later.</summary>
internal static class RequestSignature
{
    public const string TimestampHeader = "Wallet-Timestamp";
    public const string SignatureHeader = "Wallet-Signature";

    /// <summary>How old, or how far ahead, a signed request may be.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    /// <summary>The signature, as the header carries it.</summary>
    /// <param name="path">Percent-encoded, with a leading slash; without host and query.</param>
    /// <param name="unixSeconds">By the machine clock.</param>
    public static string Sign(ReadOnlySpan<byte> key, string method, string path, long unixSeconds, ReadOnlySpan<byte> body)
    {
        var head = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{method}\n{path}\n{unixSeconds}\n"));
        return "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, [.. head, .. body]));
    }

    /// <summary>Whether a signature is ours and fresh. Compares in constant time.</summary>
    public static bool IsValid(
        ReadOnlySpan<byte> key, string method, string path, string? timestamp, string? signature, ReadOnlySpan<byte> body, DateTimeOffset machineNow) =>
        long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var unixSeconds)
        && IsFresh(unixSeconds, machineNow, Window)
        && signature is not null
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(signature), Encoding.UTF8.GetBytes(Sign(key, method, path, unixSeconds, body)));

    internal static bool IsFresh(long unixSeconds, DateTimeOffset machineNow, TimeSpan window)
    {
        // Compared as numbers: a wild timestamp must not overflow a date.
        var now = machineNow.ToUnixTimeSeconds();
        return unixSeconds >= now - (long)window.TotalSeconds && unixSeconds <= now + (long)window.TotalSeconds;
    }
}

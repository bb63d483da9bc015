using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using WalletFunctions.Domain.Signing;

namespace WalletFunctions.Domain.Reconciliation;

/// <summary>What is signed of a day: all books' last entries by one hash, and the statement of the anchor before.</summary>
/// <param name="Day">The day in Asia/Shanghai that has ended.</param>
/// <param name="AsOf">The moment it ended; an entry of this very moment belongs to the next day.</param>
/// <param name="Books">How many lines follow.</param>
/// <param name="LinesSha256">The SHA-256 of the lines, each with its line feed: 64 lower-case hexadecimal characters.</param>
/// <param name="Previous">The <see cref="HashOf"/> of the anchor before; null in the first.</param>
public sealed record AnchorStatement(DateOnly Day, DateTimeOffset AsOf, long Books, string LinesSha256, string? Previous)
{
    /// <summary>The <c>typ</c> of its signature.</summary>
    public const string Type = "wallet-anchor+jws";

    private const int Version = 1;

    /// <summary>The exact bytes to sign.</summary>
    public byte[] ToPayload() => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
        $$"""{"v":{{Version}},"day":"{{Day:yyyy-MM-dd}}","asOf":"{{AsOf.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}}","books":{{Books}},"linesSha256":"{{LinesSha256}}","previous":{{(Previous is null ? "null" : $"\"{Previous}\"")}}}"""));

    /// <summary>What the next anchor links to: the SHA-256 of the signed statement, 64 lower-case hexadecimal characters.</summary>
    /// <param name="jws">The statement in the compact form of RFC 7515.</param>
    public static string HashOf(string jws) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(jws)));

    /// <summary>Reads a signed statement.</summary>
    /// <param name="jws">The compact form.</param>
    /// <param name="keys">The published keys.</param>
    /// <param name="fault">Why it is not accepted.</param>
    /// <returns>Null when its signature does not hold, or it is no statement.</returns>
    public static AnchorStatement? Read(string jws, PublicKeySet keys, out JwsFault fault)
    {
        var check = CompactJws.Check(jws, Type, keys);
        fault = check.Fault;
        if (check.Payload is not { } payload)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(payload);
            var root = document.RootElement;
            return root.GetProperty("v").GetInt32() != Version ? null : new AnchorStatement(
                DateOnly.ParseExact(root.GetProperty("day").GetString()!, "yyyy-MM-dd", CultureInfo.InvariantCulture),
                root.GetProperty("asOf").GetDateTimeOffset(),
                root.GetProperty("books").GetInt64(),
                root.GetProperty("linesSha256").GetString()!,
                root.GetProperty("previous").GetString());
        }
        catch (Exception e) when (e is JsonException or FormatException or KeyNotFoundException or InvalidOperationException)
        {
            fault = JwsFault.OtherKind;
            return null;
        }
    }
}

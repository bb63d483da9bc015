using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using WalletFunctions.Domain;
using WalletFunctions.Platform;

namespace WalletFunctions.Accounts;

/// <summary>
/// A refresh token says which session and which generation it is, under a keyed hash. So an old token is told from a
/// made-up one without keeping any, and the same generation is always the same text.
/// </summary>
internal sealed record RefreshToken(AccountId Account, string SessionId, long Generation)
{
    private const string Prefix = "rt_";
    private const int MaxLength = 400;

    public string Write(Secrets secrets)
    {
        var text = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Account.Value}.{SessionId}.{Generation}"));
        return Prefix + Base64Url.EncodeToString([.. Mac(secrets, text), .. text]);
    }

    public static RefreshToken? Read(Secrets secrets, string token)
    {
        if (token.Length > MaxLength || !token.StartsWith(Prefix, StringComparison.Ordinal) || !Base64Url.IsValid(token.AsSpan(Prefix.Length)))
        {
            return null;
        }

        var bytes = Base64Url.DecodeFromChars(token.AsSpan(Prefix.Length));
        if (bytes.Length <= HMACSHA256.HashSizeInBytes)
        {
            return null;
        }

        var text = bytes[HMACSHA256.HashSizeInBytes..];
        if (!CryptographicOperations.FixedTimeEquals(bytes.AsSpan(0, HMACSHA256.HashSizeInBytes), Mac(secrets, text)))
        {
            return null;
        }

        var parts = Encoding.UTF8.GetString(text).Split('.');
        return new RefreshToken(AccountId.Of(parts[0]), parts[1], long.Parse(parts[2], CultureInfo.InvariantCulture));
    }

    private static byte[] Mac(Secrets secrets, byte[] text) => HMACSHA256.HashData(secrets.Key("refresh-tokens"), text);
}

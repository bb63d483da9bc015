using System.Security.Cryptography;
using System.Text;

namespace Azure.Storage.Shared;

/// <summary>An account key, and the signatures it makes: base64(HMAC-SHA256(key, UTF-8 text)).</summary>
internal sealed class SigningKey(string accountKey)
{
    private readonly byte[] _key = Convert.FromBase64String(accountKey);

    public string Sign(string text)
    {
        Span<byte> utf8 = text.Length <= 512 ? stackalloc byte[text.Length * 3] : new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        var length = Encoding.UTF8.GetBytes(text, utf8);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, utf8[..length], hash);
        return Convert.ToBase64String(hash);
    }
}

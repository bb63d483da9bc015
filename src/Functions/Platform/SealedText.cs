using System.Security.Cryptography;
using System.Text;

namespace WalletFunctions.Platform;

/// <summary>A text that is stored encrypted (AES-256-GCM, base64 of nonce, tag and cipher text) and bound to its place: put elsewhere, it does not open.</summary>
internal static class SealedText
{
    private const int NonceBytes = 12; // NIST SP 800-38D, 5.2.1.1
    private const int TagBytes = 16;

    public static string Seal(byte[] key, string place, string text)
    {
        var plain = Encoding.UTF8.GetBytes(text);
        var sealedText = new byte[NonceBytes + TagBytes + plain.Length];
        RandomNumberGenerator.Fill(sealedText.AsSpan(0, NonceBytes));
        using var cipher = new AesGcm(key, TagBytes);
        cipher.Encrypt(sealedText.AsSpan(0, NonceBytes), plain, sealedText.AsSpan(NonceBytes + TagBytes), sealedText.AsSpan(NonceBytes, TagBytes), Encoding.UTF8.GetBytes(place));
        return Convert.ToBase64String(sealedText);
    }

    /// <exception cref="CryptographicException">It was sealed with another key or for another place, or was changed.</exception>
    public static string Open(byte[] key, string place, string sealedText)
    {
        var bytes = Convert.FromBase64String(sealedText);
        var plain = new byte[bytes.Length - NonceBytes - TagBytes];
        using var cipher = new AesGcm(key, TagBytes);
        cipher.Decrypt(bytes.AsSpan(0, NonceBytes), bytes.AsSpan(NonceBytes + TagBytes), bytes.AsSpan(NonceBytes, TagBytes), plain, Encoding.UTF8.GetBytes(place));
        return Encoding.UTF8.GetString(plain);
    }
}

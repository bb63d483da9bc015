using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;

namespace WalletFunctions.Platform;

/// <summary>Derives the keys of the product (look-ups, fingerprints, cursors, signatures) from one configured secret.</summary>
public sealed class Secrets
{
    private const int KeyBytes = 32;

    private readonly byte[] root;
    private readonly ConcurrentDictionary<string, byte[]> keys = new(StringComparer.Ordinal);

    internal Secrets(byte[] root) => this.root = root;

    /// <summary>The key of one purpose: 32 bytes, the same on every host. Not to be changed by whoever gets it.</summary>
    public byte[] Key(string purpose) =>
        keys.GetOrAdd(purpose, p => HKDF.DeriveKey(HashAlgorithmName.SHA256, root, KeyBytes, salt: null, info: Encoding.UTF8.GetBytes("wallet/" + p)));

    /// <summary>A keyed hash, for look-up rows of personal data: 40 hexadecimal characters.</summary>
    public string Lookup(string purpose, string value) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Key(purpose), Encoding.UTF8.GetBytes(value)).AsSpan(0, 20));

    internal static Secrets From(IConfiguration configuration, SandboxOptions sandbox)
    {
        var text = configuration["Secrets:Root"];
        if (string.IsNullOrEmpty(text))
        {
            // A developer's machine holds made-up people only; a fixed value keeps its data readable over restarts.
            return sandbox.Enabled
                ? new Secrets(SHA256.HashData("the sandbox has no secrets"u8))
                : throw new SettingsException("Set Secrets:Root to 32 random bytes in base64 (for example from `openssl rand -base64 32`).");
        }

        var bytes = new byte[KeyBytes];
        return Convert.TryFromBase64String(text, bytes, out var length) && length == KeyBytes
            ? new Secrets(bytes)
            : throw new SettingsException("Secrets:Root must be exactly 32 bytes in base64.");
    }
}

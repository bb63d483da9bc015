using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace WalletFunctions.Domain.Identity;

/// <summary>Time-based one-time passwords (RFC 6238): HMAC-SHA-1, 6 digits, steps of 30 seconds, as authenticator apps make them.</summary>
public static class Totp
{
    /// <summary>Bytes of a new secret: the length of the hash, as RFC 4226, section 4, recommends.</summary>
    public const int SecretBytes = 20;

    private const int StepSeconds = 30;
    private const int Digits = 6;
    private const int Modulus = 1_000_000;

    /// <summary>The step that a moment lies in.</summary>
    public static long StepAt(DateTimeOffset now) => now.ToUnixTimeSeconds() / StepSeconds;

    /// <summary>The code of one step.</summary>
    public static string CodeAt(ReadOnlySpan<byte> secret, long step)
    {
        Span<byte> counter = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> mac = stackalloc byte[HMACSHA1.HashSizeInBytes];
#pragma warning disable CA5350 // RFC 6238's default, and the only hash that all authenticator apps know; HMAC does not need collision resistance
        HMACSHA1.HashData(secret, counter, mac);
#pragma warning restore CA5350
        var offset = mac[^1] & 15;
        var number = BinaryPrimitives.ReadInt32BigEndian(mac[offset..]) & int.MaxValue;
        return (number % Modulus).ToString(CultureInfo.InvariantCulture).PadLeft(Digits, '0');
    }

    /// <summary>Checks a code against the present step and one on either side, for clocks that drift.</summary>
    /// <param name="secret">The secret shared with the person's device.</param>
    /// <param name="code">What was typed.</param>
    /// <param name="now">Machine time.</param>
    /// <param name="lastStep">The newest step already used; it and older ones are refused, so a code works once.</param>
    /// <returns>The step to remember as used; null if the code is wrong.</returns>
    public static long? Verify(ReadOnlySpan<byte> secret, string code, DateTimeOffset now, long lastStep)
    {
        long? matched = null;
        var typed = System.Text.Encoding.UTF8.GetBytes(code);
        for (var step = StepAt(now) - 1; step <= StepAt(now) + 1; step++)
        {
            var expected = System.Text.Encoding.UTF8.GetBytes(CodeAt(secret, step));
            if (CryptographicOperations.FixedTimeEquals(expected, typed) && step > lastStep)
            {
                matched ??= step;
            }
        }

        return matched;
    }
}

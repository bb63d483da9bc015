using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace WalletFunctions.Domain;

/// <summary>An opaque, prefixed, sortable id: a prefix, then 26 characters of Crockford's base 32.</summary>
/// <typeparam name="TSelf">The id itself.</typeparam>
public interface IId<TSelf>
    where TSelf : struct, IId<TSelf>
{
    /// <summary>The prefix, with its underscore: <c>wal_</c>.</summary>
    static abstract string Prefix { get; }

    /// <summary>The whole id. <c>default</c> holds null and stands for no id; parsing never yields it.</summary>
    string Value { get; }

    /// <summary>Wraps a value that is known to be well formed.</summary>
    static abstract TSelf Of(string value);
}

/// <summary>Makes and reads ids. The first 10 characters are the time in milliseconds, so ids sort by age; 16 follow by chance.</summary>
public static class Id
{
    /// <summary>The bytes of chance (or of seed) that an id holds: 80 bits.</summary>
    public const int RandomBytes = 10;

    private const int Characters = 26;
    private const int TimeCharacters = 10;

    /// <summary>Crockford's alphabet in lower case: no i, l, o, u.</summary>
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    private static readonly SearchValues<char> Allowed = SearchValues.Create(Alphabet);

    /// <summary>Makes a new id from a moment and chance.</summary>
    /// <param name="now">1970 to 10889, else <see cref="ArgumentOutOfRangeException"/>.</param>
    /// <param name="random">At least <see cref="RandomBytes"/> bytes; more are ignored.</param>
    public static T New<T>(DateTimeOffset now, ReadOnlySpan<byte> random)
        where T : struct, IId<T>
    {
        var milliseconds = now.ToUnixTimeMilliseconds();
        ArgumentOutOfRangeException.ThrowIfNegative(milliseconds, nameof(now));
        ArgumentOutOfRangeException.ThrowIfLessThan(random.Length, RandomBytes, nameof(random));
        Span<char> text = stackalloc char[Characters];
        for (var i = TimeCharacters - 1; i >= 0; i--)
        {
            text[i] = Alphabet[(int)(milliseconds & 31)];
            milliseconds >>= 5;
        }

        for (var i = 0; i < Characters - TimeCharacters; i++)
        {
            text[TimeCharacters + i] = Alphabet[FiveBits(random, i * 5)];
        }

        return T.Of(string.Concat(T.Prefix, text));
    }

    /// <summary>Makes the one id that belongs to a seed, so that a repeated request names the same thing.</summary>
    /// <param name="at">The moment the id sorts by; must be the same at every repeat.</param>
    /// <param name="seed">Any bytes; hashed.</param>
    public static T From<T>(DateTimeOffset at, ReadOnlySpan<byte> seed)
        where T : struct, IId<T>
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(seed, hash);
        return New<T>(at, hash);
    }

    /// <summary>Reads an id that came from outside. Only the exact form is accepted.</summary>
    public static bool TryParse<T>([NotNullWhen(true)] string? text, out T id)
        where T : struct, IId<T>
    {
        id = default;
        if (text is null || text.Length != T.Prefix.Length + Characters || !text.StartsWith(T.Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        if (text.AsSpan(T.Prefix.Length).ContainsAnyExcept(Allowed))
        {
            return false;
        }

        id = T.Of(text);
        return true;
    }

    private static int FiveBits(ReadOnlySpan<byte> bytes, int bit)
    {
        var pair = (bytes[bit / 8] << 8) | (bit / 8 + 1 < bytes.Length ? bytes[(bit / 8) + 1] : 0);
        return (pair >> (11 - (bit % 8))) & 31;
    }
}

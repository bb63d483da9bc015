using System.Security.Cryptography;
using System.Text;

namespace WalletFunctions.Domain.Limits;

/// <summary>The latest few things that were seen (payees, devices), as four bytes of hash each: enough to tell new from known, too little to tell who.</summary>
/// <remarks><c>default</c> has seen nothing. Two things share a hash once in four thousand million; then a new one passes for known.</remarks>
public readonly struct SeenRing : IEquatable<SeenRing>
{
    private const int Size = 4;

    private readonly byte[]? hashes;

    private SeenRing(byte[] hashes) => this.hashes = hashes;

    /// <summary>Whether nothing was seen yet.</summary>
    public bool IsEmpty => Bytes.IsEmpty;

    /// <summary>As stored: the latest first.</summary>
    public ReadOnlySpan<byte> Bytes => hashes;

    /// <summary>Reads what <see cref="Bytes"/> gave.</summary>
    public static SeenRing From(ReadOnlySpan<byte> bytes) => bytes.IsEmpty ? default : new SeenRing(bytes.ToArray());

    /// <summary>Whether it was seen.</summary>
    public bool Has(string thing)
    {
        Span<byte> hash = stackalloc byte[Size];
        Hash(thing, hash);
        return Find(hash) >= 0;
    }

    /// <summary>With it as the latest; the one seen longest ago goes when there are more than <paramref name="most"/>.</summary>
    public SeenRing With(string thing, int most)
    {
        Span<byte> hash = stackalloc byte[Size];
        Hash(thing, hash);
        var at = Find(hash);
        if (at == 0)
        {
            return this;
        }

        var rest = Bytes;
        var before = at < 0 ? rest[..Math.Min(rest.Length, (most - 1) * Size)] : rest[..at];
        var after = at < 0 ? [] : rest[(at + Size)..];
        return new SeenRing([.. hash, .. before, .. after]);
    }

    /// <inheritdoc/>
    public bool Equals(SeenRing other) => Bytes.SequenceEqual(other.Bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is SeenRing other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Bytes);
        return hash.ToHashCode();
    }

    /// <summary>Whether both have seen the same in the same order.</summary>
    public static bool operator ==(SeenRing left, SeenRing right) => left.Equals(right);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(SeenRing left, SeenRing right) => !left.Equals(right);

    private int Find(ReadOnlySpan<byte> hash)
    {
        for (var i = 0; i < Bytes.Length; i += Size)
        {
            if (Bytes.Slice(i, Size).SequenceEqual(hash))
            {
                return i;
            }
        }

        return -1;
    }

    private static void Hash(string thing, Span<byte> four)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(thing), hash);
        hash[..Size].CopyTo(four);
    }
}

using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace WalletFunctions.Reconciliation;

/// <summary>Whether two sides hold the same things, in fixed memory and in whatever order they come. Thread-safe.</summary>
/// <remarks>
/// Each thing of one side adds a hash of its key and value to one of many buckets, each of the other side takes it away. A bucket
/// whose things all pair is zero again; that others are zero by chance has a probability of 2^-64, and by intent none, for the
/// hash is salted anew each time. What is in the other buckets is then looked at one by one.
/// </remarks>
internal sealed class Tally(int buckets)
{
    private const int SaltBytes = 16;

    private readonly ulong[] sums = new ulong[buckets];
    private readonly byte[] salt = RandomNumberGenerator.GetBytes(SaltBytes);

    public bool IsEven => sums.All(sum => sum == 0);

    /// <param name="key">What it is; things of one key are looked at together.</param>
    /// <param name="value">How much, or which.</param>
    /// <param name="aspect">What of it; aspects of one key stand in one bucket and never make up for each other.</param>
    public void Add(string key, long value, int aspect = 0)
    {
        var (bucket, hash) = Hash(key, value, aspect);
        Interlocked.Add(ref sums[bucket], hash);
    }

    /// <summary>The other side's <see cref="Add"/>.</summary>
    public void Take(string key, long value, int aspect = 0)
    {
        var (bucket, hash) = Hash(key, value, aspect);
        Interlocked.Add(ref sums[bucket], unchecked(0 - hash));
    }

    /// <summary>Whether a key stands in a bucket that is not even.</summary>
    public bool IsOff(string key) => sums[Hash(key, 0, 0).Bucket] != 0;

    private (int Bucket, ulong Hash) Hash(string key, long value, int aspect)
    {
        const int small = 256;
        var size = SaltBytes + Encoding.UTF8.GetMaxByteCount(key.Length);
        var text = size <= small ? stackalloc byte[small] : new byte[size];
        salt.CopyTo(text);
        var length = SaltBytes + Encoding.UTF8.GetBytes(key, text[SaltBytes..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..length], hash);

        // The bucket is the key's alone, so that things of one key and different values are found together.
        var bucket = (int)(BinaryPrimitives.ReadUInt32LittleEndian(hash) % (uint)sums.Length);
        BinaryPrimitives.WriteInt64LittleEndian(hash[^sizeof(long)..], value);
        hash[0] = (byte)aspect;
        Span<byte> both = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(hash, both);
        return (bucket, BinaryPrimitives.ReadUInt64LittleEndian(both));
    }
}

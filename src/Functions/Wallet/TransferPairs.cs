using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using WalletFunctions.Domain.Books;

namespace WalletFunctions.Wallet;

/// <summary>A transfer whose legs do not cancel out.</summary>
/// <param name="Operation">The operation both legs share.</param>
/// <param name="Debits">How many debits there are.</param>
/// <param name="Credits">How many credits there are.</param>
/// <param name="Amount">Debits less credits, in minor units.</param>
internal sealed record UnpairedTransfer(string Operation, int Debits, int Credits, long Amount);

/// <summary>Pairs the debits and credits of all books in fixed memory.</summary>
/// <remarks>
/// Each leg adds (a debit) or takes away (a credit) a hash of its operation and amount in one of many buckets. A bucket whose
/// legs all pair is zero again; that others are zero by chance has a probability of 2^-64. The rest is collected one by one.
/// </remarks>
internal sealed class TransferPairs
{
    private const int Buckets = 4096;

    private readonly ulong[] sums = new ulong[Buckets];
    private readonly Dictionary<string, UnpairedTransfer> collected = new(StringComparer.Ordinal);

    public bool AllPaired => sums.All(sum => sum == 0);

    /// <summary>First round: every leg of every book.</summary>
    public void Count(Entry entry)
    {
        var (bucket, hash, _) = Leg(entry);
        unchecked
        {
            sums[bucket] += EntryKinds.IsOut(entry.Kind) ? hash : 0 - hash;
        }
    }

    /// <summary>Second round: every leg again; those of unbalanced buckets are kept until their other leg comes.</summary>
    public void Collect(Entry entry)
    {
        var (bucket, _, amount) = Leg(entry);
        if (sums[bucket] == 0)
        {
            return;
        }

        var operation = Operations.TransferOf(entry.Operation);
        var sofar = collected.GetValueOrDefault(operation) ?? new UnpairedTransfer(operation, 0, 0, 0);
        var now = EntryKinds.IsOut(entry.Kind)
            ? sofar with { Debits = sofar.Debits + 1, Amount = sofar.Amount + amount }
            : sofar with { Credits = sofar.Credits + 1, Amount = sofar.Amount - amount };
        if (now is { Debits: 1, Credits: 1, Amount: 0 })
        {
            collected.Remove(operation);
        }
        else
        {
            collected[operation] = now;
        }
    }

    /// <summary>What is left.</summary>
    public IEnumerable<UnpairedTransfer> Unpaired() => collected.Values;

    private static (int Bucket, ulong Hash, long Amount) Leg(Entry entry)
    {
        var amount = entry.Moved(BookAccount.InTransit);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(Operations.TransferOf(entry.Operation)), hash);
        var bucket = BinaryPrimitives.ReadUInt16LittleEndian(hash) % Buckets;
        BinaryPrimitives.WriteInt64LittleEndian(hash, amount);
        Span<byte> both = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(hash, both);
        return (bucket, BinaryPrimitives.ReadUInt64LittleEndian(both), amount);
    }
}

using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace WalletFunctions.Domain.Books;

/// <summary>One committed change of a book: append-only, numbered without gaps, chained by hash.</summary>
/// <param name="Wallet">The book's wallet.</param>
/// <param name="Number">1, 2, 3, … within the book.</param>
/// <param name="At">Never before the previous entry's, nor, for a credit, before its debit's.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Operation">The operation it belongs to; both legs of a transfer share it.</param>
/// <param name="Postings">The money moved within the book.</param>
/// <param name="Party">Who was on the other side, if anybody.</param>
/// <param name="Note">What the payer wrote, if anything.</param>
/// <param name="AvailableAfter">Available after this entry, in minor units.</param>
/// <param name="HeldAfter">Held after this entry, in minor units.</param>
/// <param name="PreviousHash">The hash of the entry before; empty at the first.</param>
public sealed record Entry(
    WalletId Wallet,
    long Number,
    DateTimeOffset At,
    EntryKind Kind,
    string Operation,
    IReadOnlyList<Posting> Postings,
    Party? Party,
    string? Note,
    long AvailableAfter,
    long HeldAfter,
    ReadOnlyMemory<byte> PreviousHash)
{
    private const byte HashVersion = 1;

    /// <summary>The SHA-256 of this entry's canonical form, 32 bytes.</summary>
    /// <remarks>
    /// The canonical form: the byte 1 (its version), then number, UTC ticks, kind, available after and held after as
    /// 8-byte big-endian integers, then wallet, operation, postings (<see cref="Posting.Format"/>), party's wallet,
    /// party's name, note and the previous hash, each as a 4-byte big-endian length and that many bytes of UTF-8.
    /// What is absent has length 0. Lengths come first, so no two entries share a form.
    /// </remarks>
    public byte[] Hash()
    {
        using var form = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> fixedPart = stackalloc byte[1 + (5 * sizeof(long))];
        fixedPart[0] = HashVersion;
        BinaryPrimitives.WriteInt64BigEndian(fixedPart[1..], Number);
        BinaryPrimitives.WriteInt64BigEndian(fixedPart[9..], At.UtcTicks);
        BinaryPrimitives.WriteInt64BigEndian(fixedPart[17..], (long)Kind);
        BinaryPrimitives.WriteInt64BigEndian(fixedPart[25..], AvailableAfter);
        BinaryPrimitives.WriteInt64BigEndian(fixedPart[33..], HeldAfter);
        form.AppendData(fixedPart);
        Append(form, Wallet.Value);
        Append(form, Operation);
        Append(form, Posting.Format(Postings));
        Append(form, Party?.Wallet?.Value);
        Append(form, Party?.Name);
        Append(form, Note);
        Append(form, PreviousHash.Span);
        return form.GetHashAndReset();
    }

    /// <summary>How much this entry moved into or out of an account, in minor units; 0 when it did not touch it.</summary>
    public long Moved(BookAccount account)
    {
        var moved = 0L;
        for (var i = 0; i < Postings.Count; i++)
        {
            moved += Postings[i].To == account ? Postings[i].Amount : Postings[i].From == account ? -Postings[i].Amount : 0;
        }

        return Math.Abs(moved);
    }

    private static void Append(IncrementalHash form, string? text)
    {
        const int small = 512;
        text ??= "";
        var bytes = Encoding.UTF8.GetMaxByteCount(text.Length) <= small ? stackalloc byte[small] : new byte[Encoding.UTF8.GetByteCount(text)];
        Append(form, bytes[..Encoding.UTF8.GetBytes(text, bytes)]);
    }

    private static void Append(IncrementalHash form, ReadOnlySpan<byte> bytes)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
        form.AppendData(length);
        form.AppendData(bytes);
    }
}

/// <summary>The other side of an entry, as it was called then.</summary>
/// <param name="Wallet">Its wallet, when it is one of ours.</param>
/// <param name="Name">A masked name, or a bank card's last digits; never a full name or number.</param>
public sealed record Party(WalletId? Wallet, string? Name);

/// <summary>What an entry records. The numbers are stored and hashed: never renumbered.</summary>
public enum EntryKind
{
    /// <summary>Money came in through a top-up channel.</summary>
    TopUp = 1,

    /// <summary>Money left for another book.</summary>
    TransferOut = 2,

    /// <summary>Money arrived from another book.</summary>
    TransferIn = 3,

    /// <summary>Money was set aside for a withdrawal.</summary>
    Hold = 4,

    /// <summary>Held money went to the bank.</summary>
    Capture = 5,

    /// <summary>Held money was given back.</summary>
    Release = 6,

    /// <summary>The bank returned a settled payout.</summary>
    PayoutReturn = 7,

    /// <summary>A merchant was paid.</summary>
    PaymentOut = 8,

    /// <summary>A customer paid this merchant.</summary>
    PaymentIn = 9,

    /// <summary>A request for money was paid.</summary>
    CollectionOut = 10,

    /// <summary>Somebody paid this book's request for money.</summary>
    CollectionIn = 11,

    /// <summary>A bill was paid.</summary>
    BillOut = 12,

    /// <summary>Somebody paid a bill of this biller.</summary>
    BillIn = 13,

    /// <summary>Staff took back an operation: this book had gained by it.</summary>
    ReversalOut = 14,

    /// <summary>Staff took back an operation: this book had lost by it.</summary>
    ReversalIn = 15,

    /// <summary>A mistaken transfer was given back by whom it had reached.</summary>
    RecallOut = 16,

    /// <summary>A mistaken transfer came back.</summary>
    RecallIn = 17,

    /// <summary>A payment was refunded.</summary>
    RefundOut = 18,

    /// <summary>A refund arrived.</summary>
    RefundIn = 19,

    /// <summary>A top-up went back the way it came.</summary>
    TopUpReversal = 20,

    /// <summary>A transfer was held until a person has looked at it.</summary>
    TransferHold = 21,

    /// <summary>A payment was held until a person has looked at it.</summary>
    PaymentHold = 22,

    /// <summary>The payment of a request for money was held until a person has looked at it.</summary>
    CollectionHold = 23,

    /// <summary>The payment of a bill was held until a person has looked at it.</summary>
    BillHold = 24,

    /// <summary>A held transfer was approved and left.</summary>
    TransferApproved = 25,

    /// <summary>A held payment was approved and left.</summary>
    PaymentApproved = 26,

    /// <summary>The held payment of a request for money was approved and left.</summary>
    CollectionApproved = 27,

    /// <summary>The held payment of a bill was approved and left.</summary>
    BillApproved = 28,
}

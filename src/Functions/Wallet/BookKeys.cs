using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;

namespace WalletFunctions.Wallet;

/// <summary>The keys of a book's rows. One book is one partition, so that everything a command writes is one transaction.</summary>
/// <remarks>
/// Row keys: <c>a|</c> attempts (newest first), <c>c|</c> claims, <c>e|</c> entries (newest first), <c>h|</c> holds, <c>head|</c>,
/// <c>k|</c> idempotency keys, <c>o|</c> operations, <c>r|</c> attempts by request id, <c>v|</c> reviews; other features' companions
/// have prefixes of their own (<c>m|</c> what a merchant was told of, <c>t|</c> top-ups by bank card, <c>w|</c> withdrawals). No row key is the same in many books: the
/// service would not mind, but the emulator finds a row by its row key first, and reads through all that share it.
/// </remarks>
internal static class BookKeys
{
    public const string HeadPrefix = "head|";
    public const string AfterHeads = "head}";
    public const string EntryPrefix = "e|";
    public const string HoldPrefix = "h|";
    public const string AttemptPrefix = "a|";

    /// <summary>The highest number an entry can have; a book would take centuries to reach it.</summary>
    public const long LastEntryNumber = 999_999_999_999;

    private const int NumberLength = 12;
    private const int HashLength = 4;

    /// <summary>Ids sort by time; the four characters of a hash before them keep new wallets from heating one range.</summary>
    public static string Partition(WalletId wallet)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(wallet.Value), hash);
        return Convert.ToHexStringLower(hash[..2]) + wallet.Value;
    }

    /// <summary>The wallet whose book a partition is.</summary>
    public static WalletId Wallet(string partition) => new(partition[HashLength..]);

    public static string Head(string partition) => HeadPrefix + partition[..HashLength];

    /// <summary>Inverted, so that the newest entry comes first; the number and never the time, so that no two entries share it.</summary>
    public static string Entry(string partition, long number) =>
        string.Create(CultureInfo.InvariantCulture, $"{EntryPrefix}{LastEntryNumber - number:D12}|{partition.AsSpan(0, HashLength)}");

    /// <exception cref="FormatException">The key is no entry's.</exception>
    public static long EntryNumber(string rowKey) => FindEntryNumber(rowKey) ?? throw new FormatException($"No entry has the row key {rowKey}.");

    /// <returns>Null when the key is no entry's.</returns>
    public static long? FindEntryNumber(string rowKey) =>
        rowKey.Length == EntryPrefix.Length + NumberLength + 1 + HashLength
        && long.TryParse(rowKey.AsSpan(EntryPrefix.Length, NumberLength), NumberStyles.None, CultureInfo.InvariantCulture, out var inverted)
            ? LastEntryNumber - inverted
            : null;

    public static string Operation(string operation) => "o|" + Operations.Tail(operation);

    public static string Hold(string id) => HoldPrefix + Operations.Tail(id);

    /// <summary>Inverted, so that the newest attempt comes first; made of the operation alone, so that a repeated write is the same row.</summary>
    public static string Attempt(string operation)
    {
        const string Digits = "0123456789abcdefghjkmnpqrstvwxyz";
        const int Time = 10;
        var tail = Operations.Tail(operation);
        return string.Create(AttemptPrefix.Length + tail.Length, tail, static (key, id) =>
        {
            AttemptPrefix.CopyTo(key);
            for (var i = 0; i < id.Length; i++)
            {
                var digit = i < Time ? Digits.IndexOf(id[i], StringComparison.Ordinal) : -1;
                key[AttemptPrefix.Length + i] = digit < 0 ? id[i] : Digits[^(digit + 1)];
            }
        });
    }

    public static string AttemptOfRequest(string requestId) => "r|" + Hashed(requestId);

    public static string Review(string operation) => "v|" + Operations.Tail(operation);

    public static string Claim(string claim) => "c|" + Hashed(claim);

    public static string RequestKey(string route, string key) => "k|" + Hashed(route + "\n" + key);

    /// <summary>Of the part of an id behind its prefix: ids sort oldest first; each character is turned round, so that rows sort newest first.</summary>
    public static string NewestFirst(string tail)
    {
        const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
        return string.Create(tail.Length, tail, static (turned, text) =>
        {
            for (var i = 0; i < turned.Length; i++)
            {
                turned[i] = Alphabet[^(1 + Alphabet.IndexOf(text[i], StringComparison.Ordinal))];
            }
        });
    }

    /// <summary>A whole id, without its prefix, as in <see cref="NewestFirst"/>.</summary>
    public static string Turned(string id) => NewestFirst(Operations.Tail(id));

    /// <summary>Keys from outside may hold any character and length; a row key may not.</summary>
    private static string Hashed(string text) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 18));
}

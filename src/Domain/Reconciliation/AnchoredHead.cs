using System.Globalization;

namespace WalletFunctions.Domain.Reconciliation;

/// <summary>How far a book was at the end of a day: a line of an anchor.</summary>
/// <param name="Partition">Where the book is stored: four hexadecimal characters, then its wallet. Anchors are ordered by it.</param>
/// <param name="Number">The last entry's number; 1 or more.</param>
/// <param name="Hash">The last entry's hash, 64 lower-case hexadecimal characters.</param>
public sealed record AnchoredHead(string Partition, long Number, string Hash)
{
    private const int SpreadCharacters = 4;
    private const int HashCharacters = 64;

    /// <summary>The book's wallet.</summary>
    public WalletId Wallet => WalletId.Of(Partition[SpreadCharacters..]);

    /// <summary>As it stands in an anchor: partition, number and hash, with one space between.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Partition} {Number} {Hash}");

    /// <summary>Reads a line.</summary>
    /// <returns>Null when it is none.</returns>
    public static AnchoredHead? Parse(string line)
    {
        var parts = line.Split(' ');
        return parts.Length == 3
            && parts[0].Length > SpreadCharacters
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            && parts[2].Length == HashCharacters
            ? new AnchoredHead(parts[0], number, parts[2])
            : null;
    }
}

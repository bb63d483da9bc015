using System.Runtime.InteropServices;

namespace WalletFunctions.Domain.Books;

/// <summary>A positive amount moved from one account of a book to another.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Posting
{
    /// <summary>Moves <paramref name="amount"/> from one account to another.</summary>
    /// <param name="from">The account that gives.</param>
    /// <param name="to">The account that takes; another one.</param>
    /// <param name="amount">Minor units, above zero: direction is never carried by a sign.</param>
    /// <exception cref="ArgumentException">The accounts are one, or the amount is not positive.</exception>
    public Posting(BookAccount from, BookAccount to, long amount)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(amount);
        if (from == to)
        {
            throw new ArgumentException("A posting moves money between two accounts.", nameof(to));
        }

        (From, To, Amount) = (from, to, amount);
    }

    /// <summary>The account that gives.</summary>
    public BookAccount From { get; }

    /// <summary>The account that takes.</summary>
    public BookAccount To { get; }

    /// <summary>Minor units, above zero.</summary>
    public long Amount { get; }

    /// <summary>Postings as stored and hashed: <c>from&gt;to:amount</c> by account number, joined by commas.</summary>
    public static string Format(IReadOnlyList<Posting> postings) =>
        string.Join(',', postings.Select(p => $"{(int)p.From}>{(int)p.To}:{p.Amount}"));

    /// <summary>Reads what <see cref="Format"/> wrote.</summary>
    /// <exception cref="FormatException">It was not written by <see cref="Format"/>.</exception>
    public static IReadOnlyList<Posting> Parse(string text)
    {
        if (text.Length == 0)
        {
            return [];
        }

        var parts = text.Split(',');
        var postings = new Posting[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            var arrow = parts[i].IndexOf('>', StringComparison.Ordinal);
            var colon = parts[i].IndexOf(':', StringComparison.Ordinal);
            if (arrow < 0 || colon < arrow)
            {
                throw new FormatException("A stored posting cannot be read.");
            }

            var span = parts[i].AsSpan();
            postings[i] = new Posting(Account(span[..arrow]), Account(span[(arrow + 1)..colon]), long.Parse(span[(colon + 1)..]));
        }

        return postings;
    }

    private static BookAccount Account(ReadOnlySpan<char> number)
    {
        var value = (BookAccount)int.Parse(number);
        return Enum.IsDefined(value) ? value : throw new FormatException("A stored posting names an unknown account.");
    }
}

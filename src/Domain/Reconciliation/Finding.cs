using System.Globalization;
using System.Text;

namespace WalletFunctions.Domain.Reconciliation;

/// <summary>Something that is wrong in what is stored. The same thing found again is equal in <see cref="Id"/>.</summary>
/// <param name="Kind">What is wrong.</param>
/// <param name="Subject">What it is wrong with, unique within the kind and the same at every run; no personal data.</param>
public sealed record Finding(FindingKind Kind, string Subject)
{
    /// <summary>The book it is in; null where it is in none or between several.</summary>
    public WalletId? Book { get; init; }

    /// <summary>The entry's number in the book.</summary>
    public long? Number { get; init; }

    /// <summary>The operation it belongs to, as far as known.</summary>
    public string? Operation { get; init; }

    /// <summary>The money in question, in minor units.</summary>
    public long? Amount { get; init; }

    /// <summary>What should be stored.</summary>
    public string? Expected { get; init; }

    /// <summary>What is stored.</summary>
    public string? Actual { get; init; }

    /// <summary>Its id: made from kind and subject alone.</summary>
    public FindingId Id => Domain.Id.From<FindingId>(DateTimeOffset.UnixEpoch, Encoding.UTF8.GetBytes($"{Kind.Name()}\n{Subject}"));

    /// <summary>A finding about one entry, or one number, of a book.</summary>
    public static Finding InBook(FindingKind kind, WalletId book, long number, string? operation = null) =>
        new(kind, string.Create(CultureInfo.InvariantCulture, $"{book} {number}")) { Book = book, Number = number, Operation = operation };

    /// <summary>A finding about something named in a book.</summary>
    public static Finding InBook(FindingKind kind, WalletId book, string name) => new(kind, $"{book} {name}") { Book = book };

    /// <summary>For a log or a test: kind and subject.</summary>
    public override string ToString() => $"{Kind.Name()} {Subject}" + (Expected is null ? "" : $" (expected {Expected}, actual {Actual})");
}

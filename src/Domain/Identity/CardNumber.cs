using System.Diagnostics.CodeAnalysis;

namespace WalletFunctions.Domain.Identity;

/// <summary>A bank card's number: 16 to 19 digits whose last is the Luhn check digit (ISO/IEC 7812-1, annex B).</summary>
/// <remarks><c>default</c> holds no digits; parsing never yields it. Never written to a log: <see cref="ToString"/> masks.</remarks>
public readonly record struct CardNumber
{
    private const int MaxTyped = 40;

    private CardNumber(string digits) => Digits = digits;

    /// <summary>All digits.</summary>
    public string Digits { get; }

    /// <summary>The last four digits: what people recognise a card by.</summary>
    public string Last4 => Digits[^4..];

    /// <summary>Reads a number as people type it; spaces and hyphens do not matter.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out CardNumber number)
    {
        number = default;
        if (text is null || text.Length > MaxTyped)
        {
            return false;
        }

        var digits = new string([.. text.Where(c => c is not (' ' or '-'))]);
        if (digits.Length is < 16 or > 19 || !digits.All(char.IsAsciiDigit) || CheckDigit(digits.AsSpan(0, digits.Length - 1)) != digits[^1])
        {
            return false;
        }

        number = new CardNumber(digits);
        return true;
    }

    /// <summary>The digit that makes a number of these digits valid.</summary>
    public static char CheckDigit(ReadOnlySpan<char> digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[^(i + 1)] - '0';
            var doubled = digit * 2;
            sum += i % 2 == 0 ? (doubled > 9 ? doubled - 9 : doubled) : digit;
        }

        return (char)('0' + ((10 - (sum % 10)) % 10));
    }

    /// <inheritdoc/>
    public override string ToString() => Digits is null ? "" : "**** " + Last4;
}

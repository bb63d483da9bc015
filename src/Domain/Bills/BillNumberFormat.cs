using System.Globalization;

namespace WalletFunctions.Domain.Bills;

/// <summary>What a biller's bill numbers look like. Data, so that a new biller needs no code.</summary>
/// <param name="MinDigits">At least so many digits; 1 to 40.</param>
/// <param name="MaxDigits">At most so many digits; 1 to 40.</param>
/// <param name="Prefix">Digits that every number begins with; null for none.</param>
/// <param name="Check">How the number checks itself.</param>
public sealed record BillNumberFormat(int MinDigits, int MaxDigits, string? Prefix, BillNumberCheck Check)
{
    /// <summary>The longest number of any biller.</summary>
    public const int Longest = 40;

    /// <summary>Whether a number is one of this biller's.</summary>
    public bool Fits(string number) =>
        number.Length >= MinDigits && number.Length <= MaxDigits && number.All(char.IsAsciiDigit)
        && (Prefix is null || number.StartsWith(Prefix, StringComparison.Ordinal))
        && Check switch
        {
            BillNumberCheck.None => true,
            BillNumberCheck.Luhn => Luhn(number) == 0,
            BillNumberCheck.Mod97 => Mod97(number) == 1,
            BillNumberCheck.Mod11 => Mod11(number),
        };

    /// <summary>A valid number for each seed, for demo data and tests.</summary>
    /// <param name="seed">0 to 999,999,999.</param>
    public string Example(int seed)
    {
        var length = MaxDigits;
        var checkDigits = Check switch { BillNumberCheck.Mod97 => 2, BillNumberCheck.None => 0, _ => 1 };
        var body = (Prefix ?? "") + seed.ToString(CultureInfo.InvariantCulture).PadLeft(length - checkDigits - (Prefix?.Length ?? 0), '0');
        for (var check = 0; check < 100; check++)
        {
            var number = checkDigits == 0 ? body : body + check.ToString("D" + checkDigits, CultureInfo.InvariantCulture);
            if (Fits(number))
            {
                return number;
            }
        }

        throw new InvalidOperationException("No check digits make this number valid.");
    }

    /// <summary>The Luhn sum modulo 10 (ISO/IEC 7812-1, annex B).</summary>
    private static int Luhn(string number)
    {
        var sum = 0;
        for (var i = 0; i < number.Length; i++)
        {
            var digit = number[^(i + 1)] - '0';
            sum += i % 2 == 0 ? digit : (digit * 2 / 10) + (digit * 2 % 10);
        }

        return sum % 10;
    }

    /// <summary>The number modulo 97 (ISO/IEC 7064, MOD 97-10).</summary>
    private static int Mod97(string number) => number.Aggregate(0, (rest, c) => ((rest * 10) + (c - '0')) % 97);

    /// <summary>ISO/IEC 7064, MOD 11,10.</summary>
    private static bool Mod11(string number)
    {
        var product = 10;
        foreach (var c in number.AsSpan(0, number.Length - 1))
        {
            var sum = (product + (c - '0')) % 10;
            product = (sum == 0 ? 10 : sum) * 2 % 11;
        }

        return (product + (number[^1] - '0')) % 10 == 1;
    }
}

/// <summary>How a bill number checks itself.</summary>
public enum BillNumberCheck
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>The last digit, by Luhn's formula.</summary>
    Luhn,

    /// <summary>The last two digits, by ISO/IEC 7064 MOD 97-10.</summary>
    Mod97,

    /// <summary>The last digit, by ISO/IEC 7064 MOD 11,10.</summary>
    Mod11,
}

using System.Diagnostics.CodeAnalysis;

namespace WalletFunctions.Domain.Identity;

/// <summary>A telephone number in E.164: <c>+8613800000001</c>.</summary>
/// <param name="Value">A plus sign and 8 to 15 digits.</param>
/// <remarks><c>default</c> holds null and stands for no number; parsing never yields it.</remarks>
public readonly record struct PhoneNumber(string Value)
{
    private const int MaxTyped = 24;

    /// <summary>
    /// Reads a number as people type it: 11 digits of a Chinese mobile, the same with 86, +86 or 0086 before it, or any
    /// other number with its plus sign; spaces and hyphens do not matter.
    /// </summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out PhoneNumber phone)
    {
        phone = default;
        if (text is null || text.Length > MaxTyped)
        {
            return false;
        }

        var typed = new string([.. text.Where(c => c is not (' ' or '-'))]);
        var plus = typed.StartsWith('+');
        var digits = plus ? typed[1..] : typed.StartsWith("00", StringComparison.Ordinal) ? typed[2..] : typed;
        if (digits.Length is < 8 or > 15 || !digits.All(char.IsAsciiDigit))
        {
            return false;
        }

        // A number that starts with 86 is Chinese, and then only a mobile makes sense here.
        var chinese = digits.StartsWith("86", StringComparison.Ordinal) ? digits[2..] : !plus ? digits : null;
        if (chinese is null ? digits[0] == '0' : !IsChineseMobile(chinese))
        {
            return false;
        }

        phone = new PhoneNumber(chinese is null ? "+" + digits : "+86" + chinese);
        return true;
    }

    /// <summary>For people who may not see all of it: <c>+86138****0001</c>.</summary>
    public string Masked() => Value.Length > 8 ? string.Concat(Value.AsSpan(0, Value.Length - 8), "****", Value.AsSpan(Value.Length - 4)) : "****";

    /// <summary>Masked: a number in full is never written by accident.</summary>
    public override string ToString() => Masked();

    private static bool IsChineseMobile(string digits) => digits.Length == 11 && digits[0] == '1' && digits[1] is >= '3' and <= '9';
}

using System.Globalization;

namespace WalletFunctions.Domain;

/// <summary>An amount of money in integer minor units (fen), never a fraction.</summary>
/// <param name="Amount">Minor units; any sign. A request's amount is 1 to <see cref="MaxRequest"/>.</param>
/// <param name="Currency">Its currency. Arithmetic between currencies is a bug and throws.</param>
/// <remarks><c>default</c> has no currency and throws as soon as it takes part in arithmetic. Overflow throws.</remarks>
public readonly record struct Money(long Amount, Currency Currency) : IComparable<Money>
{
    /// <summary>The largest amount of one request: 12 digits. Every sum a book can reach stays below 2^53, so a browser reads it exactly.</summary>
    public const long MaxRequest = 999_999_999_999;

    /// <summary>An amount of Chinese yuan, in fen.</summary>
    public static Money Fen(long amount) => new(amount, Currency.Cny);

    /// <summary>Nothing, in a currency.</summary>
    public static Money Zero(Currency currency) => new(0, currency);

    /// <summary>The sum.</summary>
    /// <exception cref="InvalidOperationException">The currencies differ.</exception>
    public static Money operator +(Money left, Money right) => new(left.Amount + right.Amount, Same(left, right));

    /// <summary>The difference.</summary>
    /// <exception cref="InvalidOperationException">The currencies differ.</exception>
    public static Money operator -(Money left, Money right) => new(left.Amount - right.Amount, Same(left, right));

    /// <summary>The same amount the other way.</summary>
    public static Money operator -(Money money) => new(-money.Amount, money.Currency);

    /// <summary>Whether the left is less.</summary>
    public static bool operator <(Money left, Money right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left is more.</summary>
    public static bool operator >(Money left, Money right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left is not more.</summary>
    public static bool operator <=(Money left, Money right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the left is not less.</summary>
    public static bool operator >=(Money left, Money right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The currencies differ.</exception>
    public int CompareTo(Money other)
    {
        Same(this, other);
        return Amount.CompareTo(other.Amount);
    }

    /// <summary>For people and logs: <c>10.50 CNY</c>.</summary>
    public override string ToString()
    {
        var scale = 1L;
        for (var i = 0; i < Currency.Digits; i++)
        {
            scale *= 10;
        }

        var sign = Amount < 0 ? "-" : "";
        var whole = Math.Abs(Amount / scale).ToString(CultureInfo.InvariantCulture);
        var part = Currency.Digits == 0 ? "" : "." + Math.Abs(Amount % scale).ToString(CultureInfo.InvariantCulture).PadLeft(Currency.Digits, '0');
        return $"{sign}{whole}{part} {Currency.Code}";
    }

    private static Currency Same(Money left, Money right) => left.Currency.Code == right.Currency.Code
        ? left.Currency
        : throw new InvalidOperationException($"Money in {left.Currency} met money in {right.Currency}.");
}

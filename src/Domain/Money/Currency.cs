using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace WalletFunctions.Domain;

/// <summary>A currency by its ISO 4217 code, with the digits of its minor unit.</summary>
/// <remarks>
/// <c>default</c> has no code and throws when its code is read. Only the currencies listed here exist. Wallets are in yuan;
/// the others are known so that money in them is refused for what it is (<c>currency_mismatch</c>), not as a typing mistake.
/// </remarks>
public readonly record struct Currency
{
    private static readonly FrozenDictionary<string, Currency> Known = new Currency[]
    {
        new("CNY", 2), new("EUR", 2), new("GBP", 2), new("HKD", 2), new("JPY", 0), new("KRW", 0), new("MOP", 2), new("SGD", 2), new("TWD", 2), new("USD", 2),
    }.ToFrozenDictionary(currency => currency.Code, StringComparer.Ordinal);

    private readonly string? code;

    private Currency(string code, int digits) => (this.code, Digits) = (code, digits);

    /// <summary>Chinese yuan; its minor unit is the fen, 1/100.</summary>
    public static Currency Cny { get; } = new("CNY", 2);

    /// <summary>Three upper-case letters.</summary>
    /// <exception cref="InvalidOperationException">This is <c>default</c>.</exception>
    public string Code => code ?? throw new InvalidOperationException("A currency was never given.");

    /// <summary>Digits of the minor unit, 0 to 3: CNY has 2.</summary>
    public int Digits { get; }

    /// <summary>Reads a code; only exact upper case, only known currencies.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Currency currency)
    {
        currency = default;
        return text is not null && Known.TryGetValue(text, out currency);
    }

    /// <inheritdoc/>
    public override string ToString() => Code;
}

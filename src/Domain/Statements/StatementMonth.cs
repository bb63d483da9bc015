using System.Globalization;
using WalletFunctions.Domain.Calendar;

namespace WalletFunctions.Domain.Statements;

/// <summary>A month in mainland China. <c>default</c> is none and must not be used.</summary>
/// <param name="First">Its first day.</param>
public readonly record struct StatementMonth(DateOnly First)
{
    private const int FirstYear = 1971;
    private const int LastYear = 8999;

    /// <summary>The first moment that belongs to it.</summary>
    public DateTimeOffset Begins => Shanghai.At(First, TimeOnly.MinValue);

    /// <summary>The first moment that no longer belongs to it.</summary>
    public DateTimeOffset Ends => Shanghai.At(First.AddMonths(1), TimeOnly.MinValue);

    /// <summary>Reads <c>2026-11</c>.</summary>
    public static bool TryParse(string text, out StatementMonth month)
    {
        var isMonth = DateOnly.TryParseExact(text + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var first)
            && first.Year is >= FirstYear and <= LastYear;
        month = new StatementMonth(first);
        return isMonth;
    }

    /// <inheritdoc/>
    public override string ToString() => First.ToString("yyyy-MM", CultureInfo.InvariantCulture);
}

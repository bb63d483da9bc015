using System.Globalization;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Calendar;

namespace WalletFunctions.Platform;

/// <summary>Moments and days as they stand in a query.</summary>
internal static class QueryTime
{
    private const int FirstYear = 1971;
    private const int LastYear = 8999;
    private const string Moment = "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK";

    /// <summary>What a moment must look like.</summary>
    public static Text Wanted { get; } = new("须为 RFC 3339 时间，例如 2026-11-22T08:00:00Z。", "it must be a time in RFC 3339, such as 2026-11-22T08:00:00Z.");

    /// <summary>What a moment or a day must look like.</summary>
    public static Text WantedOrDay { get; } = new(
        "须为 RFC 3339 时间或上海时区的日期，例如 2026-11-22T08:00:00Z 或 2026-11-22。",
        "it must be a time in RFC 3339, or a date in Shanghai: 2026-11-22T08:00:00Z or 2026-11-22.");

    /// <summary>A moment in RFC 3339, with its offset.</summary>
    public static DateTimeOffset? Parse(string text)
    {
        if (text.Length < 20)
        {
            return null;
        }

        var upper = text.ToUpperInvariant();
        if (upper[^1] != 'Z' && upper[^6] == ' ')
        {
            // A plus that was sent as it is comes out of a query as a space.
            upper = upper[..^6] + "+" + upper[^5..];
        }

        return (upper[^1] == 'Z' || (upper[^6] is '+' or '-' && upper[^3] == ':'))
            && DateTimeOffset.TryParseExact(upper, Moment, CultureInfo.InvariantCulture, DateTimeStyles.None, out var moment)
            && moment.Year is >= FirstYear and <= LastYear
            ? moment.ToUniversalTime()
            : null;
    }

    /// <summary>The first moment of what is named: of a day in Shanghai, or the moment itself.</summary>
    public static DateTimeOffset? From(string text) => Day(text) is { } day ? Shanghai.At(day, TimeOnly.MinValue) : Parse(text);

    /// <summary>The last moment of what is named.</summary>
    public static DateTimeOffset? Until(string text) => Day(text) is { } day ? Shanghai.At(day.AddDays(1), TimeOnly.MinValue).AddTicks(-1) : Parse(text);

    private static DateOnly? Day(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is >= FirstYear and <= LastYear ? day : null;
}

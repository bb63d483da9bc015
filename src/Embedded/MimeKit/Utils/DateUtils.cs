using System.Globalization;

namespace MimeKit.Utils;

/// <summary>Dates of RFC 5322, read with the tolerance that real mail needs.</summary>
public static class DateUtils
{
    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

    // RFC 5322 section 4.3: the obsolete zone names whose offsets are known.
    private static readonly Dictionary<string, int> ZoneHours = new(StringComparer.OrdinalIgnoreCase)
    {
        ["UT"] = 0, ["UTC"] = 0, ["GMT"] = 0, ["Z"] = 0, ["EDT"] = -4, ["EST"] = -5, ["CDT"] = -5, ["CST"] = -6,
        ["MDT"] = -6, ["MST"] = -7, ["PDT"] = -7, ["PST"] = -8, ["JST"] = 9,
    };

    public static string FormatDate(DateTimeOffset date) =>
        date.ToString("ddd, dd MMM yyyy HH:mm:ss ", CultureInfo.InvariantCulture) + date.ToString("zzz", CultureInfo.InvariantCulture).Replace(":", "", StringComparison.Ordinal);

    public static bool TryParse(string? text, out DateTimeOffset date)
    {
        date = default;
        if (string.IsNullOrWhiteSpace(text) || text.Length > 512) return false;
        int? day = null, month = null, year = null, offset = null;
        TimeSpan? time = null;
        var words = text.Split([' ', '\t', '\r', '\n', ',', '(', ')', '-'], StringSplitOptions.RemoveEmptyEntries);
        var negative = text.LastIndexOf('-') is var dash and > 0 && dash + 4 < text.Length && char.IsAsciiDigit(text[dash + 1]) && text[dash - 1] is ' ' or '\t' or 'T';
        foreach (var word in words)
        {
            if (time is null && word.Contains(':', StringComparison.Ordinal) && TryTime(word, out var t)) time = t;
            else if (month is null && word.Length >= 3 && Array.IndexOf(Months, word[..3].ToLowerInvariant()) is >= 0 and var m) month = m + 1;
            else if (time is not null && offset is null && TryZone(word, negative, out var z)) offset = z;
            else if (int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                if (day is null && number is >= 1 and <= 31 && word.Length <= 2) day = number;
                else if (year is null) year = word.Length switch { 2 => number < 50 ? 2000 + number : 1900 + number, 3 => 1900 + number, _ => number };
            }
        }
        if (day is null || month is null || year is null or < 1 or > 9998) return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out date);
        if (day > DateTime.DaysInMonth(year.Value, month.Value)) return false;
        date = new DateTimeOffset(new DateTime(year.Value, month.Value, day.Value, 0, 0, 0, DateTimeKind.Unspecified) + (time ?? TimeSpan.Zero), TimeSpan.FromMinutes(offset ?? 0));
        return true;
    }

    private static bool TryTime(string word, out TimeSpan time)
    {
        time = default;
        var parts = word.Split(':');
        if (parts.Length is < 2 or > 3) return false;
        Span<int> numbers = stackalloc int[3];
        for (var i = 0; i < parts.Length; i++)
            if (!int.TryParse(parts[i].Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i])) return false;
        if (numbers[0] > 23 || numbers[1] > 59 || numbers[2] > 60) return false;
        time = new TimeSpan(numbers[0], numbers[1], Math.Min(numbers[2], 59)); // a leap second
        return true;
    }

    private static bool TryZone(string word, bool negative, out int minutes)
    {
        minutes = 0;
        if (ZoneHours.TryGetValue(word, out var hours)) { minutes = hours * 60; return true; }
        var digits = word.TrimStart('+').Replace("GMT+", "", StringComparison.OrdinalIgnoreCase).Replace(":", "", StringComparison.Ordinal);
        if (digits.Length != 4 || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return false;
        if (!word.Contains('+', StringComparison.Ordinal) && !negative) return false; // a year
        minutes = (number / 100 * 60) + (number % 100);
        if (minutes > 14 * 60) minutes = 0;
        if (!word.Contains('+', StringComparison.Ordinal)) minutes = -minutes;
        return true;
    }
}

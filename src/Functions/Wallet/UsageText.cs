using System.Buffers.Text;
using System.Globalization;
using WalletFunctions.Domain.Limits;
using WalletFunctions.Domain.Rules;

namespace WalletFunctions.Wallet;

/// <summary>Counters as they stand in a column: numbers joined by commas, zeros left empty, then the two rings in base64url.</summary>
/// <remarks>Day, month, year; of the day: spent, withdrawn, topped up, unconfirmed; free of the month; spent of the year; ever: spent,
/// free; the window's start, moves, amount; payees; devices. New ones are appended; a shorter text has zeros for them.</remarks>
internal static class UsageText
{
    private const char Between = ',';

    /// <summary>Null while nothing was counted.</summary>
    public static string? Format(Usage usage)
    {
        if (ReferenceEquals(usage, Usage.None))
        {
            return null;
        }

        long[] numbers =
        [
            usage.Day, usage.Month, usage.Year, usage.SpentToday, usage.WithdrawnToday, usage.ToppedUpToday, usage.UnconfirmedToday,
            usage.FreeThisMonth, usage.SpentThisYear, usage.SpentEver, usage.FreeEver, usage.WindowStart, usage.WindowMoves, usage.WindowAmount,
        ];
        return Join(numbers) + Between + Base64Url.EncodeToString(usage.Payees.Bytes) + Between + Base64Url.EncodeToString(usage.Devices.Bytes);
    }

    /// <summary>Reads what <see cref="Format(Usage)"/> wrote.</summary>
    public static Usage Parse(string? text)
    {
        if (text is null)
        {
            return Usage.None;
        }

        var parts = text.Split(Between);
        return new Usage
        {
            Day = (int)Number(parts, 0),
            Month = (int)Number(parts, 1),
            Year = (int)Number(parts, 2),
            SpentToday = Number(parts, 3),
            WithdrawnToday = Number(parts, 4),
            ToppedUpToday = Number(parts, 5),
            UnconfirmedToday = Number(parts, 6),
            FreeThisMonth = Number(parts, 7),
            SpentThisYear = Number(parts, 8),
            SpentEver = Number(parts, 9),
            FreeEver = Number(parts, 10),
            WindowStart = Number(parts, 11),
            WindowMoves = (int)Number(parts, 12),
            WindowAmount = Number(parts, 13),
            Payees = Ring(parts, 14),
            Devices = Ring(parts, 15),
        };
    }

    /// <summary>Operation, day, whether it was unconfirmed, free of the month, free ever. The amount is the hold's.</summary>
    public static string? Format(Counted? counted) => counted is null
        ? null
        : Join([(long)counted.Operation, counted.Day, counted.Unconfirmed ? 1 : 0, counted.FreeMonthly, counted.FreeEver]);

    /// <summary>Reads what <see cref="Format(Counted?)"/> wrote.</summary>
    public static Counted? Parse(string? text, long amount)
    {
        if (text is null)
        {
            return null;
        }

        var parts = text.Split(Between);
        return new Counted((OperationKind)Number(parts, 0), amount, (int)Number(parts, 1), Number(parts, 2) != 0, Number(parts, 3), Number(parts, 4));
    }

    private static string Join(long[] numbers) =>
        string.Join(Between, numbers.Select(number => number == 0 ? "" : number.ToString(CultureInfo.InvariantCulture)));

    private static long Number(string[] parts, int index) =>
        index < parts.Length && parts[index].Length > 0 ? long.Parse(parts[index], CultureInfo.InvariantCulture) : 0;

    private static SeenRing Ring(string[] parts, int index) => index < parts.Length ? SeenRing.From(Base64Url.DecodeFromChars(parts[index])) : default;
}

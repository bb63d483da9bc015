using WalletFunctions.Domain.Calendar;
using WalletFunctions.Domain.Rules;

namespace WalletFunctions.Domain.Limits;

/// <summary>What a book has counted for its limits, its free allowances and its risk rules. It stands in the head, so that it is decided on one ETag with the money.</summary>
/// <remarks>Amounts are minor units, without fees. A counter belongs to the period named beside it: read through <see cref="At"/>.</remarks>
public sealed record Usage
{
    /// <summary>How long the window of <see cref="WindowMoves"/> is. It begins with a move, and the first move after its end begins the next.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    /// <summary>How many payees are remembered.</summary>
    public const int MostPayees = 32;

    /// <summary>How many devices are remembered.</summary>
    public const int MostDevices = 8;

    /// <summary>Nothing yet.</summary>
    public static Usage None { get; } = new();

    /// <summary>The Shanghai day of the daily counters: <see cref="DateOnly.DayNumber"/>.</summary>
    public int Day { get; init; }

    /// <summary>The month of the monthly counter: year × 12 + month − 1.</summary>
    public int Month { get; init; }

    /// <summary>The year of the yearly counter.</summary>
    public int Year { get; init; }

    /// <summary>Transfers, collections, payments and bills of the day.</summary>
    public long SpentToday { get; init; }

    /// <summary>Withdrawals of the day.</summary>
    public long WithdrawnToday { get; init; }

    /// <summary>Card top-ups of the day.</summary>
    public long ToppedUpToday { get; init; }

    /// <summary>What moved today without a confirmation.</summary>
    public long UnconfirmedToday { get; init; }

    /// <summary>What was spent this year.</summary>
    public long SpentThisYear { get; init; }

    /// <summary>What was ever spent.</summary>
    public long SpentEver { get; init; }

    /// <summary>What this month's free allowance has covered.</summary>
    public long FreeThisMonth { get; init; }

    /// <summary>What the lifetime's free allowance has covered.</summary>
    public long FreeEver { get; init; }

    /// <summary>When the current window began, in whole seconds of Unix time; 0 while there is none.</summary>
    public long WindowStart { get; init; }

    /// <summary>How many moves the window has.</summary>
    public int WindowMoves { get; init; }

    /// <summary>How much they moved.</summary>
    public long WindowAmount { get; init; }

    /// <summary>The latest payees, hashed.</summary>
    public SeenRing Payees { get; init; }

    /// <summary>The latest devices, hashed.</summary>
    public SeenRing Devices { get; init; }

    /// <summary>The counters as they stand at a moment: those of an earlier period are zero.</summary>
    /// <remarks>A book's time never runs backwards. A reader whose clock is a little behind sees the book's own period.</remarks>
    public Usage At(DateTimeOffset moment)
    {
        var day = Shanghai.DayOf(moment);
        var usage = this;
        if (day.DayNumber > Day)
        {
            usage = usage with { Day = day.DayNumber, SpentToday = 0, WithdrawnToday = 0, ToppedUpToday = 0, UnconfirmedToday = 0 };
        }

        if (MonthOf(day) > Month)
        {
            usage = usage with { Month = MonthOf(day), FreeThisMonth = 0 };
        }

        if (day.Year > Year)
        {
            usage = usage with { Year = day.Year, SpentThisYear = 0 };
        }

        return WindowStart != 0 && moment.ToUnixTimeSeconds() >= WindowStart + (long)Window.TotalSeconds
            ? usage with { WindowStart = 0, WindowMoves = 0, WindowAmount = 0 }
            : usage;
    }

    internal static int MonthOf(DateOnly day) => (day.Year * 12) + day.Month - 1;
}

/// <summary>What a move has counted, kept with a hold so that its end can give it back.</summary>
/// <param name="Operation">Which counters.</param>
/// <param name="Amount">Minor units.</param>
/// <param name="Day">The day it was counted on: <see cref="DateOnly.DayNumber"/>.</param>
/// <param name="Unconfirmed">Whether it counted as not confirmed.</param>
/// <param name="FreeMonthly">What it took of the month's free allowance.</param>
/// <param name="FreeEver">What it took of the lifetime's free allowance.</param>
public sealed record Counted(OperationKind Operation, long Amount, int Day, bool Unconfirmed, long FreeMonthly, long FreeEver);

/// <summary>Counts moves, and takes back what was counted.</summary>
internal static class Counters
{
    public static bool IsSpending(OperationKind operation) =>
        operation is OperationKind.Transfer or OperationKind.Collection or OperationKind.Payment or OperationKind.Bill;

    public static long Today(OperationKind operation, Usage usage) => operation switch
    {
        OperationKind.Withdrawal => usage.WithdrawnToday,
        OperationKind.TopUp => usage.ToppedUpToday,
        _ => usage.SpentToday,
    };

    /// <param name="usage">As it stands at the moment.</param>
    /// <param name="counted">What to add.</param>
    /// <param name="at">The moment.</param>
    public static Usage Add(this Usage usage, Counted counted, DateTimeOffset at)
    {
        var moves = Move(usage, counted, 1, day: true, month: true, year: true);
        return counted.Operation == OperationKind.TopUp ? moves : moves with
        {
            WindowStart = moves.WindowStart == 0 ? at.ToUnixTimeSeconds() : moves.WindowStart,
            WindowMoves = moves.WindowMoves + 1,
            WindowAmount = moves.WindowAmount + counted.Amount,
        };
    }

    /// <summary>Gives back, as far as the period is still the same. The window stays: it counts what was tried.</summary>
    public static Usage Without(this Usage usage, Counted counted, DateTimeOffset at)
    {
        var now = usage.At(at);
        var day = DateOnly.FromDayNumber(counted.Day);
        return Move(now, counted, -1, now.Day == counted.Day, now.Month == Usage.MonthOf(day), now.Year == day.Year);
    }

    private static Usage Move(Usage usage, Counted counted, int sign, bool day, bool month, bool year)
    {
        var amount = sign * counted.Amount;
        var (today, thisYear) = (day ? amount : 0, year ? amount : 0);
        var spends = IsSpending(counted.Operation);
        return usage with
        {
            SpentToday = usage.SpentToday + (spends ? today : 0),
            WithdrawnToday = usage.WithdrawnToday + (counted.Operation == OperationKind.Withdrawal ? today : 0),
            ToppedUpToday = usage.ToppedUpToday + (counted.Operation == OperationKind.TopUp ? today : 0),
            UnconfirmedToday = usage.UnconfirmedToday + (counted.Unconfirmed ? today : 0),
            SpentThisYear = usage.SpentThisYear + (spends ? thisYear : 0),
            SpentEver = usage.SpentEver + (spends ? amount : 0),
            FreeThisMonth = usage.FreeThisMonth + (month ? sign * counted.FreeMonthly : 0),
            FreeEver = usage.FreeEver + (sign * counted.FreeEver),
        };
    }
}

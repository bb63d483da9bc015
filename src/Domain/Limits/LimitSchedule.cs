using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Domain.Rules;

namespace WalletFunctions.Domain.Limits;

/// <summary>How much may move, by class. Days, months and years are Asia/Shanghai's.</summary>
/// <param name="Spending">Of transfers, collections, payments and bills together; by the class's number.</param>
/// <param name="Withdrawal">Of withdrawals to one's own card, which the classes' caps do not count.</param>
/// <param name="TopUp">Of top-ups by bank card.</param>
public sealed record LimitSchedule(IReadOnlyList<AmountLimits> Spending, IReadOnlyList<AmountLimits> Withdrawal, IReadOnlyList<AmountLimits> TopUp)
{
    private static readonly AmountLimits Payout = new(5_000_000, 10_000_000, null, null);
    private static readonly AmountLimits Unlimited = new(null, null, null, null);

    /// <summary>The built-in limits.</summary>
    public static LimitSchedule Default { get; } = new(
        [
            new AmountLimits(100_000, null, null, 100_000),
            new AmountLimits(5_000_000, 5_000_000, 10_000_000, null),
            new AmountLimits(5_000_000, 10_000_000, 20_000_000, null),
        ],
        [new AmountLimits(100_000, 100_000, null, null), Payout, Payout],
        [Payout, Payout, Payout]);

    /// <summary>No limits.</summary>
    public static LimitSchedule None { get; } = new([Unlimited, Unlimited, Unlimited], [Unlimited, Unlimited, Unlimited], [Unlimited, Unlimited, Unlimited]);

    /// <summary>The limits of an operation and class.</summary>
    public AmountLimits Of(OperationKind operation, AccountClass @class) => operation switch
    {
        OperationKind.Transfer or OperationKind.Collection or OperationKind.Payment or OperationKind.Bill => Spending[(int)@class],
        OperationKind.Withdrawal => Withdrawal[(int)@class],
        OperationKind.TopUp => TopUp[(int)@class],
    };

    /// <summary>Whether an amount may move. Null when it may.</summary>
    /// <param name="operation">What is done.</param>
    /// <param name="class">Who does it.</param>
    /// <param name="amount">Minor units, above zero, without the fee.</param>
    /// <param name="usage">As <see cref="Usage.At"/> gives it for the moment of the operation.</param>
    /// <param name="own">The customer's own limits.</param>
    public DomainError? Check(OperationKind operation, AccountClass @class, long amount, Usage usage, OwnLimits own) =>
        Of(operation, @class).Check(operation, amount, usage, own);

    /// <summary>What is left of every limit at a moment.</summary>
    public LimitsLeft Left(AccountClass @class, Usage usage, OwnLimits own, DateTimeOffset at)
    {
        var now = usage.At(at);
        return new LimitsLeft(
            Spending[(int)@class].Left(OperationKind.Transfer, now, own),
            Withdrawal[(int)@class].Left(OperationKind.Withdrawal, now, own),
            TopUp[(int)@class].Left(OperationKind.TopUp, now, own));
    }
}

/// <summary>Four limits, in minor units; null: none.</summary>
/// <param name="PerTransaction">Of one operation.</param>
/// <param name="Daily">Of a day.</param>
/// <param name="Yearly">Of a year; only spending is counted so.</param>
/// <param name="Lifetime">Of the wallet's life; only spending is counted so.</param>
public sealed record AmountLimits(long? PerTransaction, long? Daily, long? Yearly, long? Lifetime)
{
    internal DomainError? Check(OperationKind operation, long amount, Usage usage, OwnLimits own)
    {
        var spends = Counters.IsSpending(operation);
        if (amount > PerTransaction)
        {
            return LedgerErrors.LimitPerTransaction;
        }

        if (spends && (amount > own.PerTransaction || usage.SpentToday + amount > own.Daily))
        {
            return LedgerErrors.OwnLimit;
        }

        if (Counters.Today(operation, usage) + amount > Daily)
        {
            return LedgerErrors.LimitDaily;
        }

        if (spends && usage.SpentThisYear + amount > Yearly)
        {
            return LedgerErrors.LimitYearly;
        }

        return spends && usage.SpentEver + amount > Lifetime ? LedgerErrors.LimitLifetime : null;
    }

    internal AmountLeft Left(OperationKind operation, Usage usage, OwnLimits own)
    {
        var spends = Counters.IsSpending(operation);
        var (ownSingle, ownDaily) = spends ? (own.PerTransaction, own.Daily) : (null, null);
        var today = Counters.Today(operation, usage);
        return new AmountLeft(this, ownSingle, ownDaily, Room(Daily, today), Room(ownDaily, today),
            spends ? Room(Yearly, usage.SpentThisYear) : null, spends ? Room(Lifetime, usage.SpentEver) : null);
    }

    private static long? Room(long? limit, long used) => limit is { } most ? Math.Max(0, most - used) : null;
}

/// <summary>The limits a customer set on the own spending (transfers, collections, payments, bills), in minor units; null: none.</summary>
/// <param name="PerTransaction">Of one operation.</param>
/// <param name="Daily">Of a Shanghai day.</param>
public sealed record OwnLimits(long? PerTransaction, long? Daily)
{
    /// <summary>None set.</summary>
    public static OwnLimits None { get; } = new(null, null);
}

/// <summary>What is left of every limit.</summary>
/// <param name="Spending">Transfers, collections, payments and bills.</param>
/// <param name="Withdrawal">Withdrawals.</param>
/// <param name="TopUp">Top-ups by bank card.</param>
public sealed record LimitsLeft(AmountLeft Spending, AmountLeft Withdrawal, AmountLeft TopUp);

/// <summary>Limits and what is left of them, in minor units; null: no such limit.</summary>
/// <param name="Limits">The schedule's.</param>
/// <param name="OwnPerTransaction">The customer's own.</param>
/// <param name="OwnDaily">The customer's own.</param>
/// <param name="DailyLeft">Of the schedule's day.</param>
/// <param name="OwnDailyLeft">Of the customer's own day.</param>
/// <param name="YearlyLeft">Of the year.</param>
/// <param name="LifetimeLeft">Of the wallet's life.</param>
public sealed record AmountLeft(AmountLimits Limits, long? OwnPerTransaction, long? OwnDaily, long? DailyLeft, long? OwnDailyLeft, long? YearlyLeft, long? LifetimeLeft)
{
    /// <summary>The most that one operation may move now; null: any amount.</summary>
    public long? Most => new[] { Limits.PerTransaction, OwnPerTransaction, DailyLeft, OwnDailyLeft, YearlyLeft, LifetimeLeft }.Min();
}

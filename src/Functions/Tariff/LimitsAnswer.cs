using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Calendar;
using WalletFunctions.Domain.Fees;
using WalletFunctions.Domain.Limits;
using WalletFunctions.Domain.Rules;
using WalletFunctions.Wallet;

namespace WalletFunctions.Tariff;

/// <summary>A wallet's limits and what is left of them. A limit that is left out is none.</summary>
/// <param name="Spending">Transfers, collections, payments and bills together.</param>
/// <param name="Withdrawal">To one's own bank card.</param>
/// <param name="Topup">From a bank card.</param>
/// <param name="FreeAllowance">What may still be withdrawn without a fee; left out where withdrawals are free or nothing is.</param>
internal sealed record LimitsAnswer(LimitsAnswer.Area Spending, LimitsAnswer.Area Withdrawal, LimitsAnswer.Area Topup, LimitsAnswer.Allowance? FreeAllowance)
{
    public static LimitsAnswer Of(BookHead head, RuleSet rules, DateTimeOffset now)
    {
        var (limits, usage, own) = (rules.Limits.Rules, head.Usage.At(now), head.Own);
        var left = limits.Left(head.Class, usage, own, now);
        return new LimitsAnswer(
            new Area(
                Of(left.Spending.Most),
                Of(left.Spending.Limits.PerTransaction),
                Of(own.PerTransaction),
                Period.Of(left.Spending.Limits.Daily, usage.SpentToday, Tomorrow(now)),
                Period.Of(own.Daily, usage.SpentToday, Tomorrow(now)),
                Period.Of(left.Spending.Limits.Yearly, usage.SpentThisYear, NextYear(now)),
                Period.Of(left.Spending.Limits.Lifetime, usage.SpentEver, null)),
            ByDay(left.Withdrawal, usage.WithdrawnToday, now),
            ByDay(left.TopUp, usage.ToppedUpToday, now),
            Allowance.Of(rules.Fees.Rules.Rule(OperationKind.Withdrawal, head.Class), usage, now));
    }

    private static Area ByDay(AmountLeft left, long today, DateTimeOffset now) =>
        new(Of(left.Most), Of(left.Limits.PerTransaction), null, Period.Of(left.Limits.Daily, today, Tomorrow(now)), null, null, null);

    private static Money? Of(long? fen) => fen is { } amount ? Money.Fen(amount) : null;

    private static DateTimeOffset Tomorrow(DateTimeOffset now) => Shanghai.At(Shanghai.DayOf(now).AddDays(1), default);

    private static DateTimeOffset NextMonth(DateTimeOffset now) => Shanghai.At(new DateOnly(Shanghai.DayOf(now).Year, Shanghai.DayOf(now).Month, 1).AddMonths(1), default);

    private static DateTimeOffset NextYear(DateTimeOffset now) => Shanghai.At(new DateOnly(Shanghai.DayOf(now).Year + 1, 1, 1), default);

    /// <summary>The limits of one kind of operation.</summary>
    /// <param name="Most">The most that one operation may move now; left out: any amount.</param>
    internal sealed record Area(
        Money? Most, Money? PerTransaction, Money? OwnPerTransaction, Period? Daily, Period? OwnDaily, Period? Yearly, Period? Lifetime);

    /// <summary>A limit over time.</summary>
    /// <param name="ResetsAt">When it begins anew; left out: never.</param>
    internal sealed record Period(Money Limit, Money Used, Money Left, DateTimeOffset? ResetsAt)
    {
        public static Period? Of(long? limit, long used, DateTimeOffset? resetsAt) =>
            limit is { } most ? new Period(Money.Fen(most), Money.Fen(used), Money.Fen(Math.Max(0, most - used)), resetsAt) : null;
    }

    /// <summary>What is free of fees.</summary>
    internal sealed record Allowance(Period? Monthly, Period? Lifetime)
    {
        public static Allowance? Of(FeeRule? rule, Usage usage, DateTimeOffset now) => rule is null or { FreeMonthly: 0, FreeEver: 0 }
            ? null
            : new Allowance(
                Period.Of(rule.FreeMonthly == 0 ? null : rule.FreeMonthly, usage.FreeThisMonth, NextMonth(now)),
                Period.Of(rule.FreeEver == 0 ? null : rule.FreeEver, usage.FreeEver, null));
    }
}

/// <summary>Reads the limits of a wallet at this moment.</summary>
public sealed class LimitsReader
{
    private readonly IRulebooks rulebooks;
    private readonly TimeProvider clock;

    internal LimitsReader(IRulebooks rulebooks, TimeProvider clock) => (this.rulebooks, this.clock) = (rulebooks, clock);

    internal async Task<LimitsAnswer> ReadAsync(BookHead head, CancellationToken cancellationToken)
    {
        var rulebook = await rulebooks.CurrentAsync(cancellationToken);
        var now = clock.GetUtcNow();
        return LimitsAnswer.Of(head, rulebook.At(now), now);
    }
}

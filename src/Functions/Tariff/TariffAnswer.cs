using WalletFunctions.Domain;
using WalletFunctions.Domain.Fees;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Domain.Limits;
using WalletFunctions.Domain.Rules;

namespace WalletFunctions.Tariff;

/// <summary>Fees and limits as anyone may read them.</summary>
/// <param name="AsOf">The business clock.</param>
/// <param name="Fees">What operations cost now.</param>
/// <param name="Limits">How much may move now.</param>
/// <param name="Upcoming">What has been decided for later, soonest first.</param>
internal sealed record TariffAnswer(
    string Currency, DateTimeOffset AsOf, IReadOnlyList<FeeLine> Fees, IReadOnlyList<LimitLine> Limits, IReadOnlyList<TariffChange> Upcoming)
{
    private static readonly AccountClass[] Classes = Enum.GetValues<AccountClass>();

    public static TariffAnswer Of(Rulebook rulebook, DateTimeOffset now, Language language)
    {
        var current = rulebook.At(now);
        var upcoming = new List<TariffChange>();
        var before = current;
        foreach (var (from, rules) in rulebook.After(now))
        {
            // Risk rules change without a word: they would only tell thieves how to stay below them.
            var (feesChange, limitsChange) = (rules.Fees.Number != before.Fees.Number, rules.Limits.Number != before.Limits.Number);
            if (feesChange || limitsChange)
            {
                upcoming.Add(new TariffChange(from, feesChange ? FeesOf(rules, language) : null, limitsChange ? LimitsOf(rules, language) : null));
            }

            before = rules;
        }

        return new TariffAnswer(Domain.Currency.Cny.Code, now, FeesOf(current, language), LimitsOf(current, language), upcoming);
    }

    private static List<FeeLine> FeesOf(RuleSet rules, Language language) => [.. OperationKinds.All.SelectMany(operation =>
        Lines(@class => rules.Fees.Rules.Rule(operation, @class) is { } rule ? rule with { Class = null } : null)
            .Select(line => FeeLine.Of(operation, line.Class, line.Value, rules.Fees.EffectiveFrom, language)))];

    private static List<LimitLine> LimitsOf(RuleSet rules, Language language)
    {
        var limits = rules.Limits.Rules;
        return [.. new (string Kind, IReadOnlyList<AmountLimits> Classes)[] { ("spending", limits.Spending), ("withdrawal", limits.Withdrawal), ("topup", limits.TopUp) }
            .SelectMany(kind => Lines(@class => kind.Classes[(int)@class]).Select(line => LimitLine.Of(kind.Kind, line.Class, line.Value!, rules.Limits.EffectiveFrom, language)))];
    }

    /// <summary>One line where all classes have the same, else one for each.</summary>
    private static List<(AccountClass? Class, T? Value)> Lines<T>(Func<AccountClass, T?> of)
        where T : class
    {
        var values = Classes.Select(@class => (Class: (AccountClass?)@class, Value: of(@class))).ToList();
        return values.TrueForAll(line => Equals(line.Value, values[0].Value)) ? [(null, values[0].Value)] : values;
    }
}

/// <summary>What an operation costs.</summary>
/// <param name="Operation"><c>topup</c>, <c>transfer</c>, <c>collection</c>, <c>payment</c>, <c>bill</c> or <c>withdrawal</c>.</param>
/// <param name="Class">Left out where it is the same for every class.</param>
/// <param name="Text">In the caller's language.</param>
/// <param name="RatePerMillion">1,000 is 0.1 %; left out, with all that follows, where it is free.</param>
internal sealed record FeeLine(
    string Operation,
    string? Class,
    string Text,
    bool IsFree,
    DateTimeOffset EffectiveFrom,
    long? RatePerMillion,
    Rounding? Rounding,
    Money? Minimum,
    Money? Maximum,
    Money? FreeMonthly,
    Money? FreeEver)
{
    public static FeeLine Of(OperationKind operation, AccountClass? @class, FeeRule? rule, DateTimeOffset from, Language language) => new(
        operation.Name(),
        @class?.ToString(),
        TariffWords.Of(rule).In(language),
        rule is null,
        from,
        rule?.RatePerMillion,
        rule?.Rounding,
        rule is null ? null : Money.Fen(rule.Minimum),
        rule?.Maximum is { } most ? Money.Fen(most) : null,
        rule is null ? null : Money.Fen(rule.FreeMonthly),
        rule is null ? null : Money.Fen(rule.FreeEver));
}

/// <summary>How much may move. A limit that is left out is none. Days and years are Asia/Shanghai's.</summary>
/// <param name="Kind"><c>spending</c> (transfers, collections, payments and bills together), <c>withdrawal</c> (to one's own bank card) or <c>topup</c> (from one).</param>
/// <param name="Class">Left out where it is the same for every class.</param>
/// <param name="Text">In the caller's language.</param>
internal sealed record LimitLine(string Kind, string? Class, string Text, DateTimeOffset EffectiveFrom, Money? PerTransaction, Money? Daily, Money? Yearly, Money? Lifetime)
{
    public static LimitLine Of(string kind, AccountClass? @class, AmountLimits limits, DateTimeOffset from, Language language) => new(
        kind, @class?.ToString(), TariffWords.Of(limits).In(language), from, Of(limits.PerTransaction), Of(limits.Daily), Of(limits.Yearly), Of(limits.Lifetime));

    private static Money? Of(long? fen) => fen is { } most ? Money.Fen(most) : null;
}

/// <summary>A change that has been decided; what does not change is left out.</summary>
internal sealed record TariffChange(DateTimeOffset EffectiveFrom, IReadOnlyList<FeeLine>? Fees, IReadOnlyList<LimitLine>? Limits);

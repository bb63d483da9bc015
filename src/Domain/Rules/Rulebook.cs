using WalletFunctions.Domain.Fees;
using WalletFunctions.Domain.Limits;
using WalletFunctions.Domain.Risk;

namespace WalletFunctions.Domain.Rules;

/// <summary>Fees, limits and risk in all their versions, past and announced: a decision takes those of its own moment.</summary>
public sealed class Rulebook
{
    private readonly (DateTimeOffset From, RuleSet Rules)[] sets;

    /// <param name="fees">At least one version; any order.</param>
    /// <param name="limits">As <paramref name="fees"/>.</param>
    /// <param name="risk">As <paramref name="fees"/>.</param>
    /// <remarks>Before the earliest version of a schedule that version counts. Of two with one moment the higher number counts.</remarks>
    /// <exception cref="ArgumentException">A schedule has no version.</exception>
    public Rulebook(IReadOnlyList<RuleVersion<FeeSchedule>> fees, IReadOnlyList<RuleVersion<LimitSchedule>> limits, IReadOnlyList<RuleVersion<RiskPolicy>> risk)
    {
        if (fees.Count == 0 || limits.Count == 0 || risk.Count == 0)
        {
            throw new ArgumentException("Every schedule needs a version.", nameof(fees));
        }

        var moments = fees.Select(v => v.EffectiveFrom).Concat(limits.Select(v => v.EffectiveFrom)).Concat(risk.Select(v => v.EffectiveFrom))
            .Distinct().OrderDescending();
        sets = [.. moments.Select(moment => (moment, new RuleSet(InForce(fees, moment), InForce(limits, moment), InForce(risk, moment))))];
    }

    /// <summary>What is in force until somebody decides otherwise.</summary>
    public static Rulebook Default { get; } = Of(FeeSchedule.Default, LimitSchedule.Default, RiskPolicy.Default);

    /// <summary>No fee, no limit, no risk, and nothing is counted: for the system's own moves.</summary>
    public static Rulebook None { get; } = Of(FeeSchedule.None, LimitSchedule.None, RiskPolicy.None);

    /// <summary>One version of each, in force always.</summary>
    public static Rulebook Of(FeeSchedule fees, LimitSchedule limits, RiskPolicy risk) => new(
        [new RuleVersion<FeeSchedule>(0, DateTimeOffset.MinValue, fees)],
        [new RuleVersion<LimitSchedule>(0, DateTimeOffset.MinValue, limits)],
        [new RuleVersion<RiskPolicy>(0, DateTimeOffset.MinValue, risk)]);

    /// <summary>The rules in force at a moment.</summary>
    public RuleSet At(DateTimeOffset moment)
    {
        foreach (var (from, rules) in sets)
        {
            if (from <= moment)
            {
                return rules;
            }
        }

        return sets[^1].Rules;
    }

    /// <summary>What comes into force after a moment, soonest first.</summary>
    public IEnumerable<(DateTimeOffset From, RuleSet Rules)> After(DateTimeOffset moment) => sets.Where(set => set.From > moment).Reverse();

    private static RuleVersion<T> InForce<T>(IReadOnlyList<RuleVersion<T>> versions, DateTimeOffset moment)
        where T : class =>
        versions.Where(version => version.EffectiveFrom <= moment).OrderBy(version => version.EffectiveFrom).ThenBy(version => version.Number).LastOrDefault()
        ?? versions.OrderBy(version => version.EffectiveFrom).ThenBy(version => version.Number).First();
}

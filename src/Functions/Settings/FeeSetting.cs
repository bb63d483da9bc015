using Microsoft.Extensions.Configuration;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Fees;
using WalletFunctions.Domain.Rules;
using WalletFunctions.Platform;

namespace WalletFunctions.Settings;

/// <summary>The fee schedule as a setting. A rise must be announced ahead, <c>Rules:FeeNoticeDays</c> long (30 where none is set).</summary>
/// <param name="notice">How far ahead.</param>
internal sealed class FeeSetting(TimeSpan notice) : SettingKind<FeeSchedule>("fees", FeeSchedule.Default)
{
    private const int DefaultNoticeDays = 30;
    private const int MostNoticeDays = 366;
    private const int MostRules = 50;
    private const long WholeAmountPerMillion = 1_000_000;

    /// <exception cref="SettingsException">The notice is out of range.</exception>
    public static FeeSetting From(IConfiguration configuration)
    {
        var days = configuration.GetValue("Rules:FeeNoticeDays", DefaultNoticeDays);
        return days is >= 0 and <= MostNoticeDays
            ? new FeeSetting(TimeSpan.FromDays(days))
            : throw new SettingsException($"Set Rules:FeeNoticeDays to a number of days from 0 to {MostNoticeDays}.");
    }

    protected override TimeSpan NoticeOf(FeeSchedule before, FeeSchedule after) => before.RisesTo(after) ? notice : TimeSpan.Zero;

    protected override FeeSchedule Read(JsonForm form)
    {
        var rules = form.RequiredObjects("rules", MostRules).Select(Rule).ToList();
        if (rules.DistinctBy(rule => (rule.Operation, rule.Class)).Count() < rules.Count)
        {
            form.Fail(FieldErrors.Invalid("rules", new("每项业务的每个账户类别至多一条规则。", "there may be one rule for each operation and class.")));
        }

        return new FeeSchedule(rules);
    }

    protected override object Write(FeeSchedule value) => new Content([.. value.Rules.Select(rule => new RuleMembers(
        rule.Operation.Name(), rule.Class?.ToString(), rule.RatePerMillion, rule.Rounding, rule.Minimum, rule.Maximum, rule.FreeMonthly, rule.FreeEver))]);

    private static FeeRule Rule(JsonForm form)
    {
        var rule = new FeeRule(form.RequiredOperation("operation"), form.OptionalClass("class"))
        {
            RatePerMillion = form.OptionalLong("ratePerMillion", 0, WholeAmountPerMillion) ?? 0,
            Rounding = form.OptionalEnum<Rounding>("rounding") ?? Rounding.HalfUp,
            Minimum = form.OptionalLong("minimum", 0, Money.MaxRequest) ?? 0,
            Maximum = form.OptionalLong("maximum", 1, Money.MaxRequest),
            FreeMonthly = form.OptionalLong("freeMonthly", 0, Money.MaxRequest) ?? 0,
            FreeEver = form.OptionalLong("freeEver", 0, Money.MaxRequest) ?? 0,
        };
        if (rule.Maximum < rule.Minimum)
        {
            form.Fail(FieldErrors.Invalid("maximum", new("不得低于最低收费。", "it may not be below the minimum.")));
        }

        if (rule.RatePerMillion == 0 && rule.Minimum == 0)
        {
            form.Fail(FieldErrors.Invalid("ratePerMillion", new("费率与最低收费不可同时为零；免费的业务请不要填写。", "rate and minimum cannot both be zero; leave out what is free.")));
        }

        return rule;
    }

    /// <summary>What operations cost; an operation without a rule is free.</summary>
    internal sealed record Content(IReadOnlyList<RuleMembers> Rules);

    /// <summary>What one operation costs. All amounts are fen.</summary>
    /// <param name="Operation"><c>topup</c>, <c>transfer</c>, <c>collection</c>, <c>payment</c>, <c>bill</c> or <c>withdrawal</c>.</param>
    /// <param name="Class"><c>I</c>, <c>II</c> or <c>III</c>; left out: every class without a rule of its own.</param>
    /// <param name="RatePerMillion">1,000 is 0.1 %.</param>
    /// <param name="Rounding">Of the rated part, to a fen; <c>half_up</c> where none is named.</param>
    internal sealed record RuleMembers(string Operation, string? Class, long? RatePerMillion, Rounding? Rounding, long? Minimum, long? Maximum, long? FreeMonthly, long? FreeEver);
}

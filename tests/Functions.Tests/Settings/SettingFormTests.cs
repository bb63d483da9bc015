using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using WalletFunctions.Domain.Fees;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Domain.Limits;
using WalletFunctions.Domain.Risk;
using WalletFunctions.Domain.Rules;
using WalletFunctions.Settings;
using Xunit;

namespace WalletFunctions.Tests.Settings;

/// <summary>A setting reads back exactly what it wrote, whatever its values: a stored version must mean the same for ever.</summary>
public sealed class SettingFormTests
{
    [Fact]
    public void Fees_read_back_as_they_were_written() => Prop.ForAll(Numbers(), numbers =>
    {
        var take = Taking(numbers);
        var kind = new FeeSetting(TimeSpan.Zero);
        var rules = OperationKinds.All.Select(operation => new FeeRule(operation, operation == OperationKind.Bill ? null : AccountClass.II)
        {
            RatePerMillion = (take() % 1_000_000) + 1,
            Rounding = (Rounding)(take() % 3),
            Minimum = take() % 1_000,
            Maximum = take() % 2 == 0 ? null : 1_000 + take(),
            FreeMonthly = take(),
            FreeEver = take(),
        }).ToList();
        kind.Parse(kind.Compose(new FeeSchedule(rules))).Rules.ShouldBe(rules);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Limits_read_back_as_they_were_written() => Prop.ForAll(Numbers(), numbers =>
    {
        var take = Taking(numbers);
        long? Maybe() => take() % 3 == 0 ? null : take();
        var kind = new LimitSetting();
        AmountLimits[] Three(bool isSpending) => [.. Enumerable.Range(0, 3).Select(_ => new AmountLimits(Maybe(), Maybe(), isSpending ? Maybe() : null, isSpending ? Maybe() : null))];
        var schedule = new LimitSchedule(Three(true), Three(false), Three(false));
        var read = kind.Parse(kind.Compose(schedule));
        read.Spending.ShouldBe(schedule.Spending);
        read.Withdrawal.ShouldBe(schedule.Withdrawal);
        read.TopUp.ShouldBe(schedule.TopUp);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Risk_rules_read_back_as_they_were_written() => Prop.ForAll(Numbers(), numbers =>
    {
        var take = Taking(numbers);
        long? Maybe() => take() % 3 == 0 ? null : take();
        var kind = new RiskSetting();
        RiskThresholds Thresholds()
        {
            var isFast = take() % 2 == 0;
            return new RiskThresholds
            {
                LargeAmount = Maybe(),
                DailyUnconfirmed = Maybe(),
                NewPayee = Maybe(),
                NewDevice = Maybe(),
                NightNewPayee = Maybe(),
                NightFrom = new TimeOnly((int)(take() % 24), (int)(take() % 60)),
                NightUntil = new TimeOnly((int)(take() % 24), (int)(take() % 60)),
                VelocityMoves = isFast ? (int)(take() % 100_000) : null,
                VelocityAmount = isFast ? take() : null,
                ReviewNewDeviceNewPayee = Maybe(),
                ReviewNewPayee = Maybe(),
            };
        }

        RiskThresholds[] classes = [Thresholds(), Thresholds(), Thresholds()];
        kind.Parse(kind.Compose(new RiskPolicy(classes))).Classes.ShouldBe(classes);
    }).QuickCheckThrowOnFailure();

    private static Arbitrary<long[]> Numbers() => (from high in Gen.Choose(0, 999_999) from low in Gen.Choose(0, 999_999) select (high * 1_000_000L) + low).ArrayOf(80).ToArbitrary();

    private static Func<long> Taking(long[] numbers)
    {
        var next = 0;
        return () => numbers[next++ % numbers.Length];
    }
}

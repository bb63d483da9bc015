using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Fees;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Domain.Limits;
using WalletFunctions.Domain.Risk;
using WalletFunctions.Domain.Rules;
using Xunit;

namespace WalletFunctions.Domain.Tests.Fees;

/// <summary>No rounding makes or loses a fen, whatever the schedule.</summary>
public sealed class FeePropertyTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 10, 4, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_share_is_the_exact_one_rounded_as_its_name_says() => Prop.ForAll(Amounts().ToArbitrary(), Gen.Choose(0, 1_000_000).ToArbitrary(), (amount, rate) =>
    {
        // In decimals, which are exact here: at most 18 digits before rounding.
        var exact = (decimal)amount * rate / 1_000_000m;
        Rates.Share(amount, rate, Rounding.Down).ShouldBe((long)decimal.Floor(exact));
        Rates.Share(amount, rate, Rounding.Up).ShouldBe((long)decimal.Ceiling(exact));
        Rates.Share(amount, rate, Rounding.HalfUp).ShouldBe((long)decimal.Round(exact, MidpointRounding.AwayFromZero));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_fee_is_never_negative_and_within_its_bounds() => Prop.ForAll(Rules().ToArbitrary(), Amounts().ToArbitrary(), Used().ToArbitrary(), (rule, amount, usage) =>
    {
        var fee = rule.For(amount, usage);
        fee.Amount.ShouldBeInRange(0, rule.Maximum ?? long.MaxValue);
        fee.Amount.ShouldBeLessThanOrEqualTo(Math.Max(amount, rule.Minimum), "at most the whole amount, but for the least fee");
        if (amount > fee.FreeMonthly + fee.FreeEver)
        {
            fee.Amount.ShouldBeGreaterThanOrEqualTo(rule.Minimum);
        }
        else
        {
            fee.Amount.ShouldBe(0, "what is free costs nothing, not even the least fee");
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Free_and_chargeable_parts_make_up_the_amount_and_no_allowance_is_used_twice() => Prop.ForAll(Rules().ToArbitrary(), Amounts().ToArbitrary(), Used().ToArbitrary(), (rule, amount, usage) =>
    {
        var fee = rule.For(amount, usage);
        fee.FreeMonthly.ShouldBeInRange(0, Math.Max(0, rule.FreeMonthly - usage.FreeThisMonth));
        fee.FreeEver.ShouldBeInRange(0, Math.Max(0, rule.FreeEver - usage.FreeEver));
        var chargeable = amount - fee.FreeMonthly - fee.FreeEver;
        chargeable.ShouldBeGreaterThanOrEqualTo(0);
        (rule with { FreeMonthly = 0, FreeEver = 0 }).For(chargeable, Usage.None).Amount.ShouldBe(fee.Amount, "the fee is that of the chargeable part alone");
        if (chargeable > 0)
        {
            (fee.FreeMonthly, fee.FreeEver).ShouldBe((Math.Max(0, rule.FreeMonthly - usage.FreeThisMonth), Math.Max(0, rule.FreeEver - usage.FreeEver)), "nothing is charged while anything is free");
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void More_never_costs_less_and_a_freer_wallet_never_pays_more() => Prop.ForAll(Rules().ToArbitrary(), Amounts().Two().ToArbitrary(), Used().ToArbitrary(), (rule, amounts, usage) =>
    {
        var (less, more) = (Math.Min(amounts.Item1, amounts.Item2), Math.Max(amounts.Item1, amounts.Item2));
        rule.For(less, usage).Amount.ShouldBeLessThanOrEqualTo(rule.For(more, usage).Amount);
        rule.For(more, Usage.None).Amount.ShouldBeLessThanOrEqualTo(rule.For(more, usage).Amount);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void An_allowance_split_over_many_moves_covers_just_as_much() => Prop.ForAll(Rules().ToArbitrary(), Amounts().NonEmptyListOf().ToArbitrary(), (rule, amounts) =>
    {
        var usage = Usage.None;
        foreach (var amount in amounts)
        {
            var fee = rule.For(amount, usage);
            usage = usage with { FreeThisMonth = usage.FreeThisMonth + fee.FreeMonthly, FreeEver = usage.FreeEver + fee.FreeEver };
        }

        var whole = rule.For(amounts.Sum(), Usage.None);
        (usage.FreeThisMonth, usage.FreeEver).ShouldBe((whole.FreeMonthly, whole.FreeEver));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_change_that_is_no_rise_costs_nobody_more() => Prop.ForAll(Rules().Two().ToArbitrary(), Amounts().ToArbitrary(), Used().ToArbitrary(), (rules, amount, usage) =>
    {
        var (before, after) = (new FeeSchedule([rules.Item1]), new FeeSchedule([rules.Item2]));
        if (!before.RisesTo(after))
        {
            var (old, @new) = (before.For(OperationKind.Withdrawal, AccountClass.II, amount, usage), after.For(OperationKind.Withdrawal, AccountClass.II, amount, usage));
            @new.Amount.ShouldBeLessThanOrEqualTo(old.Amount);
        }

        before.RisesTo(before).ShouldBeFalse();
        before.RisesTo(FeeSchedule.None).ShouldBeFalse();
        FeeSchedule.None.RisesTo(before).ShouldBe(rules.Item1.RatePerMillion > 0 || rules.Item1.Minimum > 0);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Each_part_of_a_rule_that_gets_dearer_is_a_rise()
    {
        var rule = new FeeRule(OperationKind.Withdrawal, null) { RatePerMillion = 1_000, Rounding = Rounding.HalfUp, Minimum = 10, Maximum = 2_500, FreeMonthly = 100, FreeEver = 200 };
        foreach (var dearer in new[]
        {
            rule with { RatePerMillion = 1_001 }, rule with { Rounding = Rounding.Up }, rule with { Minimum = 11 }, rule with { Maximum = 2_501 },
            rule with { Maximum = null }, rule with { FreeMonthly = 99 }, rule with { FreeEver = 199 }, rule with { RatePerMillion = 1, Minimum = 0, FreeEver = 0 },
        })
        {
            new FeeSchedule([rule]).RisesTo(new FeeSchedule([dearer])).ShouldBeTrue(dearer.ToString());
        }

        // A rule for one class hides that of all classes.
        new FeeSchedule([rule]).RisesTo(new FeeSchedule([rule, rule with { Class = AccountClass.I, RatePerMillion = 2_000 }])).ShouldBeTrue();
        new FeeSchedule([rule]).RisesTo(new FeeSchedule([rule, rule with { Class = AccountClass.I, RatePerMillion = 500 }])).ShouldBeFalse();
    }

    [Fact]
    public void A_payout_that_comes_back_brings_its_fee_and_what_was_free_to_the_fen() => Prop.ForAll(Rules().ToArbitrary(), Amounts().ToArbitrary(), Used().ToArbitrary(), (rule, amount, usage) =>
    {
        var terms = new SpendTerms(OperationKind.Withdrawal, Rulebook.Of(new FeeSchedule([rule]), LimitSchedule.None, RiskPolicy.None), null, Confirmation.Code);
        var fee = rule.For(amount, usage.At(Noon));
        var opened = BookHead.Opened(WalletId.Of("wal_a"), Currency.Cny) with { Usage = usage.At(Noon) };
        var start = Decided(opened, new BookMove.CreditTopUp(Money.Fen(amount + fee.Amount), "x")).Head;
        var held = Decided(start, new BookMove.PlaceHold(Money.Fen(amount), null, terms));
        held.Head.Balances.Available.ShouldBe(0, "amount and fee are just enough");
        held.Hold!.Fee.ShouldBe(fee.Amount);
        var captured = Decided(held.Head, new BookMove.CaptureHold(held.Hold));
        captured.Head.Balances.Fees.ShouldBe(fee.Amount);
        foreach (var end in new[] { Decided(held.Head, new BookMove.ReleaseHold(held.Hold, "x")), Decided(captured.Head, new BookMove.ReturnPayout(captured.Hold!, "x")) })
        {
            end.Head.Balances.ShouldBe(start.Balances);
            (end.Head.Usage.FreeThisMonth, end.Head.Usage.FreeEver).ShouldBe((start.Usage.FreeThisMonth, start.Usage.FreeEver));
            end.Head.Usage.WithdrawnToday.ShouldBe(start.Usage.WithdrawnToday);
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void An_amount_split_into_payouts_leaves_to_the_fen_whatever_each_part_costs() => Prop.ForAll(Rules().ToArbitrary(), Amounts().NonEmptyListOf().ToArbitrary(), (rule, parts) =>
    {
        var terms = new SpendTerms(OperationKind.Withdrawal, Rulebook.Of(new FeeSchedule([rule]), LimitSchedule.None, RiskPolicy.None), null, Confirmation.Code);
        var start = Decided(BookHead.Opened(WalletId.Of("wal_a"), Currency.Cny), new BookMove.CreditTopUp(Money.Fen(long.MaxValue / 4), "x")).Head;
        var (head, fees) = (start, 0L);
        foreach (var part in parts)
        {
            var held = Decided(head, new BookMove.PlaceHold(Money.Fen(part), null, terms));
            head = Decided(held.Head, new BookMove.CaptureHold(held.Hold!)).Head;
            fees += held.Hold!.Fee;
        }

        (head.Balances.PayoutClearing, head.Balances.Fees).ShouldBe((parts.Sum(), fees));
        head.Balances.Available.ShouldBe(start.Balances.Available - parts.Sum() - fees);
        head.Balances.Sum.ShouldBe(0);
        if (rule is { Minimum: 0, Maximum: null })
        {
            // Each part is rounded by itself, by less than one fen.
            Math.Abs(fees - rule.For(parts.Sum(), Usage.None).Amount).ShouldBeLessThanOrEqualTo(parts.Count);
        }
    }).QuickCheckThrowOnFailure();

    private static Decision Decided(BookHead head, BookMove move) => Book.Decide(head, move, "wdr_1", Noon).Value!;

    /// <summary>Small ones, where rounding shows, and any that a request may have.</summary>
    private static Gen<long> Amounts() => Gen.OneOf(
        Gen.Choose(1, 2_000).Select(fen => (long)fen),
        Gen.Choose(1, 20_000_000).Select(fen => (long)fen),
        from high in Gen.Choose(0, 999_999) from low in Gen.Choose(1, 999_999) select (high * 1_000_000L) + low);

    private static Gen<FeeRule> Rules() =>
        from rate in Gen.OneOf(Gen.Choose(0, 3_000), Gen.Choose(0, 1_000_000))
        from rounding in Gen.Elements(Enum.GetValues<Rounding>())
        from minimum in Gen.OneOf(Gen.Constant(0), Gen.Choose(0, 500))
        from above in Gen.OneOf(Gen.Constant(-1), Gen.Choose(1, 5_000))
        from monthly in Gen.OneOf(Gen.Constant(0), Gen.Choose(0, 5_000_000))
        from ever in Gen.OneOf(Gen.Constant(0), Gen.Choose(0, 1_000_000))
        select new FeeRule(OperationKind.Withdrawal, null)
        {
            RatePerMillion = rate,
            Rounding = rounding,
            Minimum = minimum,
            Maximum = above < 0 ? null : minimum + above,
            FreeMonthly = monthly,
            FreeEver = ever,
        };

    private static Gen<Usage> Used() =>
        from monthly in Gen.OneOf(Gen.Constant(0), Gen.Choose(0, 6_000_000))
        from ever in Gen.OneOf(Gen.Constant(0), Gen.Choose(0, 2_000_000))
        select Usage.None.At(Noon) with { FreeThisMonth = monthly, FreeEver = ever };
}

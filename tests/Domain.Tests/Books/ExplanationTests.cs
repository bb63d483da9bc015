using Shouldly;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Calendar;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Domain.Limits;
using WalletFunctions.Domain.Risk;
using WalletFunctions.Domain.Rules;
using Xunit;

namespace WalletFunctions.Domain.Tests.Books;

/// <summary>What a refusal names as enough is enough, and a little less is not.</summary>
public sealed class ExplanationTests
{
    private const int Runs = 20_000;

    private static readonly DateTimeOffset Noon = Arrange.Noon;

    [Fact]
    public void Every_change_that_is_named_makes_the_move_pass_and_nothing_less_does()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var (refused, helped, seen) = (0, 0, new HashSet<string>());
        for (var run = 0; run < Runs; run++)
        {
            var inputs = Any(random);
            if (Spending.Decide(inputs).Code is null)
            {
                SpendChanges.Of(inputs).ShouldBeEmpty();
                continue;
            }

            refused++;
            var explanation = Explanation.Of(inputs);
            explanation.Code.ShouldBe(Spending.Decide(inputs).Code);
            helped += explanation.Changes.Count > 0 ? 1 : 0;
            foreach (var change in explanation.Changes)
            {
                seen.Add(change.Kind);
                Spending.Decide(change.Apply(inputs)).Code.ShouldBeNull($"seed {seed}, {change} for {inputs}");
                foreach (var less in Less(change, inputs))
                {
                    Spending.Decide(less).Code.ShouldNotBeNull($"seed {seed}, less than {change} for {inputs}");
                }
            }
        }

        refused.ShouldBeGreaterThan(Runs / 3);
        helped.ShouldBeGreaterThan(refused / 2);
        seen.ShouldBe(["amount", "balance", "channel", "combined", "confirm", "currency", "payee", "raise_class", "raise_own_limit", "unfreeze", "wait"], ignoreOrder: true);
    }

    [Fact]
    public void Words_say_how_much_is_missing_and_when_a_limit_begins_anew()
    {
        var text = Explanation.Of(Arrange.Spending(10_000, available: 7_650)).Text;
        text.En.ShouldBe("23.50 yuan short. Any of these would have been enough: have 23.50 yuan more; move 76.50 yuan at most.");
        text.Zh.ShouldBe("还差 23.50 元。以下任一办法即可：余额再多 23.50 元；金额不超过 76.50 元。");

        var spent = Arrange.Spending(10_000) with { Class = AccountClass.II, Confirmed = Confirmation.Code };
        spent = spent with { Usage = spent.Usage with { SpentToday = 4_992_350 } };
        text = Explanation.Of(spent).Text;
        text.En.ShouldStartWith("23.50 yuan above what is left today; the daily limit resets at 00:00.");
        text.En.ShouldContain("wait until 2026-11-23 00:00 (Beijing time)");
        text.Zh.ShouldStartWith("超出今日剩余额度 23.50 元；日限额于 00:00 重置。");
        text.Zh.ShouldContain("升级为 III 类账户");
    }

    [Fact]
    public void Several_obstacles_are_named_together()
    {
        var inputs = Arrange.Spending(10_000, available: 0) with { Freezes = Freezes.ByStaff };
        var change = SpendChanges.Of(inputs).ShouldHaveSingleItem().ShouldBeOfType<SpendChange.Combined>();
        change.Parts.Select(part => part.Kind).ShouldBe(["unfreeze", "balance"]);
        Explanation.Of(inputs).Text.En.ShouldBe("Staff has frozen the account. Any of these would have been enough: have the wallet unfrozen and have 100.00 yuan more.");
    }

    [Theory]
    [InlineData("payee_not_found", "payee")]
    [InlineData("channel_unsupported", "channel")]
    [InlineData("confirmation_wrong", "confirm")]
    [InlineData("account_frozen", "unfreeze")]
    [InlineData("bank_card_not_found", null)]
    public void What_was_refused_before_the_book_was_asked_is_answered_by_its_own_change_only(string edge, string? kind) =>
        SpendChanges.Of(Arrange.Spending(100) with { Edge = edge }).Select(change => change.Kind).ShouldBe(kind is null ? [] : [kind]);

    [Fact]
    public void A_closed_wallet_has_no_way_out() => SpendChanges.Of(Arrange.Spending(1) with { IsClosed = true }).ShouldBeEmpty();

    private static IEnumerable<SpendInputs> Less(SpendChange change, SpendInputs inputs) => change switch
    {
        SpendChange.Amount amount => [inputs with { Amount = amount.Most + 1 }],
        SpendChange.Balance balance => [inputs with { Available = inputs.Available + balance.Missing - 1 }],
        SpendChange.Wait wait => [inputs with { At = wait.Until.AddSeconds(-1) }],
        SpendChange.RaiseClass raised => [inputs with { Class = raised.To - 1 }],
        SpendChange.RaiseOwnLimit { To: var own } =>
        [
            .. own.PerTransaction == inputs.Own.PerTransaction ? Array.Empty<SpendInputs>() : [inputs with { Own = own with { PerTransaction = own.PerTransaction - 1 } }],
            .. own.Daily == inputs.Own.Daily ? Array.Empty<SpendInputs>() : [inputs with { Own = own with { Daily = own.Daily - 1 } }],
        ],
        _ => [],
    };

    private static SpendInputs Any(Random random)
    {
        var operation = OperationKinds.All[random.Next(OperationKinds.All.Count)];
        var at = Noon.AddMinutes(random.Next(-200_000, 200_000));
        var usage = new Usage
        {
            Day = Shanghai.DayOf(at).DayNumber - Rarely(1),
            Month = (Shanghai.DayOf(at).Year * 12) + Shanghai.DayOf(at).Month - 1 - Rarely(1),
            Year = Shanghai.DayOf(at).Year,
            SpentToday = Some(10_000_000),
            WithdrawnToday = Some(10_000_000),
            ToppedUpToday = Some(10_000_000),
            UnconfirmedToday = Some(5_000_000),
            SpentThisYear = Some(20_000_000),
            SpentEver = Some(100_000),
            FreeThisMonth = Some(500_000),
            FreeEver = Some(100_000),
            WindowStart = random.Next(2) == 0 ? 0 : at.ToUnixTimeSeconds() - random.Next(900),
            WindowMoves = random.Next(30),
            WindowAmount = Some(3_000_000),
        };
        return Arrange.Spending(random.NextInt64(1, random.Next(3) == 0 ? 12_000_000 : 300_000)) with
        {
            Operation = operation,
            Class = (AccountClass)random.Next(3),
            At = at,
            Available = random.Next(3) == 0 ? random.NextInt64(0, 2_000_000) : 100_000_000,
            Currency = Rarely(1) == 1 ? "USD" : "CNY",
            Freezes = Rarely(1) == 1 ? (Freezes)random.Next(8) : Freezes.None,
            IsClosed = random.Next(200) == 0,
            IsSelf = Rarely(1) == 1,
            IsNewPayee = random.Next(2) == 0,
            IsNewDevice = random.Next(3) == 0,
            Confirmed = (Confirmation)random.Next(4),
            Edge = random.Next(12) switch { 0 => "payee_not_found", 1 => "channel_unsupported", 2 => "confirmation_required", _ => null },
            Own = random.Next(3) == 0 ? new OwnLimits(random.Next(2) == 0 ? null : Some(200_000), random.Next(2) == 0 ? null : Some(5_000_000)) : OwnLimits.None,
            Usage = usage,
            Rules = Rulebook.Default.At(at).For(operation),
        };

        int Rarely(int value) => random.Next(10) == 0 ? value : 0;

        long Some(long most) => random.Next(2) == 0 ? 0 : random.NextInt64(most);
    }
}

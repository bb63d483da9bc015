using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using WalletFunctions.Domain.Withdrawals;
using Xunit;

namespace WalletFunctions.Domain.Tests.Withdrawals;

public class BankPatienceTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 2, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_first_question_comes_soon_and_later_ones_seldom()
    {
        var promise = Now.AddDays(2);
        BankPatience.NextQuestion(0, Now, promise).ShouldBe(Now.AddSeconds(30));
        BankPatience.NextQuestion(3, Now, promise).ShouldBe(Now.AddMinutes(4));
        BankPatience.NextQuestion(30, Now, promise).ShouldBe(Now.AddHours(4));
    }

    [Fact]
    public void The_question_right_after_the_promise_is_never_missed()
    {
        BankPatience.NextQuestion(9, Now, Now.AddMinutes(5)).ShouldBe(Now.AddMinutes(5).AddSeconds(1));
        BankPatience.NextQuestion(9, Now, Now).ShouldBe(Now.AddSeconds(1));
        BankPatience.NextQuestion(9, Now, Now.AddHours(-1)).ShouldBe(Now.AddHours(1));
    }

    [Fact]
    public void Asking_never_stops_and_three_days_take_few_rounds() =>
        Prop.ForAll(Gen.Choose(0, 1000).ToArbitrary(), Gen.Choose(-100_000, 400_000).ToArbitrary(), (round, secondsToPromise) =>
        {
            var next = BankPatience.NextQuestion(round, Now, Now.AddSeconds(secondsToPromise));
            return next > Now && next <= Now.AddHours(4);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_silent_bank_is_asked_some_thirty_times_before_the_promise()
    {
        var (promise, now, round) = (Now.AddDays(3), Now, 0);
        while (now <= promise)
        {
            now = BankPatience.NextQuestion(round++, now, promise);
        }

        round.ShouldBeInRange(20, 35);
    }
}

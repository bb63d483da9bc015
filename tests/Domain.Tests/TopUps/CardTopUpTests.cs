using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using WalletFunctions.Domain.Limits;
using WalletFunctions.Domain.Rules;
using WalletFunctions.Domain.TopUps;
using Xunit;

namespace WalletFunctions.Domain.Tests.TopUps;

public class CardTopUpTests
{
    private const string Parked = "channel_unavailable";

    private static readonly DateTimeOffset Monday = new(2026, 11, 23, 2, 0, 0, TimeSpan.Zero);
    private static readonly ChargeWord Settled = new(ChargeOutcome.Settled, null);
    private static readonly ChargeWord Rejected = new(ChargeOutcome.Rejected, "card_insufficient_funds");

    [Fact]
    public void A_card_that_paid_is_always_news_and_once()
    {
        Begun().IsNews(Settled).ShouldBeTrue();
        Begun().Fail("card_declined", Monday).IsNews(Settled).ShouldBeTrue();
        Begun().Fail(Parked, Monday).IsNews(Settled).ShouldBeTrue();
        Begun().Succeed(Monday, 1, inSuspense: false).IsNews(Settled).ShouldBeFalse();
    }

    [Fact]
    public void A_refusal_is_news_only_while_none_was_heard()
    {
        Begun().IsNews(Rejected).ShouldBeTrue();
        Begun().Fail(Parked, Monday).IsNews(Rejected).ShouldBeTrue();
        Begun().Fail("card_declined", Monday).IsNews(Rejected).ShouldBeFalse();
        var paid = Begun().Succeed(Monday, 1, inSuspense: false);
        paid.IsNews(Rejected).ShouldBeFalse();
        paid.IsContradictedBy(Rejected).ShouldBeTrue();
    }

    [Fact]
    public void Only_what_is_parked_can_be_resumed_and_each_time_is_a_round_of_its_own()
    {
        var resumed = Begun().Fail(Parked, Monday).Resume(Begun().Counted, Monday.AddMinutes(1));
        (resumed.Status, resumed.Round, resumed.InFlight, resumed.FailureCode).ShouldBe((TopUpStatus.Pending, 2, true, null));
        Should.Throw<InvalidOperationException>(() => Begun().Resume(null, Monday));
        Should.Throw<InvalidOperationException>(() => Begun().Fail("card_declined", Monday).Resume(null, Monday));
    }

    [Fact]
    public void The_promise_of_one_that_is_resumed_counts_from_then()
    {
        var resumed = (Begun() with { IsLate = true }).Fail(Parked, Monday).Resume(null, Monday.AddHours(5));
        resumed.PromisedBy.ShouldBe(Monday.AddHours(6));
        resumed.BecomesLateAt(Monday.AddHours(6)).ShouldBeFalse();
        resumed.BecomesLateAt(Monday.AddHours(6).AddTicks(1)).ShouldBeTrue("nobody was told of the first time");
        Begun().PromisedBy.ShouldBe(Monday.AddHours(1));
    }

    [Fact]
    public void A_charge_counts_as_lost_when_no_request_can_carry_it_any_more()
    {
        Begun().IsLostAt(Monday + CardTopUp.LostAfter - TimeSpan.FromTicks(1)).ShouldBeFalse();
        Begun().IsLostAt(Monday + CardTopUp.LostAfter).ShouldBeTrue();
        Begun().SendAgain(Monday.AddMinutes(1)).IsLostAt(Monday + CardTopUp.LostAfter).ShouldBeFalse();
        Begun().Succeed(Monday, 1, inSuspense: false).IsLostAt(Monday.AddDays(1)).ShouldBeFalse();
    }

    [Fact]
    public void Money_in_suspense_stays_open_until_it_has_a_case()
    {
        var late = Begun().Succeed(Monday, 1, inSuspense: true);
        late.IsOpen.ShouldBeTrue();
        (late with { ConversationId = new ConversationId("cnv_00000000000000000000000001") }).IsOpen.ShouldBeFalse();
    }

    [Fact]
    public void Whatever_is_said_in_whatever_order_the_money_is_credited_once_if_the_card_paid_and_never_otherwise() =>
        Prop.ForAll(Gen.Choose(0, 4).ArrayOf().ToArbitrary(), happenings =>
        {
            var (topUp, credits) = (Begun(), 0);
            foreach (var happening in happenings)
            {
                var word = happening switch { 0 => Settled, 1 => Rejected, _ => null };
                credits += word == Settled && topUp.IsNews(Settled) ? 1 : 0;
                topUp = (word, happening) switch
                {
                    ({ Outcome: ChargeOutcome.Settled }, _) when topUp.IsNews(Settled) => topUp.Succeed(Monday, 1, inSuspense: false),
                    ({ Outcome: ChargeOutcome.Rejected }, _) when topUp.IsNews(Rejected) => topUp.Fail(CardRefusals.CodeOf(CardRefusals.Of(Rejected.Reason)), Monday),
                    (_, 2) when topUp.Status == TopUpStatus.Pending => topUp.Fail(Parked, Monday),
                    (_, 3) when topUp.IsParked => topUp.Resume(null, Monday),
                    (_, 4) when topUp.Status == TopUpStatus.Pending => topUp.Taken(),
                    _ => topUp,
                };
            }

            return credits == (happenings.Contains(0) ? 1 : 0) && (topUp.Status == TopUpStatus.Succeeded) == happenings.Contains(0);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("card_insufficient_funds", "card_insufficient_funds")]
    [InlineData("card_details_outdated", "card_details_outdated")]
    [InlineData("card_declined", "card_declined")]
    [InlineData("05", "card_declined")]
    [InlineData(null, "card_declined")]
    public void Every_reason_of_an_acquirer_is_a_code_that_customers_know(string? reason, string code) =>
        CardRefusals.CodeOf(CardRefusals.Of(reason)).ShouldBe(code);

    [Fact]
    public void The_acquirer_is_asked_ever_more_seldom_up_to_about_an_hour()
    {
        var pauses = Enumerable.Range(0, 12).Select(AcquirerPatience.PauseAfter).ToList();
        pauses[0].ShouldBe(TimeSpan.FromSeconds(30));
        pauses.ShouldBe(pauses.Order());
        pauses[^1].ShouldBeInRange(TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(90));
    }

    private static CardTopUp Begun() => new()
    {
        Id = new TopUpId("top_00000000000000000000000001"),
        WalletId = new WalletId("wal_00000000000000000000000001"),
        AccountId = new AccountId("acc_00000000000000000000000001"),
        Amount = Domain.Money.Fen(100),
        Card = new ChargedCard(new BankCardId("card_00000000000000000000000001"), "1234", "DEMO"),
        SealedCard = "sealed",
        RequestedAt = Monday,
        SentAt = Monday,
        Counted = new Counted(OperationKind.TopUp, 100, 1, false, 0, 0),
    };
}

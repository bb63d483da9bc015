using Shouldly;
using WalletFunctions.Domain.Refunds;
using Xunit;

namespace WalletFunctions.Domain.Tests.Refunds;

/// <summary>What can be done about a refund, by whom, and when.</summary>
public sealed class RefundTests
{
    private static readonly RefundPolicy Policy = RefundPolicy.Default;
    private static readonly DateTimeOffset Now = Arrange.Start;
    private static readonly AccountId Other = AccountId.Of("acc_other");

    [Fact]
    public void A_merchants_silence_goes_to_support_and_grants_only_small_amounts()
    {
        var end = Now.AddDays(3);
        foreach (var (fen, status) in new[] { (9_999L, RefundStatus.Approved), (10_000, RefundStatus.InReview), (20_000, RefundStatus.InReview) })
        {
            var asked = Remind(Remind(Arrange.WithMerchant(fen), Now.AddHours(24)), end.AddHours(-6));
            asked.TimeIsUp(RefundTimer.Merchant, Policy, end.AddTicks(-1)).ShouldBeSameAs(asked);
            asked.TimeIsUp(RefundTimer.Merchant, Policy, end).Status.ShouldBe(status, $"{fen}");
        }

        (Policy with { SilenceApprovesBelow = 0 }).SilenceApproves(Money.Fen(1)).ShouldBeFalse();
    }

    [Theory]
    [InlineData(3, 24, 66)]
    [InlineData(2, 24, 42)]
    [InlineData(1, 18, -1)]
    public void A_merchant_is_reminded_after_a_day_and_six_hours_before_its_end(int days, int first, int second)
    {
        var policy = Policy with { MerchantDays = days };
        policy.Reminders(Now).Select(at => (int)(at - Now).TotalHours).ShouldBe(second < 0 ? [first] : [first, second]);
        var asked = Arrange.WithMerchant();
        RefundTimers.Next(asked, policy).ShouldBe(new RefundWait(RefundTimer.Reminder, Now.AddHours(first)));

        // A clock that stood still past both reminders reminds once, and then the time is over.
        var late = asked.TimeIsUp(RefundTimer.Reminder, policy, Now.AddDays(days));
        late.Timeline.Count(line => line.Event == RefundEvent.Remind).ShouldBe(1);
        RefundTimers.Next(late, policy).ShouldBe(new RefundWait(RefundTimer.Merchant, Now.AddDays(days)));
    }

    [Fact]
    public void Support_that_is_late_makes_it_urgent_every_day_and_decides_nothing()
    {
        var refund = Arrange.InReview();
        for (var day = 1; day <= 3; day++)
        {
            refund = refund.TimeIsUp(RefundTimer.Review, Policy, Now.AddDays(day));
            (refund.Status, refund.Escalations).ShouldBe((RefundStatus.InReview, day));
        }

        RefundTimers.Next(refund.TimeIsUp(RefundTimer.Review, Policy, Now.AddDays(10)), Policy)!.At.ShouldBe(Now.AddDays(11));

        // However long nobody decides, the timeline stays short.
        for (var day = 4; day <= 400; day++)
        {
            refund = refund.TimeIsUp(RefundTimer.Review, Policy, Now.AddDays(day));
        }

        (refund.Escalations, refund.Timeline.Count(line => line.Event == RefundEvent.Escalate)).ShouldBe((400, Refund.MostEscalationsTold));
    }

    [Fact]
    public void Evidence_is_given_once_when_asked_and_asked_for_three_times_at_most()
    {
        var refund = Arrange.WithMerchant();
        refund.GiveEvidence("x", [], Now).Error!.Code.ShouldBe("evidence_not_wanted");
        refund = refund.DecideByMerchant(RefundVerdict.Ask, "照片", Now).Value!;
        for (var round = 1; ; round++)
        {
            refund.Evidence.Count.ShouldBe(round);
            refund = refund.GiveEvidence($"round {round}", ["fil_1"], Now.AddHours(round)).Value!;
            refund.GiveEvidence("again", [], Now).Error!.Code.ShouldBe("evidence_not_wanted");
            (refund.Status, refund.Evidence[^1].Text, refund.Evidence[^1].GivenAt).ShouldBe((RefundStatus.InReview, $"round {round}", Now.AddHours(round)));
            var asked = refund.DecideBySupport(RefundVerdict.Ask, "更多", Other, Now);
            if (round == RefundEvidence.MostRounds)
            {
                asked.Error!.Code.ShouldBe("evidence_rounds_used");
                break;
            }

            refund = asked.Value!;
        }

        var wanted = Arrange.WithMerchant().DecideByMerchant(RefundVerdict.Ask, "照片", Now).Value!;
        wanted.TimeIsUp(RefundTimer.Evidence, Policy, Now.AddDays(3)).Status.ShouldBe(RefundStatus.Expired);
    }

    [Fact]
    public void A_denial_is_appealed_against_once_within_seven_days_and_judged_by_somebody_else()
    {
        Arrange.WithMerchant().Appeal("x", [], Policy, Now).Error!.Code.ShouldBe("not_appealable");
        Arrange.Denied().Appeal("x", [], Policy, Now.AddDays(7)).Error!.Code.ShouldBe("not_appealable");
        Arrange.Denied().TimeIsUp(RefundTimer.Appeal, Policy, Now.AddDays(7)).IsOver.ShouldBeTrue();

        var denied = Arrange.InReview().DecideBySupport(RefundVerdict.Deny, "不符", Other, Now).Value!;
        denied.IsOver.ShouldBeFalse();
        var appealed = denied.Appeal("再看看", ["fil_1"], Policy, Now.AddDays(7).AddTicks(-1)).Value!;
        appealed.DecideBySupport(RefundVerdict.Approve, "x", Other, Now).Error!.Code.ShouldBe("second_person_required");
        appealed.DecideBySupport(RefundVerdict.Approve, "x", Arrange.Agent, Now).Value!.Status.ShouldBe(RefundStatus.Approved);
        var final = appealed.DecideBySupport(RefundVerdict.Deny, "x", Arrange.Agent, Now).Value!;
        (final.Status, final.IsOver).ShouldBe((RefundStatus.Denied, true));
        final.Appeal("x", [], Policy, Now).Error!.Code.ShouldBe("not_appealable");
        RefundTimers.Next(final, Policy).ShouldBeNull();
    }

    [Fact]
    public void Who_asked_for_the_customer_does_not_decide_it() =>
        Arrange.InReview(askedBy: Arrange.Agent).DecideBySupport(RefundVerdict.Approve, "x", Arrange.Agent, Now).Error!.Code.ShouldBe("second_person_required");

    [Fact]
    public void A_merchant_that_decides_before_it_is_asked_is_told_to_come_again()
    {
        var early = Arrange.Asked().DecideByMerchant(RefundVerdict.Approve, "x", Now).Error!;
        (early.Code, early.RetryAfter).ShouldBe(("already_in_progress", TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void Money_for_a_closed_wallet_is_not_said_to_be_in_it()
    {
        var granted = Arrange.WithMerchant().DecideByMerchant(RefundVerdict.Approve, "x", Now).Value!;
        granted.Paid(Now).Timeline[^1].Words.En.ShouldBe("The money is in your wallet.");
        var kept = granted.Paid(Now, isInSuspense: true);
        (kept.Status, kept.Timeline.Count, kept.Timeline[^1].Event).ShouldBe((RefundStatus.Refunded, granted.Timeline.Count + 1, RefundEvent.Pay));
        kept.Timeline[^1].Words.ShouldBe(RefundStates.SuspenseWords);
        RefundWords.ToCustomer(kept, kept.Timeline[^1], null).En.ShouldEndWith(RefundStates.SuspenseWords.En);
    }

    [Fact]
    public void Money_that_does_not_come_is_tried_every_hour_and_support_hears_of_it_after_three_days()
    {
        var refund = Arrange.WithMerchant().DecideByMerchant(RefundVerdict.Approve, "x", Now).Value!.NotPaid("insufficient_funds", Now);
        var at = Now;
        while (RefundTimers.Next(refund, Policy) is { Timer: RefundTimer.Funds } retry)
        {
            retry.At.ShouldBe(at.AddHours(1));
            at = retry.At;
            refund = refund.NotPaid("insufficient_funds", at);
        }

        RefundTimers.Next(refund, Policy).ShouldBe(new RefundWait(RefundTimer.FundsSupport, Now.AddDays(3)));
        RefundTimers.AnswerBy(refund, Policy).ShouldBe(Now.AddDays(3));
        refund = refund.TimeIsUp(RefundTimer.FundsSupport, Policy, Now.AddDays(3));
        RefundTimers.AnswerBy(refund, Policy).ShouldBeNull("nobody can say any more");
        RefundTimers.Next(refund, Policy)!.Timer.ShouldBe(RefundTimer.Funds);
        refund.Timeline.Count.ShouldBe(5, "retries leave no lines");
        refund.Paid(at).Status.ShouldBe(RefundStatus.Refunded);
    }

    [Fact]
    public void Eligibility_knows_age_state_and_what_is_left()
    {
        var payment = Arrange.Payment(1_000);
        string? Refusal(PaymentStanding standing, DateTimeOffset now, long fen = 1_000) => RefundEligibility.Of(payment, standing, Policy, now).Check(Money.Fen(fen))?.Code;

        Refusal(PaymentStanding.Made, Now).ShouldBeNull();
        Refusal(PaymentStanding.Made, payment.CreatedAt.AddDays(90).AddTicks(-1)).ShouldBeNull();
        Refusal(PaymentStanding.Made, payment.CreatedAt.AddDays(90)).ShouldBe("refund_too_late");
        Refusal(PaymentStanding.Made, Now, 1_001).ShouldBe("refund_exceeds_payment");
        Refusal(PaymentStanding.NotMade, Now).ShouldBe("payment_not_refundable");
        Refusal(PaymentStanding.Reversed, Now, 1).ShouldBe("refund_exceeds_payment");
        payment = payment.Reserve(Money.Fen(600));
        Refusal(PaymentStanding.Made, Now, 401).ShouldBe("refund_exceeds_payment");
        Refusal(PaymentStanding.Made, Now, 400).ShouldBeNull();
        Enum.GetValues<RefundReason>().ShouldAllBe(reason => RefundEligibility.Asked(reason).Count > 0);
    }

    [Fact]
    public void More_than_is_reserved_is_never_given_back_or_paid()
    {
        var payment = Arrange.Payment(100).Reserve(Money.Fen(60));
        Should.Throw<InvalidOperationException>(() => payment.Reserve(Money.Fen(41)));
        Should.Throw<InvalidOperationException>(() => payment.GiveBack(Money.Fen(61)));
        Should.Throw<InvalidOperationException>(() => payment.Refund(Money.Fen(61)));
        var paid = payment.Refund(Money.Fen(60));
        (paid.Refundable, paid.Refunded, paid.Reserved).ShouldBe((Money.Fen(40), Money.Fen(60), Money.Fen(0)));
        Should.Throw<InvalidOperationException>(() => paid.GiveBack(Money.Fen(1)));
    }

    private static Refund Remind(Refund refund, DateTimeOffset at) => refund.TimeIsUp(RefundTimer.Reminder, Policy, at);
}

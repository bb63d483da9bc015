using Shouldly;
using WalletFunctions.Domain.Refunds;
using Xunit;

namespace WalletFunctions.Domain.Tests.Refunds;

/// <summary>What customers and merchants are sent, and until when.</summary>
public sealed class RefundWordsTests
{
    private static readonly RefundPolicy Policy = RefundPolicy.Default;
    private static readonly DateTimeOffset Now = Arrange.Start;

    [Fact]
    public void The_customer_is_sent_every_step_but_reminders() =>
        RefundStates.Edges.Where(edge => !edge.Notifies).Select(edge => edge.Event).Distinct().ShouldBe([RefundEvent.Remind, RefundEvent.StillShort], ignoreOrder: true);

    [Fact]
    public void What_has_an_end_says_when_it_is()
    {
        var merchant = Arrange.WithMerchant();
        ToCustomer(merchant).En.ShouldEndWith("It has until 2026-11-25 12:00 (Beijing time).");
        var asked = merchant.DecideByMerchant(RefundVerdict.Ask, "照片", Now).Value!;
        ToCustomer(asked).En.ShouldEndWith("Send it before 2026-11-25 12:00 (Beijing time).");
        ToCustomer(asked).Zh.ShouldEndWith("请在 2026-11-25 12:00（北京时间）前提交。");
        ToCustomer(asked.GiveEvidence("x", [], Now).Value!).En.ShouldEndWith("You hear from us by 2026-11-23 12:00 (Beijing time).");
        var denied = Arrange.Denied();
        ToCustomer(denied).En.ShouldEndWith("Appeal before 2026-11-29 12:00 (Beijing time).");
        var appealed = denied.Appeal("x", [], Policy, Now).Value!;
        ToCustomer(appealed).En.ShouldEndWith("You hear from us by 2026-11-23 12:00 (Beijing time).");

        // What is late, final or on its way promises no moment.
        foreach (var refund in new[]
        {
            appealed.TimeIsUp(RefundTimer.Review, Policy, Now.AddDays(1)),
            appealed.DecideBySupport(RefundVerdict.Deny, "x", Arrange.Agent, Now).Value!,
            denied.TimeIsUp(RefundTimer.Appeal, Policy, Now.AddDays(7)),
            denied.Terminate(Now),
            merchant.DecideByMerchant(RefundVerdict.Approve, "x", Now).Value!,
        })
        {
            ToCustomer(refund).En.ShouldNotContain("Beijing", Case.Sensitive, $"{refund.Timeline[^1].Event}");
        }
    }

    [Fact]
    public void A_deadline_that_is_told_is_the_one_that_holds()
    {
        foreach (var refund in new[] { Arrange.InReview(), Arrange.Denied(), Arrange.Denied().Appeal("x", [], Policy, Now).Value!, Arrange.WithMerchant().DecideByMerchant(RefundVerdict.Ask, "x", Now).Value! })
        {
            RefundTimers.Deadline(refund.Timeline[^1], Policy).ShouldBe(RefundTimers.Next(refund, Policy)!.At, $"{refund.Status}");
        }

        var merchant = Arrange.WithMerchant();
        RefundTimers.Deadline(merchant.Timeline[^1], Policy).ShouldBe(RefundTimers.AnswerBy(merchant, Policy));
    }

    [Fact]
    public void A_merchant_is_told_what_its_silence_leads_to()
    {
        var (small, large) = (ToMerchant(9_999, Policy), ToMerchant(10_000, Policy));
        (small.Zh.Contains("逾期未答复视为同意", StringComparison.Ordinal), large.Zh.Contains("视为同意", StringComparison.Ordinal)).ShouldBe((true, false));
        small.En.ShouldContain("granted, unless the refunds of this payment come to 100.00 CNY or more");
        large.En.ShouldContain("before 2026-11-25 12:00 (Beijing time); after that our support takes over.");
        ToMerchant(1, Policy with { SilenceApprovesBelow = 0 }).En.ShouldContain("; after that our support takes over.");
        small.En.ShouldStartWith("The payer of order ", Case.Sensitive);
        RefundWords.ToMerchant(Arrange.WithMerchant(1), isReminder: true, Now.AddDays(3), Policy).En.ShouldStartWith("Reminder: the payer of order ", Case.Sensitive);

        static Text ToMerchant(long fen, RefundPolicy policy) => RefundWords.ToMerchant(Arrange.WithMerchant(fen), isReminder: false, Now.AddDays(3), policy);
    }

    private static Text ToCustomer(Refund refund) => RefundWords.ToCustomer(refund, refund.Timeline[^1], RefundTimers.Deadline(refund.Timeline[^1], Policy));
}

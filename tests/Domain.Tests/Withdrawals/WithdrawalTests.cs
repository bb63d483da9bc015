using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using WalletFunctions.Domain.Withdrawals;
using Xunit;

namespace WalletFunctions.Domain.Tests.Withdrawals;

public class WithdrawalTests
{
    private static readonly DateTimeOffset Monday = new(2026, 11, 23, 2, 0, 0, TimeSpan.Zero);
    private static readonly BankWord Settled = new(PayoutOutcome.Settled, null);
    private static readonly BankWord Refused = new(PayoutOutcome.Refused, "bad_account");
    private static readonly BankWord Rejected = new(PayoutOutcome.Rejected, "account_closed");
    private static readonly BankWord Returned = new(PayoutOutcome.Returned, "name_mismatch");
    private static readonly BankWord Voided = new(PayoutOutcome.Voided, null);
    private static readonly ConversationId Conversation = new("cnv_00000000000000000000000001");

    [Fact]
    public void The_payout_id_is_the_same_at_every_attempt()
    {
        var first = InFlight();
        var second = first.HandBack(Monday).HandOver(Monday);
        second.PayoutId.ShouldBe(first.PayoutId);
        second.MayBeAtBank.ShouldBeTrue();
        first.HandBack(Monday).MayBeAtBank.ShouldBeTrue(); // it is asked about before it is sent again
        Reserved().MayBeAtBank.ShouldBeFalse();
        Withdrawal.FindPayout(first.PayoutId!).ShouldBe((first.Id, first.WalletId));
        Withdrawal.FindPayout("../po_").ShouldBeNull();
        Withdrawal.FindPayout(first.PayoutId![..^1] + "u").ShouldBeNull("u is no character of an id");
    }

    [Fact]
    public void It_is_submitted_when_the_bank_has_taken_it_and_not_before()
    {
        InFlight().Status.ShouldBe(WithdrawalStatus.Reserved);
        Submitted().Status.ShouldBe(WithdrawalStatus.Submitted);
        var submitted = Submitted();
        submitted.Taken(Monday).ShouldBeSameAs(submitted);
    }

    [Fact]
    public void It_can_be_cancelled_until_the_order_leaves()
    {
        Reserved().Cancel(Monday).Value!.Status.ShouldBe(WithdrawalStatus.Cancelled);
        InFlight().Cancel(Monday).Error.ShouldBe(WithdrawalErrors.BankMayTakeIt);
        Submitted().Cancel(Monday).Error.ShouldBe(WithdrawalErrors.BankHasIt);
        InFlight().HandBack(Monday).Cancel(Monday).Value!.Status.ShouldBe(WithdrawalStatus.Cancelled);
        foreach (var ended in new[] { InFlight().Hear(Settled), InFlight().Hear(Refused), Submitted().Hear(Rejected) }.Select(heard => heard.Book(Monday)))
        {
            ended.Cancel(Monday).Error.ShouldBe(WithdrawalErrors.AlreadyEnded, $"it is {ended.Status}");
        }

        new[] { WithdrawalErrors.BankMayTakeIt, WithdrawalErrors.BankHasIt, WithdrawalErrors.AlreadyEnded }.ShouldAllBe(error => error.Code == "too_late_to_cancel");
    }

    [Fact]
    public void Staff_ends_what_may_be_at_the_bank_only_by_the_banks_own_word()
    {
        Reserved().Stop(Monday).Value!.Status.ShouldBe(WithdrawalStatus.Cancelled);
        InFlight().HandBack(Monday).Stop(Monday).Value!.Status.ShouldBe(WithdrawalStatus.Cancelled);
        foreach (var open in new[] { InFlight(), Submitted() })
        {
            open.Stop(Monday).Error.ShouldBe(WithdrawalErrors.BankMayHaveIt);
            var heard = open.Hear(Voided);
            (heard.DueStep, heard.Cancel(Monday).Error).ShouldBe((MoneyStep.Release, WithdrawalErrors.AlreadyEnded));
            var ended = heard.Book(Monday);
            (ended.Status, ended.Timeline[^1].Note).ShouldBe((WithdrawalStatus.Cancelled, TimelineNote.Stopped));
            ended.Stop(Monday).Value.ShouldBeSameAs(ended);
            ended.Hear(Settled).ShouldBeSameAs(ended);
            open.Hear(Settled).Hear(Voided).DueStep.ShouldBe(MoneyStep.Capture);
        }
    }

    [Fact]
    public void A_bank_that_is_down_for_hours_is_told_of_once() =>
        InFlight().HandBack(Monday).HandOver(Monday).HandBack(Monday).Timeline.Count.ShouldBe(2);

    [Fact]
    public void It_cannot_be_cancelled_once_the_bank_has_spoken_even_before_the_money_is_booked() =>
        InFlight().HandBack(Monday).Hear(Settled).Cancel(Monday).Error.ShouldBe(WithdrawalErrors.AlreadyEnded);

    [Fact]
    public void A_fate_that_is_heard_before_the_order_was_said_to_be_taken_implies_it() =>
        InFlight().Hear(Settled).Book(Monday).Timeline.Select(line => line.Status)
            .ShouldBe([WithdrawalStatus.Reserved, WithdrawalStatus.Submitted, WithdrawalStatus.Settled]);

    [Fact]
    public void Cancelling_twice_changes_nothing()
    {
        var cancelled = Reserved().Cancel(Monday).Value!;
        cancelled.Cancel(Monday.AddHours(1)).Value.ShouldBeSameAs(cancelled);
    }

    [Fact]
    public void A_cancelled_one_is_not_handed_over() =>
        Should.Throw<InvalidOperationException>(() => Reserved().Cancel(Monday).Value!.HandOver(Monday));

    [Fact]
    public void Settled_captures_the_hold()
    {
        var heard = Submitted().Hear(Settled, "msg-1");
        heard.DueStep.ShouldBe(MoneyStep.Capture);
        var booked = heard.Book(Monday);
        booked.Status.ShouldBe(WithdrawalStatus.Settled);
        booked.DueStep.ShouldBe(MoneyStep.None);
    }

    [Fact]
    public void Rejected_releases_the_hold_and_tells_the_reason()
    {
        var booked = Submitted().Hear(Rejected).Book(Monday);
        booked.Status.ShouldBe(WithdrawalStatus.Rejected);
        booked.Timeline[^1].Words.En.ShouldContain("account_closed");
        booked.Timeline[^1].Words.Zh.ShouldContain("account_closed");
    }

    [Fact]
    public void An_order_that_the_bank_never_takes_fails() =>
        InFlight().Hear(new BankWord(PayoutOutcome.Refused, "bad_account")).Book(Monday).Status.ShouldBe(WithdrawalStatus.Failed);

    [Fact]
    public void A_return_that_comes_days_after_the_settlement_puts_the_money_back()
    {
        var back = Submitted().Hear(Settled).Book(Monday).Hear(Returned, "msg-2");
        back.DueStep.ShouldBe(MoneyStep.Return);
        back.Book(Monday).Status.ShouldBe(WithdrawalStatus.Returned);
    }

    [Fact]
    public void A_return_that_overtakes_the_settlement_is_booked_after_it()
    {
        var heard = Submitted().Hear(Returned);
        heard.DueStep.ShouldBe(MoneyStep.Capture);
        var settled = heard.Book(Monday);
        settled.DueStep.ShouldBe(MoneyStep.Return);
        settled.Book(Monday).Status.ShouldBe(WithdrawalStatus.Returned);
    }

    [Fact]
    public void Repeated_late_and_contradictory_words_change_nothing()
    {
        var settled = Submitted().Hear(Settled, "msg-1").Book(Monday);
        settled.Hear(Settled, "msg-1").ShouldBeSameAs(settled);
        settled.Hear(Settled, "msg-9").ShouldBeSameAs(settled);
        settled.Hear(Rejected, "msg-2").ShouldBeSameAs(settled);
        settled.Hear(Returned, "msg-1").ShouldBeSameAs(settled); // a callback id counts once, whatever it says
        var cancelled = Reserved().Cancel(Monday).Value!;
        cancelled.Hear(Settled).ShouldBeSameAs(cancelled);
    }

    [Fact]
    public void It_becomes_overdue_once_and_only_while_the_bank_is_silent()
    {
        var submitted = Submitted();
        submitted.BecomesOverdueAt(submitted.PromisedBy).ShouldBeFalse();
        submitted.BecomesOverdueAt(submitted.PromisedBy.AddSeconds(1)).ShouldBeTrue();
        submitted.Hear(Settled).BecomesOverdueAt(submitted.PromisedBy.AddSeconds(1)).ShouldBeFalse();

        var overdue = submitted.MarkOverdue(Conversation, submitted.PromisedBy.AddSeconds(1));
        overdue.Overdue.ShouldBeTrue();
        overdue.Status.ShouldBe(WithdrawalStatus.Submitted);
        overdue.BecomesOverdueAt(submitted.PromisedBy.AddDays(1)).ShouldBeFalse();

        var late = overdue.Hear(Settled).Book(Monday.AddDays(9));
        late.Overdue.ShouldBeFalse();
        late.ConversationId.ShouldBe(Conversation);
    }

    [Fact]
    public void Whatever_happens_in_whatever_order_money_is_taken_once_and_put_back_at_most_once() =>
        Prop.ForAll(Gen.Choose(0, 11).ArrayOf().ToArbitrary(), happenings =>
        {
            var withdrawal = Reserved();
            var (captured, released, returned) = (0, 0, 0);
            foreach (var happening in happenings)
            {
                var before = withdrawal;
                switch (happening)
                {
                    case 0: withdrawal = withdrawal.Status == WithdrawalStatus.Reserved ? withdrawal.HandOver(Monday) : withdrawal; break;
                    case 1: withdrawal = withdrawal.InFlight ? withdrawal.HandBack(Monday) : withdrawal; break;
                    case 8: withdrawal = withdrawal.InFlight ? withdrawal.Taken(Monday) : withdrawal; break;
                    case 2: withdrawal = withdrawal.Cancel(Monday).Value ?? withdrawal; break;
                    case 3: withdrawal = withdrawal.Hear(Settled, "a"); break;
                    case 4: withdrawal = withdrawal.Hear(Rejected, "b"); break;
                    case 5: withdrawal = withdrawal.Hear(Returned, "c"); break;
                    case 6: withdrawal = withdrawal.BecomesOverdueAt(Monday.AddDays(9)) ? withdrawal.MarkOverdue(Conversation, Monday) : withdrawal; break;
                    case 7: withdrawal = withdrawal.Hear(new BankWord(PayoutOutcome.Refused, null)); break;
                    case 9: withdrawal = withdrawal.Stop(Monday).Value ?? withdrawal; break;
                    case 10: withdrawal = withdrawal.MayBeAtBank ? withdrawal.Hear(Voided) : withdrawal; break;
                    default:
                        (captured, released, returned) = (
                            captured + (withdrawal.DueStep == MoneyStep.Capture ? 1 : 0),
                            released + (withdrawal.DueStep == MoneyStep.Release ? 1 : 0),
                            returned + (withdrawal.DueStep == MoneyStep.Return ? 1 : 0));
                        withdrawal = withdrawal.DueStep == MoneyStep.None ? withdrawal : withdrawal.Book(Monday);
                        break;
                }

                if (happening is 2 or 9 && before.Status != WithdrawalStatus.Cancelled && withdrawal.Status == WithdrawalStatus.Cancelled)
                {
                    released++;
                }

                var isOpen = withdrawal.Status.IsOpen();
                if (captured + released != (isOpen ? 0 : 1) || returned > captured || (withdrawal.Overdue && !isOpen))
                {
                    return false;
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_note_has_words_in_both_languages() =>
        Enum.GetValues<TimelineNote>().Select(note => WithdrawalTimeline.Words(note, null))
            .ShouldAllBe(text => text.Zh.Length > 0 && text.En.Length > 0 && text.Zh != text.En);

    private static Withdrawal Submitted() => InFlight().Taken(Monday);

    private static Withdrawal InFlight() => Reserved().HandOver(Monday);

    private static Withdrawal Reserved() => Withdrawal.Reserve(
        new("wdr_00000000000000000000000001"),
        new("wal_00000000000000000000000001"),
        new("acc_00000000000000000000000001"),
        Money.Fen(50_00),
        Money.Fen(0),
        new(new("card_00000000000000000000000001"), "1234", "ICBC"),
        "sealed",
        Monday,
        Monday.AddDays(2));
}

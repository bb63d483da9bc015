using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Calendar;
using WalletFunctions.Domain.Withdrawals;
using Xunit;

namespace Domain.Tests.Withdrawals;

public sealed class WithdrawalNoticesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 2, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Every_line_has_words_in_both_languages_and_a_key_of_its_own()
    {
        var notes = Enum.GetValues<TimelineNote>();
        var told = notes.Select((note, i) => WithdrawalNotices.Since(With(notes[..(i + 1)]), i, Now).ShouldHaveSingleItem()).ToList();
        told.Select(one => one.Key).Distinct().Count().ShouldBe(notes.Length);
        foreach (var (_, title, body) in told)
        {
            title.Zh.ShouldNotBeNullOrEmpty();
            title.En.ShouldNotBeNullOrEmpty();
            body.Zh.ShouldContain("10.00 CNY");
            body.En.ShouldContain("1234");
        }
    }

    [Fact]
    public void Steps_that_come_at_once_are_told_in_one_message_and_the_day_is_promised()
    {
        var told = WithdrawalNotices.Since(With(TimelineNote.Reserved, TimelineNote.Submitted), 0, Now).ShouldHaveSingleItem();
        told.Body.Zh.ShouldContain("已提交银行处理");
        told.Body.Zh.ShouldContain("不晚于 2026-11-25");
        WithdrawalNotices.Since(With(TimelineNote.Reserved, TimelineNote.Submitted, TimelineNote.Settled), 0, Now).Count().ShouldBe(1);
        WithdrawalNotices.Since(With(TimelineNote.Reserved, TimelineNote.Submitted, TimelineNote.Settled, TimelineNote.Returned), 2, Now).Count().ShouldBe(2);
    }

    [Theory]
    [InlineData(TimelineNote.Reserved)]
    [InlineData(TimelineNote.Submitted)]
    public void No_day_is_promised_that_was_over_when_it_was_said(TimelineNote note)
    {
        var asked = With(note);
        foreach (var late in new[] { false, true })
        {
            var at = asked.PromisedBy.AddSeconds(late ? 1 : 0);
            var body = WithdrawalNotices.Since(asked with { Timeline = [asked.Timeline[0] with { At = at }] }, 0, at).ShouldHaveSingleItem().Body;
            (body.Zh.Contains("2026", StringComparison.Ordinal), body.En.Contains("2026", StringComparison.Ordinal)).ShouldBe((!late, !late));
        }
    }

    [Fact]
    public void What_was_told_is_not_told_again_and_a_repeat_has_the_same_key()
    {
        var withdrawal = With(TimelineNote.Reserved, TimelineNote.Submitted, TimelineNote.Settled);
        WithdrawalNotices.Since(withdrawal, 3, Now).ShouldBeEmpty();
        WithdrawalNotices.Since(withdrawal, 2, Now).ShouldBe(WithdrawalNotices.Since(withdrawal, 2, Now));
    }

    [Fact]
    public void What_was_told_so_long_ago_that_nobody_remembers_is_not_told_again()
    {
        var withdrawal = With(TimelineNote.Reserved, TimelineNote.Submitted, TimelineNote.Settled);
        WithdrawalNotices.Since(withdrawal, 0, Now + WithdrawalNotices.ToldWithin - TimeSpan.FromTicks(1)).ShouldNotBeEmpty();
        WithdrawalNotices.Since(withdrawal, 0, Now + WithdrawalNotices.ToldWithin).ShouldBeEmpty();
    }

    [Fact]
    public void The_banks_own_words_stay_out_of_messages()
    {
        var withdrawal = With(TimelineNote.Reserved) with { Timeline = [new(Now, WithdrawalStatus.Rejected, TimelineNote.Rejected, "click http://evil.example")] };
        WithdrawalNotices.Since(withdrawal, 0, Now).ShouldHaveSingleItem().Body.Zh.ShouldNotContain("evil");
    }

    [Fact]
    public void What_is_late_is_spoken_of_once_a_day_for_a_week_and_then_once_a_week()
    {
        // Late from the last second of the 25th on, in Shanghai; looked at every hour, as the bank is asked.
        var late = With(TimelineNote.Reserved, TimelineNote.Submitted, TimelineNote.Overdue);
        late = late with { Overdue = true, Status = WithdrawalStatus.Submitted, Timeline = [.. late.Timeline.Take(2), late.Timeline[2] with { At = late.PromisedBy.AddSeconds(1) }] };
        var told = Enumerable.Range(0, 24 * 30).Select(hour => late.PromisedBy.AddSeconds(1).AddHours(hour))
            .Select(at => (At: at, Notice: WithdrawalNotices.Reminder(late, at))).Where(look => look.Notice is not null)
            .GroupBy(look => look.Notice!.Value.Key).Select(group => group.First()).ToList();

        told.Select(look => Shanghai.DayOf(look.At).ToString("MM-dd")).ShouldBe(["11-27", "11-28", "11-29", "11-30", "12-01", "12-02", "12-03", "12-10", "12-17", "12-24"]);
        told.Select(look => look.At).ShouldAllBe(at => at.ToOffset(TimeSpan.FromHours(8)).Hour == 9, "nobody is woken at midnight");
        var (_, title, body) = told[0].Notice!.Value;
        (title.Zh, title.En).ShouldBe(("提现仍在跟进", "Your withdrawal is still being looked after"));
        body.Zh.ShouldContain("1234");
        body.En.ShouldContain("10.00 CNY");
        body.En.ShouldNotContain("cancel");
        WithdrawalNotices.Reminder(late with { Status = WithdrawalStatus.Reserved }, told[0].At)!.Value.Body.En.ShouldContain("You can still cancel it.");
    }

    [Fact]
    public void Nothing_is_said_of_a_delay_that_is_not_there_or_is_over()
    {
        var late = With(TimelineNote.Reserved, TimelineNote.Overdue) with { Overdue = true, Status = WithdrawalStatus.Submitted };
        var later = Now.AddDays(3);
        WithdrawalNotices.Reminder(late, later).ShouldNotBeNull();
        WithdrawalNotices.Reminder(late with { Overdue = false }, later).ShouldBeNull();
        WithdrawalNotices.Reminder(late with { Word = new BankWord(PayoutOutcome.Settled, null) }, later).ShouldBeNull();
        WithdrawalNotices.Reminder(late with { Status = WithdrawalStatus.Settled }, later).ShouldBeNull();
        WithdrawalNotices.Reminder(late, Now.AddHours(1)).ShouldBeNull();
    }

    private static Withdrawal With(params TimelineNote[] notes) => Withdrawal.Reserve(
        Id.From<WithdrawalId>(Now, "w"u8), Id.From<WalletId>(Now, "w"u8), Id.From<AccountId>(Now, "a"u8), Money.Fen(10_00), Money.Fen(0),
        new PayoutCard(Id.From<BankCardId>(Now, "c"u8), "1234", "DEMO"), "sealed", Now, new DateTimeOffset(2026, 11, 25, 15, 59, 59, TimeSpan.Zero)) with
    {
        Timeline = [.. notes.Select(note => new TimelineEntry(Now, WithdrawalStatus.Submitted, note))],
    };
}

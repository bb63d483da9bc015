using Shouldly;
using WalletFunctions.Domain;
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

    private static Withdrawal With(params TimelineNote[] notes) => Withdrawal.Reserve(
        Id.From<WithdrawalId>(Now, "w"u8), Id.From<WalletId>(Now, "w"u8), Id.From<AccountId>(Now, "a"u8), Money.Fen(10_00), Money.Fen(0),
        new PayoutCard(Id.From<BankCardId>(Now, "c"u8), "1234", "DEMO"), "sealed", Now, new DateTimeOffset(2026, 11, 25, 15, 59, 59, TimeSpan.Zero)) with
    {
        Timeline = [.. notes.Select(note => new TimelineEntry(Now, WithdrawalStatus.Submitted, note))],
    };
}

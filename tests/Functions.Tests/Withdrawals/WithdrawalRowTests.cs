using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Withdrawals;
using WalletFunctions.Withdrawals;
using Xunit;

namespace Functions.Tests.Withdrawals;

public class WithdrawalRowTests
{
    private static readonly DateTimeOffset Monday = new(2026, 11, 23, 2, 0, 0, TimeSpan.Zero);

    private static readonly Entry ToSuspense = new(
        new("wal_00000000000000000000000001"), 7, Monday, EntryKind.Release, "wdr_00000000000000000000000001:release",
        [new Posting(BookAccount.Held, BookAccount.Suspense, 50_10)], null, null, 0, 0, default);

    [Fact]
    public void Whatever_happened_to_a_withdrawal_its_row_keeps_it() =>
        Prop.ForAll(Gen.Choose(0, 10).ArrayOf().ToArbitrary(), happenings =>
        {
            var withdrawal = happenings.Aggregate(Reserved(), After);
            return JsonSerializer.Serialize(WithdrawalRow.From(withdrawal).ToDomain()) == JsonSerializer.Serialize(withdrawal);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_row_of_a_newer_version_is_refused_clearly()
    {
        var row = WithdrawalRow.From(Reserved());
        row.Version = 2;
        Should.Throw<InvalidDataException>(row.ToDomain).Message.ShouldContain("schema 2");
    }

    [Fact]
    public void Newer_withdrawals_come_first_in_their_partition()
    {
        var ids = Enumerable.Range(0, 200).Select(i => Id.From<WithdrawalId>(Monday.AddMinutes(i * i), [(byte)i])).ToList();
        ids.OrderBy(WithdrawalTable.RowKey, StringComparer.Ordinal).ShouldBe(ids.AsEnumerable().Reverse());
    }

    private static Withdrawal After(Withdrawal withdrawal, int happening) => happening switch
    {
        0 when withdrawal is { Status: WithdrawalStatus.Reserved, Word: null } => withdrawal.HandOver(Monday),
        1 when withdrawal.InFlight => withdrawal.Taken(Monday.AddTicks(7)),
        2 when withdrawal.InFlight => withdrawal.HandBack(Monday),
        3 => withdrawal.Hear(new BankWord(PayoutOutcome.Settled, null), "msg_1"),
        4 => withdrawal.Hear(new BankWord(PayoutOutcome.Returned, "原因 \" | "), "msg_2"),
        5 when withdrawal.DueStep != MoneyStep.None => withdrawal.Book(Monday).KeptIn(ToSuspense),
        6 when withdrawal.BecomesOverdueAt(Monday.AddDays(9)) => withdrawal.MarkOverdue(new("cnv_00000000000000000000000001"), Monday),
        7 => withdrawal.Cancel(Monday).Value ?? withdrawal,
        8 when withdrawal is { Timeline.Count: 1, MayBeAtBank: false, Word: null } => withdrawal.SendToReview(Monday.AddDays(1), Monday.AddDays(4), "ReviewNewPayee"),
        9 => withdrawal.Approve(Monday.AddHours(2), Monday.AddDays(3)),
        10 => withdrawal.RefuseInReview(isExpired: withdrawal.Timeline.Count % 2 == 0, Monday),
        _ => withdrawal,
    };

    private static Withdrawal Reserved() => Withdrawal.Reserve(
        new("wdr_00000000000000000000000001"), new("wal_00000000000000000000000001"), new("acc_00000000000000000000000001"),
        Money.Fen(50_00), Money.Fen(10), new(new("card_00000000000000000000000001"), "1234", "ICBC"), "a|b", Monday, Monday.AddDays(2));
}

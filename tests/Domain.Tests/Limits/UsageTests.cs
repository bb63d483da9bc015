using Shouldly;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Fees;
using WalletFunctions.Domain.Limits;
using WalletFunctions.Domain.Risk;
using WalletFunctions.Domain.Rules;
using WalletFunctions.Domain.Tests.Books;
using Xunit;

namespace WalletFunctions.Domain.Tests.Limits;

/// <summary>Counters follow the Shanghai calendar, and what is given back is given back to the period it came from.</summary>
public sealed class UsageTests
{
    private static readonly Party Payee = new(WalletId.Of("wal_b"), "*乙");

    [Fact]
    public void The_day_ends_at_midnight_in_Shanghai_and_not_in_Greenwich()
    {
        var terms = Terms(daily: 100, yearly: null);
        var spent = Decide(Arrange.Book(1000), 100, terms, Shanghai(2026, 11, 22, 23, 59, 59)).Value!.Head;
        Decide(spent, 1, terms, Shanghai(2026, 11, 22, 23, 59, 59)).Error.ShouldBe(LedgerErrors.LimitDaily);
        Decide(spent, 100, terms, Shanghai(2026, 11, 23, 0, 0, 0)).IsOk.ShouldBeTrue();

        var morning = Decide(Arrange.Book(1000), 100, terms, Shanghai(2026, 11, 22, 7, 59, 0)).Value!.Head;
        Decide(morning, 1, terms, Shanghai(2026, 11, 22, 8, 1, 0)).Error.ShouldBe(LedgerErrors.LimitDaily, "a new day in Greenwich is none here");
    }

    [Fact]
    public void The_year_ends_with_the_Shanghai_year()
    {
        var terms = Terms(daily: null, yearly: 100);
        var spent = Decide(Arrange.Book(1000), 100, terms, Shanghai(2026, 12, 31, 23, 59, 59)).Value!.Head;
        Decide(spent, 1, terms, Shanghai(2026, 12, 31, 23, 59, 59)).Error.ShouldBe(LedgerErrors.LimitYearly);
        var next = Decide(spent, 60, terms, Shanghai(2027, 1, 1, 0, 0, 0)).Value!.Head;
        (next.Usage.SpentThisYear, next.Usage.SpentEver).ShouldBe((60, 160));
    }

    [Fact]
    public void A_clock_that_is_behind_the_book_counts_on_the_books_day()
    {
        var terms = Terms(daily: 100, yearly: null);
        var spent = Decide(Arrange.Book(1000), 100, terms, Shanghai(2026, 11, 23, 0, 0, 1)).Value!.Head;
        Decide(spent, 1, terms, Shanghai(2026, 11, 22, 23, 59, 0)).Error.ShouldBe(LedgerErrors.LimitDaily);
        spent.Usage.At(Shanghai(2026, 11, 22, 23, 59, 0)).SpentToday.ShouldBe(100);
    }

    [Fact]
    public void A_released_hold_gives_its_own_period_back_and_no_other()
    {
        var terms = new SpendTerms(OperationKind.Withdrawal, Rulebook.Default, "phone", Confirmation.Code);
        var placed = Book.Decide(Arrange.Book(2_000_000), new BookMove.PlaceHold(Money.Fen(700_000), "ICBC 1234", terms), "wdr_1", Shanghai(2026, 11, 30, 22, 0, 0)).Value!;
        (placed.Fee.Amount, placed.Fee.FreeMonthly, placed.Fee.FreeEver).ShouldBe((100, 500_000, 100_000));
        var usage = placed.Head.Usage;
        (usage.WithdrawnToday, usage.FreeThisMonth, usage.FreeEver, usage.SpentToday).ShouldBe((700_000, 500_000, 100_000, 0));

        var sameDay = Release(placed, Shanghai(2026, 11, 30, 23, 0, 0)).Usage;
        (sameDay.WithdrawnToday, sameDay.FreeThisMonth, sameDay.FreeEver).ShouldBe((0, 0, 0));
        var nextMonth = Release(placed, Shanghai(2026, 12, 1, 1, 0, 0)).Usage;
        (nextMonth.WithdrawnToday, nextMonth.FreeThisMonth, nextMonth.FreeEver).ShouldBe((0, 0, 0), "the new month has not given anything, so nothing comes back to it");
    }

    [Fact]
    public void The_ten_minute_window_begins_with_a_move_and_ends_ten_minutes_later()
    {
        var terms = Terms(daily: null, yearly: null);
        var at = Shanghai(2026, 11, 22, 12, 0, 0);
        var head = Decide(Decide(Arrange.Book(1000), 10, terms, at).Value!.Head, 20, terms, at.AddMinutes(9)).Value!.Head;
        (head.Usage.WindowMoves, head.Usage.WindowAmount).ShouldBe((2, 30));
        head.Usage.At(at.AddMinutes(10)).WindowMoves.ShouldBe(0);
        var later = Decide(head, 5, terms, at.AddMinutes(10)).Value!.Head.Usage;
        (later.WindowMoves, later.WindowAmount).ShouldBe((1, 5));
    }

    [Fact]
    public void A_ring_remembers_the_latest_and_forgets_the_longest_unseen()
    {
        var ring = default(SeenRing);
        ring.IsEmpty.ShouldBeTrue();
        for (var i = 0; i < 5; i++)
        {
            ring = ring.With($"payee {i}", 4);
        }

        ring.Has("payee 0").ShouldBeFalse();
        ring = ring.With("payee 1", 4).With("payee 5", 4);
        ring.Has("payee 1").ShouldBeTrue("it was met again");
        ring.Has("payee 2").ShouldBeFalse();
        ring.Bytes.Length.ShouldBe(16);
        SeenRing.From(ring.Bytes).ShouldBe(ring);
    }

    [Fact]
    public void The_systems_own_moves_count_for_nothing()
    {
        var head = Book.Decide(Arrange.Book(1000), new BookMove.DebitTransfer(Money.Fen(10), Payee, null, TransferPurpose.Refund, SpendTerms.Free(OperationKind.Payment)), "txn_1", Shanghai(2026, 11, 22, 12, 0, 0)).Value!.Head;
        head.Usage.ShouldBeSameAs(Usage.None);
    }

    private static BookHead Release(Decision placed, DateTimeOffset at) => Book.Decide(placed.Head, new BookMove.ReleaseHold(placed.Hold!, "x"), "wdr_1:release", at).Value!.Head;

    private static Result<Decision> Decide(BookHead head, long amount, SpendTerms terms, DateTimeOffset at) =>
        Book.Decide(head, new BookMove.DebitTransfer(Money.Fen(amount), Payee, null, TransferPurpose.Transfer, terms), "txn_x", at);

    private static SpendTerms Terms(long? daily, long? yearly)
    {
        var limits = new AmountLimits(null, daily, yearly, null);
        return new SpendTerms(OperationKind.Transfer,
            Rulebook.Of(FeeSchedule.None, new LimitSchedule([limits, limits, limits], LimitSchedule.None.Withdrawal, LimitSchedule.None.TopUp), RiskPolicy.None), "phone", Confirmation.None);
    }

    private static DateTimeOffset Shanghai(int year, int month, int day, int hour, int minute, int second) => new(year, month, day, hour, minute, second, TimeSpan.FromHours(8));
}

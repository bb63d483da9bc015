using Shouldly;
using WalletFunctions.Domain.Books;
using Xunit;

namespace WalletFunctions.Domain.Tests.Books;

public sealed class BookTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private static readonly Party Payee = new(WalletId.Of("wal_b"), "*乙");

    [Fact]
    public void A_debit_of_all_that_is_available_is_allowed_and_of_a_fen_more_is_refused()
    {
        var head = Arrange.Book(1000);
        Decide(head, new BookMove.DebitTransfer(Money.Fen(1000), Payee, null, TransferPurpose.Transfer, Arrange.Free)).Value!.Head.Balances.Available.ShouldBe(0);
        Decide(head, new BookMove.DebitTransfer(Money.Fen(1001), Payee, null, TransferPurpose.Transfer, Arrange.Free)).Error.ShouldBe(LedgerErrors.InsufficientFunds);
    }

    [Fact]
    public void A_fee_comes_on_top_and_must_be_covered_too()
    {
        var head = Arrange.Book(1000);
        Decide(head, new BookMove.DebitTransfer(Money.Fen(990), Payee, null, TransferPurpose.Transfer, Arrange.Charging(11))).Error.ShouldBe(LedgerErrors.InsufficientFunds);
        Decide(head, new BookMove.DebitTransfer(Money.Fen(990), Payee, null, TransferPurpose.Transfer, Arrange.Charging(10))).Value!.Head.Balances.ShouldBe(new Balances(0, 0, -1000, 0, 10, 990, 0));
    }

    [Fact]
    public void A_transfer_to_oneself_is_refused() =>
        Decide(Arrange.Book(1000), new BookMove.DebitTransfer(Money.Fen(1), new Party(Arrange.Wallet, null), null, TransferPurpose.Transfer, Arrange.Free)).Error.ShouldBe(LedgerErrors.PayeeIsSelf);

    [Fact]
    public void A_frozen_book_lets_nothing_out_and_keeps_what_arrives()
    {
        var head = Arrange.Book(1000) with { Freezes = Freezes.ByRule };
        Decide(head, new BookMove.DebitTransfer(Money.Fen(1), Payee, null, TransferPurpose.Transfer, Arrange.Free)).Error.ShouldBe(LedgerErrors.WalletFrozen);
        Decide(head, new BookMove.PlaceHold(Money.Fen(1), null, Arrange.Free)).Error.ShouldBe(LedgerErrors.WalletFrozen);
        Decide(head, new BookMove.CreditTransfer(Money.Fen(5), Payee, null, Noon)).Value!.Head.Balances.Available.ShouldBe(1005);
    }

    [Fact]
    public void A_hold_placed_before_a_freeze_can_still_come_to_its_end()
    {
        var placed = Decide(Arrange.Book(1000), new BookMove.PlaceHold(Money.Fen(400), null, Arrange.Free)).Value!;
        var frozen = placed.Head with { Freezes = Freezes.ByRule };
        Decide(frozen, new BookMove.CaptureHold(placed.Hold!)).IsOk.ShouldBeTrue();
        Decide(frozen, new BookMove.ReleaseHold(placed.Hold!, "rejected")).IsOk.ShouldBeTrue();
    }

    [Fact]
    public void What_comes_back_to_a_closed_book_stands_in_suspense()
    {
        var placed = Decide(Arrange.Book(1000), new BookMove.PlaceHold(Money.Fen(400), null, Arrange.Charging(10))).Value!;
        var closed = placed.Head with { IsClosed = true };
        var released = Decide(closed, new BookMove.ReleaseHold(placed.Hold!, "rejected")).Value!.Head.Balances;
        (released.Available, released.Held, released.Suspense).ShouldBe((590, 0, 410));
        var captured = Decide(closed, new BookMove.CaptureHold(placed.Hold!)).Value!;
        var returned = Decide(captured.Head, new BookMove.ReturnPayout(captured.Hold!, "returned")).Value!.Head.Balances;
        (returned.Available, returned.Held, returned.Suspense).ShouldBe((590, 0, 410));
    }

    [Fact]
    public void An_entry_takes_the_latest_of_the_clock_the_book_and_the_debit()
    {
        var head = Arrange.Book(1000) with { LastAt = Noon };
        At(Noon.AddMinutes(1)).ShouldBe(Noon.AddMinutes(1));
        At(Noon.AddMinutes(-1)).ShouldBe(Noon);
        At(Noon.AddMinutes(-5)).ShouldBe(Noon);
        var debitedAt = Noon.AddMinutes(3);
        Book.Decide(head, new BookMove.CreditTransfer(Money.Fen(1), Payee, null, debitedAt), "txn_x", Noon).Value!.Entry!.At.ShouldBe(debitedAt);

        DateTimeOffset At(DateTimeOffset now) => Book.Decide(head, new BookMove.CreditTopUp(Money.Fen(1), "sandbox"), "top_x", now).Value!.Entry!.At;
    }

    [Fact]
    public void A_clock_more_than_five_minutes_behind_the_book_is_a_fault() =>
        Should.Throw<ClockBehindException>(() => Book.Decide(
            Arrange.Book(1000) with { LastAt = Noon }, new BookMove.CreditTopUp(Money.Fen(1), "sandbox"), "top_x", Noon.AddMinutes(-5).AddTicks(-1)));

    [Fact]
    public void The_canonical_form_of_an_entry_never_changes()
    {
        // Written once and for all: if this fails, every stored chain would seem broken.
        var entry = new Entry(WalletId.Of("wal_a"), 7, Noon, EntryKind.TransferOut, "txn_x",
            [new Posting(BookAccount.Available, BookAccount.InTransit, 300)], Payee, "午饭", 700, 0, new byte[] { 1, 2, 3 });
        Convert.ToHexStringLower(entry.Hash()).ShouldBe("bdf02b4b5a8f01674b6793c5104b9d3fd067553302b561d4acdfd7dca023f8d4");
    }

    [Fact]
    public void Postings_read_back_as_they_were_written()
    {
        IReadOnlyList<Posting> postings = [new(BookAccount.Held, BookAccount.PayoutClearing, 1), new(BookAccount.Held, BookAccount.Fees, long.MaxValue)];
        Posting.Format(postings).ShouldBe("1>3:1,1>4:9223372036854775807");
        Posting.Parse(Posting.Format(postings)).ShouldBe(postings);
        Posting.Parse("").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("1>3")]
    [InlineData("1:3>4")]
    [InlineData("1>9:5")]
    public void A_posting_that_cannot_be_read_is_an_error(string text) => Should.Throw<FormatException>(() => Posting.Parse(text));

    [Fact]
    public void A_posting_is_positive_and_between_two_accounts()
    {
        Should.Throw<ArgumentException>(() => new Posting(BookAccount.Available, BookAccount.Held, 0));
        Should.Throw<ArgumentException>(() => new Posting(BookAccount.Available, BookAccount.Held, -1));
        Should.Throw<ArgumentException>(() => new Posting(BookAccount.Available, BookAccount.Available, 1));
    }

    private static Result<Decision> Decide(BookHead head, BookMove move) => Book.Decide(head, move, "wdr_x", Noon);
}

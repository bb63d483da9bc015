using Shouldly;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Limits;
using WalletFunctions.Domain.Risk;
using Xunit;

namespace WalletFunctions.Domain.Tests.Books;

/// <summary>What freezes and own limits do to a book's decisions.</summary>
public sealed class StatusMoveTests
{
    private static readonly Party Payee = new(WalletId.Of("wal_b"), "*乙");

    [Theory]
    [InlineData(FreezeSource.Customer, "account_frozen")]
    [InlineData(FreezeSource.Staff, "account_frozen")]
    [InlineData(FreezeSource.Rule, "wallet_frozen")]
    public void An_approval_sends_nothing_out_of_a_frozen_book_and_may_still_be_denied(FreezeSource source, string code)
    {
        var (head, hold) = Held();
        var frozen = Decide(head, new BookMove.Freeze(source)).Value!.Head;
        Decide(frozen, new BookMove.CaptureToTransfer(hold, Payee, null, TransferPurpose.Transfer)).Error!.Code.ShouldBe(code);
        Decide(frozen, new BookMove.ReleaseHold(hold, "review_denied")).Value!.Head.Balances.Available.ShouldBe(1_000);

        var thawed = Decide(frozen, new BookMove.Unfreeze(source)).Value!.Head;
        Decide(thawed, new BookMove.CaptureToTransfer(hold, Payee, null, TransferPurpose.Transfer)).Value!.Head.Balances.InTransit.ShouldBe(400);
    }

    [Fact]
    public void A_hold_that_has_ended_is_told_as_ended_even_in_a_frozen_book()
    {
        var (head, hold) = Held();
        var frozen = Decide(head, new BookMove.Freeze(FreezeSource.Customer)).Value!.Head;
        Decide(frozen, new BookMove.CaptureToTransfer(hold with { State = HoldState.Released }, Payee, null, TransferPurpose.Transfer)).Error!.Code.ShouldBe("hold_not_open");
    }

    [Fact]
    public void Who_froze_a_book_beside_another_does_not_unfreeze_it_alone()
    {
        var head = Arrange.Book(1);
        foreach (var source in Enum.GetValues<FreezeSource>())
        {
            head = Decide(head, new BookMove.Freeze(source)).Value!.Head;
        }

        head = Decide(head, new BookMove.Unfreeze(FreezeSource.Customer)).Value!.Head;
        head = Decide(head, new BookMove.Unfreeze(FreezeSource.Rule)).Value!.Head;
        head.Status.ShouldBe(BookStatus.Frozen);
        Decide(head, new BookMove.Unfreeze(FreezeSource.Staff)).Value!.Head.Status.ShouldBe(BookStatus.Active);
    }

    [Fact]
    public void Own_limits_are_raised_only_with_a_confirmation()
    {
        var lowered = Decide(Arrange.Book(1), new BookMove.ChangeOwnLimits(new OwnLimitsChange(true, 100, false, null), Confirmation.None)).Value!.Head;
        lowered.Own.ShouldBe(new OwnLimits(100, null));
        var raise = new OwnLimitsChange(true, 200, true, 50);
        Decide(lowered, new BookMove.ChangeOwnLimits(raise, Confirmation.None)).Error!.Code.ShouldBe("confirmation_required");
        foreach (var confirmed in Enum.GetValues<Confirmation>().Where(how => how != Confirmation.None))
        {
            Decide(lowered, new BookMove.ChangeOwnLimits(raise, confirmed)).Value!.Head.Own.ShouldBe(new OwnLimits(200, 50));
        }
    }

    private static (BookHead Head, Hold Hold) Held()
    {
        var decision = Decide(Arrange.Book(1_000), new BookMove.PlaceHold(Money.Fen(400), "x", Arrange.Free)).Value!;
        return (decision.Head, decision.Hold!);
    }

    private static Result<Decision> Decide(BookHead head, BookMove move) => Book.Decide(head, move, "txn_x", DateTimeOffset.UnixEpoch.AddDays(1));
}

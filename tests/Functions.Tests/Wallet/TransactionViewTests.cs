using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Platform.OpenApi;
using WalletFunctions.Wallet;
using Xunit;

namespace WalletFunctions.Tests.Wallet;

public sealed class TransactionViewTests
{
    private static readonly WalletId Wallet = Books.NewWallet();

    [Theory]
    [InlineData(HoldState.Open, null, "pending", null)]
    [InlineData(HoldState.Captured, null, "completed", null)]
    [InlineData(HoldState.Released, "rejected", "failed", "rejected")]
    [InlineData(HoldState.Released, "cancelled", "cancelled", "cancelled")]
    [InlineData(HoldState.Returned, "account_closed", "returned", "account_closed")]
    public void A_withdrawal_is_one_transaction_whose_status_follows_its_hold(HoldState state, string? reason, string status, string? failureCode)
    {
        var id = Books.NewId<WithdrawalId>().Value;
        var placed = Decided(new BookMove.PlaceHold(Money.Fen(400), "ICBC 1234", Books.Charging(5)), id);
        var view = TransactionView.Of(placed.Entry!, placed.Hold! with { State = state, Reason = reason });
        (view.Status, view.FailureCode, view.Kind, view.Direction).ShouldBe((status, failureCode, "withdrawal", "out"));
        (view.Amount, view.Fee, view.BalanceAfter).ShouldBe((Money.Fen(400), Money.Fen(5), Money.Fen(595)));
        view.Counterparty!.Name.ShouldBe("ICBC 1234");
        view.WithdrawalId.ShouldBe(id);
        view.TransactionId.Value.ShouldBe("txn_" + id[4..]);
    }

    [Fact]
    public void The_end_of_a_hold_is_no_transaction_of_its_own_but_a_returned_payout_is()
    {
        TransactionKinds.Shows(EntryKind.Capture).ShouldBeFalse();
        TransactionKinds.Shows(EntryKind.Release).ShouldBeFalse();
        var hold = new Hold(Books.NewId<WithdrawalId>().Value, 400, 5, HoldState.Captured);
        var returned = Decided(new BookMove.ReturnPayout(hold, "account_closed"), hold.Id + ":return:1");
        var view = TransactionView.Of(returned.Entry!, null);
        (view.Kind, view.Direction, view.Amount, view.WithdrawalId).ShouldBe(("withdrawal_return", "in", Money.Fen(405), hold.Id));
        var pattern = Schemas.Of(typeof(TransactionView), closed: false)["properties"]!["transactionId"]!["pattern"]!.GetValue<string>();
        view.TransactionId.Value.ShouldMatch(pattern);
    }

    [Fact]
    public void A_transfer_that_has_not_arrived_is_in_transit()
    {
        var sent = Decided(new BookMove.DebitTransfer(Money.Fen(300), new Party(Books.NewWallet(), "*乙"), "午饭", TransferPurpose.Transfer, Books.Charging(2)), Books.NewId<TransactionId>().Value).Entry!;
        TransactionView.Of(sent, null, isCredited: false).Status.ShouldBe("in_transit");
        var view = TransactionView.Of(sent, null);
        (view.Status, view.Amount, view.Fee, view.BalanceAfter, view.Note).ShouldBe(("completed", Money.Fen(300), Money.Fen(2), Money.Fen(698), "午饭"));
    }

    private static Decision Decided(BookMove move, string operation)
    {
        var head = Book.Decide(BookHead.Opened(Wallet, Currency.Cny), new BookMove.CreditTopUp(Money.Fen(1000), "sandbox"), "top_1", DateTimeOffset.UnixEpoch).Value!.Head;
        return Book.Decide(head, move, operation, DateTimeOffset.UnixEpoch).Value!;
    }
}

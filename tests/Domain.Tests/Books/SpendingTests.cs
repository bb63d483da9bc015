using Shouldly;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Domain.Limits;
using WalletFunctions.Domain.Risk;
using WalletFunctions.Domain.Rules;
using Xunit;

namespace WalletFunctions.Domain.Tests.Books;

/// <summary>What a spending decision asks, in its order, and what becomes of a move that a person must look at.</summary>
public sealed class SpendingTests
{
    private static readonly DateTimeOffset Noon = Arrange.Noon;
    private static readonly Party Payee = new(WalletId.Of("wal_b"), "*乙");

    [Fact]
    public void What_is_asked_first_is_what_the_customer_is_told()
    {
        var inputs = Arrange.Spending(9_000_000, available: 0) with
        {
            Currency = "USD",
            IsSelf = true,
            Freezes = Freezes.ByCustomer | Freezes.ByRule,
            Own = new OwnLimits(1, 1),
            Edge = "payee_not_found",
        };
        var told = new List<string>();
        foreach (var step in new Func<SpendInputs, SpendInputs>[]
        {
            i => i,
            i => i with { Edge = null },
            i => i with { Currency = "CNY" },
            i => i with { IsSelf = false },
            i => i with { Freezes = Freezes.ByRule },
            i => i with { Freezes = Freezes.None },
            i => i with { Available = 1_000_000_000 },
            i => i with { Amount = 5_000_000 },
            i => i with { Own = OwnLimits.None, Usage = i.Usage with { SpentToday = 10_000_000, SpentThisYear = 20_000_000 } },
            i => i with { Usage = i.Usage with { SpentToday = 0 } },
            i => i with { Usage = i.Usage with { SpentThisYear = 0 } },
            i => i with { Confirmed = Confirmation.PaymentPassword },
        })
        {
            inputs = step(inputs);
            told.Add(Spending.Decide(inputs) is { Code: { } code } ? code : "under_review");
        }

        told.ShouldBe(["payee_not_found", "currency_mismatch", "payee_is_self", "account_frozen", "wallet_frozen", "insufficient_funds", "limit_per_transaction",
            "own_limit", "limit_daily", "limit_yearly", "confirmation_required", "under_review"]);
    }

    [Fact]
    public void A_lifetime_limit_ends_what_the_first_class_may_ever_spend()
    {
        var inputs = Arrange.Spending(60_000) with { IsNewPayee = true, Class = AccountClass.I, Confirmed = Confirmation.Code };
        Spending.Decide(inputs).Code.ShouldBeNull();
        Spending.Decide(inputs with { Usage = new Usage { SpentEver = 40_001 } }).Code.ShouldBe("limit_lifetime");
    }

    [Fact]
    public void A_move_under_review_is_held_and_its_approval_moves_what_its_denial_gives_back()
    {
        var terms = new SpendTerms(OperationKind.Transfer, Rulebook.Default, "phone", Confirmation.Code);
        var start = Arrange.Book(6_000_000);
        var held = Book.Decide(start, new BookMove.DebitTransfer(Money.Fen(4_600_000), Payee, "车款", TransferPurpose.Transfer, terms), "txn_1", Noon).Value!;
        (held.UnderReview, held.Entry!.Kind, held.Hold!.ExpiresAt).ShouldBe((true, EntryKind.TransferHold, Noon.AddDays(1)));
        (held.Head.Balances.Available, held.Head.Balances.Held, held.Head.Usage.SpentToday).ShouldBe((1_400_000, 4_600_000, 4_600_000));
        held.Head.Usage.Payees.IsEmpty.ShouldBeTrue("a payee is known once the money has left");

        var approved = Book.Decide(held.Head, new BookMove.CaptureToTransfer(held.Hold, Payee, "车款", TransferPurpose.Transfer), "txn_1:approve", Noon.AddHours(2)).Value!;
        (approved.Head.Balances.Held, approved.Head.Balances.InTransit, approved.Entry!.Kind).ShouldBe((0, 4_600_000, EntryKind.TransferApproved));
        approved.Head.Usage.Payees.Has("wal_b").ShouldBeTrue();
        Book.Decide(approved.Head, new BookMove.ReleaseHold(approved.Hold!, "x"), "txn_1:release", Noon.AddHours(3)).Error.ShouldBe(LedgerErrors.HoldNotOpen);

        var denied = Book.Decide(held.Head, new BookMove.ReleaseHold(held.Hold, "review_denied"), "txn_1:release", Noon.AddHours(2)).Value!;
        denied.Head.Balances.ShouldBe(start.Balances);
        (denied.Head.Usage.SpentToday, denied.Head.Usage.SpentThisYear, denied.Head.Usage.SpentEver).ShouldBe((0, 0, 0));
        Book.Decide(denied.Head, new BookMove.CaptureToTransfer(denied.Hold!, Payee, null, TransferPurpose.Transfer), "txn_1:approve", Noon.AddHours(3)).Error.ShouldBe(LedgerErrors.HoldNotOpen);
    }

    [Fact]
    public void A_withdrawal_to_a_new_card_waits_for_a_person_once_its_owner_has_confirmed_it()
    {
        var inputs = Arrange.Spending(4_600_000) with { Operation = OperationKind.Withdrawal, IsNewPayee = true, Rules = Rulebook.Default.At(Noon).For(OperationKind.Withdrawal) };
        Spending.Decide(inputs).Code.ShouldBe("confirmation_required");
        Spending.Decide(inputs with { Confirmed = Confirmation.DeviceKey }).UnderReview.ShouldBeTrue();
        Spending.Decide(inputs with { Confirmed = Confirmation.DeviceKey, IsNewPayee = false }).UnderReview.ShouldBeFalse();

        // To one's own card, however new, an amount that asks for no confirmation elsewhere asks for none.
        var usual = inputs with { Amount = 1_900_000 };
        Spending.Decide(usual).Code.ShouldBeNull();
        Spending.Decide(usual with { Operation = OperationKind.Transfer }).Code.ShouldBe("confirmation_required");
    }

    [Fact]
    public void A_bank_card_is_known_once_money_may_leave_for_it()
    {
        var terms = new SpendTerms(OperationKind.Withdrawal, Rulebook.Default, "phone", Confirmation.Code);
        var start = Arrange.Book(12_000_000);
        var held = Book.Decide(start, new BookMove.PlaceHold(Money.Fen(4_600_000), "ICBC 1234", terms, "card_1"), "wdr_1", Noon).Value!;
        (held.UnderReview, held.Head.Usage.Payees.IsEmpty, held.Fired.Contains(RiskRule.ReviewNewPayee)).ShouldBe((true, true, true));
        held.Head.Balances.Held.ShouldBe(held.Hold!.Total);

        var approved = Book.Decide(held.Head, new BookMove.ApproveHold(held.Hold, "card_1"), "wdr_1:approve", Noon.AddHours(2)).Value!;
        (approved.Entry, approved.Head.Balances).ShouldBe((null, held.Head.Balances));
        Book.Decide(approved.Head, new BookMove.PlaceHold(Money.Fen(4_600_000), "ICBC 1234", terms, "card_1"), "wdr_2", Noon.AddHours(3)).Value!.UnderReview.ShouldBeFalse();

        var frozen = Book.Decide(held.Head, new BookMove.Freeze(FreezeSource.Staff), "x", Noon).Value!.Head;
        Book.Decide(frozen, new BookMove.ApproveHold(held.Hold, "card_1"), "wdr_1:approve", Noon).Error.ShouldBe(LedgerErrors.AccountFrozen);
        var released = Book.Decide(held.Head, new BookMove.ReleaseHold(held.Hold, "review_expired"), "wdr_1:release", Noon.AddDays(1)).Value!;
        released.Head.Balances.ShouldBe(start.Balances);
        Book.Decide(released.Head, new BookMove.ApproveHold(released.Hold!, "card_1"), "wdr_1:approve", Noon.AddDays(1)).Error.ShouldBe(LedgerErrors.HoldNotOpen);
    }

    [Fact]
    public void A_book_decides_by_the_class_that_it_is_of_at_that_moment()
    {
        var move = new BookMove.PlaceHold(Money.Fen(186_219), "ICBC 1234", new SpendTerms(OperationKind.Withdrawal, Rulebook.Default, "phone", Confirmation.Code));
        var third = Arrange.Book(1_000_000);
        var second = Book.Decide(third, new BookMove.SetClass(AccountClass.II), "cls_1", Noon).Value!.Head;
        (second.Class, second.Balances, second.LastNumber).ShouldBe((AccountClass.II, third.Balances, third.LastNumber));
        Book.Decide(third, move, "wdr_1", Noon).Value!.Fee.Amount.ShouldBe(0, "class III has an allowance each month");
        Book.Decide(second, move, "wdr_1", Noon).Value!.Fee.Amount.ShouldBe(86);
    }

    [Fact]
    public void Each_source_ends_its_own_freeze_only()
    {
        var head = Do(Do(Arrange.Book(100), new BookMove.Freeze(FreezeSource.Customer)), new BookMove.Freeze(FreezeSource.Staff));
        head.Status.ShouldBe(BookStatus.Frozen);
        head = Do(head, new BookMove.Unfreeze(FreezeSource.Customer));
        (head.Status, head.Freezes).ShouldBe((BookStatus.Frozen, Freezes.ByStaff));
        Do(head, new BookMove.Unfreeze(FreezeSource.Staff)).Status.ShouldBe(BookStatus.Active);
        Do(head, new BookMove.Close()).Status.ShouldBe(BookStatus.Closed);

        static BookHead Do(BookHead head, BookMove move) => Book.Decide(head, move, "txn_x", Noon).Value!.Head;
    }

    [Fact]
    public void A_card_top_up_counts_when_it_is_asked_for_and_is_never_refused_once_it_has_come()
    {
        var terms = new SpendTerms(OperationKind.TopUp, Rulebook.Default, null, Confirmation.None);
        var head = Arrange.Book(0);
        for (var i = 0; i < 2; i++)
        {
            head = Book.Decide(head, new BookMove.ReserveTopUp(Money.Fen(5_000_000), terms), $"top_{i}", Noon).Value!.Head;
        }

        var last = Book.Decide(head, new BookMove.ReserveTopUp(Money.Fen(1), terms), "top_3", Noon);
        last.Error.ShouldBe(LedgerErrors.LimitDaily);
        var counted = new Counted(OperationKind.TopUp, 5_000_000, head.Usage.Day, false, 0, 0);
        Book.Decide(head, new BookMove.ForgetTopUp(counted), "top_0:failed", Noon).Value!.Head.Usage.ToppedUpToday.ShouldBe(5_000_000);
        var closed = Book.Decide(head with { IsClosed = true }, new BookMove.CreditTopUp(Money.Fen(7), "bank_card"), "top_1:credit", Noon).Value!.Head;
        (closed.Balances.Available, closed.Balances.Suspense).ShouldBe((0, 7));
    }

    [Fact]
    public void Every_purpose_has_a_kind_for_either_side_and_none_is_shared()
    {
        var kinds = Enum.GetValues<TransferPurpose>().SelectMany(purpose => new[] { EntryKinds.Out(purpose), EntryKinds.In(purpose) }).ToList();
        kinds.ShouldBeUnique();
        foreach (var purpose in Enum.GetValues<TransferPurpose>())
        {
            (EntryKinds.PurposeOf(EntryKinds.Out(purpose)), EntryKinds.PurposeOf(EntryKinds.In(purpose))).ShouldBe((purpose, purpose));
            (EntryKinds.IsOut(EntryKinds.Out(purpose)), EntryKinds.IsIn(EntryKinds.Out(purpose)), EntryKinds.IsIn(EntryKinds.In(purpose))).ShouldBe((true, false, true));
        }

        Enum.GetValues<EntryKind>().ShouldAllBe(kind => !(EntryKinds.IsHold(kind) && EntryKinds.PurposeOf(kind) != null));
    }
}

using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Reconciliation;
using WalletFunctions.Wallet;
using WalletFunctions.Withdrawals;
using Xunit;

namespace WalletFunctions.Tests.Reconciliation;

/// <summary>Each error that a writer of the storage can plant is found as what it is, and nothing else is found.</summary>
[Collection(ReconciliationStage.Collection)]
public sealed class PlantedErrorTests(ReconciliationStage stage)
{
    [Fact]
    public async Task Where_nothing_was_planted_nothing_is_found()
    {
        var report = await stage.ReportAsync();
        report.Findings.ShouldBeEmpty();
        report.InTransit.ShouldBeEmpty();
        report.Books.ShouldBe(ReconciliationStage.BookCount);
        report.Totals.Sum.ShouldBe(0);
    }

    [Fact]
    public Task A_missing_entry() => FindsAsync(FindingKind.EntryMissing, book => book.DeleteAsync(BookKeys.Entry(book.Partition, book.Middle(IsTransfer).Number)));

    [Fact]
    public Task A_missing_newest_entry() => FindsAsync(FindingKind.EntryMissing, book => book.DeleteAsync(BookKeys.Entry(book.Partition, book.Newest.Number)));

    [Fact]
    public Task An_entry_that_stands_twice() => FindsAsync(FindingKind.EntryDoubled, book => book.WriteAsync(book.Newest with { Number = book.Newest.Number + 1 }));

    [Fact]
    public Task An_entry_that_stands_twice_and_is_chained() => FindsAsync(FindingKind.EntryDoubled, book =>
        book.AppendAsync(draft => Like(draft, book.Entries[0])));

    [Fact]
    public Task An_entry_of_nobody() => FindsAsync(FindingKind.EntryUnknown, book => book.WriteAsync(book.Newest with { Number = book.Newest.Number + 1, Operation = "txn_nobody" }));

    [Fact]
    public Task An_amount_wrong_by_a_fen() => FindsAsync(FindingKind.EntryAmountChanged, book => ChangeAsync(book, IsTransfer, AFenMore));

    [Fact]
    public Task An_amount_wrong_by_a_fen_in_the_newest_entry() => FindsAsync(FindingKind.EntryAmountChanged, book => book.WriteAsync(AFenMore(book.Newest), book.Newest.Hash()));

    [Fact]
    public Task An_amount_wrong_by_a_fen_in_the_first_entry() => FindsAsync(FindingKind.EntryAmountChanged, book => book.WriteAsync(AFenMore(book.Entries[0]), book.Entries[0].Hash()));

    [Fact]
    public Task A_balance_wrong_by_a_fen() => FindsAsync(FindingKind.EntryAmountChanged, book => ChangeAsync(book, IsTransfer, entry => entry with { AvailableAfter = entry.AvailableAfter + 1 }));

    [Fact]
    public Task An_amount_changed_together_with_its_hash() => FindsAsync(FindingKind.EntryAmountChanged, book =>
    {
        var changed = AFenMore(book.Middle(IsTransfer));
        return book.WriteAsync(changed, changed.Hash());
    });

    [Fact]
    public Task An_entry_of_the_wrong_day() => FindsAsync(FindingKind.EntryTimeChanged, book => ChangeAsync(book, IsTransfer, entry => entry with { At = entry.At.AddDays(-1) }));

    [Fact]
    public Task An_entry_of_tomorrow() => FindsAsync(FindingKind.EntryTimeChanged, book => ChangeAsync(book, IsTransfer, entry => entry with { At = entry.At.AddDays(1) }));

    [Fact]
    public Task Another_note() => FindsAsync(FindingKind.EntryChanged, book => ChangeAsync(book, IsTransfer, entry => entry with { Note = "another" }));

    [Fact]
    public Task Another_operation() => FindsAsync(FindingKind.EntryChanged, book => ChangeAsync(book, IsTransfer, entry => entry with { Operation = "txn_another" }));

    [Fact]
    public Task A_text_that_is_no_posting() => FindsAsync(FindingKind.EntryChanged, book => book.ChangeAsync(BookKeys.Entry(book.Partition, book.Middle(IsTransfer).Number), "p", _ => "much"));

    [Fact]
    public Task A_broken_chain() => FindsAsync(FindingKind.HashChanged, book => book.ChangeAsync(BookKeys.Entry(book.Partition, book.Middle(IsTransfer).Number), "x", _ => new byte[32]));

    [Fact]
    public Task A_broken_end_of_the_chain() => FindsAsync(FindingKind.HashChanged, book => book.ChangeAsync(BookKeys.Entry(book.Partition, book.Newest.Number), "x", _ => new byte[32]));

    [Fact]
    public Task Money_added_to_a_head() => FindsAsync(FindingKind.HeadChanged, book => book.ChangeAsync(BookKeys.Head(book.Partition), "a", value => (long)value! + 1));

    [Fact]
    public Task A_fee_taken_out_of_a_head() => FindsAsync(FindingKind.HeadChanged, book => book.ChangeAsync(BookKeys.Head(book.Partition), "f", value => ((long?)value ?? 0) + 1));

    [Fact]
    public Task A_head_with_another_hash() => FindsAsync(FindingKind.HeadChanged, book => book.ChangeAsync(BookKeys.Head(book.Partition), "x", _ => new byte[32]));

    [Fact]
    public Task A_head_with_another_time() => FindsAsync(FindingKind.HeadChanged, book => book.ChangeAsync(BookKeys.Head(book.Partition), "at", value => ((DateTimeOffset)value!).AddSeconds(1)));

    [Fact]
    public Task A_head_that_cannot_be_read() => FindsAsync(FindingKind.HeadChanged, book => book.ChangeAsync(BookKeys.Head(book.Partition), "c", _ => "XXX"), stage.Quiet);

    [Fact]
    public Task An_open_hold_of_a_fen_more() => FindsAsync(FindingKind.HoldChanged, book => book.ChangeAsync(HoldOf("submitted"), "a", value => (long)value! + 1), First);

    [Fact]
    public Task An_ended_hold_of_a_fen_more() => FindsAsync(FindingKind.HoldChanged, book => book.ChangeAsync(HoldOf("settled"), "a", value => (long)value! + 1), First);

    [Fact]
    public Task An_ended_hold_that_is_open_again() => FindsAsync(FindingKind.HoldChanged, book => book.ChangeAsync(HoldOf("settled"), "s", _ => (int)HoldState.Open), First);

    [Fact]
    public Task A_missing_hold() => FindsAsync(FindingKind.HoldMissing, book => book.DeleteAsync(HoldOf("submitted")), First);

    [Fact]
    public Task A_hold_that_nobody_placed() => FindsAsync(FindingKind.HoldUnknown, book => book.AddAsync(HoldRow.From("", new Hold("txn_forged", 5, 0, HoldState.Open))), First);

    [Fact]
    public Task A_settled_withdrawal_said_to_be_cancelled() => FindsAsync(FindingKind.HoldPurposeDiffers, book => book.ChangeAsync(RowOf("settled"), "s", _ => "cancelled"), First);

    [Fact]
    public Task A_withdrawal_of_a_fen_more() => FindsAsync(FindingKind.HoldPurposeDiffers, book => book.ChangeAsync(RowOf("submitted"), "a", value => (long)value! + 1), First);

    [Fact]
    public Task A_missing_withdrawal() => FindsAsync(FindingKind.HoldPurposeDiffers, book => book.DeleteAsync(RowOf("rejected")), First);

    [Fact]
    public Task An_operation_without_its_row() => FindsAsync(FindingKind.OperationMissing, book => book.DeleteAsync(BookKeys.Operation(book.Middle(IsTransfer).Operation)));

    [Fact]
    public Task An_operation_row_that_names_another_entry() => FindsAsync(FindingKind.OperationChanged, book =>
        book.ChangeAsync(BookKeys.Operation(book.Middle(IsTransfer).Operation), "n", value => (long)value! - 1));

    [Fact]
    public async Task A_credit_that_never_came() =>
        await FindsAsync(FindingKind.CreditMissing, book => book.UndoNewestAsync(), await WalletWhoseNewestAsync(entry => entry.Kind == EntryKind.TransferIn));

    [Fact]
    public async Task A_debit_that_was_taken_back() =>
        await FindsAsync(FindingKind.CreditWithoutDebit, book => book.UndoNewestAsync(), await WalletWhoseNewestAsync(entry => entry.Kind == EntryKind.TransferOut));

    [Fact]
    public Task A_credit_that_came_twice() => FindsAsync(FindingKind.CreditDoubled, book =>
        book.AppendAsync(draft => Like(draft, book.Middle(entry => entry.Kind == EntryKind.TransferIn))));

    [Fact]
    public Task A_debit_that_was_made_twice() => FindsAsync(FindingKind.DebitDoubled, book =>
        book.AppendAsync(draft => Like(draft, book.Middle(entry => entry.Kind == EntryKind.TransferOut))));

    [Fact]
    public Task A_credit_of_a_fen_more_with_the_whole_chain_recomputed() => FindsAsync(FindingKind.TransferAmountDiffers, book =>
        book.RewriteAsync(book.Middle(entry => entry.Kind == EntryKind.TransferIn).Number, AFenMore));

    private WalletId First => stage.Wallets[0];

    private string HoldOf(string end) => BookKeys.Hold(stage.Withdrawals[end]);

    private string RowOf(string end) => WithdrawalTable.RowKey(WithdrawalId.Of(stage.Withdrawals[end]));

    private async Task FindsAsync(FindingKind kind, Func<BookForger, Task> plant, WalletId? wallet = null)
    {
        await using var book = await stage.ForgeAsync(wallet ?? stage.Wallets[2]);
        await plant(book);
        var found = (await stage.ReportAsync()).Findings;
        found.Count.ShouldBe(1, string.Join(", ", found));
        found[0].Kind.ShouldBe(kind, found[0].ToString());
        (found[0].Book ?? book.Wallet).ShouldBe(book.Wallet);
    }

    private async Task<WalletId> WalletWhoseNewestAsync(Func<Entry, bool> which)
    {
        foreach (var wallet in stage.Wallets.Skip(1))
        {
            // Read only: nothing was planted, so nothing is put back.
            if (which((await BookForger.OpenAsync(stage.Books, wallet)).Newest))
            {
                return wallet;
            }
        }

        throw new InvalidOperationException("No book ends so; give the stage another seed.");
    }

    private static Task ChangeAsync(BookForger book, Func<Entry, bool> which, Func<Entry, Entry> change)
    {
        var entry = book.Middle(which);
        return book.WriteAsync(change(entry), entry.Hash());
    }

    private static Entry Like(Entry draft, Entry model) =>
        draft with { Kind = model.Kind, Operation = model.Operation, Postings = model.Postings, Party = model.Party, Note = model.Note };

    private static bool IsTransfer(Entry entry) => entry.Kind is EntryKind.TransferOut or EntryKind.TransferIn;

    private static Entry AFenMore(Entry entry) =>
        entry with { Postings = [new Posting(entry.Postings[0].From, entry.Postings[0].To, entry.Postings[0].Amount + 1), .. entry.Postings.Skip(1)] };
}

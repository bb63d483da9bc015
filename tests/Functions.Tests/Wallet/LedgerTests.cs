using Azure;
using Azure.Data.Tables;
using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Wallet;
using Xunit;

namespace WalletFunctions.Tests.Wallet;

public sealed class LedgerTests
{
    [Fact]
    public async Task A_top_up_is_available_at_once_and_mirrored_in_top_up_clearing()
    {
        await using var books = await Books.OpenAsync();
        var wallet = await books.WalletWithAsync(1050);
        (await books.BalancesAsync(wallet)).ShouldBe(new Balances(1050, 0, -1050, 0, 0, 0, 0));
        await books.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_transfer_moves_money_from_one_book_to_the_other_and_leaves_nothing_in_transit()
    {
        await using var books = await Books.OpenAsync();
        var (payer, payee) = (await books.WalletWithAsync(1000), Books.NewWallet());
        var outcome = (await books.SendAsync(payer, payee, 300)).ShouldBeOfType<Outcome.Committed>();
        outcome.Entry!.AvailableAfter.ShouldBe(700);
        (await books.BalancesAsync(payer)).ShouldBe(new Balances(700, 0, -1000, 0, 0, 300, 0));
        (await books.BalancesAsync(payee)).ShouldBe(new Balances(300, 0, 0, 0, 0, -300, 0));
        (await books.ShouldBeSoundAsync()).Totals.InTransit.ShouldBe(0);
        await TestSupport.Eventually.True("the intent is cleared", async () => await books.CountIntentsAsync() == 0);
    }

    [Fact]
    public async Task A_repeat_gets_the_first_answer_and_moves_nothing()
    {
        await using var books = await Books.OpenAsync();
        var (payer, payee) = (await books.WalletWithAsync(1000), Books.NewWallet());
        var first = (await books.SendAsync(payer, payee, 300, "k")).ShouldBeOfType<Outcome.Committed>();
        var repeat = (await books.SendAsync(payer, payee, 300, "k")).ShouldBeOfType<Outcome.Replayed>();
        repeat.Answer.ShouldBe(first.Answer);
        (await books.SendAsync(payer, payee, 301, "k")).ShouldBeOfType<Outcome.KeyReused>();
        (await books.BalancesAsync(payer)).Available.ShouldBe(700);
        await books.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_refusal_is_kept_so_that_a_repeat_never_turns_it_into_a_success()
    {
        await using var books = await Books.OpenAsync();
        var (payer, payee) = (await books.WalletWithAsync(100), Books.NewWallet());
        var refused = (await books.SendAsync(payer, payee, 101, "k")).ShouldBeOfType<Outcome.Refused>();
        refused.Error.Code.ShouldBe("insufficient_funds");
        var before = await books.BalancesAsync(payer);
        await books.TopUpAsync(payer, 1000);
        (await books.SendAsync(payer, payee, 101, "k")).ShouldBeOfType<Outcome.Replayed>().Answer.ShouldBe(refused.Answer);
        before.Available.ShouldBe(100);
        (await books.BalancesAsync(payee)).ShouldBe(default);
        await books.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_hold_is_captured_once_or_released_once_and_a_captured_one_may_be_returned()
    {
        await using var books = await Books.OpenAsync();
        var wallet = await books.WalletWithAsync(1000);
        var (kept, given) = (await HoldAsync(books, wallet, 400), await HoldAsync(books, wallet, 100));
        (await books.BalancesAsync(wallet)).Held.ShouldBe(500);
        (await RunAsync(books, wallet, BookCommand.CaptureHold(kept + ":capture", kept))).ShouldBeOfType<Outcome.Committed>();
        (await RunAsync(books, wallet, BookCommand.CaptureHold(kept + ":capture", kept))).ShouldBeOfType<Outcome.Replayed>();
        (await RunAsync(books, wallet, BookCommand.ReleaseHold(kept + ":release", kept, "rejected"))).ShouldBeOfType<Outcome.Refused>().Error.Code.ShouldBe("hold_not_open");
        (await RunAsync(books, wallet, BookCommand.ReleaseHold(kept + ":release", kept, "rejected"))).ShouldBeOfType<Outcome.Refused>().Error.Code.ShouldBe("hold_not_open");
        (await RunAsync(books, wallet, BookCommand.ReleaseHold(given + ":release", given, "rejected"))).ShouldBeOfType<Outcome.Committed>();
        (await books.BalancesAsync(wallet)).ShouldBe(new Balances(600, 0, -1000, 400, 0, 0, 0));
        (await RunAsync(books, wallet, BookCommand.ReturnPayout(kept + ":return:1", kept, "account_closed"))).ShouldBeOfType<Outcome.Committed>();
        (await books.BalancesAsync(wallet)).ShouldBe(new Balances(1000, 0, -1000, 0, 0, 0, 0));
        await books.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Companions_are_written_with_the_money_or_not_at_all()
    {
        await using var books = await Books.OpenAsync();
        var wallet = await books.WalletWithAsync(1000);
        var id = Books.NewId<WithdrawalId>().Value;
        var place = new BookCommand(id, new BookMove.PlaceHold(Money.Fen(300), "建设银行 1234", Books.Free))
        {
            Companions = decision => [Companion.Add(new TableEntity { RowKey = "w|" + id, ["state"] = "reserved" })],
        };
        (await RunAsync(books, wallet, place)).ShouldBeOfType<Outcome.Committed>();
        var row = (await books.Table.GetEntityAsync<TableEntity>(BookKeys.Partition(wallet), "w|" + id)).Value;
        row["state"] = "submitted";
        var stale = new BookCommand(id + ":submit", new BookMove.Touch()) { Companions = _ => [Companion.Replace(row, new ETag("W/\"datetime'2020-01-01T00%3A00%3A00.0000000Z'\""))] };
        (await RunAsync(books, wallet, stale)).ShouldBeOfType<Outcome.Conflict>();
        var fresh = stale with { Companions = _ => [Companion.Replace(row, row.ETag)] };
        (await RunAsync(books, wallet, fresh)).ShouldBeOfType<Outcome.Committed>();
        (await books.Table.GetEntityAsync<TableEntity>(BookKeys.Partition(wallet), "w|" + id)).Value["state"].ShouldBe("submitted");
        await books.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Of_many_commands_that_end_one_hold_at_once_one_does_and_the_others_are_refused()
    {
        await using var books = await Books.OpenAsync();
        var wallet = await books.WalletWithAsync(1000);
        for (var round = 0; round < 5; round++)
        {
            var id = await HoldAsync(books, wallet, 100);
            var outcomes = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => RunAsync(books, wallet, i % 2 == 0
                ? BookCommand.ReleaseHold($"{id}:release{i}", id, "x")
                : BookCommand.CaptureHold($"{id}:capture{i}", id))));
            outcomes.Count(outcome => outcome is Outcome.Committed).ShouldBe(1);
            outcomes.Where(outcome => outcome is not Outcome.Committed).ShouldAllBe(outcome => outcome is Outcome.Refused && ((Outcome.Refused)outcome).Error == LedgerErrors.HoldNotOpen);
        }

        (await books.BalancesAsync(wallet)).Held.ShouldBe(0);
        await books.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Only_one_transfer_ever_gets_a_claim()
    {
        await using var books = await Books.OpenAsync();
        var payee = await books.WalletWithAsync(1);
        var payers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => books.WalletWithAsync(1000)));
        var outcomes = await Task.WhenAll(payers.Select((payer, i) => books.SendAsync(payer, payee, 10, $"k{i}", claim: "order 7")));
        outcomes.Count(outcome => outcome is Outcome.Committed).ShouldBe(1);
        outcomes.Where(outcome => outcome is not Outcome.Committed)
            .ShouldAllBe(outcome => outcome is Outcome.Busy || ((Outcome.Refused)outcome).Error.Code == "already_claimed");
        foreach (var payer in payers)
        {
            ((Outcome.Refused)await books.SendAsync(payer, payee, 10, "later", claim: "order 7")).Error.Code.ShouldBe("already_claimed");
        }

        (await books.BalancesAsync(payee)).Available.ShouldBe(11);
        await books.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_claim_goes_back_when_its_transfer_is_refused()
    {
        await using var books = await Books.OpenAsync();
        var (poor, payer, payee) = (await books.WalletWithAsync(1), await books.WalletWithAsync(1000), await books.WalletWithAsync(1));
        (await books.SendAsync(poor, payee, 300, "k", claim: "order 7")).ShouldBeOfType<Outcome.Refused>().Error.Code.ShouldBe("insufficient_funds");
        (await books.SendAsync(payer, payee, 300, "k", claim: "order 7")).ShouldBeOfType<Outcome.Committed>();
        await books.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_closed_book_keeps_what_still_arrives_in_suspense()
    {
        await using var books = await Books.OpenAsync();
        var (payer, payee) = (await books.WalletWithAsync(1000), await books.WalletWithAsync(1));
        await RunAsync(books, payee, new BookCommand("txn_close", new BookMove.Close()));
        (await books.SendAsync(payer, payee, 300)).ShouldBeOfType<Outcome.Committed>();
        (await books.BalancesAsync(payee)).Suspense.ShouldBe(300);
        await books.ShouldBeSoundAsync();
    }

    private static async Task<string> HoldAsync(Books books, WalletId wallet, long amount)
    {
        var id = Books.NewId<WithdrawalId>().Value;
        (await RunAsync(books, wallet, new BookCommand(id, new BookMove.PlaceHold(Money.Fen(amount), "建设银行 1234", Books.Free)))).ShouldBeOfType<Outcome.Committed>();
        return id;
    }

    private static Task<Outcome> RunAsync(Books books, WalletId wallet, BookCommand command) => books.Ledger.ExecuteAsync(wallet, command, CancellationToken.None);
}

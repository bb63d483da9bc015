using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;
using Xunit;

namespace WalletFunctions.Tests.Wallet;

/// <summary>The sweep ends what took too long, while its first request or a repeat of it is still on the way.</summary>
public sealed class LedgerRepeatTests
{
    [Fact]
    public async Task A_repeat_that_was_told_to_come_back_later_does_not_happen_behind_its_callers_back()
    {
        await using var books = await Books.OpenAsync();
        var (wallet, payee) = (await books.WalletWithAsync(1000), Books.NewWallet());
        var ledger = new Ledger(books.Table, TimeProvider.System, TimeProvider.System, new LedgerOptions { RepeatWait = TimeSpan.FromMilliseconds(50) });
        var (first, repeat) = (Books.NewId<TransactionId>().Value, Books.NewId<TransactionId>().Value);
        (await ledger.TombstoneAsync(wallet, first, CancellationToken.None)).ShouldBeTrue();
        books.Faults.Plan = (_, _) => Fault.Busy;
        var running = ledger.ExecuteAsync(wallet, Debit(first, payee), CancellationToken.None);
        (await ledger.ExecuteAsync(wallet, Debit(repeat, payee), CancellationToken.None)).ShouldBeOfType<Outcome.KeyInFlight>();

        books.Faults.Plan = (_, _) => Fault.None;
        (await running).ShouldBeOfType<Outcome.Swept>();

        // A book decides in the order of asking: whatever of the repeat was still to come is there before this.
        var next = new BookCommand(Books.NewId<TopUpId>().Value, new BookMove.CreditTopUp(Money.Fen(1), "sandbox"));
        (await ledger.ExecuteAsync(wallet, next, CancellationToken.None)).ShouldBeOfType<Outcome.Committed>();
        (await ledger.FindOperationAsync(wallet, repeat, CancellationToken.None)).ShouldBeNull("its caller has left it, and its intent is cleared");
        (await books.BalancesAsync(wallet)).Available.ShouldBe(1001);
    }

    [Fact]
    public async Task A_repeat_that_still_waits_takes_over_from_a_first_request_that_was_swept()
    {
        await using var books = await Books.OpenAsync();
        var (wallet, payee) = (await books.WalletWithAsync(1000), Books.NewWallet());
        var (first, repeat) = (Books.NewId<TransactionId>().Value, Books.NewId<TransactionId>().Value);
        await books.Ledger.TombstoneAsync(wallet, first, CancellationToken.None);
        books.Faults.Plan = (_, _) => Fault.Busy;
        var running = books.Ledger.ExecuteAsync(wallet, Debit(first, payee), CancellationToken.None);
        var waiting = books.Ledger.ExecuteAsync(wallet, Debit(repeat, payee), CancellationToken.None);

        books.Faults.Plan = (_, _) => Fault.None;
        (await running).ShouldBeOfType<Outcome.Swept>();
        (await waiting).ShouldBeOfType<Outcome.Committed>();
        (await books.BalancesAsync(wallet)).Available.ShouldBe(700);
    }

    [Fact]
    public async Task A_refusal_stays_a_refusal_when_the_sweep_forbids_its_operation()
    {
        await using var books = await Books.OpenAsync();
        await using var another = books.Another();
        var (wallet, payee) = (await books.WalletWithAsync(1), Books.NewWallet());
        var id = Books.NewId<TransactionId>().Value;
        var refused = (await books.Ledger.ExecuteAsync(wallet, Debit(id, payee), CancellationToken.None)).ShouldBeOfType<Outcome.Refused>();
        await books.Ledger.TombstoneAsync(wallet, id, CancellationToken.None);

        // As one whose first answer was lost: the same operation, sought by what is stored.
        var found = await another.Ledger.ExecuteAsync(wallet, Debit(id, payee), CancellationToken.None);
        found.ShouldBeOfType<Outcome.Replayed>("nothing was committed").Answer.ShouldBe(refused.Answer);
    }

    [Fact]
    public async Task A_transfer_whose_claim_was_swept_is_not_refused_for_good()
    {
        await using var books = await Books.OpenAsync();
        var (payer, payee) = (await books.WalletWithAsync(1000), await books.WalletWithAsync(1));
        var id = Books.NewId<TransactionId>().Value;
        await books.Intents.AddAsync(new Intent(Transfers.IntentKind, id, payer) { Note = Claims.Note(payee, new Claim("order 7")) }, CancellationToken.None);
        (await books.Sweep.RunAsync(CancellationToken.None)).ShouldBe(1);
        var stalled = new TransferOrder(id, payer, null, payee, null, Money.Fen(300), null)
        {
            Key = Books.Key("k", $"send {payee} 300"),
            Answer = _ => new StoredAnswer(201, ""),
            Refusal = error => new StoredAnswer(409, error.Code),
            Claim = new Claim("order 7"),
            Terms = Books.Free,
        };
        (await books.Transfers.SendAsync(stalled, CancellationToken.None)).ShouldBeOfType<Outcome.Swept>();
        (await books.SendAsync(payer, payee, 300, "k", "order 7")).ShouldBeOfType<Outcome.Committed>();
        await books.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_claim_that_a_repeat_relies_on_outlives_the_sweep_of_its_first_request()
    {
        await using var books = await Books.OpenAsync();
        var (payer, another, payee) = (await books.WalletWithAsync(1), await books.WalletWithAsync(1), await books.WalletWithAsync(1));
        var claims = new Claims(books.Ledger);
        var claim = new Claim("order 7");
        Task<ClaimResult> PlaceAsync(string operation, WalletId who, string request) => claims.TryPlaceAsync(payee, claim, operation, who, request, CancellationToken.None);
        Task SettleAsync(string operation, ClaimEnd end) => claims.SettleAsync(Claims.Note(payee, claim), operation, payer, end, CancellationToken.None);
        var (first, repeat, stranger) = (Books.NewId<TransactionId>().Value, Books.NewId<TransactionId>().Value, Books.NewId<TransactionId>().Value);
        (await PlaceAsync(first, payer, "one request")).ShouldBe(ClaimResult.Placed);
        (await PlaceAsync(repeat, payer, "one request")).ShouldBe(ClaimResult.Placed);

        // The first one's process has ended: the sweep gives back what it took, while the repeat is about to debit.
        await SettleAsync(first, ClaimEnd.Gone);
        (await PlaceAsync(stranger, another, "another request")).ShouldBe(ClaimResult.Busy);

        await SettleAsync(repeat, ClaimEnd.Gone);
        (await PlaceAsync(Books.NewId<TransactionId>().Value, another, "another request")).ShouldBe(ClaimResult.Placed);
    }

    [Fact]
    public async Task A_claim_of_several_goes_to_as_many_payers_as_it_says_and_to_each_once()
    {
        await using var books = await Books.OpenAsync();
        var payee = await books.WalletWithAsync(1);
        var payers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => books.WalletWithAsync(100)));
        var claim = new Claim("dinner", 3);
        var another = books.Another();
        var outcomes = await Task.WhenAll(payers.SelectMany((payer, i) => new[] { books, another }.Select(host => host.SendAsync(payer, payee, 10, $"k{host == books}", claim))));
        outcomes.Count(outcome => outcome is Outcome.Committed).ShouldBeInRange(1, 3);
        foreach (var payer in payers)
        {
            await books.SendAsync(payer, payee, 10, "later", claim);
            ((Outcome.Refused)await books.SendAsync(payer, payee, 10, "again", claim)).Error.Code.ShouldBe("already_claimed");
        }

        (await books.BalancesAsync(payee)).Available.ShouldBe(31);
        await another.DisposeAsync();
        await books.ShouldBeSoundAsync();
    }

    private static BookCommand Debit(string id, WalletId payee) => new(id, new BookMove.DebitTransfer(Money.Fen(300), new Party(payee, "*乙"), null, TransferPurpose.Transfer, Books.Free))
    {
        Key = Books.Key("k"),
        Answer = decision => new StoredAnswer(201, $"{id} {decision.Head.Balances.Available}"),
        Refusal = error => new StoredAnswer(422, error.Code),
    };
}

using Functions.Tests;
using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Fees;
using WalletFunctions.Domain.Limits;
using WalletFunctions.Domain.Risk;
using WalletFunctions.Domain.Rules;
using WalletFunctions.Platform;
using WalletFunctions.TestSupport;
using WalletFunctions.Wallet;
using WalletFunctions.Wallet.Attempts;
using Xunit;

namespace WalletFunctions.Tests.Wallet.Spending;

/// <summary>Transfers that a person looks at, and those that their owner must confirm first.</summary>
public sealed class ReviewTests
{
    private static readonly RiskThresholds Watchful = new() { ReviewNewPayee = 100 };
    private static readonly RiskThresholds Careful = new() { LargeAmount = 100 };

    [Fact]
    public async Task A_transfer_under_review_waits_with_its_claim_and_is_sent_on_once()
    {
        await using var books = await Books.OpenAsync();
        await using var there = books.Another();
        var (payer, payee) = (await books.WalletWithAsync(1000), await books.WalletWithAsync(1));
        var claim = new Claim("order 7");
        var (id, outcome) = await SendAsync(books, payer, payee, 300, "k", Watchful, claim);
        outcome.ShouldBeOfType<Outcome.Committed>().Answer!.ShouldBe(new StoredAnswer(202, "under review"));
        Balances((await books.BalancesAsync(payer))).ShouldBe((700, 300, 0));
        var review = books.Reviews.Seen.ShouldHaveSingleItem();
        (review.Operation, review.Payer, review.Payee, review.Amount, review.Rules).ShouldBe((id, payer, payee.Value, 300, nameof(RiskRule.ReviewNewPayee)));
        (await SendAsync(books, payer, payee, 300, "k", Watchful, claim)).Outcome.ShouldBeOfType<Outcome.Replayed>().Answer!.Status.ShouldBe(202);
        await books.Sweep.RunAsync(CancellationToken.None);
        (await books.SendAsync(await books.WalletWithAsync(500), payee, 10, "other", claim)).ShouldBeOfType<Outcome.Busy>("the claim waits with it");

        var approved = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => (i % 2 == 0 ? books : there).Transfers.ApproveAsync(payer, id, CancellationToken.None)));
        approved.Count(one => one is Outcome.Committed).ShouldBe(1);
        approved.ShouldAllBe(one => one is Outcome.Committed || one is Outcome.Replayed);
        Balances((await books.BalancesAsync(payer))).ShouldBe((700, 0, 300));
        (await books.BalancesAsync(payee)).Available.ShouldBe(301);
        (await books.Ledger.FindEntryAsync(payee, id, CancellationToken.None))!.Kind.ShouldBe(EntryKind.TransferIn, "both sides know it by one id");
        ((Outcome.Refused)await books.Transfers.DenyAsync(payer, id, Transfers.Denied, CancellationToken.None)).Error.Code.ShouldBe("hold_not_open");
        ((Outcome.Refused)await books.SendAsync(await books.WalletWithAsync(500), payee, 10, "third", claim)).Error.Code.ShouldBe("already_claimed");
        await books.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_denied_transfer_gives_back_the_money_what_it_counted_and_the_claim()
    {
        await using var books = await Books.OpenAsync();
        var (payer, payee) = (await books.WalletWithAsync(1000), await books.WalletWithAsync(1));
        var claim = new Claim("order 7");
        var (id, _) = await SendAsync(books, payer, payee, 300, "k", Watchful, claim);
        (await books.Transfers.DenyAsync(payer, id, Transfers.Expired, CancellationToken.None)).ShouldBeOfType<Outcome.Committed>();
        (await books.Transfers.DenyAsync(payer, id, Transfers.Expired, CancellationToken.None)).ShouldBeOfType<Outcome.Replayed>();
        ((Outcome.Refused)await books.Transfers.ApproveAsync(payer, id, CancellationToken.None)).Error.Code.ShouldBe("hold_not_open");
        var head = (await books.Ledger.ReadHeadAsync(payer, CancellationToken.None)).Head;
        (head.Balances.Available, head.Balances.Held, head.Usage.SpentToday).ShouldBe((1000, 0, 0));
        (await books.SendAsync(await books.WalletWithAsync(500), payee, 10, "other", claim)).ShouldBeOfType<Outcome.Committed>();
        await books.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task The_queue_is_filled_by_the_sweep_where_the_request_could_not()
    {
        await using var books = await Books.OpenAsync();
        var (payer, payee) = (await books.WalletWithAsync(1000), Books.NewWallet());
        books.Reviews.IsDown = true;
        var (id, outcome) = await SendAsync(books, payer, payee, 300, "k", Watchful);
        outcome.ShouldBeOfType<Outcome.Committed>();
        await books.Sweep.RunAsync(CancellationToken.None);
        books.Reviews.Seen.ShouldBeEmpty();
        books.Reviews.IsDown = false;
        await books.Sweep.RunAsync(CancellationToken.None);
        books.Reviews.Seen.ShouldHaveSingleItem().Operation.ShouldBe(id);
    }

    [Fact]
    public async Task A_review_and_its_approval_survive_an_end_at_every_storage_call()
    {
        await using var books = await Books.OpenAsync();
        for (var calls = 1; calls <= 12; calls++)
        {
            var (payer, payee) = (await books.WalletWithAsync(1000), await books.WalletWithAsync(1));
            await using var killed = books.Another();
            var left = calls;
            killed.Faults.Plan = (call, _) => call >= left ? (left % 2 == 0 ? Fault.EndBefore : Fault.EndAfter) : Fault.None;
            var (id, asked) = Started(killed, payer, payee);
            await Task.WhenAny(asked, killed.Faults.Ended);
            await books.Sweep.RunAsync(CancellationToken.None);
            var isHeld = await books.Transfers.FindReviewAsync(payer, id, CancellationToken.None) is not null;
            if (isHeld)
            {
                books.Reviews.Seen.ShouldContain(review => review.Operation == id, $"ended at call {calls}");
                await using var second = books.Another();
                second.Faults.Plan = (call, _) => call >= left ? Fault.EndAfter : Fault.None;
                var approving = second.Transfers.ApproveAsync(payer, id, CancellationToken.None);
                await Task.WhenAny(approving, second.Faults.Ended);
                await books.Sweep.RunAsync(CancellationToken.None);
                (await books.Transfers.ApproveAsync(payer, id, CancellationToken.None)).ShouldNotBeOfType<Outcome.Swept>();
                (await books.BalancesAsync(payee)).Available.ShouldBe(301, $"ended at call {calls}");
            }

            var balances = await books.BalancesAsync(payer);
            (balances.Available, balances.Held).ShouldBe(isHeld ? (700, 0) : (1000, 0), $"ended at call {calls}");
        }

        await books.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task What_needs_a_confirmation_is_not_kept_under_the_key_and_the_same_key_goes_on_with_it()
    {
        await using var books = await Books.OpenAsync();
        await using var there = books.Another();
        var (payer, payee) = (await books.WalletWithAsync(1000), Books.NewWallet());
        var asked = (Outcome.Refused)(await SendAsync(books, payer, payee, 300, "k", Careful)).Outcome;
        asked.Error.Code.ShouldBe("confirmation_required");
        (await books.Ledger.FindKeyAsync(payer, Books.Key("k").RowKey, CancellationToken.None)).ShouldBeNull();
        (await books.BalancesAsync(payer)).Available.ShouldBe(1000);
        var (attempts, _) = await new AttemptBook(books.Ledger).ListAsync(payer, new Page(10, null), CancellationToken.None);
        var why = AttemptBook.Why(attempts.ShouldHaveSingleItem(), Language.En);
        why.Changes.Select(change => change.Kind).ShouldBe(["amount", "confirm"]);
        why.Changes[0].Amount.ShouldBe(Money.Fen(100));

        (await SendAsync(books, payer, payee, 300, "k", Careful, confirmed: Confirmation.Code)).Outcome.ShouldBeOfType<Outcome.Committed>();

        // A late repeat of the first request, without the proof, must hear what became of it.
        (await SendAsync(there, payer, payee, 300, "k", Careful)).Outcome.ShouldBeOfType<Outcome.Replayed>().Answer!.Status.ShouldBe(201);
        (await SendAsync(books, payer, payee, 300, "k", Careful)).Outcome.ShouldBeOfType<Outcome.Replayed>().Answer!.Status.ShouldBe(201);
        (await books.BalancesAsync(payee)).Available.ShouldBe(300);
        await books.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_credit_that_does_not_come_in_time_is_told_as_in_transit_for_good()
    {
        var patience = new HandClock();
        await using var books = await Books.OpenAsync(patience);
        await using var there = books.Another();
        var (payer, payee) = (await books.WalletWithAsync(1000), await books.WalletWithAsync(1));
        var partition = BookKeys.Partition(payee);
        books.Faults.Blocks = text => text.Contains(partition, StringComparison.Ordinal);
        var (_, first) = Started(books, payer, payee, new RiskThresholds());
        await Eventually.True("it waits for its credit", () => patience.IsSet);
        patience.Tick();
        (await first).ShouldBeOfType<Outcome.Committed>().Answer!.Body.ShouldBe("in transit");
        (await books.BalancesAsync(payer)).Available.ShouldBe(700);

        (await SendAsync(there, payer, payee, 300, "k", new RiskThresholds())).Outcome.ShouldBeOfType<Outcome.Replayed>().Answer!.Body.ShouldBe("in transit");
        books.Faults.Blocks = null;
        await there.Sweep.RunAsync(CancellationToken.None);
        (await there.BalancesAsync(payee)).Available.ShouldBe(301);
        (await SendAsync(there, payer, payee, 300, "k", new RiskThresholds())).Outcome.ShouldBeOfType<Outcome.Replayed>().Answer!.Body.ShouldBe("in transit", "byte for byte");
        await books.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Once_a_repeat_was_told_completed_the_first_request_cannot_say_in_transit()
    {
        var patience = new HandClock();
        await using var books = await Books.OpenAsync(patience);
        await using var there = books.Another();
        var (payer, payee) = (await books.WalletWithAsync(1000), await books.WalletWithAsync(1));
        var partition = BookKeys.Partition(payee);
        books.Faults.Blocks = text => text.Contains(partition, StringComparison.Ordinal);
        var (_, first) = Started(books, payer, payee, new RiskThresholds());
        await Eventually.True("it waits for its credit", () => patience.IsSet);

        var repeat = (await SendAsync(there, payer, payee, 300, "k", new RiskThresholds())).Outcome.ShouldBeOfType<Outcome.Replayed>().Answer!;
        repeat.Body.ShouldBe("completed");
        patience.Tick();
        (await first).ShouldBeOfType<Outcome.Committed>().Answer.ShouldBe(repeat);
        books.Faults.Blocks = null;
        await books.ShouldBeSoundAsync();
    }

    private static (long Available, long Held, long InTransit) Balances(Balances balances) => (balances.Available, balances.Held, balances.InTransit);

    private static (string Id, Task<Outcome> Outcome) Started(Books books, WalletId payer, WalletId payee, RiskThresholds? risk = null)
    {
        var order = Order(payer, payee, 300, "k", risk ?? Watchful, null, Confirmation.None);
        return (order.OperationId, books.Transfers.SendAsync(order, CancellationToken.None));
    }

    private static async Task<(string Id, Outcome Outcome)> SendAsync(
        Books books, WalletId payer, WalletId payee, long amount, string key, RiskThresholds risk, Claim? claim = null, Confirmation confirmed = Confirmation.None)
    {
        var order = Order(payer, payee, amount, key, risk, claim, confirmed);
        return (order.OperationId, await books.Transfers.SendAsync(order, CancellationToken.None));
    }

    private static TransferOrder Order(WalletId payer, WalletId payee, long amount, string key, RiskThresholds risk, Claim? claim, Confirmation confirmed)
    {
        var id = Books.NewId<TransactionId>().Value;
        return new TransferOrder(id, payer, "*甲", payee, "*乙", Money.Fen(amount), null)
        {
            Terms = new SpendTerms(OperationKind.Transfer, Rulebook.Of(FeeSchedule.None, LimitSchedule.None, new RiskPolicy([risk, risk, risk])), "phone", confirmed),
            Key = Books.Key(key),
            Answer = decision => decision.UnderReview ? new StoredAnswer(202, "under review") : new StoredAnswer(201, "completed"),
            InTransit = _ => new StoredAnswer(201, "in transit"),
            Refusal = error => new StoredAnswer(422, error.Code),
            Attempt = new AttemptNote("request-" + id, OperationKind.Transfer, Money.Fen(amount)),
            Claim = claim,
        };
    }
}

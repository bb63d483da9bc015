using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Fees;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Domain.Limits;
using WalletFunctions.Domain.Risk;
using WalletFunctions.Domain.Rules;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;
using WalletFunctions.Wallet.Attempts;
using Xunit;

namespace WalletFunctions.Tests.Wallet.Spending;

/// <summary>Limits stand on the ETag of the money: nobody passes them by being many, or by asking two hosts.</summary>
public sealed class LimitRaceTests
{
    private static readonly AmountLimits TenADay = new(100, 1_000, null, null);

    private static readonly SpendTerms Terms = new(OperationKind.Transfer,
        Rulebook.Of(FeeSchedule.None, new LimitSchedule([TenADay, TenADay, TenADay], LimitSchedule.None.Withdrawal, LimitSchedule.None.TopUp), RiskPolicy.None), "phone", Confirmation.None);

    [Fact]
    public async Task Sixty_four_spends_over_two_hosts_stay_within_the_day_and_the_rest_are_attempts()
    {
        await using var here = await Books.OpenAsync();
        await using var there = here.Another();
        var (payer, payee) = (await here.WalletWithAsync(1_000_000), Books.NewWallet());
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => SendAsync(i % 2 == 0 ? here : there, payer, payee, 100, i)));
        outcomes.Count(outcome => outcome is Outcome.Committed).ShouldBe(10);
        outcomes.OfType<Outcome.Refused>().Count(refused => refused.Error.Code == "limit_daily").ShouldBe(54);
        (await here.BalancesAsync(payee)).Available.ShouldBe(1_000);
        (await here.Ledger.ReadHeadAsync(payer, CancellationToken.None)).Head.Usage.SpentToday.ShouldBe(1_000);

        var (attempts, next) = await new AttemptBook(here.Ledger).ListAsync(payer, new Page(200, null), CancellationToken.None);
        attempts.Count.ShouldBe(54);
        next.ShouldBeNull();
        attempts.Select(attempt => attempt.RequestId).ShouldBeUnique();
        attempts.ShouldAllBe(attempt => AttemptBook.Why(attempt, Language.En).Replayed.Code == "limit_daily");
        await here.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_change_of_ones_own_limits_or_a_freeze_holds_from_the_very_next_move()
    {
        await using var here = await Books.OpenAsync();
        await using var there = here.Another();
        var (payer, payee) = (await here.WalletWithAsync(1_000), Books.NewWallet());
        (await SendAsync(there, payer, payee, 50, 1)).ShouldBeOfType<Outcome.Committed>();
        await RunAsync(here, payer, new BookMove.ChangeOwnLimits(new OwnLimitsChange(true, 40, true, null), Confirmation.Code));
        ((Outcome.Refused)await SendAsync(there, payer, payee, 50, 2)).Error.Code.ShouldBe("own_limit");
        await RunAsync(here, payer, new BookMove.ChangeOwnLimits(new OwnLimitsChange(true, null, true, 60), Confirmation.Code));
        (await SendAsync(there, payer, payee, 10, 3)).ShouldBeOfType<Outcome.Committed>();
        ((Outcome.Refused)await SendAsync(there, payer, payee, 1, 4)).Error.Code.ShouldBe("own_limit");
        await RunAsync(here, payer, new BookMove.Freeze(FreezeSource.Customer));
        ((Outcome.Refused)await SendAsync(there, payer, payee, 1, 5)).Error.Code.ShouldBe("account_frozen");

        // A new process reads the same from storage.
        var head = (await here.Another().Ledger.ReadHeadAsync(payer, CancellationToken.None)).Head;
        (head.Freezes, head.Own, head.Usage.SpentToday, head.Usage.Payees.Has(payee.Value)).ShouldBe((Freezes.ByCustomer, new OwnLimits(null, 60), 60, true));
        await here.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_change_of_class_holds_from_the_very_next_move_on_every_host()
    {
        await using var here = await Books.OpenAsync();
        await using var there = here.Another();
        var (payer, payee) = (await here.WalletWithAsync(1_000), Books.NewWallet());
        var (small, large) = (new AmountLimits(10, null, null, null), new AmountLimits(500, null, null, null));
        var terms = Terms with { Rules = Rulebook.Of(FeeSchedule.None, new LimitSchedule([small, large, large], LimitSchedule.None.Withdrawal, LimitSchedule.None.TopUp), RiskPolicy.None) };
        ((Outcome.Refused)await SendAsync(there, payer, payee, 50, 1, terms)).Error.Code.ShouldBe("limit_per_transaction");
        await RunAsync(here, payer, new BookMove.SetClass(AccountClass.II));
        (await SendAsync(there, payer, payee, 50, 2, terms)).ShouldBeOfType<Outcome.Committed>();
        await RunAsync(here, payer, new BookMove.SetClass(AccountClass.I));
        ((Outcome.Refused)await SendAsync(there, payer, payee, 50, 3, terms)).Error.Code.ShouldBe("limit_per_transaction");
        await here.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Rules_and_counters_cost_a_transfer_no_storage_call()
    {
        await using var books = await Books.OpenAsync();
        var (payer, payee) = (await books.WalletWithAsync(1_000), await books.WalletWithAsync(1));
        (await SendAsync(books, payer, payee, 1, 0)).ShouldBeOfType<Outcome.Committed>();
        var before = books.Faults.Calls;
        for (var i = 1; i <= 10; i++)
        {
            (await SendAsync(books, payer, payee, 1, i)).ShouldBeOfType<Outcome.Committed>();
        }

        // Intent, debit and credit; and the intents' deletion, which one by one cannot share.
        (books.Faults.Calls - before).ShouldBeLessThanOrEqualTo(41);
    }

    [Fact]
    public async Task A_batch_with_a_poisoned_command_hurts_nobody_else_in_it()
    {
        await using var books = await Books.OpenAsync();
        var (payer, payee) = (await books.WalletWithAsync(1_000_000), Books.NewWallet());
        using var cancelled = new CancellationTokenSource();
        var work = Enumerable.Range(0, 24).Select(i => i switch
        {
            // The same operation twice, an answer that storage refuses, one that no row holds, a caller who leaves, a renderer that throws.
            2 or 3 => DebitAsync("txn_twin0000000000000000000000", null, _ => new StoredAnswer(201, "")),
            4 => DebitAsync(NewId(), Books.Key("large"), _ => new StoredAnswer(201, "", new string('x', 70_000))),
            6 => DebitAsync(NewId(), Books.Key("larger"), _ => new StoredAnswer(201, new string('x', 100_000))),
            5 => LeaveAsync(),
            1 => DebitAsync(NewId(), Books.Key("bug"), _ => throw new InvalidOperationException("a bug")),
            _ => DebitAsync(NewId(), Books.Key($"k{i}"), _ => new StoredAnswer(201, "")),
        }).ToList();
        var ended = await Task.WhenAll(work);
        ended.Count(end => end is Outcome.Committed).ShouldBeInRange(9, 10, "the day's limit; one who left may be among them");
        ended[4].ShouldBeAssignableTo<Exception>();
        ended[1].ShouldBeOfType<InvalidOperationException>();
        ended[6].ShouldBeOfType<InvalidOperationException>();
        ended.Where((end, i) => i is 0 or > 6).ShouldAllBe(end => end is Outcome.Committed || end is Outcome.Refused);
        (await books.Ledger.ReadHeadAsync(payer, CancellationToken.None)).Head.Balances.InTransit.ShouldBe(1_000);

        async Task<object> LeaveAsync()
        {
            var running = books.Ledger.ExecuteAsync(payer, Debit(NewId(), Books.Key("left"), _ => new StoredAnswer(201, "")), cancelled.Token);
            await cancelled.CancelAsync();
            return await Caught(running);
        }

        Task<object> DebitAsync(string id, RequestKey? key, Func<Decision, StoredAnswer> answer) =>
            Caught(books.Ledger.ExecuteAsync(payer, Debit(id, key, answer), CancellationToken.None));

        BookCommand Debit(string id, RequestKey? key, Func<Decision, StoredAnswer> answer) =>
            new(id, new BookMove.DebitTransfer(Money.Fen(100), new Party(payee, "*乙"), null, TransferPurpose.Transfer, Terms))
            {
                Key = key,
                Answer = answer,
                Refusal = error => new StoredAnswer(422, error.Code),
                Attempt = new AttemptNote(id, OperationKind.Transfer, Money.Fen(100)),
            };

        static async Task<object> Caught(Task<Outcome> task)
        {
            try
            {
                return await task;
            }
            catch (Exception fault)
            {
                return fault;
            }
        }
    }

    private static string NewId() => Books.NewId<TransactionId>().Value;

    private static async Task RunAsync(Books books, WalletId wallet, BookMove move) =>
        (await books.Ledger.ExecuteAsync(wallet, new BookCommand(NewId(), move), CancellationToken.None)).ShouldBeOfType<Outcome.Committed>();

    private static Task<Outcome> SendAsync(Books books, WalletId payer, WalletId payee, long amount, int number, SpendTerms? terms = null) => books.Transfers.SendAsync(
        new TransferOrder(NewId(), payer, "*甲", payee, "*乙", Money.Fen(amount), null)
        {
            Terms = terms ?? Terms,
            Key = Books.Key($"k{number}"),
            Answer = _ => new StoredAnswer(201, ""),
            Refusal = error => new StoredAnswer(422, error.Code),
            Attempt = new AttemptNote($"request-{number}", OperationKind.Transfer, Money.Fen(amount)),
        },
        CancellationToken.None);
}

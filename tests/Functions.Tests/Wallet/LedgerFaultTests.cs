using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;
using Xunit;

namespace WalletFunctions.Tests.Wallet;

/// <summary>Storage answers late, wrongly or not at all; what is stored stays right, and every request ends in one effect.</summary>
public sealed class LedgerFaultTests
{
    [Theory]
    [InlineData(nameof(Fault.Busy))]
    [InlineData(nameof(Fault.InternalError))]
    [InlineData(nameof(Fault.PreconditionFailed))]
    [InlineData(nameof(Fault.AnswerLost))]
    [InlineData(nameof(Fault.DoneButInternalError))]
    [InlineData(nameof(Fault.Late))]
    public async Task One_fault_at_any_call_changes_neither_effect_nor_answer(string name)
    {
        var fault = Enum.Parse<Fault>(name);
        await using var books = await Books.OpenAsync();
        for (var at = 1; at <= 6; at++)
        {
            var (payer, payee) = (await books.WalletWithAsync(1000), await books.WalletWithAsync(1));
            var start = books.Faults.Calls;
            books.Faults.Plan = (call, _) => call == start + at ? fault : Fault.None;
            var first = await UntilDecidedAsync(() => books.SendAsync(payer, payee, 300, "k"));
            books.Faults.Plan = (_, _) => Fault.None;
            await books.Faults.SettleAsync();
            var repeat = (await books.SendAsync(payer, payee, 300, "k")).ShouldBeOfType<Outcome.Replayed>();
            AnswerOf(first).ShouldBe(repeat.Answer);
            (await books.BalancesAsync(payer)).Available.ShouldBe(700);
            (await books.BalancesAsync(payee)).Available.ShouldBe(301);
        }

        await books.Sweep.RunAsync(CancellationToken.None);
        await books.ShouldBeSoundAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_late_write_that_lands_while_it_is_looked_for_is_understood(int read)
    {
        await using var books = await Books.OpenAsync();
        books.Faults.LateBy = TimeSpan.FromMilliseconds(400);
        var (payer, payee) = (await books.WalletWithAsync(1000), await books.WalletWithAsync(1));
        var debit = books.Faults.Calls + 2;
        books.Faults.Plan = (call, _) => call == debit ? Fault.Late : call == debit + read ? Fault.LateLandsMeanwhile : Fault.None;
        var outcome = await UntilDecidedAsync(() => books.SendAsync(payer, payee, 300, "k"));
        AnswerOf(outcome).ShouldNotBeNull($"it ended as {outcome}").Status.ShouldBe(201);
        (await books.BalancesAsync(payer)).Available.ShouldBe(700);
        (await books.BalancesAsync(payee)).Available.ShouldBe(301);
        await books.ShouldBeSoundAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Two_processes_in_a_storm_of_faults_do_everything_exactly_once(int seed)
    {
        await using var here = await Books.OpenAsync();
        await using var there = here.Another();
        WalletId[] wallets = [await here.WalletWithAsync(10_000), await here.WalletWithAsync(10_000), await here.WalletWithAsync(10_000)];
        here.Faults.Plan = Storm(new Random(seed));
        there.Faults.Plan = Storm(new Random(seed + 100));

        var work = Enumerable.Range(0, 60).Select(async i =>
        {
            var (payer, payee) = (wallets[i % 3], wallets[(i + 1 + (i % 2)) % 3]);
            // Each request is sent twice, once through each process, as an impatient client behind a load balancer does.
            var outcomes = await Task.WhenAll(
                UntilDecidedAsync(() => here.SendAsync(payer, payee, 10 + i, $"k{i}")),
                UntilDecidedAsync(() => there.SendAsync(payer, payee, 10 + i, $"k{i}")));
            AnswerOf(outcomes[0]).ShouldBe(AnswerOf(outcomes[1]), $"seed {seed}, request {i}");
            return (Payer: payer, Payee: payee, Amount: 10 + i, Done: AnswerOf(outcomes[0])!.Status == 201);
        }).ToArray();
        var done = await Task.WhenAll(work);

        here.Faults.Plan = there.Faults.Plan = (_, _) => Fault.None;
        await Task.WhenAll(here.Faults.SettleAsync(), there.Faults.SettleAsync());
        await here.Sweep.RunAsync(CancellationToken.None);
        done.ShouldAllBe(transfer => transfer.Done);
        foreach (var wallet in wallets)
        {
            var expected = 10_000 - done.Where(t => t.Payer == wallet).Sum(t => t.Amount) + done.Where(t => t.Payee == wallet).Sum(t => t.Amount);
            (await here.BalancesAsync(wallet)).Available.ShouldBe(expected, $"seed {seed}");
        }

        await here.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_command_that_storage_does_not_let_in_ends_with_a_fault_in_time()
    {
        await using var books = await Books.OpenAsync();
        var wallet = await books.WalletWithAsync(1);
        var impatient = new Ledger(books.Table, TimeProvider.System, TimeProvider.System, new LedgerOptions { CommandBudget = TimeSpan.FromMilliseconds(200) });
        books.Faults.Plan = (_, _) => Fault.Busy;
        await Should.ThrowAsync<LedgerUnavailableException>(() => impatient.ExecuteAsync(
            wallet, new BookCommand("top_x", new Domain.Books.BookMove.CreditTopUp(Money.Fen(1), "sandbox")), CancellationToken.None));
    }

    [Fact]
    public async Task A_host_whose_clock_is_behind_waits_for_it_and_gives_up_in_time()
    {
        await using var books = await Books.OpenAsync();
        var wallet = await books.WalletWithAsync(1);
        var clock = new LaggingClock { Lag = TimeSpan.FromMinutes(6) };
        var behind = new Ledger(books.Table, clock, TimeProvider.System, new LedgerOptions { CommandBudget = TimeSpan.FromMilliseconds(300) });
        var thrown = await Should.ThrowAsync<LedgerUnavailableException>(() => TopUpAsync("top_1"));
        thrown.InnerException.ShouldBeOfType<Domain.Books.ClockBehindException>();
        clock.Lag = TimeSpan.FromMinutes(4);
        (await TopUpAsync("top_2")).ShouldBeOfType<Outcome.Committed>();
        (await books.BalancesAsync(wallet)).Available.ShouldBe(2);
        await books.ShouldBeSoundAsync();

        Task<Outcome> TopUpAsync(string id) =>
            behind.ExecuteAsync(wallet, new BookCommand(id, new Domain.Books.BookMove.CreditTopUp(Money.Fen(1), "sandbox")), CancellationToken.None);
    }

    internal static Func<int, bool, Fault> Storm(Random random) => (_, writes) =>
    {
        lock (random)
        {
            return random.Next(100) switch
            {
                < 3 => Fault.Busy,
                < 6 => Fault.InternalError,
                < 8 when writes => Fault.PreconditionFailed,
                < 11 => Fault.AnswerLost,
                < 14 => Fault.DoneButInternalError,
                < 17 when writes => Fault.Late,
                _ => Fault.None,
            };
        }
    };

    internal static StoredAnswer? AnswerOf(Outcome outcome) => outcome switch
    {
        Outcome.Committed committed => committed.Answer,
        Outcome.Refused refused => refused.Answer,
        Outcome.Replayed replayed => replayed.Answer,
        _ => null,
    };

    /// <summary>Repeats a request, as clients do, until its answer is final.</summary>
    internal static async Task<Outcome> UntilDecidedAsync(Func<Task<Outcome>> request)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                var outcome = await request();
                if (outcome is not (Outcome.KeyInFlight or Outcome.Swept))
                {
                    return outcome;
                }
            }
            catch (Exception fault) when (tries < 50 && (fault is LedgerUnavailableException || Platform.Faults.IsOutOfReach(fault)))
            {
                // 503 to a client: try again with the same key.
            }
        }
    }

    private sealed class LaggingClock : TimeProvider
    {
        public TimeSpan Lag { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() - Lag;
    }
}

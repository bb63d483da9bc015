using Azure.Data.Tables;
using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Wallet;
using Xunit;

namespace WalletFunctions.Tests.Wallet;

public sealed class LedgerConcurrencyTests
{
    [Fact]
    public async Task Of_64_concurrent_spends_of_the_same_last_100_yuan_exactly_one_succeeds()
    {
        await using var here = await Books.OpenAsync();
        await using var there = here.Another();
        var (payer, payee) = (await here.WalletWithAsync(100_00), Books.NewWallet());
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => (i % 2 == 0 ? here : there).SendAsync(payer, payee, 100_00, $"k{i}")));
        outcomes.Count(outcome => outcome is Outcome.Committed).ShouldBe(1);
        outcomes.OfType<Outcome.Refused>().Count(refused => refused.Error.Code == "insufficient_funds").ShouldBe(63);
        (await here.BalancesAsync(payer)).Available.ShouldBe(0);
        (await here.BalancesAsync(payee)).Available.ShouldBe(100_00);
        await here.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Sixty_four_requests_with_one_key_have_one_effect_and_one_answer()
    {
        await using var here = await Books.OpenAsync();
        await using var there = here.Another();
        var (payer, payee) = (await here.WalletWithAsync(1000), Books.NewWallet());
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => (i % 2 == 0 ? here : there).SendAsync(payer, payee, 7, "same")));
        outcomes.Count(outcome => outcome is Outcome.Committed).ShouldBe(1);
        outcomes.Select(outcome => (outcome as Outcome.Committed)?.Answer ?? ((Outcome.Replayed)outcome).Answer).Distinct().Count().ShouldBe(1);
        (await here.BalancesAsync(payer)).Available.ShouldBe(993);
        (await here.BalancesAsync(payee)).Available.ShouldBe(7);
        await here.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Requests_with_one_key_and_different_bodies_have_one_effect()
    {
        await using var books = await Books.OpenAsync();
        var (payer, payee) = (await books.WalletWithAsync(1000), Books.NewWallet());
        var outcomes = await Task.WhenAll(Enumerable.Range(1, 32).Select(i => books.SendAsync(payer, payee, i % 2 == 0 ? 5 : 6, "same")));
        var first = outcomes.OfType<Outcome.Committed>().ShouldHaveSingleItem();
        outcomes.Count(outcome => outcome is Outcome.KeyReused).ShouldBe(16);
        var spent = -first.Entry!.AvailableAfter + 1000;
        (await books.BalancesAsync(payee)).Available.ShouldBe(spent);
        await books.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Commands_of_one_book_share_transactions()
    {
        await using var books = await Books.OpenAsync();
        var wallet = await books.WalletWithAsync(1);
        var before = books.Faults.Calls;
        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => books.TopUpAsync(wallet, 1)));
        (books.Faults.Calls - before).ShouldBeLessThan(20);
        (await books.BalancesAsync(wallet)).Available.ShouldBe(201);
        await books.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_poisoned_command_in_a_batch_hurts_nobody_else()
    {
        await using var books = await Books.OpenAsync();
        var wallet = await books.WalletWithAsync(1);
        var work = Enumerable.Range(0, 40).Select(async i => i switch
        {
            // A row that the service refuses, a renderer that throws, a companion that is not new, a companion that does not exist.
            10 => await Try(() => RunAsync(_ => [Companion.Add(new TableEntity { RowKey = "w|big", ["x"] = new string('x', 40_000) })])),
            20 => await Try(() => RunAsync(_ => throw new InvalidOperationException("a bug"))),
            25 => await Try(() => RunAsync(_ => [Companion.Add(new TableEntity { RowKey = BookKeys.Entry(BookKeys.Partition(wallet), 1) })])),
            30 => await Try(() => RunAsync(_ => [Companion.Replace(new TableEntity { RowKey = "w|none" }, Azure.ETag.All)])),
            _ => (object)await books.TopUpAsync(wallet, 1),
        }).ToArray();
        var results = await Task.WhenAll(work);
        results[10].ShouldBeOfType<Azure.Data.Tables.TableTransactionFailedException>().Status.ShouldBe(400);
        results[20].ShouldBeOfType<InvalidOperationException>();
        results[25].ShouldBeOfType<Outcome.Conflict>();
        results[30].ShouldBeOfType<Outcome.Conflict>();
        results.Count(result => result is Outcome.Committed).ShouldBe(36);
        (await books.BalancesAsync(wallet)).Available.ShouldBe(37);
        await books.ShouldBeSoundAsync();

        Task<Outcome> RunAsync(Func<Decision, IReadOnlyList<Companion>> companions) => books.Ledger.ExecuteAsync(
            wallet,
            new BookCommand(Books.NewId<TopUpId>().Value, new BookMove.CreditTopUp(Money.Fen(1), "sandbox")) { Companions = companions },
            CancellationToken.None);

        static async Task<object> Try(Func<Task<Outcome>> action)
        {
            try
            {
                return await action();
            }
            catch (Exception e)
            {
                return e;
            }
        }
    }
}

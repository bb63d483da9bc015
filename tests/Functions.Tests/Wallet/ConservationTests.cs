using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Wallet;
using Xunit;

namespace WalletFunctions.Tests.Wallet;

public sealed class ConservationTests
{
    private const int Clients = 8;
    private const int Requests = 2000;

    [Fact]
    public async Task Eight_clients_with_retries_and_repeated_keys_neither_make_nor_lose_money()
    {
        var seed = Environment.TickCount;
        await using var here = await Books.OpenAsync();
        await using var there = here.Another();
        var wallets = Enumerable.Range(0, 6).Select(_ => Books.NewWallet()).ToArray();
        var storm = LedgerFaultTests.Storm(new Random(seed));
        // Every tenth call meets the storm: most requests see no fault, many see one, some see several.
        here.Faults.Plan = (call, writes) => call % 10 == 0 ? storm(call, writes) : Fault.None;
        there.Faults.Plan = here.Faults.Plan;

        var told = await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(() => RunClientAsync(client))));

        here.Faults.Plan = there.Faults.Plan = (_, _) => Fault.None;
        await Task.WhenAll(here.Faults.SettleAsync(), there.Faults.SettleAsync());
        await here.Sweep.RunAsync(CancellationToken.None);
        var expected = wallets.ToDictionary(wallet => wallet, _ => 0L);
        foreach (var (wallet, amount) in told.SelectMany(moves => moves))
        {
            expected[wallet] += amount;
        }

        foreach (var wallet in wallets)
        {
            (await here.BalancesAsync(wallet)).Available.ShouldBe(expected[wallet], $"seed {seed}");
        }

        var report = await here.ShouldBeSoundAsync();
        report.Totals.Available.ShouldBe(-report.Totals.TopUpClearing, $"seed {seed}");

        async Task<List<(WalletId Wallet, long Amount)>> RunClientAsync(int client)
        {
            var random = new Random(seed + client);
            var moves = new List<(WalletId, long)>();
            var earlier = new List<(Func<Task<Outcome>> Send, Platform.StoredAnswer Answer)>();
            for (var i = 0; i < Requests / Clients; i++)
            {
                if (earlier.Count > 0 && random.Next(6) == 0)
                {
                    // A repeat of an old request, through either process, gets the old answer.
                    var (repeat, first) = earlier[random.Next(earlier.Count)];
                    LedgerFaultTests.AnswerOf(await LedgerFaultTests.UntilDecidedAsync(repeat)).ShouldBe(first, $"seed {seed}");
                    continue;
                }

                var (a, b, amount, key) = (random.Next(wallets.Length), random.Next(1, wallets.Length), random.Next(1, 500), $"c{client}-{i}");
                var (payer, payee) = (wallets[a], wallets[(a + b) % wallets.Length]);
                var isTopUp = random.Next(3) == 0;
                Func<Task<Outcome>> send = () =>
                {
                    var books = Random.Shared.Next(2) == 0 ? here : there;
                    return isTopUp ? books.TopUpAsync(payer, amount, key) : books.SendAsync(payer, payee, amount, key);
                };
                var outcome = await LedgerFaultTests.UntilDecidedAsync(send);
                var answer = LedgerFaultTests.AnswerOf(outcome).ShouldNotBeNull($"seed {seed}: {outcome}");
                earlier.Add((send, answer));
                if (answer.Status == 201)
                {
                    moves.Add((payer, isTopUp ? amount : -amount));
                    if (!isTopUp)
                    {
                        moves.Add((payee, amount));
                    }
                }
            }

            return moves;
        }
    }
}

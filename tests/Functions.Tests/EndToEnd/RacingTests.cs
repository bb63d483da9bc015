using System.Diagnostics;
using System.Net;
using Functions.Tests;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Limits;
using WalletFunctions.Domain.Risk;
using WalletFunctions.Domain.Rules;
using WalletFunctions.TestSupport;
using WalletFunctions.Wallet;
using Xunit;

namespace WalletFunctions.Tests.EndToEnd;

/// <summary>Many clients of two hosts want the same money at the same moment. Each test has a payer of its own.</summary>
public sealed class RacingTests(RacingTests.TwoHosts hosts) : IClassFixture<RacingTests.TwoHosts>
{
    private const int Clients = 64;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Of_64_clients_who_spend_the_same_last_100_yuan_those_succeed_whom_it_is_enough_for()
    {
        var payer = await hosts.PayerAsync(leaving: 100_00);
        var asked = Enumerable.Range(0, Clients).Select(client => 7_00L + (client * 37)).ToArray();
        var answers = await RaceAsync(client => payer.TransferAsync(client, asked[client]));

        var spent = answers.Select((answer, client) => answer.Status == HttpStatusCode.Created ? asked[client] : 0).Sum();
        var left = 100_00 - spent;
        left.ShouldBe(await payer.AvailableAsync());
        left.ShouldBeGreaterThanOrEqualTo(0);
        spent.ShouldBeGreaterThan(0);
        for (var client = 0; client < Clients; client++)
        {
            if (answers[client].Status != HttpStatusCode.Created)
            {
                answers[client].MustRefuse(HttpStatusCode.UnprocessableEntity, "insufficient_funds");
                asked[client].ShouldBeGreaterThan(left, "nobody is refused whom the money would still be enough for");
            }
        }

        await Invariants.ShouldHoldAsync(hosts.First.Services, "the last 100 yuan");
    }

    [Fact]
    public async Task Sixty_four_requests_with_one_key_have_one_effect_and_one_answer()
    {
        var payer = await hosts.PayerAsync();
        var before = await payer.AvailableAsync();
        var answers = await RaceAsync(client => payer.TransferAsync(client, 3_00, key: "one-key"));

        answers.ShouldAllBe(answer => answer.Status == HttpStatusCode.Created);
        answers.Select(answer => answer.Body).Distinct(StringComparer.Ordinal).ShouldHaveSingleItem();
        answers.Count(answer => answer.Header("Idempotent-Replayed") is null).ShouldBe(1);
        (await payer.AvailableAsync()).ShouldBe(before - 3_00);
        await Invariants.ShouldHoldAsync(hosts.First.Services, "one key");
    }

    [Theory]
    [InlineData("own_limit")]
    [InlineData("limit_daily")]
    public async Task A_limit_cannot_be_passed_by_racing_for_it_on_two_hosts(string code)
    {
        const long Room = 50_00;
        const long Amount = 6_00;
        var payer = await hosts.PayerAsync();
        if (code == "own_limit")
        {
            await payer.CommandAsync(new BookMove.ChangeOwnLimits(new OwnLimitsChange(false, null, true, Room), Confirmation.None));
        }
        else
        {
            // All but the room of class III's day is spent already, by moves that were confirmed.
            await payer.CommandAsync(new BookMove.CreditTopUp(Money.Fen(100_000_00), "sandbox"));
            var confirmed = new SpendTerms(OperationKind.Transfer, Rulebook.Default, null, Confirmation.Code);
            foreach (var amount in (long[])[40_000_00, 40_000_00, 20_000_00 - Room])
            {
                await payer.SpendAsync(amount, confirmed);
            }
        }

        var answers = await RaceAsync(client => payer.TransferAsync(client, Amount));
        answers.Count(answer => answer.Status == HttpStatusCode.Created).ShouldBe((int)(Room / Amount));
        answers.Where(answer => answer.Status != HttpStatusCode.Created).ShouldAllBe(answer => answer.MustRefuse(HttpStatusCode.UnprocessableEntity, code) != null);
    }

    [Fact]
    public async Task One_hot_book_under_two_hosts_starves_nobody_and_keeps_every_fen()
    {
        const int Hot = 16;
        const int Moves = 12;
        var payer = await hosts.PayerAsync();
        var before = await payer.AvailableAsync();
        var started = Stopwatch.StartNew();
        var ends = await Task.WhenAll(Enumerable.Range(0, Hot).Select(client => Task.Run(async () =>
        {
            // Half of them bring, half of them take; every one through its own host.
            for (var move = 0; move < Moves; move++)
            {
                (await (client / 2 % 2 == 0
                    ? payer.TransferAsync(client, 5)
                    : payer.BringAsync(client, 3))).Must(HttpStatusCode.Created);
            }

            return started.Elapsed;
        })));

        ends.Max().ShouldBeLessThan(Patience);
        (await payer.AvailableAsync()).ShouldBe(before + (Hot / 2 * Moves * (3 - 5)));
        await Invariants.ShouldHoldAsync(hosts.First.Services, "a hot book");
    }

    /// <summary>All at once, each through one of the hosts; a repeat that overtakes its first request asks again, as clients do.</summary>
    private static Task<TestAnswer[]> RaceAsync(Func<int, Task<TestAnswer>> ask)
    {
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var racing = Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
        {
            await start.Task;
            return await Eventually.Some("a request was decided", async () => await ask(client) is { Code: not "idempotency_key_in_flight" } answer ? answer : null, Patience);
        })));
        start.SetResult();
        return racing;
    }

    /// <summary>Two hosts on one storage, with enough people.</summary>
    public sealed class TwoHosts : IAsyncLifetime
    {
        private const int Payees = 2;

        private TestApp[] hosts = [];
        private (string Wallet, TestClient[] Doors)[] people = [];
        private int payers;

        internal TestApp First => hosts[0];

        public async Task InitializeAsync()
        {
            // One after the other: the first makes the tables.
            var first = await TestApp.StartAsync();
            hosts = [first, await TestApp.StartAsync(connectionString: first.ConnectionString)];
            var seeded = (await first.Anonymous.PostAsync("sandbox/seed", new { customers = 8 }, key: null)).Must(HttpStatusCode.OK).Json.GetProperty("customers");
            people = await Task.WhenAll(seeded.EnumerateArray().Select(async person =>
            {
                using var customer = await first.SignInAsync(person.GetProperty("phone").GetString()!, person.GetProperty("password").GetString()!);
                return (person.GetProperty("walletId").GetString()!, hosts.Select(host => new TestClient(host.Address, customer.Token)).ToArray());
            }));
        }

        public async Task DisposeAsync()
        {
            foreach (var door in people.SelectMany(person => person.Doors))
            {
                door.Dispose();
            }

            foreach (var host in hosts)
            {
                await host.DisposeAsync();
            }
        }

        /// <summary>Somebody whom no other test has.</summary>
        /// <param name="leaving">What is left in the wallet; null: what it was seeded with.</param>
        internal async Task<Payer> PayerAsync(long? leaving = null)
        {
            var (wallet, doors) = people[Payees + payers++];
            var payer = new Payer(First.Services, wallet, doors, [.. people.Take(Payees)]);
            if (leaving is { } fen)
            {
                await payer.SpendAsync(await payer.AvailableAsync() - fen, SpendTerms.Free(OperationKind.Transfer));
            }

            return payer;
        }
    }

    /// <summary>A wallet that all clients of a test spend from, through either host.</summary>
    internal sealed class Payer(IServiceProvider app, string wallet, TestClient[] doors, (string Wallet, TestClient[] Doors)[] payees)
    {
        public Task<TestAnswer> TransferAsync(int client, long fen, string key = TestClient.NewKey) => doors[client % doors.Length].PostAsync(
            "v1/transfers", new { to = new { walletId = payees[key == TestClient.NewKey ? client / doors.Length % payees.Length : 0].Wallet }, amount = Yuan(fen) }, key);

        /// <summary>The other way round.</summary>
        public Task<TestAnswer> BringAsync(int client, long fen) =>
            payees[0].Doors[client % doors.Length].PostAsync("v1/transfers", new { to = new { walletId = wallet }, amount = Yuan(fen) });

        public async Task<long> AvailableAsync() => long.Parse((await doors[0].GetAsync("v1/wallet")).Must(HttpStatusCode.OK).Text("available.amount"));

        /// <summary>Makes a move without HTTP.</summary>
        public async Task CommandAsync(BookMove move) => (await app.GetRequiredService<Ledger>().ExecuteAsync(
            WalletId.Of(wallet), new BookCommand(NewId(), move), CancellationToken.None)).ShouldBeOfType<Outcome.Committed>();

        /// <summary>Transfers without HTTP, on other terms than a customer's.</summary>
        public async Task SpendAsync(long fen, SpendTerms terms) => (await app.GetRequiredService<Transfers>().SendAsync(
            new TransferOrder(NewId(), WalletId.Of(wallet), null, WalletId.Of(payees[0].Wallet), null, Money.Fen(fen), null) { Terms = terms }, CancellationToken.None)).ShouldBeOfType<Outcome.Committed>();

        private static string NewId() => Tests.Wallet.Books.NewId<TransactionId>().Value;

        private static object Yuan(long fen) => new { amount = fen, currency = "CNY" };
    }
}

using System.Net;
using System.Text.Json.Nodes;
using Azure.Data.Tables;
using Functions.Tests;
using Functions.Tests.Withdrawals;
using Microsoft.Extensions.DependencyInjection;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Calendar;
using WalletFunctions.Platform;
using WalletFunctions.Reconciliation;
using WalletFunctions.Tests.EndToEnd;
using WalletFunctions.TestSupport;
using WalletFunctions.Wallet;
using Xunit;

namespace WalletFunctions.Tests.Reconciliation;

/// <summary>One app for all of these tests: each puts back what it changes.</summary>
[CollectionDefinition(ReconciliationStage.Collection)]
public sealed class SharedReconciliationStage : ICollectionFixture<ReconciliationStage>;

/// <summary>The app with a noon's worth of random moves: transfers, top-ups, and a withdrawal for each way one can end.</summary>
public sealed class ReconciliationStage : IAsyncLifetime
{
    internal const string Collection = "reconciliation";

    /// <summary>Those of the customers, and of the two merchants who come with them and have sold nothing.</summary>
    internal const int BookCount = People + 2;

    private const int People = 7;
    private const int Moves = 60;

    private readonly List<Customer> customers = [];
    private readonly Random random = new(20261122);

    internal TestApp App { get; private set; } = null!;

    /// <summary>The Shanghai day of all moves.</summary>
    internal DateOnly Day { get; private set; }

    /// <summary>Wallets of customers who moved money; the first is also the one who withdrew.</summary>
    internal IReadOnlyList<WalletId> Wallets { get; private set; } = [];

    /// <summary>A wallet with its first top-up and nothing else.</summary>
    internal WalletId Quiet { get; private set; }

    /// <summary>By how they ended.</summary>
    internal Dictionary<string, string> Withdrawals { get; } = new(StringComparer.Ordinal);

    /// <summary>A top-up by bank card.</summary>
    internal string Charge { get; private set; } = "";

    internal TableClient Books => App.Services.GetRequiredService<Storage>().Table(Ledger.TableName);

    internal DateTimeOffset Now => App.Services.GetRequiredService<TimeProvider>().GetUtcNow();

    internal LedgerCheck Check => App.Services.GetRequiredService<LedgerCheck>();

    /// <summary>What is wrong now, of whatever age.</summary>
    internal async Task<LedgerReport> ReportAsync() => await Check.RunAsync(Now, Now, null, [], CancellationToken.None);

    internal T Service<T>()
        where T : notnull => App.Services.GetRequiredService<T>();

    internal Task<BookForger> ForgeAsync(WalletId wallet) => BookForger.OpenAsync(Books, wallet);

    public async Task InitializeAsync()
    {
        App = await TestApp.StartAsync();
        var bank = new BankSide(() => App.Address);
        await bank.BehaveAsync("silent");

        // Noon: no step of the stage is near a midnight, where the rule for two days applies.
        var tomorrowNoon = Shanghai.At(Shanghai.DayOf(Now).AddDays(1), new TimeOnly(12, 0));
        await App.AdvanceAsync(tomorrowNoon - Now);
        Day = Shanghai.DayOf(tomorrowNoon);
        var wallets = new List<WalletId>();
        foreach (var person in (await WalletClient.SeedAsync(App.Address, customers: People))["customers"]!.AsArray().Take(People))
        {
            var customer = await Customer.SignInAsync(() => App.Address, person!.DeepClone());
            customers.Add(customer);
            wallets.Add(WalletId.Of((string)(await customer.Client.GetAsync("/api/v1/wallet")).Expect(HttpStatusCode.OK).Body!["walletId"]!));
        }

        (Wallets, Quiet) = (wallets[..^1], wallets[^1]);
        await Task.WhenAll(MoveAsync(), WithdrawAsync(bank, customers[0]), ChargeAsync(customers[1]));
    }

    /// <summary>Random transfers and top-ups among the customers who are not quiet.</summary>
    internal async Task MoveAsync(int moves = Moves)
    {
        for (var i = 0; i < moves; i++)
        {
            var (payer, payee) = (random.Next(People - 1), random.Next(1, People - 1));
            var money = new JsonObject { ["amount"] = random.Next(1, 2_000), ["currency"] = "CNY" };
            var client = customers[payer].Client;
            var answer = i % 5 == 0
                ? await client.SendAsync(HttpMethod.Post, "/api/v1/topups", new JsonObject { ["amount"] = money, ["channel"] = "sandbox" }, Guid.NewGuid().ToString("N"))
                : await client.SendAsync(HttpMethod.Post, "/api/v1/transfers", new JsonObject { ["to"] = new JsonObject { ["walletId"] = Wallets[(payer + payee) % (People - 1)].Value }, ["amount"] = money }, Guid.NewGuid().ToString("N"));
            answer.Expect(HttpStatusCode.Created);
        }
    }

    public async Task DisposeAsync() => await App.DisposeAsync();

    private async Task ChargeAsync(Customer customer)
    {
        (await App.Anonymous.PutAsync("sandbox/acquirer/behaviour", new { mode = "settle", afterSeconds = 0 })).Must(HttpStatusCode.OK);
        var order = customer.Order(50_00);
        order["channel"] = "bank_card";
        Charge = (string)(await customer.Client.SendAsync(HttpMethod.Post, "/api/v1/topups", order, "card")).Expect(HttpStatusCode.Created).Body!["topupId"]!;
        await Eventually.True("the card paid", async () => (string)(await customer.Client.GetAsync($"/api/v1/topups/{Charge}")).Body!["status"]! == "succeeded");
    }

    private async Task WithdrawAsync(BankSide bank, Customer customer)
    {
        foreach (var end in new[] { "settled", "returned", "rejected", "submitted", "doubled", "fen", "late" })
        {
            Withdrawals[end] = await customer.WithdrawAsync(random.Next(1_000, 9_000));
        }

        foreach (var (end, id) in Withdrawals)
        {
            var payout = await bank.PayoutAsync(id);
            if (end != "submitted")
            {
                (await bank.DecideAsync(payout, end == "rejected" ? "reject" : "settle")).Expect(HttpStatusCode.OK);
                await customer.UntilAsync(id, end == "rejected" ? "rejected" : "settled");
            }

            if (end == "returned")
            {
                (await bank.DecideAsync(payout, "return")).Expect(HttpStatusCode.OK);
                await customer.UntilAsync(id, "returned");
            }
        }
    }
}

using System.Net;
using System.Text.Json.Nodes;
using Azure.Core.Pipeline;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using WalletFunctions.Tests.EndToEnd;
using WalletFunctions.TestSupport;
using WalletFunctions.Wallet;
using Xunit;
using Xunit.Abstractions;

namespace Functions.Tests.TopUps;

/// <summary>
/// The walk over every storage step of a transfer that a card pays for, its top-up included: from the n-th storage call on
/// the host reaches its storage no more, a fresh host takes over, and the customer asks again. The card pays once.
/// </summary>
public sealed class TopUpCrashTests(ITestOutputHelper output)
{
    private const int Lanes = 4;
    private const long Fen = 1_00;

    [Theory]
    [InlineData("/api/v1/topups")]
    [InlineData("/api/v1/transfers")]
    public async Task Abandoned_at_any_storage_step_the_card_pays_once_and_the_money_goes_where_it_should(string route)
    {
        var lengths = await Task.WhenAll(Enumerable.Range(0, Lanes).Select(lane => WalkAsync(route, lane)));
        output.WriteLine($"Storage calls until answered, by lane: {string.Join(", ", lengths)}");
    }

    private static async Task<int> WalkAsync(string route, int lane)
    {
        var storage = Azurite.NewAccount();
        var cut = new StorageCut();
        var app = await StartAsync(storage, cut);
        try
        {
            // ReSharper disable once AccessToModifiedClosure: the customer talks to whichever host is up.
            Uri Host() => app.Address;
            var people = (await WalletClient.SeedAsync(Host()))["customers"]!;
            using var customer = new WalletClient(Host);
            using var payee = new WalletClient(Host);
            await customer.SignInAsync(people[0]!);
            await payee.SignInAsync(people[1]!);
            var order = Order(route, (string)(await customer.GetAsync("/api/v1/me/bank-cards")).Body!["items"]![0]!["bankCardId"]!, (string)people[1]!["walletId"]!);
            var (own, others) = (await AvailableAsync(customer), await AvailableAsync(payee));
            for (var step = lane + 1; ; step += Lanes)
            {
                var key = $"step-{step}";
                cut.After(step);
                var asking = TryAsync(() => customer.SendAsync(HttpMethod.Post, route, order.DeepClone(), key));
                if (await Task.WhenAny(asking, cut.Tripped) == asking && await asking is { Status: HttpStatusCode.Created } && !cut.Tripped.IsCompleted)
                {
                    // A fresh host counts: this one's storage may be cut off by what runs behind its answers.
                    var calls = cut.Calls;
                    await app.DisposeAsync();
                    app = await StartAsync(storage, new StorageCut());
                    (await ChargesAsync(app)).ShouldBe(((step - lane - 1) / Lanes) + 1, "every key has charged once");
                    return calls;
                }

                await cut.Tripped.WaitAsync(TimeSpan.FromSeconds(30));
                await app.DisposeAsync();
                await asking;
                cut = new StorageCut();
                app = await StartAsync(storage, cut);

                // The customer asks again with the same key, as anybody would whose answer was lost.
                (await customer.PostUntilAnsweredAsync(route, order, key, TimeSpan.FromSeconds(30))).Expect(HttpStatusCode.Created);
                (own, others) = route.EndsWith("topups", StringComparison.Ordinal) ? (own + Fen, others) : (own, others + Fen);
                await Eventually.True($"after a cut at storage call {step} all is where it should be", async () => (await AvailableAsync(customer), await AvailableAsync(payee)) == (own, others));
            }
        }
        finally
        {
            await app.DisposeAsync();
        }
    }

    private static JsonObject Order(string route, string card, string payee)
    {
        var order = new JsonObject { ["amount"] = new JsonObject { ["amount"] = Fen, ["currency"] = "CNY" }, ["bankCardId"] = card };
        if (route.EndsWith("topups", StringComparison.Ordinal))
        {
            order["channel"] = "bank_card";
        }
        else
        {
            (order["to"], order["source"]) = (new JsonObject { ["walletId"] = payee }, "bank_card");
        }

        return order;
    }

    private static Task<TestApp> StartAsync(string storage, StorageCut cut) => TestApp.StartAsync(
        builder =>
        {
            builder.Services.AddSingleton<HttpPipelinePolicy>(cut);
            builder.Services.AddSingleton(new LedgerOptions { IntentAge = TimeSpan.FromSeconds(1), CommandBudget = TimeSpan.FromSeconds(1) });
        },
        storage,
        new Dictionary<string, string?>(StringComparer.Ordinal) { ["drain-grace"] = "00:00:00.1", ["Acquirer:TimeoutSeconds"] = "5" });

    private static async Task<long> AvailableAsync(WalletClient client) =>
        (long)(await client.GetAsync("/api/v1/wallet")).Expect(HttpStatusCode.OK).Body!["available"]!["amount"]!;

    private static async Task<int> ChargesAsync(TestApp app) =>
        (await app.Anonymous.GetAsync("sandbox/acquirer/charges")).Must(HttpStatusCode.OK).Json.GetProperty("items").GetArrayLength();

    private static async Task<WalletAnswer?> TryAsync(Func<Task<WalletAnswer>> request)
    {
        try
        {
            return await request();
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or OperationCanceledException)
        {
            return null;
        }
    }
}

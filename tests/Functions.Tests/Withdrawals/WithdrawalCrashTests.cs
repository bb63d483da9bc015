using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using WalletFunctions.Notifications;
using WalletFunctions.Tests.EndToEnd;
using WalletFunctions.TestSupport;
using Xunit;
using Xunit.Abstractions;

namespace Functions.Tests.Withdrawals;

/// <summary>
/// The walk over every storage step: a withdrawal is begun, from its n-th write on the host reaches its storage no
/// more, a fresh host on the same storage takes over. However far it had come, it ends rightly and once.
/// </summary>
public sealed class WithdrawalCrashTests(ITestOutputHelper output)
{
    /// <summary>Hosts walk side by side, each with a storage account of its own: mostly they wait.</summary>
    private const int Lanes = 4;

    private const long Fen = 1_00;

    [Fact]
    public async Task A_withdrawal_abandoned_at_any_storage_step_ends_rightly_and_once()
    {
        var lengths = await Task.WhenAll(Enumerable.Range(0, Lanes).Select(WalkAsync));
        output.WriteLine($"Writes until settled, by lane: {string.Join(", ", lengths)}");
    }

    /// <summary>Walks the steps n = lane + 1, lane + 1 + <see cref="Lanes"/>, … until a withdrawal ends before its n-th call.</summary>
    private static async Task<int> WalkAsync(int lane)
    {
        var storage = Azurite.NewAccount();
        var cut = new StorageCut();
        var app = await CrashLane.StartAsync(storage, cut);
        try
        {
            // ReSharper disable once AccessToModifiedClosure: the customer talks to whichever host is up.
            var bank = new BankSide(() => app.Address);
            var person = (await WalletClient.SeedAsync(app.Address))["customers"]![0]!;
            var customer = await Customer.SignInAsync(() => app.Address, person);
            var (before, _) = await customer.WalletAsync();
            var ids = new List<string>();
            for (var step = lane + 1; ; step += Lanes)
            {
                var key = $"step-{step}";
                await bank.BehaveAsync("settle", 0);
                cut.After(step);
                var asking = CrashLane.TryAsync(() => customer.AskAsync(Fen, key));
                if (await Task.WhenAny(asking, cut.Tripped) == asking && await asking is { Status: HttpStatusCode.Accepted } answered
                    && await SettlesAsync(customer, (string)answered.Body!["withdrawalId"]!, cut))
                {
                    ids.Add((string)answered.Body!["withdrawalId"]!);
                    var length = cut.Calls;
                    cut.After(int.MaxValue);
                    if (cut.Tripped.IsCompleted)
                    {
                        // It was settled before the cut, and told after it.
                        await app.DisposeAsync();
                        app = await CrashLane.StartAsync(storage, new StorageCut());
                    }

                    await ShouldBeToldOnceAsync(app, customer, ids);
                    return length;
                }

                await cut.Tripped.WaitAsync(TimeSpan.FromSeconds(30));
                await app.DisposeAsync();
                await asking;
                cut = new StorageCut();
                app = await CrashLane.StartAsync(storage, cut);

                // The customer asks again with the same key, as anybody would whose answer was lost.
                var answer = await customer.Client.PostUntilAnsweredAsync("/api/v1/withdrawals", customer.Order(Fen), key, TimeSpan.FromSeconds(30));
                answer.Expect(HttpStatusCode.Accepted);
                var id = (string)answer.Body!["withdrawalId"]!;
                ids.Add(id);
                await customer.UntilAsync(id, "settled", TimeSpan.FromSeconds(60));
                (await bank.PayoutsAsync(id)).ShouldHaveSingleItem();
                before -= Fen;
                (await customer.WalletAsync()).ShouldBe((before, 0), $"after a cut at storage call {step}");
            }
        }
        finally
        {
            await app.DisposeAsync();
        }
    }

    /// <summary>Of each withdrawal its owner is told once that it arrived, and at most once that it is at the bank, for what only led to the next is not told of behind it; each is handed over once.</summary>
    private static async Task ShouldBeToldOnceAsync(TestApp app, Customer customer, List<string> ids)
    {
        var notices = await Told.OnceAsync(
            customer.Client,
            customer.Person,
            seen => ids.All(id => seen.Any(notice => (string?)notice["subjectId"] == id && IsArrival(notice))),
            TimeSpan.FromSeconds(60),
            () => app.Services.GetRequiredService<NoticeSweep>().RunAsync(CancellationToken.None));
        foreach (var id in ids)
        {
            var own = notices.Where(notice => (string?)notice["subjectId"] == id).ToList();
            own.Count(IsArrival).ShouldBe(1);
            own.Count(notice => !IsArrival(notice)).ShouldBeLessThanOrEqualTo(1);
        }

        static bool IsArrival(JsonNode notice) => ((string)notice["title"]!).EndsWith("has arrived", StringComparison.Ordinal);
    }

    /// <summary>Whether it settles before the cut comes.</summary>
    private static async Task<bool> SettlesAsync(Customer customer, string id, StorageCut cut)
    {
        while (!cut.Tripped.IsCompleted)
        {
            var answer = await CrashLane.TryAsync(() => customer.Client.GetAsync($"/api/v1/withdrawals/{id}"));
            if (answer is { Status: HttpStatusCode.OK } && (string)answer.Body!["status"]! == "settled")
            {
                return true;
            }

            await Task.Delay(50);
        }

        return false;
    }
}

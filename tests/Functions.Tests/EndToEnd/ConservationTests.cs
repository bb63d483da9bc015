using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Functions.Tests;
using Xunit;

namespace WalletFunctions.Tests.EndToEnd;

/// <summary>Money is never made or lost, whoever dies when: eight clients against a host that is killed five times.</summary>
public class ConservationTests
{
    private const int Clients = 8;
    private const int MovesPerClient = 250;
    private const int Kills = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Two_thousand_moves_by_eight_clients_conserve_money_through_five_hard_kills()
    {
        using var own = new OwnStorage();
        var storage = own.ConnectionString;
        var port = HostProcess.FreePort();
        var seed = Environment.TickCount;
        var host = await HostProcess.StartAsync(storage, port);
        try
        {
            var address = host.BaseAddress;
            var people = (await WalletClient.SeedAsync(address, Clients))["customers"]!.AsArray().Take(Clients).Select(person => person!.DeepClone()).ToList();
            using (var bank = new WalletClient(() => address))
            {
                await bank.SendAsync(HttpMethod.Put, "/api/sandbox/bank/behaviour", new JsonObject { ["mode"] = "settle", ["afterSeconds"] = 0 });
            }

            var movers = new List<RandomMover>();
            foreach (var (person, number) in people.Select((person, number) => (person, number)))
            {
                movers.Add(await RandomMover.OpenAsync(address, person, people, new Random(unchecked(seed + number)), Patience));
            }

            var running = movers.Select(mover => mover.RunAsync(MovesPerClient)).ToList();
            var all = Task.WhenAll(running);
            for (var kill = 1; kill <= Kills && !all.IsCompleted; kill++)
            {
                var target = Clients * MovesPerClient * kill / (Kills + 1);
                await Stage.UntilAsync($"move {target}", Patience, () => Task.FromResult((all.IsCompleted || movers.Sum(mover => mover.Done) >= target, "moves")));
                await host.KillAsync();
                await host.DisposeAsync();
                host = await HostProcess.StartAsync(storage, port);
            }

            await all;
            var expected = new ConcurrentDictionary<string, long>(StringComparer.Ordinal);
            foreach (var mover in movers)
            {
                await mover.SettleAsync();
                foreach (var (wallet, change) in mover.Changes)
                {
                    expected.AddOrUpdate(wallet, change, (_, sum) => sum + change);
                }
            }

            foreach (var mover in movers)
            {
                await Stage.UntilAsync($"wallet {mover.WalletId} holds what its owner was told (seed {seed})", Patience, async () =>
                {
                    var wallet = (await mover.Client.GetAsync("/api/v1/wallet")).Expect(HttpStatusCode.OK).Body!;
                    var actual = (long)wallet["available"]!["amount"]!;
                    var held = (long)wallet["held"]!["amount"]!;
                    return (held == 0 && actual == mover.Opening + expected[mover.WalletId], $"held {held}, available {actual}, told {mover.Opening + expected[mover.WalletId]}");
                });
            }

            movers.ForEach(mover => mover.Client.Dispose());
            await using var checker = await TestApp.StartAsync(connectionString: storage);
            await Invariants.ShouldHoldAsync(checker.Services, $"seed {seed}");
        }
        finally
        {
            await host.DisposeAsync();
        }
    }
}

using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using WalletFunctions.Notifications;
using WalletFunctions.Sandbox;
using WalletFunctions.Wallet;
using WalletFunctions.Withdrawals;

namespace WalletFunctions.Bench;

/// <summary>Orchestrations, by the one that the app has: a withdrawal, from the request over HTTP until it is settled by the bank's callback.</summary>
internal sealed class WithdrawalScenario : IScenario
{
    private const int Customers = 32;
    private const int InFlight = 64;

    public string Name => "withdrawals";

    public async Task RunAsync(BenchRun run)
    {
        BenchRun.Title($"Withdrawals, {InFlight} in flight of {Customers} customers; each is one orchestration, settled by the callback of the sandbox's bank. {RawBatches.Description}");
        var storage = BenchRun.StartStorage();
        try
        {
            await using var host = await BenchHost.StartAsync(storage, nameof(WithdrawalOrchestrator));
            var customers = await CustomersAsync(host.Http);
            var raw = await RawBatches.OpenAsync(storage, InFlight);
            await host.TurnAsync(new Tally(), InFlight, run.WarmUp, client => customers[client % Customers].WithdrawAsync());
            var (baseline, withdrawals) = (new Tally(), new Tally());
            for (var round = 0; round < run.Rounds; round++)
            {
                await baseline.TurnAsync(InFlight, run.Turn, raw.Counter, raw.OneAsync);
                await host.TurnAsync(withdrawals, InFlight, run.Turn, client => customers[client % Customers].WithdrawAsync());
            }

            BenchRun.Report("raw transactions", baseline);
            BenchRun.Report("orchestrations (withdrawals settled)", withdrawals, baseline);
            BenchRun.Say("calls: " + withdrawals.CallsBy(Part));
            BenchRun.Say("by whose they are: " + withdrawals.CallsBy(name => Part(name) is var part && part.StartsWith("sandbox", StringComparison.Ordinal) ? "the sandbox's" : part == "engine" ? "the engine's" : "the app's own"));
            BenchRun.Say(string.Create(CultureInfo.InvariantCulture, $"orchestrations/s : raw transactions/s = 1 : {baseline.PerSecond / withdrawals.PerSecond:0.0}"));
            BenchRun.Say(await host.CheckAsync(Ledger.TableName, "RowKey ge 'w|' and RowKey lt 'w}' and s eq 'settled'", "withdrawals settled"));
        }
        finally
        {
            storage.Stop();
        }
    }

    /// <summary>The withdrawals' own rows are in the books, written with the money.</summary>
    private static string Part(string name) => name switch
    {
        Ledger.TableName or Intents.TableName => "ledger",
        SandboxBank.TableName => "sandbox's bank",
        SandboxOutbox.TableName => "sandbox's outbox",
        NoticeTable.TableName => "notices",
        _ when name.StartsWith("WalletHub", StringComparison.Ordinal) => "engine",
        _ => "rest of the app",
    };

    private static async Task<Customer[]> CustomersAsync(HttpClient http)
    {
        using var behaviour = await http.PutAsJsonAsync("sandbox/bank/behaviour", new { mode = "settle", afterSeconds = 0 });
        behaviour.EnsureSuccessStatusCode();
        using var seed = await http.PostAsJsonAsync("sandbox/seed", new { customers = Customers });
        var people = (await seed.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonObject>())!["customers"]!.AsArray();
        return await Task.WhenAll(people.Take(Customers).Select(person => Customer.SignInAsync(http, person!)));
    }

    private sealed class Customer(HttpClient http, AuthenticationHeaderValue token, string card)
    {
        public static async Task<Customer> SignInAsync(HttpClient http, JsonNode person)
        {
            using var answer = await http.PostAsJsonAsync("v1/tokens", new { grant = "password", phone = (string)person["phone"]!, password = (string)person["password"]! });
            var token = new AuthenticationHeaderValue("Bearer", (string)(await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonObject>())!["accessToken"]!);
            using var request = new HttpRequestMessage(HttpMethod.Get, "v1/me/bank-cards") { Headers = { Authorization = token } };
            using var cards = await http.SendAsync(request);
            return new Customer(http, token, (string)(await cards.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonObject>())!["items"]![0]!["bankCardId"]!);
        }

        public async Task WithdrawAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "v1/withdrawals")
            {
                Content = JsonContent.Create(new { bankCardId = card, amount = new { amount = 1, currency = "CNY" } }),
                Headers = { Authorization = token },
            };
            request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
            using var answer = await http.SendAsync(request);
            answer.EnsureSuccessStatusCode();
        }
    }
}

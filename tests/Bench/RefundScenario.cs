using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Azure.Data.Tables;
using WalletFunctions.Domain;
using WalletFunctions.Notifications;
using WalletFunctions.Refunds;
using WalletFunctions.Sandbox;
using WalletFunctions.Wallet;

namespace WalletFunctions.Bench;

/// <summary>Refunds, from the request over HTTP to the money in the customer's wallet; the merchant agrees as soon as it is asked.</summary>
internal sealed class RefundScenario : IScenario
{
    private const int Customers = 16;
    private const int InFlight = 16;
    private const long Paid = 100_000;

    public string Name => "refunds";

    public async Task RunAsync(BenchRun run)
    {
        BenchRun.Title($"Refunds, {InFlight} in flight of {Customers} customers; each is one orchestration, four notices to the customer, one to the merchant, a conversation. {RawBatches.Description}");
        var storage = BenchRun.StartStorage();
        try
        {
            await using var host = await BenchHost.StartAsync(storage, nameof(RefundOrchestrator));
            var customers = await CustomersAsync(host.Http, new TableClient(storage.ConnectionString, Ledger.TableName));
            var raw = await RawBatches.OpenAsync(storage, InFlight);
            await host.TurnAsync(new Tally(), InFlight, run.WarmUp, client => customers[client % Customers].RefundAsync());
            var (baseline, refunds) = (new Tally(), new Tally());
            for (var round = 0; round < run.Rounds; round++)
            {
                await baseline.TurnAsync(InFlight, run.Turn, raw.Counter, raw.OneAsync);
                await host.TurnAsync(refunds, InFlight, run.Turn, client => customers[client % Customers].RefundAsync());
            }

            BenchRun.Report("raw transactions", baseline);
            BenchRun.Report("orchestrations (refunds paid)", refunds, baseline);
            BenchRun.Say("calls: " + refunds.CallsBy(Part));
            BenchRun.Say("by whose they are: " + refunds.CallsBy(name => Part(name) is var part && part.StartsWith("sandbox", StringComparison.Ordinal) ? "the sandbox's" : part == "engine" ? "the engine's" : "the app's own"));
            BenchRun.Say(string.Create(CultureInfo.InvariantCulture, $"refunds/s : raw transactions/s = 1 : {baseline.PerSecond / refunds.PerSecond:0.0}"));
            BenchRun.Say(await host.CheckAsync(Ledger.TableName, "RowKey ge 'f|' and RowKey lt 'f}' and s eq 'refunded'", "refunds paid"));
        }
        finally
        {
            storage.Stop();
        }
    }

    /// <summary>The refunds' own rows are in the books, written with what they reserve.</summary>
    private static string Part(string name) => name switch
    {
        Ledger.TableName or Intents.TableName => "ledger",
        SandboxOutbox.TableName => "sandbox's outbox",
        NoticeTable.TableName => "notices",
        RefundIndex.TableName => "refunds' lists",
        _ when name.StartsWith("WalletHub", StringComparison.Ordinal) => "engine",
        _ when name.StartsWith("sandbox", StringComparison.Ordinal) => name,
        _ => "rest of the app: " + name,
    };

    private static async Task<Customer[]> CustomersAsync(HttpClient http, TableClient books)
    {
        using var seed = await http.PostAsJsonAsync("sandbox/seed", new { customers = Customers });
        var people = (await seed.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonObject>())!;
        var merchant = people["merchants"]![0]!;
        var shop = await SignInAsync(http, merchant);
        return await Task.WhenAll(people["customers"]!.AsArray().Take(Customers).Select(async person =>
        {
            var customer = new Customer(http, books, await SignInAsync(http, person!), shop, WalletId.Of((string)person!["walletId"]!));
            await customer.PayAsync((string)merchant["merchantId"]!);
            return customer;
        }));
    }

    private static async Task<AuthenticationHeaderValue> SignInAsync(HttpClient http, JsonNode person)
    {
        using var answer = await http.PostAsJsonAsync("v1/tokens", new { grant = "password", phone = (string)person["phone"]!, password = (string)person["password"]! });
        return new AuthenticationHeaderValue("Bearer", (string)(await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonObject>())!["accessToken"]!);
    }

    private sealed class Customer(HttpClient http, TableClient books, AuthenticationHeaderValue token, AuthenticationHeaderValue shop, WalletId wallet)
    {
        private string payment = "";

        public async Task PayAsync(string merchantId) =>
            payment = (string)(await PostAsync(token, "v1/payments", new { merchantId, orderId = wallet.Value, amount = new { amount = Paid, currency = "CNY" }, description = "bench" }))["paymentId"]!;

        public async Task RefundAsync()
        {
            var id = (string)(await PostAsync(token, "v1/refunds", new { paymentId = payment, amount = new { amount = 1, currency = "CNY" }, reason = "other" }))["refundId"]!;

            // Looked up behind the app's back, so that no reader is counted.
            var row = RefundRow.KeyOf(RefundId.Of(id));
            while ((await books.GetEntityAsync<TableEntity>(BookKeys.Partition(wallet), row)).Value.GetString("s") == "requested")
            {
                await Task.Delay(20);
            }

            await PostAsync(shop, $"v1/refunds/{id}/decision", new { decision = "approve", reason = "bench" });
        }

        private async Task<JsonObject> PostAsync(AuthenticationHeaderValue who, string path, object body)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body), Headers = { Authorization = who } };
            request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
            using var answer = await http.SendAsync(request);
            return (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonObject>())!;
        }
    }
}

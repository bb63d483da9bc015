using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace WalletFunctions.Bench;

/// <summary>Whole withdrawals over HTTP, from the request to the money's arrival, beside raw transactions.</summary>
internal sealed class WithdrawalScenario : IScenario
{
    private const int Clients = 32;
    private const int RawRows = 4;

    public string Name => "withdrawals";

    public async Task RunAsync(BenchRun run)
    {
        BenchRun.Title($"Withdrawals, {Clients} customers, each asking and waiting until settled: one orchestration each, calls of the sandbox's bank included. Raw: entity group transactions of {RawRows} rows.");
        var storage = BenchRun.StartStorage();
        try
        {
            var counter = new CallCounter();
            var port = FreePort();
            using var host = await StartAsync(port, storage.ConnectionString, counter);
            using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/api/"), Timeout = TimeSpan.FromSeconds(60) };
            var customers = await CustomersAsync(http);
            var raw = await RawTransactions.OpenAsync(storage.ConnectionString);
            var (baseline, withdrawals) = (new Tally(), new Tally());
            for (var round = 0; round < run.Rounds; round++)
            {
                await baseline.TurnAsync(Clients, run.Turn, raw.Counter, raw.OneAsync);
                await withdrawals.TurnAsync(Clients, run.Turn, counter, client => customers[client].WithdrawAsync());
            }

            BenchRun.Report("raw transactions", baseline);
            BenchRun.Report("withdrawals until settled", withdrawals, baseline);
            await host.StopAsync();
        }
        finally
        {
            storage.Stop();
        }
    }

    private static async Task<IHost> StartAsync(int port, string storage, CallCounter counter)
    {
        var builder = FunctionsApplication.CreateBuilder(["--port", $"{port}", "--functions-assembly", "WalletFunctions"]);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["AzureWebJobsStorage"] = storage,
            ["Sandbox:Enabled"] = "true",
            ["WEBSITE_HOSTNAME"] = $"127.0.0.1:{port}",
        });
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.AddWallet();
        builder.Services.AddSingleton<HttpPipelinePolicy>(counter);
        var host = builder.Build();
        var console = Console.Out;
        Console.SetOut(TextWriter.Null); // the list of functions is not part of the report
        await host.StartAsync();
        Console.SetOut(console);
        return host;
    }

    private static async Task<Customer[]> CustomersAsync(HttpClient http)
    {
        using var behaviour = await http.PutAsJsonAsync("sandbox/bank/behaviour", new { mode = "settle", afterSeconds = 0 });
        behaviour.EnsureSuccessStatusCode();
        using var seed = await http.PostAsJsonAsync("sandbox/seed", new { customers = Clients });
        var people = (await seed.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonObject>())!["customers"]!.AsArray();
        return await Task.WhenAll(people.Take(Clients).Select(person => Customer.SignInAsync(http, person!)));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed class Customer(HttpClient http, AuthenticationHeaderValue token, string card)
    {
        public static async Task<Customer> SignInAsync(HttpClient http, JsonNode person)
        {
            using var answer = await http.PostAsJsonAsync("v1/tokens", new { grant = "password", phone = (string)person["phone"]!, password = (string)person["password"]! });
            var token = (string)(await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonObject>())!["accessToken"]!;
            var customer = new Customer(http, new AuthenticationHeaderValue("Bearer", token), "");
            var cards = await customer.SendAsync(HttpMethod.Get, "v1/me/bank-cards", null);
            return new Customer(http, customer.Token, (string)cards["items"]![0]!["bankCardId"]!);
        }

        private AuthenticationHeaderValue Token => token;

        public async Task WithdrawAsync()
        {
            var order = new JsonObject { ["bankCardId"] = card, ["amount"] = new JsonObject { ["amount"] = 1, ["currency"] = "CNY" } };
            var id = (string)(await SendAsync(HttpMethod.Post, "v1/withdrawals", order))["withdrawalId"]!;
            while ((string)(await SendAsync(HttpMethod.Get, $"v1/withdrawals/{id}?wait=25", null))["status"]! is var status && status != "settled")
            {
                if (status is not ("reserved" or "submitted"))
                {
                    throw new InvalidOperationException($"A withdrawal ended as {status}.");
                }
            }
        }

        private async Task<JsonObject> SendAsync(HttpMethod method, string path, JsonObject? body)
        {
            using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
            request.Headers.Authorization = token;
            request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
            using var answer = await http.SendAsync(request);
            return (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonObject>())!;
        }
    }

    /// <summary>What a transaction costs by itself: a head that is replaced, and three new rows.</summary>
    private sealed class RawTransactions(TableClient table, CallCounter counter)
    {
        private readonly (string Key, ETag ETag, long Number)[] heads = new (string, ETag, long)[Clients];

        public CallCounter Counter => counter;

        public static async Task<RawTransactions> OpenAsync(string connectionString)
        {
            var counter = new CallCounter();
            var options = new TableClientOptions { Retry = { MaxRetries = 0 } };
            options.AddPolicy(counter, HttpPipelinePosition.PerRetry);
            var service = new TableServiceClient(connectionString, options);
            await service.CreateTableIfNotExistsAsync("raw");
            var raw = new RawTransactions(service.GetTableClient("raw"), counter);
            for (var client = 0; client < Clients; client++)
            {
                var key = $"raw{client:D3}";
                raw.heads[client] = (key, (await service.GetTableClient("raw").AddEntityAsync(Row(key, "head"))).Headers.ETag!.Value, 0);
            }

            return raw;
        }

        public async Task OneAsync(int client)
        {
            var (key, etag, number) = heads[client];
            var rows = new List<TableTransactionAction> { new(TableTransactionActionType.UpdateReplace, Row(key, "head"), etag) };
            rows.AddRange(Enumerable.Range(1, RawRows - 1).Select(i => new TableTransactionAction(TableTransactionActionType.Add, Row(key, $"{number:D12}|{i}"))));
            var answer = await table.SubmitTransactionAsync(rows);
            heads[client] = (key, answer.Value[0].Headers.ETag!.Value, number + 1);
        }

        private static TableEntity Row(string partition, string row) => new(partition, row) { ["text"] = new string('x', 400), ["number"] = 1L };
    }
}

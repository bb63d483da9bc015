using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Azure.Data.Tables;
using Microsoft.Extensions.DependencyInjection;
using WalletFunctions.Platform;
using WalletFunctions.Platform.Partners;
using WalletFunctions.Sandbox;
using WalletFunctions.Sandbox.Partners;
using WalletFunctions.Tests.EndToEnd;
using WalletFunctions.TestSupport;

namespace Functions.Tests.Withdrawals;

/// <summary>A demo customer with money and a bank card, speaking to the app over HTTP.</summary>
internal sealed class Customer
{
    private readonly string cardId;

    private Customer(WalletClient client, JsonNode person, string cardId) => (Client, Person, this.cardId) = (client, person, cardId);

    public WalletClient Client { get; }

    public JsonNode Person { get; }

    public static async Task<Customer> SignInAsync(Func<Uri> host, JsonNode person)
    {
        var client = new WalletClient(host);
        await client.SignInAsync(person);
        var cards = (await client.GetAsync("/api/v1/me/bank-cards")).Expect(HttpStatusCode.OK);
        return new Customer(client, person, (string)cards.Body!["items"]![0]!["bankCardId"]!);
    }

    public Task<WalletAnswer> AskAsync(long fen, string key, string? card = null) =>
        Client.SendAsync(HttpMethod.Post, "/api/v1/withdrawals", Order(fen, card), key);

    /// <summary>Asks for a withdrawal that is accepted, and answers its id.</summary>
    public async Task<string> WithdrawAsync(long fen) =>
        (string)(await AskAsync(fen, Guid.NewGuid().ToString("N"))).Expect(HttpStatusCode.Accepted).Body!["withdrawalId"]!;

    public JsonObject Order(long fen, string? card = null) => new()
    {
        ["bankCardId"] = card ?? cardId,
        ["amount"] = new JsonObject { ["amount"] = fen, ["currency"] = "CNY" },
    };

    public async Task<JsonNode> ReadAsync(string id) => (await Client.GetAsync($"/api/v1/withdrawals/{id}")).Expect(HttpStatusCode.OK).Body!;

    public Task<JsonNode> UntilAsync(string id, string status, TimeSpan? within = null) => UntilAsync(id, status, seen => (string)seen["status"]! == status, within);

    public Task<JsonNode> UntilAsync(string id, string what, Func<JsonNode, bool> isReached, TimeSpan? within = null) => Eventually.Some(
        $"withdrawal {id} was {what}",
        async () =>
        {
            var seen = await ReadAsync(id);
            return isReached(seen) ? seen : throw new InvalidOperationException(seen.ToJsonString());
        },
        within)!;

    /// <summary>
    /// The orchestration has heard that the bank has the order, as an admin sees it: one that hears it days late has every reason to call
    /// the bank late, and one that has not heard it sends it again.
    /// </summary>
    public async Task UntilItWaitsAsync(string id, WalletClient admin)
    {
        var submittedAt = (DateTimeOffset)(await ReadAsync(id))["timeline"]![1]!["at"]!;
        await Eventually.True($"workflow {id} waits for the bank", async () =>
            (DateTimeOffset)(await admin.GetAsync($"/api/v1/admin/workflows/{id}")).Expect(HttpStatusCode.OK).Body!["lastUpdatedAt"]! > submittedAt);
    }

    public Task<WalletAnswer> CancelAsync(string id, string key) => Client.SendAsync(HttpMethod.Post, $"/api/v1/withdrawals/{id}/cancel", null, key);

    public async Task<(long Available, long Held)> WalletAsync()
    {
        var wallet = (await Client.GetAsync("/api/v1/wallet")).Expect(HttpStatusCode.OK).Body!;
        return ((long)wallet["available"]!["amount"]!, (long)wallet["held"]!["amount"]!);
    }
}

/// <summary>The sandbox's bank, as a developer handles it, and as a forger would like to.</summary>
internal sealed class BankSide(Func<Uri> host)
{
    private static readonly HttpClient Http = new();

    public async Task BehaveAsync(string mode, int? afterSeconds = null)
    {
        var body = new JsonObject { ["mode"] = mode };
        if (afterSeconds is { } seconds)
        {
            body["afterSeconds"] = seconds;
        }

        (await SendAsync(HttpMethod.Put, "/api/sandbox/bank/behaviour", body)).Expect(HttpStatusCode.OK);
    }

    public async Task AdvanceAsync(TimeSpan by) => (await SendAsync(
        HttpMethod.Put, "/api/sandbox/clock", new JsonObject { ["advance"] = by.ToString("c", CultureInfo.InvariantCulture) })).Expect(HttpStatusCode.OK);

    /// <summary>Moves the clock, minute by minute, until a withdrawal has a status: the orchestration may be about to set its timer, for which one step may come too early.</summary>
    public Task AdvanceUntilAsync(Customer customer, string id, string status) => Eventually.True($"withdrawal {id} is {status}", async () =>
    {
        await AdvanceAsync(TimeSpan.FromMinutes(1));
        return (string)(await customer.ReadAsync(id))["status"]! == status;
    });

    public async Task<IReadOnlyList<JsonNode>> PayoutsAsync(string withdrawalId) =>
        [.. (await SendAsync(HttpMethod.Get, "/api/sandbox/bank/payouts")).Expect(HttpStatusCode.OK).Body!["items"]!.AsArray()
            .Where(payout => (string)payout!["withdrawalId"]! == withdrawalId).Select(payout => payout!)];

    public async Task<string> PayoutAsync(string withdrawalId) => (string)(await Eventually.Some(
        $"the bank had a payout for {withdrawalId}", async () => (await PayoutsAsync(withdrawalId)).SingleOrDefault()))["payoutId"]!;

    public Task<WalletAnswer> DecideAsync(string payoutId, string decision) =>
        SendAsync(HttpMethod.Post, $"/api/sandbox/bank/payouts/{payoutId}/{decision}");

    /// <summary>The bank pays out, and its callback is lost on the way.</summary>
    public static Task SettleInSilenceAsync(IServiceProvider services, string payoutId) => DecideInSilenceAsync(services, payoutId, nameof(OrderState.Settled));

    /// <summary>The bank decides, and its callback is lost on the way.</summary>
    public static async Task DecideInSilenceAsync(IServiceProvider services, string payoutId, string state)
    {
        var table = services.GetRequiredService<Storage>().Table(SandboxBank.TableName);
        var payout = await services.GetRequiredService<SandboxBank>().Table.FindAsync(payoutId, CancellationToken.None);
        payout!.State = state;
        await table.UpdateEntityAsync(payout, payout.ETag, TableUpdateMode.Replace);
    }

    /// <summary>Calls back by hand, signed with the secret that the sandbox shows.</summary>
    public async Task<HttpStatusCode> CallBackAsync(
        string payoutId, string outcome, string? messageId = null, TimeSpan age = default, bool forged = false, string? body = null)
    {
        var secret = (string)(await SendAsync(HttpMethod.Get, "/api/sandbox/bank/behaviour")).Body!["webhookSecret"]!;
        var key = Convert.FromBase64String(secret["whsec_".Length..]);
        if (forged)
        {
            key[0] ^= 1;
        }

        var bytes = Encoding.UTF8.GetBytes(body ?? new JsonObject { ["payoutId"] = payoutId, ["outcome"] = outcome }.ToJsonString());
        var id = messageId ?? Guid.NewGuid().ToString("N");
        var time = (TimeProvider.System.GetUtcNow() - age).ToUnixTimeSeconds();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(host(), "/api/v1/bank/callbacks"));
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", time.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", StandardWebhook.Sign(key, id, time, bytes));
        request.Content = new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        using var response = await Http.SendAsync(request);
        return response.StatusCode;
    }

    private async Task<WalletAnswer> SendAsync(HttpMethod method, string path, JsonObject? body = null)
    {
        using var client = new WalletClient(host);
        return await client.SendAsync(method, path, body);
    }
}

internal static class JsonAssertions
{
    public static IReadOnlyList<string> Steps(this JsonNode withdrawal) => [.. withdrawal["timeline"]!.AsArray().Select(line => (string)line!["status"]!)];
}

using System.Net;
using System.Text.Json.Nodes;
using Shouldly;

namespace WalletFunctions.Tests.EndToEnd;

/// <summary>A signed-in demo customer with a bank card, and the sandbox bank beside it, all over HTTP.</summary>
internal sealed class WithdrawalStage
{
    private Uri host;
    private long before;

    private WithdrawalStage(Uri host)
    {
        this.host = host;
        Client = new WalletClient(() => this.host);
    }

    public WalletClient Client { get; }

    /// <summary>Where the host serves.</summary>
    public Uri Host => host;

    public JsonNode Merchant { get; private set; } = null!;

    public JsonNode Customer { get; private set; } = null!;

    public string CardId { get; private set; } = "";

    public static async Task<WithdrawalStage> OpenAsync(Uri host)
    {
        var stage = new WithdrawalStage(host);
        var seed = await WalletClient.SeedAsync(host);
        stage.Customer = seed["customers"]![0]!.DeepClone();
        stage.Merchant = seed["merchants"]![0]!.DeepClone();
        await stage.Client.SignInAsync(stage.Customer);
        var cards = (await stage.Client.GetAsync("/api/v1/me/bank-cards")).Expect(HttpStatusCode.OK);
        stage.CardId = (string)cards.Body!["items"]![0]!["bankCardId"]!;
        stage.before = await stage.WorthAsync();
        return stage;
    }

    public static Task<WalletAnswer> WithdrawAsync(WalletClient client, string cardId, long fen, string key) =>
        client.SendAsync(HttpMethod.Post, "/api/v1/withdrawals", Request(cardId, fen), key);

    /// <summary>Talks to another host from now on.</summary>
    public void MoveTo(Uri other) => host = other;

    public Task<WalletAnswer> WithdrawAsync(long fen, string key) => WithdrawAsync(Client, CardId, fen, key);

    public Task<WalletAnswer> WithdrawUntilAnsweredAsync(long fen, string key, TimeSpan limit) =>
        Client.PostUntilAnsweredAsync("/api/v1/withdrawals", Request(CardId, fen), key, limit);

    public async Task BankAsync(string mode, int? afterSeconds = null)
    {
        var body = new JsonObject { ["mode"] = mode };
        if (afterSeconds is { } seconds)
        {
            body["afterSeconds"] = seconds;
        }

        ((int)(await Client.SendAsync(HttpMethod.Put, "/api/sandbox/bank/behaviour", body)).Status).ShouldBeInRange(200, 204);
    }

    public async Task AdvanceAsync(string by) =>
        (await Client.SendAsync(HttpMethod.Put, "/api/sandbox/clock", new JsonObject { ["advance"] = by })).Expect(HttpStatusCode.OK);

    public async Task SettleAsync(string withdrawalId)
    {
        var payout = (await PayoutsAsync()).Single(payout => (string?)payout!["withdrawalId"] == withdrawalId)!;
        var answer = await Client.SendAsync(HttpMethod.Post, $"/api/sandbox/bank/payouts/{(string)payout["payoutId"]!}/settle");
        ((int)answer.Status).ShouldBeInRange(200, 204);
    }

    public Task UntilStatusAsync(string withdrawalId, string status, TimeSpan limit) =>
        Stage.UntilAsync($"withdrawal {withdrawalId} is {status}", limit, async () =>
        {
            var answer = await Client.GetAsync($"/api/v1/withdrawals/{withdrawalId}");
            return (answer.Status == HttpStatusCode.OK && Reached((string)answer.Body!["status"]!, status), answer.ToString());
        });

    /// <summary>Each withdrawal left the wallet once, the bank has each once, and nothing is held any more.</summary>
    public async Task ShouldHavePaidOnceAsync(IReadOnlyCollection<string> withdrawalIds)
    {
        var payouts = (await PayoutsAsync()).Where(payout => withdrawalIds.Contains((string)payout!["withdrawalId"]!)).ToList();
        payouts.Count.ShouldBe(withdrawalIds.Count, "the bank has one payout for each");
        var paid = payouts.Sum(payout => (long)payout!["amount"]!["amount"]!);
        var wallet = (await Client.GetAsync("/api/v1/wallet")).Expect(HttpStatusCode.OK);
        ((long)wallet.Body!["held"]!["amount"]!).ShouldBe(0, wallet.ToString());
        (await WorthAsync()).ShouldBe(before - paid, "what left the wallet is what the bank paid");
    }

    /// <summary>The owner was told of the good end of each withdrawal or refund once, and of each step once on each channel.</summary>
    public async Task ShouldHaveToldOnceAsync(IReadOnlyCollection<string> ids, TimeSpan limit)
    {
        var told = await Told.OnceAsync(Client, Customer, notices => ids.All(id => notices.Any(notice => (string?)notice["subjectId"] == id && IsGoodEnd(notice))), limit);
        told.Count(IsGoodEnd).ShouldBe(ids.Count);
    }

    private static bool IsGoodEnd(JsonNode notice) =>
        ((string)notice["title"]!).EndsWith("has arrived", StringComparison.Ordinal) || ((string)notice["text"]!).Contains("The money is in your wallet", StringComparison.Ordinal);

    private static JsonObject Request(string cardId, long fen) => new()
    {
        ["bankCardId"] = cardId,
        ["amount"] = new JsonObject { ["amount"] = fen, ["currency"] = "CNY" },
    };

    private static bool Reached(string actual, string wanted) => actual == wanted || (wanted == "submitted" && actual == "settled");

    private async Task<long> WorthAsync()
    {
        var wallet = (await Client.GetAsync("/api/v1/wallet")).Expect(HttpStatusCode.OK).Body!;
        return (long)wallet["available"]!["amount"]! + (long)wallet["held"]!["amount"]!;
    }

    private async Task<JsonArray> PayoutsAsync() =>
        (await Client.GetAsync("/api/sandbox/bank/payouts")).Expect(HttpStatusCode.OK).Body!["items"]!.AsArray();
}

using System.Net;
using System.Text.Json.Nodes;
using Shouldly;

namespace WalletFunctions.Tests.EndToEnd;

/// <summary>A demo merchant whom the stage's customer pays and wants the money back from, all over HTTP.</summary>
internal sealed class RefundSide : IDisposable
{
    private readonly WalletClient customer;
    private readonly WalletClient merchant;
    private readonly JsonNode person;
    private readonly MerchantServer server = new();
    private long before;

    private RefundSide(WalletClient customer, WalletClient merchant, JsonNode person) => (this.customer, this.merchant, this.person) = (customer, merchant, person);

    public static async Task<RefundSide> OpenAsync(WithdrawalStage stage)
    {
        var signedIn = new WalletClient(() => stage.Host);
        await signedIn.SignInAsync(stage.Merchant);
        var side = new RefundSide(stage.Client, signedIn, stage.Merchant);
        await side.server.RegisterAsync(signedIn);
        side.before = await side.WorthAsync();
        return side;
    }

    /// <summary>Pays the merchant so many times; answers the payments' ids.</summary>
    public Task<string[]> PayAsync(int count) => Task.WhenAll(Enumerable.Range(0, count).Select(async i => (string)(await customer.SendAsync(
        HttpMethod.Post,
        "/api/v1/payments",
        new JsonObject { ["merchantId"] = (string)person["merchantId"]!, ["orderId"] = $"order-{i}", ["amount"] = Fen(AmountOf(i)), ["description"] = "tea" },
        $"pay-{i}")).Expect(HttpStatusCode.Created).Body!["paymentId"]!));

    /// <summary>Asks for all of a payment back, and has the merchant agree as soon as it is asked; however often the host dies, with the same keys.</summary>
    /// <returns>The refund's id.</returns>
    public async Task<string> RefundAsync(string payment, string key, TimeSpan limit)
    {
        var amount = (await Stage.SeenAsync($"payment {payment} is read", limit, () => customer.GetAsync($"/api/v1/payments/{payment}"))).Body!["amount"]!.DeepClone();
        var wish = new JsonObject { ["paymentId"] = payment, ["amount"] = amount, ["reason"] = "goods_not_received" };
        var id = (string)(await customer.PostUntilAnsweredAsync("/api/v1/refunds", wish, key, limit)).Expect(HttpStatusCode.Accepted).Body!["refundId"]!;
        await UntilStatusAsync(id, "with_merchant", limit);
        (await merchant.PostUntilAnsweredAsync($"/api/v1/refunds/{id}/decision", new JsonObject { ["decision"] = "approve", ["reason"] = "agreed" }, key, limit)).Expect(HttpStatusCode.OK);
        return id;
    }

    /// <summary>Each refund is paid, and the merchant has what it had before all of it.</summary>
    public async Task ShouldHaveRefundedOnceAsync(IEnumerable<string> refunds, TimeSpan limit)
    {
        foreach (var id in refunds)
        {
            await UntilStatusAsync(id, "refunded", limit);
        }

        (await WorthAsync()).ShouldBe(before, "what was paid has come back, once");
    }

    /// <summary>The merchant was asked for each refund once on each channel, and its server was told once that each was asked for, granted and paid.</summary>
    public async Task ShouldHaveToldMerchantOnceAsync(IReadOnlyCollection<string> refunds, TimeSpan limit)
    {
        var notices = await Told.OnceAsync(merchant, person, seen => seen.Count >= refunds.Count, limit);
        notices.Select(notice => (string?)notice["subjectId"]).ShouldBe(refunds, ignoreOrder: true);
        string[] types = ["refund.decided", "refund.refunded", "refund.requested"];
        await Stage.UntilAsync("the merchant's server has every event", limit, () =>
            Task.FromResult((refunds.All(id => server.TypesOf(id).Count >= types.Length), $"{refunds.Sum(id => server.TypesOf(id).Count)} events")));
        foreach (var id in refunds)
        {
            server.TypesOf(id).ShouldBe(types, ignoreOrder: true);
        }
    }

    public void Dispose()
    {
        server.Dispose();
        merchant.Dispose();
    }

    private static long AmountOf(int i) => 2_00 + i;

    private static JsonObject Fen(long fen) => new() { ["amount"] = fen, ["currency"] = "CNY" };

    private Task UntilStatusAsync(string id, string status, TimeSpan limit) => Stage.UntilAsync($"refund {id} is {status}", limit, async () =>
    {
        var answer = await customer.GetAsync($"/api/v1/refunds/{id}");
        return (answer.Status == HttpStatusCode.OK && (string)answer.Body!["status"]! == status, answer.ToString());
    });

    private async Task<long> WorthAsync()
    {
        var wallet = (await merchant.GetAsync("/api/v1/wallet")).Expect(HttpStatusCode.OK).Body!;
        return (long)wallet["available"]!["amount"]! + (long)wallet["held"]!["amount"]!;
    }
}

using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Azure.Core;
using Azure.Core.Pipeline;
using Functions.Tests.Merchants.Webhooks;
using Functions.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Merchants;
using WalletFunctions.Merchants.Webhooks;
using WalletFunctions.Payments;
using WalletFunctions.Platform;
using WalletFunctions.TestSupport;
using WalletFunctions.Wallet;
using Xunit;

namespace Functions.Tests.Payments;

/// <summary>Merchants that want to know are told of each payment, once; what dies on the way is made up for.</summary>
public sealed class PaymentNewsTests(WebhookStage stage) : IClassFixture<WebhookStage>
{
    private PaymentNews News => stage.App.Services.GetRequiredService<PaymentNews>();

    [Fact]
    public async Task A_payment_is_told_at_once_with_what_the_merchant_needs_and_a_repeat_tells_nothing_new()
    {
        using var payer = await stage.App.CustomerAsync();
        var hook = await stage.HookAsync("paid", MerchantEventTypes.PaymentCompleted);
        var made = await PayAsync(payer, "told", 1234, "k");
        await PayAsync(payer, "told", 1234, "k");

        // Without a round: they come once a minute.
        await Eventually.True("it arrives", async () => (await hook.ArrivedAsync()).Length == 1, TimeSpan.FromSeconds(10));
        var arrived = (await hook.ArrivedAsync())[0];
        Hook.IsValid(arrived, hook.Secret).ShouldBeTrue();
        var body = JsonElement.Parse(arrived.GetProperty("body").GetString()!);
        body.GetProperty("type").GetString().ShouldBe("payment.completed");
        var data = body.GetProperty("data");
        (data.GetProperty("paymentId").GetString(), data.GetProperty("transactionId").GetString(), data.GetProperty("orderId").GetString(), data.GetProperty("amount").GetProperty("amount").GetInt64())
            .ShouldBe((made.Text("paymentId"), made.Text("transactionId"), "told", 1234));
        data.GetProperty("payerName").GetString().ShouldStartWith("*");
        var sold = (await stage.Merchant.GetAsync($"v1/transactions/{made.Text("transactionId")}")).Must(HttpStatusCode.OK);
        data.GetProperty("completedAt").GetDateTimeOffset().ShouldBe(sold.Json.GetProperty("createdAt").GetDateTimeOffset());

        await News.RunAsync(CancellationToken.None);
        (await hook.DeliveriesAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Only_what_is_paid_while_somebody_wants_to_know_is_told()
    {
        using var payer = await stage.App.CustomerAsync();
        await stage.HookAsync("deaf", MerchantEventTypes.RefundDecided);
        await News.RunAsync(CancellationToken.None);
        await PayAsync(payer, "before", 100);

        var hook = await stage.HookAsync("wanting", MerchantEventTypes.PaymentCompleted);
        var first = await PayAsync(payer, "while", 100);
        await Eventually.True("it arrives", async () => (await hook.ArrivedAsync()).Length == 1);
        (await stage.Merchant.PatchAsync(hook.Path, new { status = "disabled" })).Must(HttpStatusCode.OK);
        await PayAsync(payer, "meanwhile", 100);
        await News.RunAsync(CancellationToken.None);
        (await stage.Merchant.PatchAsync(hook.Path, new { status = "active" })).Must(HttpStatusCode.OK);
        var second = await PayAsync(payer, "after", 100);
        await Eventually.True("it arrives", async () => (await hook.ArrivedAsync()).Length == 2);
        await News.RunAsync(CancellationToken.None);
        (await hook.ArrivedAsync()).Select(PaymentOf).ShouldBe([second.Text("paymentId"), first.Text("paymentId")]);
    }

    [Fact]
    public async Task Merchants_hear_of_their_own_payments_even_where_two_settle_into_one_wallet_and_rounds_on_many_hosts_tell_once()
    {
        using var payer = await stage.App.CustomerAsync(1);
        using var other = await stage.App.MerchantAsync(1);
        var hook = await stage.HookAsync("mine");
        (await other.PostAsync("v1/merchant/webhooks", new { url = new Uri(stage.App.Address, "sandbox/merchant/hooks/other") })).Must(HttpStatusCode.Created);
        var branch = await BranchAsync("branch");
        await Task.WhenAll(Enumerable.Range(0, 12).Select(i => PayAsync(payer, $"many-{i}", 100 + i)));
        await PayAsync(payer, "others", 1, merchant: 1);
        var sold = await PayAsync(payer, branch, "branch", 1);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => On().RunAsync(CancellationToken.None)));
        await Eventually.True("all arrive", async () => (await hook.DeliveriesAsync()).Count(one => one.GetProperty("status").GetString() == "delivered") == 12);
        (await hook.ArrivedAsync()).Select(one => one.GetProperty("webhookId").GetString()).Distinct().Count().ShouldBe(12);
        await Eventually.True("the other has its own", async () => (await stage.App.Anonymous.GetAsync("sandbox/merchant/hooks/other")).Must(HttpStatusCode.OK).Items().Length == 1);
        await Eventually.True("the branch has its own", async () => (await stage.App.Anonymous.GetAsync("sandbox/merchant/hooks/branch")).Must(HttpStatusCode.OK).Items().Length == 1);
        PaymentOf((await stage.App.Anonymous.GetAsync("sandbox/merchant/hooks/branch")).Items()[0]).ShouldBe(sold.Text("paymentId"));
    }

    [Fact]
    public async Task Payments_to_a_merchant_that_does_not_want_to_know_cost_no_storage_call_more()
    {
        await stage.HookAsync("quiet", MerchantEventTypes.RefundDecided);
        var calls = new CallLog();
        await using var other = await TestApp.StartAsync(builder => builder.Services.AddSingleton<HttpPipelinePolicy>(calls), stage.App.ConnectionString);
        using var merchant = new TestClient(other.Address, (await stage.App.MerchantAsync(1)).Token);
        using var payer = new TestClient(other.Address, (await stage.App.CustomerAsync(1)).Token);
        (await merchant.PostAsync("v1/merchant/webhooks", new { url = new Uri(other.Address, "sandbox/merchant/hooks/loud"), types = new[] { MerchantEventTypes.PaymentCompleted } })).Must(HttpStatusCode.Created);
        for (var i = 0; i < 5; i++)
        {
            await PayAsync(payer, $"quiet-{i}", 10);
        }

        // By the time somebody else has been told of a later payment, nobody has looked for theirs.
        await PayAsync(payer, "loud", 10, merchant: 1);
        await Eventually.True("the other is told", async () => (await stage.App.Anonymous.GetAsync("sandbox/merchant/hooks/loud")).Must(HttpStatusCode.OK).Items().Length == 1);
        var loud = (await stage.App.PeopleAsync()).GetProperty("merchants")[1].GetProperty("merchantId").GetString()!;
        calls.About(loud).ShouldBeGreaterThan(0);
        calls.About(stage.MerchantId.Value).ShouldBe(0);
    }

    [Fact]
    public async Task Abandoned_at_any_storage_step_every_payment_is_told_once()
    {
        // The host that takes the payments does not know yet that anybody wants to hear of them: nothing is told but by the rounds below.
        await stage.HookAsync("crash", MerchantEventTypes.RefundDecided);
        await using var other = await TestApp.StartAsync(connectionString: stage.App.ConnectionString);
        using var payer = new TestClient(other.Address, (await stage.App.CustomerAsync(2)).Token);
        var hook = await stage.HookAsync("crash", MerchantEventTypes.PaymentCompleted);
        var (paid, survived) = (new List<string>(), false);
        for (var step = 1; !survived; step++)
        {
            foreach (var after in new[] { false, true })
            {
                paid.Add((await PayAsync(payer, $"crash-{step}-{after}", 10)).Text("paymentId"));
                var death = new AbandonPolicy();
                death.DieAt(step, after);
                try
                {
                    await On(death).RunAsync(CancellationToken.None);
                    survived = !death.IsDead;
                }
                catch (AbandonedException)
                {
                    // Before it knew whom to tell.
                }

                await On().RunAsync(CancellationToken.None);
            }

            step.ShouldBeLessThan(40);
        }

        await stage.OutliveAsync();
        await Eventually.True("all arrive", async () => (await DeliveriesAsync()).Count(one => one.GetProperty("status").GetString() == "delivered") >= paid.Count);
        (await DeliveriesAsync()).Length.ShouldBe(paid.Count, "each payment is one event");
        (await stage.App.Anonymous.GetAsync($"sandbox/merchant/hooks/{hook.Name}?limit=200")).Must(HttpStatusCode.OK).Items().Select(PaymentOf).Distinct().Order(StringComparer.Ordinal)
            .ShouldBe(paid.Order(StringComparer.Ordinal));

        async Task<JsonElement[]> DeliveriesAsync() => (await stage.Merchant.GetAsync($"{hook.Path}/deliveries?limit=200")).Must(HttpStatusCode.OK).Items();
    }

    [Fact]
    public async Task A_second_endpoint_that_registers_beside_a_first_does_not_skip_what_the_first_is_to_be_told()
    {
        await stage.HookAsync("first", MerchantEventTypes.PaymentCompleted);
        var log = new CallLog();

        // The second has not seen the first when it begins, so it wants the telling to start; the first is there by then.
        await ((IMerchantEventSource)On(log)).BeginAsync(stage.MerchantId, CancellationToken.None);
        log.HasWritten(stage.MerchantId.Value).ShouldBeFalse();

        await stage.HookAsync("deaf", MerchantEventTypes.RefundDecided);
        await ((IMerchantEventSource)On(log)).BeginAsync(stage.MerchantId, CancellationToken.None);
        log.HasWritten(stage.MerchantId.Value).ShouldBeTrue("nobody is told, so it starts anew");
    }

    /// <summary>Another host's part, on the app's storage.</summary>
    private PaymentNews On(params HttpPipelinePolicy[] policies)
    {
        var services = stage.App.Services;
        var storage = new Storage(new StorageAddress(stage.App.ConnectionString, null, null, null), policies);
        var register = new MerchantRegister(storage);
        var ledger = new Ledger(storage.Table(Ledger.TableName), services.GetRequiredService<TimeProvider>(), services.GetRequiredService<MachineClock>(), services.GetRequiredService<LedgerOptions>());
        var events = new MerchantEvents(
            new WebhookTable(storage, services.GetRequiredService<WalletFunctions.Accounts.Vault>()),
            services.GetRequiredService<WebhookPostman>(),
            services.GetRequiredService<WebhookOptions>(),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<MachineClock>());
        return new PaymentNews(events, new SalesTelling(events, register, new PaymentTable(ledger, register), storage), services.GetRequiredService<MachineClock>(), NullLogger<PaymentNews>.Instance);
    }

    /// <summary>Another merchant, whose money goes into the wallet of the stage's; with an endpoint.</summary>
    private async Task<string> BranchAsync(string hook)
    {
        var (register, id) = (stage.App.Services.GetRequiredService<MerchantRegister>(), stage.App.Services.GetRequiredService<IdSource>().New<AccountId>());
        var house = (await register.FindAsync(stage.MerchantId, CancellationToken.None))!;
        await register.EnterAsync(house with { Id = id, Name = "分店" }, "branch", CancellationToken.None);
        var desk = stage.App.Services.GetRequiredService<WebhookDesk>();
        (await desk.AddAsync(id, new Uri(stage.App.Address, $"sandbox/merchant/hooks/{hook}"), [MerchantEventTypes.PaymentCompleted], [1], CancellationToken.None)).IsOk.ShouldBeTrue();
        return id.Value;
    }

    private async Task<TestAnswer> PayAsync(TestClient payer, string order, long fen, string key = TestClient.NewKey, int merchant = 0) =>
        await PayAsync(payer, (await stage.App.PeopleAsync()).GetProperty("merchants")[merchant].GetProperty("merchantId").GetString()!, order, fen, key);

    private static async Task<TestAnswer> PayAsync(TestClient payer, string merchantId, string order, long fen, string key = TestClient.NewKey) =>
        (await payer.PostAsync("v1/payments", new { merchantId, orderId = order, amount = new { amount = fen, currency = "CNY" }, description = "茶" }, key)).Must(HttpStatusCode.Created);

    /// <summary>Notes what is read and written of merchants' endpoints, and of what they were told.</summary>
    private sealed class CallLog : HttpPipelineSynchronousPolicy
    {
        private readonly ConcurrentQueue<string> calls = new();

        public int About(string merchant) => calls.Count(call =>
            call.Contains($"m|{merchant["acc_".Length..]}", StringComparison.Ordinal) || call.Contains($"h|{merchant}", StringComparison.Ordinal));

        public bool HasWritten(string merchant) => calls.Any(call => !call.StartsWith("GET", StringComparison.Ordinal) && call.Contains($"m|{merchant["acc_".Length..]}", StringComparison.Ordinal));

        public override void OnSendingRequest(HttpMessage message) => calls.Enqueue($"{message.Request.Method} {Uri.UnescapeDataString(message.Request.Uri.ToString())}");
    }

    private static string? PaymentOf(JsonElement arrived) => JsonElement.Parse(arrived.GetProperty("body").GetString()!).GetProperty("data").GetProperty("paymentId").GetString();
}

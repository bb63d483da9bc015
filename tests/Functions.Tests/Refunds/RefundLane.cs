using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Refunds;
using WalletFunctions.Domain.Rules;
using WalletFunctions.Merchants.Webhooks;
using WalletFunctions.Payments;
using WalletFunctions.Platform;
using WalletFunctions.Reconciliation;
using WalletFunctions.Refunds;
using WalletFunctions.TestSupport;
using WalletFunctions.Tests.EndToEnd;
using WalletFunctions.Wallet;

namespace Functions.Tests.Refunds;

/// <summary>A lane with everybody whom refunds concern, speaking over HTTP, and the merchant's own server, which outlives all hosts.</summary>
internal sealed class RefundLane : CrashLane
{
    private readonly MerchantServer server = new();
    private readonly ConcurrentDictionary<string, (string Id, RefundActs.Act Act)> told = new(StringComparer.Ordinal);
    private WalletId payer;
    private WalletId payee;
    private WalletId other;
    private JsonNode customerPerson = null!;
    private JsonNode merchantPerson = null!;
    private int paid;

    public WalletClient Customer { get; private set; } = null!;

    public WalletClient Merchant { get; private set; } = null!;

    public WalletClient Agent { get; private set; } = null!;

    public string CustomerId => (string)customerPerson["accountId"]!;

    public static async Task<RefundLane> OpenAsync()
    {
        var lane = new RefundLane();
        var people = await lane.SeedAsync(customers: 3);
        (lane.customerPerson, lane.merchantPerson) = (people["customers"]![0]!.DeepClone(), people["merchants"]![0]!.DeepClone());
        (lane.payer, lane.payee, lane.other) = (WalletOf(lane.customerPerson), WalletOf(lane.merchantPerson), WalletOf(people["customers"]![1]!));
        lane.Customer = await lane.SignInAsync(lane.customerPerson);
        lane.Merchant = await lane.SignInAsync(lane.merchantPerson);
        lane.Agent = await lane.SignInAsync(people["agents"]![0]!);
        await lane.server.RegisterAsync(lane.Merchant);
        return lane;

        static WalletId WalletOf(JsonNode person) => WalletId.Of((string)person["walletId"]!);
    }

    /// <summary>Pays the merchant an amount of its own, so that each message reads differently.</summary>
    /// <param name="least">In fen.</param>
    public async Task<RefundedPayment> PayAsync(long least = 5_00)
    {
        var payment = new RefundedPayment("", least + ++paid, null);
        return payment with { Id = (string)(await PayAsync(payment, $"pay-{paid}")).Expect(HttpStatusCode.Created).Body!["paymentId"]! };
    }

    /// <summary>Pays the merchant as much as another payment was.</summary>
    public Task<WalletAnswer> PayAsync(RefundedPayment like, string key) => Customer.SendAsync(
        HttpMethod.Post,
        "/api/v1/payments",
        new JsonObject { ["merchantId"] = (string)merchantPerson["merchantId"]!, ["orderId"] = key, ["amount"] = Fen(like.Fen), ["description"] = "tea" },
        key);

    public Task<WalletAnswer> AskAsync(RefundedPayment payment, string key, WalletClient? agent = null)
    {
        var wish = new JsonObject { ["paymentId"] = payment.Id, ["amount"] = Fen(payment.Fen), ["reason"] = "goods_not_received" };
        if (agent is not null)
        {
            wish["onBehalfOf"] = CustomerId;
        }

        return (agent ?? Customer).SendAsync(HttpMethod.Post, "/api/v1/refunds", wish, key);
    }

    public static Task<WalletAnswer> DecideAsync(WalletClient by, RefundedPayment payment, string decision, string key) =>
        by.SendAsync(HttpMethod.Post, $"/api/v1/refunds/{payment.RefundId}/decision", new JsonObject { ["decision"] = decision, ["reason"] = "looked at" }, key);

    /// <summary>Moves the clock to where the merchant's three days are over, and no further.</summary>
    public async Task<WalletAnswer> OutwaitMerchantAsync(RefundedPayment of)
    {
        var clock = await Staff.GetAsync("/api/sandbox/clock");
        if (clock.Status != HttpStatusCode.OK)
        {
            return clock;
        }

        var left = of.AnswerBy.AddSeconds(1) - (DateTimeOffset)clock.Body!["now"]!;
        return await AdvanceAsync(left > TimeSpan.Zero ? left : TimeSpan.FromSeconds(1));
    }

    /// <summary>Takes all money from the merchant.</summary>
    public async Task DrainAsync()
    {
        var services = App.Services;
        var available = (await services.GetRequiredService<Ledger>().ReadHeadAsync(payee, CancellationToken.None)).Head.Balances.Available;
        var order = new TransferOrder(services.GetRequiredService<IdSource>().New<TransactionId>().Value, payee, null, other, null, Money.Fen(available), null) { Terms = SpendTerms.ByStaff(OperationKind.Transfer) };
        (await services.GetRequiredService<Transfers>().SendAsync(order, CancellationToken.None)).ShouldBeOfType<Outcome.Committed>();
    }

    /// <summary>The one refund of a payment; null before it was asked for.</summary>
    public async Task<Refund?> FindAsync(RefundedPayment payment)
    {
        var (refunds, _) = await App.Services.GetRequiredService<RefundTable>().ListAsync(payer, new Page(200, null), CancellationToken.None);
        return refunds.SingleOrDefault(refund => refund.PaymentId.Value == payment.Id);
    }

    /// <summary>Whether the refund has a status, and everybody was told of all that has happened.</summary>
    public async Task<bool> IsAsync(RefundedPayment payment, RefundStatus status) =>
        await FindAsync(payment) is { } refund && refund.Status == status && refund.Told == refund.Timeline.Count;

    public async Task<Refund> UntilAsync(RefundedPayment payment, RefundStatus status)
    {
        await Eventually.True($"the refund of {payment.Id} is {status}", () => IsAsync(payment, status), Patience);
        return (await FindAsync(payment))!;
    }

    /// <summary>What is left of a payment, reserved of it, and refunded.</summary>
    public async Task<(long Left, long Reserved, long Refunded)> StateAsync(RefundedPayment payment)
    {
        var row = (await App.Services.GetRequiredService<PaymentTable>().FindAsync(payer, PaymentId.Of(payment.Id), CancellationToken.None))!.ToDomain();
        return (row.Refundable.Amount, row.Reserved.Amount, row.Refunded.Amount);
    }

    /// <summary>What customer and merchant have; none of it is ever held.</summary>
    public async Task<(long Customer, long Merchant)> WalletsAsync() => (await AvailableAsync(Customer), await AvailableAsync(Merchant));

    /// <summary>The open reviews of refunds, by the refund.</summary>
    public async Task<Dictionary<string, string>> ReviewsAsync() => (await Staff.GetAsync("/api/v1/reviews?kind=refund&limit=200")).Expect(HttpStatusCode.OK).Body!["items"]!.AsArray()
        .ToDictionary(item => (string)item!["subjectId"]!, item => (string)item!["reviewId"]!, StringComparer.Ordinal);

    /// <summary>Has an operator end a refund.</summary>
    public async Task EndAsync(Refund refund, string key)
    {
        (await Staff.SendAsync(HttpMethod.Post, $"/api/v1/admin/workflows/{refund.Id}/terminate", null, $"end-{key}")).Expect(HttpStatusCode.OK);
        await UntilRuntimeAsync(refund.Id.Value, "completed", "terminated");
    }

    /// <summary>What is to have been told of a refund at the end of the walk.</summary>
    public void Note(Refund refund, RefundActs.Act act) => told[refund.Id.Value] = (refund.Id.Value, act);

    /// <summary>
    /// Customer and merchant have one notice of each line that they are told, each handed over once; the merchant's server has each event,
    /// whatever host it came from, under one id.
    /// </summary>
    public async Task ShouldHaveToldOnceAsync()
    {
        var refunds = new List<Refund>();
        foreach (var id in told.Keys)
        {
            refunds.Add((await App.Services.GetRequiredService<RefundTable>().GetAsync(payer, RefundId.Of(id), CancellationToken.None)).Refund);
        }

        var toCustomer = refunds.ToDictionary(refund => refund.Id.Value, refund => refund.Timeline.Count(line => line.Notifies), StringComparer.Ordinal);
        var toMerchant = refunds.ToDictionary(refund => refund.Id.Value, refund => refund.Timeline.Count(line => line.Event is RefundEvent.AskMerchant or RefundEvent.Remind or RefundEvent.GiveEvidence), StringComparer.Ordinal);
        foreach (var (client, person, expected) in new[] { (Customer, customerPerson, toCustomer), (Merchant, merchantPerson, toMerchant) })
        {
            var notices = await Told.OnceAsync(client, person, seen => Of(seen).Sum(subject => subject.Value) >= expected.Values.Sum(), Patience, SweepNoticesAsync);
            Of(notices).ShouldBe(expected, ignoreOrder: true);
        }

        // What a dead host was sending is sent by another one when the first's lease is over.
        var later = new ManualTime();
        later.Advance(App.Services.GetRequiredService<WebhookOptions>().Lease);
        await AdvanceAsync(App.Services.GetRequiredService<WebhookOptions>().Lease);
        await using var heir = Merchants.Webhooks.WebhookHost.On(App, machine: later);
        await Eventually.True("the merchant's server has every event", async () =>
        {
            await heir.Sweep.RunAsync(CancellationToken.None);
            return told.Values.All(one => server.TypesOf(one.Id).Count >= one.Act.Types.Length);
        }, Patience);
        foreach (var (id, act) in told.Values)
        {
            server.TypesOf(id).ShouldBe(act.Types, ignoreOrder: true, act.Name);
        }

        static Dictionary<string, int> Of(IEnumerable<JsonNode> notices) => notices.Where(notice => ((string?)notice["subjectId"])?.StartsWith(RefundId.Prefix, StringComparison.Ordinal) == true)
            .GroupBy(notice => (string)notice["subjectId"]!, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);
    }

    /// <summary>Nothing waits for a person but what is under review, the conversation of what is over is resolved, that of what is not is open or pending, and the books agree with each other and with the refunds.</summary>
    public async Task ShouldBeInOrderAsync()
    {
        var (open, pending) = (await InViewAsync("open"), await InViewAsync("pending"));
        foreach (var id in told.Keys)
        {
            var refund = (await App.Services.GetRequiredService<RefundTable>().GetAsync(payer, RefundId.Of(id), CancellationToken.None)).Refund;
            var isOurs = refund.Status is RefundStatus.InReview or RefundStatus.Appealed;
            (open.Contains(refund.ConversationId!.Value.Value), pending.Contains(refund.ConversationId!.Value.Value)).ShouldBe((!refund.IsOver && isOurs, !refund.IsOver && !isOurs), $"{told[id].Act.Name}: {id}");
        }

        var underReview = told.Values.Where(one => one.Act.End is RefundStatus.Appealed).Select(one => one.Id);
        (await ReviewsAsync()).Keys.ShouldBe(underReview, ignoreOrder: true);
        var report = await App.Services.GetRequiredService<LedgerCheck>().RunAsync(DateTimeOffset.MaxValue, CancellationToken.None);
        report.Findings.ShouldBeEmpty();
        report.InTransit.Count.ShouldBe(0);
    }

    public override async ValueTask DisposeAsync()
    {
        server.Dispose();
        await base.DisposeAsync();
    }

    private async Task<HashSet<string>> InViewAsync(string view) =>
        (await Staff.GetAsync($"/api/v1/inbox/conversations?view={view}&limit=200")).Expect(HttpStatusCode.OK).Body!["items"]!.AsArray().Select(item => (string)item!["conversationId"]!).ToHashSet(StringComparer.Ordinal);

    private static JsonObject Fen(long fen) => new() { ["amount"] = fen, ["currency"] = "CNY" };

    private static async Task<long> AvailableAsync(WalletClient client)
    {
        var wallet = (await client.GetAsync("/api/v1/wallet")).Expect(HttpStatusCode.OK).Body!;
        ((long)wallet["held"]!["amount"]!).ShouldBe(0);
        return (long)wallet["available"]!["amount"]!;
    }
}

/// <summary>A payment that is to be refunded.</summary>
/// <param name="RefundId">Null before it is asked for.</param>
internal sealed record RefundedPayment(string Id, long Fen, string? RefundId)
{
    /// <summary>By when its merchant has to answer; of what was asked for.</summary>
    public DateTimeOffset AnswerBy { get; init; }

    /// <summary>Where it is under review.</summary>
    public string? ReviewId { get; init; }
}

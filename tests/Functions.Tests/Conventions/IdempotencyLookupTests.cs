using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Shouldly;
using WalletFunctions.Platform;
using WalletFunctions.Platform.OpenApi;
using WalletFunctions.TestSupport;
using Xunit;

namespace Functions.Tests.Conventions;

/// <summary>GET /v1/idempotency knows the answer of every route that takes keys, wherever that answer is kept.</summary>
public sealed class IdempotencyLookupTests(IdempotencyLookupTests.Stage stage) : IClassFixture<IdempotencyLookupTests.Stage>
{
    [Fact]
    public async Task Answers_of_moves_refusals_and_staff_are_all_found_as_they_were()
    {
        var app = stage.App;
        using var customer = await app.CustomerAsync(0);
        using var agent = await app.AgentAsync();
        var other = (await app.PeopleAsync()).GetProperty("customers")[1].GetProperty("walletId").GetString();
        var card = (await customer.GetAsync("v1/me/bank-cards")).Must(HttpStatusCode.OK).Json.GetProperty("items")[0].GetProperty("bankCardId").GetString();

        await FoundAsync(customer, "v1/topups", new { amount = Yuan(500), channel = "sandbox" }, HttpStatusCode.Created);
        await FoundAsync(customer, "v1/topups", new { amount = new { amount = 5, currency = "USD" }, channel = "sandbox" }, HttpStatusCode.UnprocessableEntity);
        await FoundAsync(customer, "v1/transfers", new { to = new { walletId = other }, amount = Yuan(1) }, HttpStatusCode.Created);
        await FoundAsync(customer, "v1/transfers", new { to = new { walletId = other }, amount = Yuan(900_000_000_000) }, HttpStatusCode.UnprocessableEntity);
        var withdrawal = await FoundAsync(customer, "v1/withdrawals", new { bankCardId = card, amount = Yuan(100) }, HttpStatusCode.Accepted);
        await FoundAsync(customer, $"v1/withdrawals/{withdrawal.Text("withdrawalId")}/cancel", "{}", null);
        var holder = (await customer.GetAsync("v1/me")).Must(HttpStatusCode.OK).Text("displayName");
        await FoundAsync(customer, "v1/me/bank-cards", new { holderName = holder, cardNumber = "6222020000000000" + "1", bankCode = "DEMO", phone = "13800000001" }, null);

        using var mail = new HttpRequestMessage(HttpMethod.Post, "sandbox/mail")
        {
            Content = new StringContent("From: a@customer.example\r\nTo: support@wallet.example\r\nSubject: x\r\nMessage-ID: <lookup@customer.example>\r\n\r\nHello.\r\n", null, "message/rfc822"),
        };
        (await app.Anonymous.SendAsync(mail)).Must(HttpStatusCode.Accepted);
        var conversation = await Eventually.Some("the mail became a conversation", async () =>
            (await agent.GetAsync("v1/inbox/conversations?view=all&q=a@customer.example")).Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("conversationId").GetString()).FirstOrDefault());
        await FoundAsync(agent, $"v1/inbox/conversations/{conversation}/notes", new { text = "seen" }, HttpStatusCode.Created);
    }

    [Fact]
    public async Task Whatever_a_route_with_keys_answers_for_good_is_found_under_its_key()
    {
        var app = stage.App;
        var callers = new Dictionary<Role, TestClient>
        {
            [Role.Customer] = await app.CustomerAsync(1),
            [Role.Merchant] = await app.MerchantAsync(),
            [Role.Agent] = await app.AgentAsync(),
            [Role.Supervisor] = await app.SupervisorAsync(),
            [Role.Admin] = await app.AdminAsync(),
        };
        var found = 0;
        // What freezes its caller comes last, or nothing after it would be answered for good.
        foreach (var function in FunctionCatalog.OfApp.Functions
            .Where(function => function.Operation is { Key: true, Request: not null } && function.Access!.Who != Role.Anonymous && !function.Route.Contains('{', StringComparison.Ordinal))
            .OrderBy(function => function.Route.Contains("freeze", StringComparison.Ordinal)))
        {
            var caller = callers.First(caller => (caller.Key & function.Access!.Who) != Role.Anonymous).Value;
            var body = BadInput.Sample(Schemas.Of(function.Operation!.Request!, closed: true).AsObject());
            found += await IsFoundAsync(caller, function.Route, body) ? 1 : 0;
        }

        found.ShouldBeGreaterThan(0);
        foreach (var caller in callers.Values)
        {
            caller.Dispose();
        }
    }

    /// <summary>A host of its own: what is tried here freezes people.</summary>
    public sealed class Stage : IAsyncLifetime
    {
        internal TestApp App { get; private set; } = null!;

        public async Task InitializeAsync() => App = await TestApp.StartAsync();

        public async Task DisposeAsync() => await App.DisposeAsync();
    }

    private static async Task<bool> IsFoundAsync(TestClient caller, string path, JsonObject body)
    {
        var key = Guid.NewGuid().ToString();
        var answer = await caller.PostAsync(path, body.ToJsonString(), key);
        var kept = await caller.GetAsync($"v1/idempotency?route=/{path}&key={key}");
        if (!ErrorStatus.IsFinal((int)answer.Status) || answer.Code == "idempotency_key_in_flight")
        {
            kept.MustRefuse(HttpStatusCode.NotFound, "not_found");
            return false;
        }

        Same(kept, answer, path);
        return true;
    }

    private static async Task<TestAnswer> FoundAsync(TestClient caller, string path, object body, HttpStatusCode? status)
    {
        var key = $"look-up {Guid.NewGuid()}".Replace(' ', '/');
        var answer = await caller.PostAsync(path, body, key);
        if (status is { } wanted)
        {
            answer.Must(wanted);
        }

        foreach (var route in new[] { "/" + path, "/api/" + path, "POST /" + path, "post /api/" + path + "/" })
        {
            var kept = await caller.GetAsync($"v1/idempotency?route={Uri.EscapeDataString(route)}&key={Uri.EscapeDataString(key)}");
            if (ErrorStatus.IsFinal((int)answer.Status))
            {
                Same(kept, answer, route);
            }
            else
            {
                kept.MustRefuse(HttpStatusCode.NotFound, "not_found");
            }
        }

        (await caller.GetAsync($"v1/idempotency?route=/v1/elsewhere&key={Uri.EscapeDataString(key)}")).MustRefuse(HttpStatusCode.NotFound, "not_found");
        return answer;
    }

    private static void Same(TestAnswer kept, TestAnswer answer, string route)
    {
        kept.Must(HttpStatusCode.OK).Text("state").ShouldBe("done", route);
        kept.Text("status").ShouldBe(((int)answer.Status).ToString(), route);
        (answer.Body.Length == 0 ? !kept.Json.TryGetProperty("body", out _) : JsonElement.DeepEquals(kept.Json.GetProperty("body"), answer.Json)).ShouldBeTrue($"{route}: {kept.Body}");
    }

    private static object Yuan(long fen) => new { amount = fen, currency = "CNY" };
}

using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using WalletFunctions.TestSupport;
using WalletFunctions.Tests.EndToEnd;
using Xunit;

namespace Functions.Tests.Withdrawals;

/// <summary>One app for all tests of the class; each withdrawal belongs to a customer of the test's own.</summary>
public sealed class WithdrawalFixture : IAsyncLifetime
{
    /// <summary>To a bank card to which nothing went before, a person looks at it.</summary>
    internal const long Large = 4_600_000;

    private const string PaymentPassword = "135790";

    private readonly Queue<JsonNode> people = new();
    private TestApp app = null!;

    internal TestClient Admin { get; private set; } = null!;

    internal TestClient Supervisor { get; private set; } = null!;

    internal BankSide Bank { get; private set; } = null!;

    internal Uri Address => app.Address;

    internal IServiceProvider Services => app.Services;

    public async Task InitializeAsync()
    {
        app = await TestApp.StartAsync(settings: new Dictionary<string, string?> { ["Bank:TimeoutSeconds"] = "5" });
        Bank = new BankSide(() => app.Address);
        foreach (var person in (await WalletClient.SeedAsync(app.Address, customers: 25))["customers"]!.AsArray())
        {
            people.Enqueue(person!.DeepClone());
        }

        (Admin, Supervisor) = (await app.AdminAsync(), await app.SupervisorAsync());
    }

    public async Task DisposeAsync()
    {
        Admin.Dispose();
        Supervisor.Dispose();
        await app.DisposeAsync();
    }

    /// <summary>Gives a customer money for two large withdrawals, and a payment password.</summary>
    internal static async Task<long> FundAsync(Customer customer)
    {
        var money = new JsonObject { ["amount"] = new JsonObject { ["amount"] = 9_000_000, ["currency"] = "CNY" }, ["channel"] = "sandbox" };
        (await customer.Client.SendAsync(HttpMethod.Post, "/api/v1/topups", money, Guid.NewGuid().ToString("N"))).Expect(HttpStatusCode.Created);
        (await customer.Client.SendAsync(HttpMethod.Put, "/api/v1/me/payment-password", new JsonObject { ["paymentPassword"] = PaymentPassword })).Expect(HttpStatusCode.NoContent);
        return (await customer.WalletAsync()).Available;
    }

    /// <summary>A withdrawal, confirmed, of an amount that a person looks at if the card is new.</summary>
    internal static async Task<(string Id, JsonNode Asked)> AskLargeAsync(Customer customer, long fen = Large)
    {
        var order = customer.Order(fen);
        order["confirm"] = new JsonObject { ["paymentPassword"] = PaymentPassword };
        var asked = (await customer.Client.SendAsync(HttpMethod.Post, "/api/v1/withdrawals", order, Guid.NewGuid().ToString("N"))).Expect(HttpStatusCode.Accepted).Body!;
        return ((string)asked["withdrawalId"]!, asked);
    }

    /// <summary>The review of a withdrawal, once it is in the queue.</summary>
    internal static async Task<JsonElement> ReviewOfAsync(TestClient supervisor, string withdrawal) => (JsonElement)(await Eventually.Some<object>(
        $"the review of {withdrawal} is in the queue",
        async () => (await supervisor.GetAsync("v1/reviews?kind=withdrawal&limit=200")).Must(HttpStatusCode.OK).Items()
            .Where(item => item.GetProperty("subjectId").GetString() == withdrawal).Select(item => (object?)item).SingleOrDefault()))!;

    /// <summary>A test begins: the bank says nothing, and a customer of its own has so much.</summary>
    internal async Task<(Customer Customer, long Available)> BeginAsync()
    {
        await Bank.BehaveAsync("silent");
        var customer = await NextCustomerAsync();
        return (customer, (await customer.WalletAsync()).Available);
    }

    internal Task<Customer> NextCustomerAsync() => Customer.SignInAsync(() => app.Address, people.Dequeue());
}

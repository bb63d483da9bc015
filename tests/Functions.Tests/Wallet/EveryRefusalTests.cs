using System.Globalization;
using System.Net;
using Functions.Tests;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Fees;
using WalletFunctions.Domain.Limits;
using WalletFunctions.Domain.Merchants;
using WalletFunctions.Domain.Risk;
using WalletFunctions.Domain.Rules;
using WalletFunctions.Merchants;
using WalletFunctions.Wallet;
using Xunit;

namespace WalletFunctions.Tests.Wallet;

/// <summary>Every refusal of a money move, reached over HTTP: it says why in both languages, and changes nothing but its stored answer.</summary>
public sealed class EveryRefusalTests(EveryRefusalTests.Scene scene) : IClassFixture<EveryRefusalTests.Scene>
{
    private const string Transfers = "v1/transfers";
    private const string TopUps = "v1/topups";
    private const string PaymentPassword = "246802";

    /// <summary>How each code comes about. What it takes is arranged; then the request is answered.</summary>
    private static readonly Dictionary<string, Func<Person, Person, Task<Request>>> Ways = new(StringComparer.Ordinal)
    {
        ["account_frozen"] = async (payer, payee) =>
        {
            (await payer.Client.PostAsync("v1/me/freeze", body: null)).Must(HttpStatusCode.OK);
            return Transfer(payee, 1);
        },
        ["card_declined"] = (payer, payee) => FromCardAsync(payer, payee, "card_declined"),
        ["card_details_outdated"] = (payer, payee) => FromCardAsync(payer, payee, "card_details_outdated"),
        ["card_insufficient_funds"] = (payer, payee) => FromCardAsync(payer, payee, "card_insufficient_funds"),
        ["channel_unavailable"] = async (payer, _) =>
        {
            await payer.Scene.AcquirerAsync(new { mode = "down" });
            return new Request(TopUps, new { amount = Yuan(1), channel = "bank_card", bankCardId = await payer.CardAsync() }, HttpStatusCode.ServiceUnavailable);
        },
        ["channel_unsupported"] = async (payer, _) =>
        {
            // The sandbox's channel, on a host of the same product that has no sandbox.
            return new Request(TopUps, new { amount = Yuan(1), channel = "sandbox" }) { Through = await payer.Scene.WithoutSandboxAsync() };
        },
        ["confirmation_required"] = async (payer, payee) =>
        {
            await payer.BringAsync(2_000_000);
            return Transfer(payee, 1_500_001) with { Status = HttpStatusCode.Forbidden };
        },
        ["currency_mismatch"] = (_, payee) => Task.FromResult(new Request(Transfers, new { to = new { walletId = payee.Wallet }, amount = new { amount = 1, currency = "USD" } })),
        ["insufficient_funds"] = async (payer, payee) => Transfer(payee, await payer.AvailableAsync() + 1),
        ["limit_daily"] = async (payer, payee) =>
        {
            await payer.BringAsync(11_000_000);
            await payer.HaveSpentAsync(payee, 9_999_999);
            return Transfer(payee, 2);
        },
        ["limit_lifetime"] = async (payer, payee) =>
        {
            await payer.Scene.ClassifyAsync(payer, "I");
            await payer.HaveSpentAsync(payee, 99_999);
            return Transfer(payee, 2);
        },
        ["limit_per_transaction"] = async (payer, payee) =>
        {
            await payer.BringAsync(5_000_001);
            return Transfer(payee, 5_000_001);
        },
        ["limit_yearly"] = async (payer, payee) =>
        {
            await payer.BringAsync(21_000_000);
            await payer.HaveSpentAsync(payee, 19_999_999);
            await payer.Scene.App.AdvanceAsync(TimeSpan.FromDays(1));
            return Transfer(payee, 2);
        },
        ["merchant_restricted"] = async (payer, payee) =>
        {
            var merchant = new Merchant(Books.NewId<AccountId>(), "面馆", MerchantStatus.Active, WalletId.Of(payee.Wallet), TimeProvider.System.GetUtcNow()) { MaxPerPayment = Money.Fen(1_000) };
            await payer.Scene.App.Services.GetRequiredService<MerchantRegister>().EnterAsync(merchant, "test", CancellationToken.None);
            return new Request("v1/payments", new { merchantId = merchant.Id.Value, orderId = "order-1", amount = Yuan(1_001), description = "午饭" });
        },
        ["own_limit"] = async (payer, payee) =>
        {
            (await payer.Client.PatchAsync("v1/me", new { ownLimits = new { perTransaction = Yuan(1_000) } })).Must(HttpStatusCode.OK);
            return Transfer(payee, 1_001);
        },
        ["payee_is_self"] = (payer, _) => Task.FromResult(Transfer(payer, 1)),
        ["payee_name_mismatch"] = (_, payee) => Task.FromResult(new Request(Transfers, new { to = new { walletId = payee.Wallet, name = "欧阳无名" }, amount = Yuan(1) })),
        ["payee_not_found"] = (_, _) => Task.FromResult(new Request(Transfers, new { to = new { phone = "13712345678" }, amount = Yuan(1) })),
        ["wallet_frozen"] = async (payer, payee) =>
        {
            await payer.CommandAsync(new BookMove.Freeze(FreezeSource.Rule));
            return Transfer(payee, 1);
        },
    };

    public static TheoryData<string> Codes => [.. Ways.Keys];

    [Theory]
    [MemberData(nameof(Codes))]
    public async Task Every_refusal_is_told_in_both_languages_and_changes_nothing_but_its_answer(string code)
    {
        var (payer, payee) = (await scene.NextAsync(), await scene.NextAsync());
        var request = await Ways[code](payer, payee);
        var before = (await payer.SeenAsync(), await payee.SeenAsync());
        var details = new List<string>();
        foreach (var language in (string[])["zh-CN", "en"])
        {
            var key = $"{code}-{language}";
            var refused = (await SendAsync(payer, request, key, language)).MustRefuse(request.Status, code);
            details.Add(refused.Text("detail"));
            refused.Text("requestId").ShouldBe(refused.Header("X-Request-Id"));
            refused.Text("title").ShouldNotBeNullOrWhiteSpace();
            (await payer.SeenAsync(), await payee.SeenAsync()).ShouldBe(before);

            var again = (await SendAsync(payer, request, key, language)).MustRefuse(request.Status, code);
            if (request.Status == HttpStatusCode.UnprocessableEntity)
            {
                again.Body.ShouldBe(refused.Body, "a decided refusal is kept under its key");
                again.Header("Idempotent-Replayed").ShouldBe("true");
                refused.Json.GetProperty("nextSteps").GetArrayLength().ShouldBeGreaterThan(0);
            }
            else
            {
                again.Header("Idempotent-Replayed").ShouldBeNull("what is not decided is not kept");
            }

            (await payer.SeenAsync(), await payee.SeenAsync()).ShouldBe(before);
        }

        details[0].ShouldContain(character => character >= '\u4e00' && character <= '\u9fff', "it is said in Chinese");
        details[1].ShouldNotContain(character => character >= '\u4e00' && character <= '\u9fff', "it is said in English");
        details[1].ShouldNotBeNullOrWhiteSpace();
    }

    [Theory]
    [InlineData("zh-CN")]
    [InlineData("en")]
    public async Task What_goes_to_review_is_no_failure_it_is_held_and_the_payee_has_nothing_yet(string language)
    {
        var (payer, payee) = (await scene.NextAsync(), await scene.NextAsync());
        await payer.BringAsync(5_000_000);
        var (available, arrived) = (await payer.AvailableAsync(), await payee.SeenAsync());
        (await payer.Client.PutAsync("v1/me/payment-password", new { paymentPassword = PaymentPassword })).Must(HttpStatusCode.NoContent);
        var request = new Request(Transfers, new { to = new { walletId = payee.Wallet }, amount = Yuan(4_500_001), confirm = new { paymentPassword = PaymentPassword } });

        var held = (await SendAsync(payer, request, "review", language)).Must(HttpStatusCode.Accepted);
        held.Text("status").ShouldBe("under_review");
        (await SendAsync(payer, request, "review", language)).Must(HttpStatusCode.Accepted).Body.ShouldBe(held.Body);
        (await payer.AvailableAsync()).ShouldBe(available - 4_500_001);
        (await payer.Client.GetAsync("v1/wallet")).Text("held.amount").ShouldBe("4500001");
        (await payee.SeenAsync()).ShouldBe(arrived);
    }

    private static Task<TestAnswer> SendAsync(Person payer, Request request, string key, string language) =>
        (request.Through is { } other ? new TestClient(other.Address, payer.Client.Token) : payer.Client)
            .SendAsync(HttpMethod.Post, request.Path, request.Body, key, ("Accept-Language", language));

    private static Request Transfer(Person payee, long fen) => new(Transfers, new { to = new { walletId = payee.Wallet }, amount = Yuan(fen) });

    private static async Task<Request> FromCardAsync(Person payer, Person payee, string reason)
    {
        await payer.Scene.AcquirerAsync(new { mode = "reject", reason });
        return new Request(Transfers, new { to = new { walletId = payee.Wallet }, amount = Yuan(1), source = "bank_card", bankCardId = await payer.CardAsync() });
    }

    private static object Yuan(long fen) => new { amount = fen, currency = "CNY" };

    /// <summary>What is asked, and with which status it is refused.</summary>
    /// <param name="Status">422 unless said.</param>
    private sealed record Request(string Path, object Body, HttpStatusCode Status = HttpStatusCode.UnprocessableEntity)
    {
        /// <summary>The host that is asked; null: the usual one.</summary>
        public TestApp? Through { get; init; }
    }

    /// <summary>One app with people enough that no case meets another's, at a time of day at which nothing is suspicious.</summary>
    public sealed class Scene : IAsyncLifetime
    {
        private static readonly Dictionary<string, string?> Secret = new(StringComparer.Ordinal) { ["Secrets:Root"] = Convert.ToBase64String(new byte[32]) };

        private readonly List<TestClient> clients = [];
        private System.Text.Json.JsonElement people;
        private TestApp? bare;
        private int next;

        internal TestApp App { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            App = await TestApp.StartAsync(settings: Secret);
            var tomorrow = TimeProvider.System.GetUtcNow().ToOffset(TimeSpan.FromHours(8)).Date.AddDays(1).AddHours(10 - 8);
            (await App.Anonymous.PutAsync("sandbox/clock", new { now = tomorrow.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture) })).Must(HttpStatusCode.OK);
            people = (await App.Anonymous.PostAsync("sandbox/seed", new { customers = 2 * (Ways.Count + 2) }, key: null)).Must(HttpStatusCode.OK).Json.GetProperty("customers");
        }

        public async Task DisposeAsync()
        {
            clients.ForEach(client => client.Dispose());
            await App.DisposeAsync();
            if (bare is not null)
            {
                await bare.DisposeAsync();
            }
        }

        internal async Task<Person> NextAsync()
        {
            var person = people[next++];
            var client = await App.SignInAsync(person.GetProperty("phone").GetString()!, person.GetProperty("password").GetString()!);
            clients.Add(client);
            return new Person(this, client, person.GetProperty("walletId").GetString()!, person.GetProperty("accountId").GetString()!);
        }

        internal async Task AcquirerAsync(object behaviour) => (await App.Anonymous.PutAsync("sandbox/acquirer/behaviour", behaviour)).Must(HttpStatusCode.OK);

        internal async Task ClassifyAsync(Person person, string @class)
        {
            using var supervisor = await App.SupervisorAsync();
            (await supervisor.PostAsync($"v1/admin/accounts/{person.Account}/class", new { @class, reason = "test" })).Must(HttpStatusCode.OK);
        }

        /// <summary>A host of the same product where the sandbox is off; its clock goes by the others'.</summary>
        internal async Task<TestApp> WithoutSandboxAsync()
        {
            var clock = new ManualTime();
            clock.Advance(App.Services.GetRequiredService<TimeProvider>().GetUtcNow() - clock.GetUtcNow());
            return bare ??= await TestApp.StartAsync(builder => builder.Services.AddSingleton<TimeProvider>(clock), App.ConnectionString, new Dictionary<string, string?>(Secret, StringComparer.Ordinal)
            {
                ["Sandbox:Enabled"] = "false",
                ["Acquirer:BaseUrl"] = "https://acquirer.example/",
                ["Acquirer:RequestSecret"] = Convert.ToBase64String(new byte[32]),
                ["Acquirer:WebhookSecret"] = Convert.ToBase64String(new byte[32]),
                ["Bank:BaseUrl"] = "https://bank.example/",
                ["Bank:RequestSecret"] = Convert.ToBase64String(new byte[32]),
                ["Bank:WebhookSecret"] = Convert.ToBase64String(new byte[32]),
            });
        }
    }

    /// <summary>A customer, and what stands in the book.</summary>
    internal sealed record Person(Scene Scene, TestClient Client, string Wallet, string Account)
    {
        private WalletId Id => WalletId.Of(Wallet);

        private Ledger Ledger => Scene.App.Services.GetRequiredService<Ledger>();

        public async Task<long> AvailableAsync() => long.Parse((await Client.GetAsync("v1/wallet")).Must(HttpStatusCode.OK).Text("available.amount"));

        public async Task<string> CardAsync() => (await Client.GetAsync("v1/me/bank-cards")).Must(HttpStatusCode.OK).Json.GetProperty("items")[0].GetProperty("bankCardId").GetString()!;

        public Task BringAsync(long fen) => CommandAsync(new BookMove.CreditTopUp(Money.Fen(fen), "sandbox"));

        public async Task CommandAsync(BookMove move) => (await Ledger.ExecuteAsync(Id, new BookCommand(NewId(), move), CancellationToken.None)).ShouldBeOfType<Outcome.Committed>();

        /// <summary>A transfer that counts, by rules that allow everything.</summary>
        public async Task HaveSpentAsync(Person payee, long fen)
        {
            var everything = Rulebook.Of(FeeSchedule.None, LimitSchedule.None, RiskPolicy.None);
            var order = new TransferOrder(NewId(), Id, null, payee.Id, null, Money.Fen(fen), null)
            {
                Terms = new SpendTerms(OperationKind.Transfer, everything, null, Confirmation.Code),
            };
            (await Scene.App.Services.GetRequiredService<Transfers>().SendAsync(order, CancellationToken.None)).ShouldBeOfType<Outcome.Committed>();
        }

        /// <summary>All that a refusal must leave alone: the wallet as its owner sees it, its transactions, and the book with its counters, limits and freezes.</summary>
        public async Task<(string Wallet, string Transactions, BookHead Book)> SeenAsync()
        {
            var head = (await Ledger.ReadHeadAsync(Id, CancellationToken.None)).Head;
            return (
                (await Client.GetAsync("v1/wallet")).Must(HttpStatusCode.OK).Body,
                (await Client.GetAsync("v1/transactions?limit=200")).Must(HttpStatusCode.OK).Body,
                head with
                {
                    LastHash = default, // its last entry's number says it

                    // A counter of a day that is over is none, whether or not the head says so already.
                    Usage = head.Usage.At(Scene.App.Services.GetRequiredService<TimeProvider>().GetUtcNow()),
                });
        }

        private static string NewId() => Books.NewId<TransactionId>().Value;
    }
}

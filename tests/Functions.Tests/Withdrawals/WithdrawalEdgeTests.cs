using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Withdrawals;
using WalletFunctions.Sandbox;
using WalletFunctions.Sandbox.Partners;
using WalletFunctions.TestSupport;
using Xunit;
using static WalletFunctions.Domain.Withdrawals.WithdrawalMove;
using static WalletFunctions.Domain.Withdrawals.WithdrawalStatus;

namespace Functions.Tests.Withdrawals;

/// <summary>
/// The walk over the table of <see cref="WithdrawalStates"/>: every edge is reached over HTTP, with the business clock moved where a
/// timer makes it; the customer then reads the words of the table, and the money is where the table says.
/// </summary>
public sealed class WithdrawalEdgeTests(WithdrawalFixture stage) : IClassFixture<WithdrawalFixture>, IAsyncLifetime
{
    private const long Small = 10_00;

    private readonly BankSide bank = stage.Bank;
    private Customer customer = null!;
    private readonly TestClient supervisor = stage.Supervisor;
    private readonly TestClient admin = stage.Admin;
    private long before;

    /// <summary>How each edge is reached; the walk fails for an edge that is not here.</summary>
    private Dictionary<(WithdrawalStatus? From, WithdrawalMove Move), Func<Task<string>>> Ways => new()
    {
        [(null, Ask)] = () => AskAsync("silent"),
        [(Reserved, SendToReview)] = LargeAsync,
        [(InReview, Approve)] = () => DecidedAsync("approve"),
        [(InReview, RefuseInReview)] = () => DecidedAsync("deny"),
        [(InReview, ExpireInReview)] = async () => await AfterAsync(await LargeAsync(), TimeSpan.FromDays(1.01)),
        [(InReview, Cancel)] = async () => await CancelledAsync(await LargeAsync()),
        [(InReview, Stop)] = async () => await StoppedAsync(await LargeAsync()),
        [(Reserved, HandBack)] = HandedBackAsync,
        [(Reserved, Submit)] = SubmittedAsync,
        [(Reserved, Fail)] = FailedAsync,
        [(Reserved, Cancel)] = async () => await CancelledAsync(await HandedBackAsync()),
        [(Reserved, Stop)] = async () => await StoppedAsync(await HandedBackAsync()),
        [(Reserved, BecomeOverdue)] = async () => await AfterPromiseAsync(await HandedBackAsync()),
        [(Submitted, BecomeOverdue)] = async () => await AfterPromiseAsync(await SubmittedAsync()),
        [(Submitted, Settle)] = async () => await BankSaysAsync(await SubmittedAsync(), "settle"),
        [(Submitted, Reject)] = async () => await BankSaysAsync(await SubmittedAsync(), "reject"),
        [(Submitted, Stop)] = async () => await StoppedAsync(await LostAsync()),
        [(Settled, Return)] = ReturnedAsync,
    };

    public static IEnumerable<object[]> Edges() => WithdrawalStates.Edges.Select(edge => new object[] { edge.From?.Name() ?? "", edge.Move.ToString() });

    public async Task InitializeAsync()
    {
        customer = await stage.NextCustomerAsync();
        before = await WithdrawalFixture.FundAsync(customer);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [MemberData(nameof(Edges))]
    public async Task Every_edge_of_the_table_is_reached(string from, string move)
    {
        var edge = WithdrawalStates.Edge(from.Length == 0 ? null : WithdrawalStates.Parse(from), Enum.Parse<WithdrawalMove>(move)).ShouldNotBeNull();
        var id = await Ways[(edge.From, edge.Move)]();
        var words = WithdrawalTimeline.Words(edge.Note, null).En;
        var seen = await customer.UntilAsync(id, $"through {move}", found => Notes(found).Any(note => note.StartsWith(words, StringComparison.Ordinal)));

        var line = Notes(seen).FindIndex(note => note.StartsWith(words, StringComparison.Ordinal));
        var steps = seen.Steps();
        steps[line].ShouldBe(edge.To.Name());
        (line == 0 ? null : steps[line - 1]).ShouldBe(edge.From?.Name());
        var total = seen["amount"]!["amount"]!.GetValue<long>() + seen["fee"]!["amount"]!.GetValue<long>();
        (await customer.WalletAsync()).ShouldBe(edge.Money switch
        {
            MoneyStep.Capture => (before - total, 0),
            MoneyStep.Release or MoneyStep.Return => (before, 0),
            _ => (before - total, total),
        });

        // What is not told together with the next step is sent as a message.
        if (!edge.IsPassing)
        {
            await Eventually.True("the customer was sent it", async () => (await customer.Client.GetAsync("/api/v1/me/notifications")).Expect(HttpStatusCode.OK).Body!["items"]!.AsArray()
                .Any(notice => (string?)notice!["subjectId"] == id && ((string)notice["text"]!).Contains(words, StringComparison.Ordinal)));
        }

        // Where nothing is waited for any more, nothing runs any more.
        if (!edge.To.IsOpen())
        {
            await Eventually.True("its orchestration ended", async () => (await admin.GetAsync($"v1/admin/workflows/{id}")).Must(HttpStatusCode.OK).Text("runtime") is "completed" or "terminated");
        }
    }

    [Fact]
    public void Every_edge_has_a_way_and_every_way_an_edge() =>
        Ways.Keys.ShouldBe(WithdrawalStates.Edges.Select(edge => (edge.From, edge.Move)), ignoreOrder: true);

    [Theory]
    [InlineData(nameof(OrderState.Settled), "settled")]
    [InlineData(nameof(OrderState.Rejected), "rejected")]
    public async Task The_questions_timer_ends_in_what_the_bank_answers(string state, string status)
    {
        var id = await SubmittedAsync();
        await BankSide.DecideInSilenceAsync(stage.Services, await bank.PayoutAsync(id), state);
        await bank.AdvanceUntilAsync(customer, id, status);
        (await customer.WalletAsync()).ShouldBe(status == "settled" ? (before - Small, 0) : (before, 0));
    }

    [Fact]
    public async Task Fee_and_free_allowance_go_with_the_money_when_a_payout_comes_back_days_later()
    {
        var allowance = await AllowanceAsync();
        await bank.BehaveAsync("settle", 0);
        var id = await customer.WithdrawAsync(7_000_00);
        var settled = await customer.UntilAsync(id, "settled");

        // 5,000 yuan are free each month and 1,000 ever; of the rest a thousandth is charged.
        settled["fee"]!["amount"]!.GetValue<long>().ShouldBe(1_00);
        (await customer.WalletAsync()).ShouldBe((before - 7_001_00, 0));
        (await AllowanceAsync()).ShouldBe((allowance.Monthly - 5_000_00, allowance.Ever - 1_000_00));

        await bank.AdvanceAsync(TimeSpan.FromDays(3));
        (await bank.DecideAsync(await bank.PayoutAsync(id), "return")).Expect(HttpStatusCode.OK);
        await customer.UntilAsync(id, "returned");
        (await customer.WalletAsync()).ShouldBe((before, 0));
        (await AllowanceAsync()).ShouldBe(allowance);
    }

    private static List<string> Notes(JsonNode withdrawal) => [.. withdrawal["timeline"]!.AsArray().Select(line => (string)line!["note"]!)];

    private async Task<string> AskAsync(string mode, int? afterSeconds = null)
    {
        await bank.BehaveAsync(mode, afterSeconds);
        return await customer.WithdrawAsync(Small);
    }

    private async Task<string> LargeAsync()
    {
        await bank.BehaveAsync("silent");
        var (id, _) = await WithdrawalFixture.AskLargeAsync(customer);
        await WithdrawalFixture.ReviewOfAsync(supervisor, id);
        return id;
    }

    private async Task<string> DecidedAsync(string decision)
    {
        var id = await LargeAsync();
        var review = (await WithdrawalFixture.ReviewOfAsync(supervisor, id)).GetProperty("reviewId").GetString();
        (await supervisor.PostAsync($"v1/reviews/{review}/decision", new { decision, reason = "walked" })).Must(HttpStatusCode.OK);
        return id;
    }

    private async Task<string> HandedBackAsync()
    {
        var id = await AskAsync("down");
        await customer.UntilAsync(id, "handed back", seen => seen.Steps().Count == 2);
        return id;
    }

    private async Task<string> SubmittedAsync()
    {
        var id = await AskAsync("silent");
        await customer.UntilAsync(id, "submitted");
        return id;
    }

    private async Task<string> LostAsync()
    {
        var id = await SubmittedAsync();
        (await bank.DecideAsync(await bank.PayoutAsync(id), "lose")).Expect(HttpStatusCode.OK);
        return id;
    }

    /// <summary>The bank knows the payout's id with another amount, and so refuses the order for good.</summary>
    private async Task<string> FailedAsync()
    {
        var id = await LargeAsync();
        var payout = Withdrawal.PayoutIdOf(WithdrawalId.Of(id), WalletId.Of((string)customer.Person["walletId"]!));
        var other = new OrderRow { OrderId = payout, Amount = 1, Currency = "CNY", TakenAt = TimeProvider.System.GetUtcNow() };
        (await stage.Services.GetRequiredService<SandboxBank>().Table.AddAsync(other, CancellationToken.None)).ShouldBeTrue();
        var review = (await WithdrawalFixture.ReviewOfAsync(supervisor, id)).GetProperty("reviewId").GetString();
        (await supervisor.PostAsync($"v1/reviews/{review}/decision", new { decision = "approve", reason = "walked" })).Must(HttpStatusCode.OK);
        return id;
    }

    private async Task<string> CancelledAsync(string id)
    {
        (await customer.CancelAsync(id, "cancel")).Expect(HttpStatusCode.OK);
        return id;
    }

    private async Task<string> StoppedAsync(string id)
    {
        (await admin.PostAsync($"v1/admin/workflows/{id}/terminate", new { reason = "walked" })).Must(HttpStatusCode.OK);
        return id;
    }

    private async Task<string> BankSaysAsync(string id, string word)
    {
        (await bank.DecideAsync(await bank.PayoutAsync(id), word)).Expect(HttpStatusCode.OK);
        return id;
    }

    private async Task<string> ReturnedAsync()
    {
        var id = await AskAsync("settle", 0);
        await customer.UntilAsync(id, "settled");
        await bank.AdvanceAsync(TimeSpan.FromDays(2));
        return await BankSaysAsync(id, "return");
    }

    private async Task<string> AfterAsync(string id, TimeSpan time)
    {
        await bank.AdvanceAsync(time);
        return id;
    }

    private async Task<string> AfterPromiseAsync(string id)
    {
        var promised = DateTimeOffset.Parse((string)(await customer.ReadAsync(id))["promisedBy"]!, CultureInfo.InvariantCulture);
        return await AfterAsync(id, promised - stage.Services.GetRequiredService<TimeProvider>().GetUtcNow() + TimeSpan.FromMinutes(1));
    }

    private async Task<(long Monthly, long Ever)> AllowanceAsync()
    {
        var allowance = (await customer.Client.GetAsync("/api/v1/wallet")).Expect(HttpStatusCode.OK).Body!["limits"]!["freeAllowance"]!;
        return ((long)allowance["monthly"]!["left"]!["amount"]!, (long)allowance["lifetime"]!["left"]!["amount"]!);
    }
}

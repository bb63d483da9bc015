using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Reviews;
using WalletFunctions.TestSupport;
using WalletFunctions.Wallet;
using Xunit;

namespace Functions.Tests.Reviews;

/// <summary>Transfers that wait for a supervisor: approved, denied, expired, each once.</summary>
public sealed class ReviewTests
{
    /// <summary>To a new payee this is looked at by a person.</summary>
    private const long Large = 4_600_000;

    private const long Money = 6_000_000;

    private static readonly Lazy<Task<TestApp>> App = new(async () =>
    {
        var app = await TestApp.StartAsync();
        (await app.Anonymous.PostAsync("sandbox/seed", new { customers = 20 }, key: null)).Must(HttpStatusCode.OK);
        return app;
    });

    [Fact]
    public async Task An_approved_transfer_reaches_the_payee_once()
    {
        var (app, payer, review) = await UnderReviewAsync(1, 2);
        using var supervisor = await app.SupervisorAsync();
        using var agent = await app.AgentAsync();
        var (id, transaction) = (review.GetProperty("reviewId").GetString()!, review.GetProperty("transactionId").GetString()!);
        review.GetProperty("amount").GetProperty("amount").GetInt64().ShouldBe(Large);
        review.GetProperty("rules").GetArrayLength().ShouldBeGreaterThan(0);
        (await payer.GetAsync($"v1/transactions/{transaction}")).Must(HttpStatusCode.OK).Text("status").ShouldBe("under_review");
        var conversation = (await agent.GetAsync($"v1/inbox/conversations/{review.GetProperty("conversationId").GetString()}")).Must(HttpStatusCode.OK);
        conversation.Body.ShouldContain(transaction);
        using var payee = await SignInAsync(app, 2);
        var before = await AvailableAsync(payee);

        var approved = (await supervisor.PostAsync($"v1/reviews/{id}/decision", new { decision = "approve", reason = "已电话核实" }, "approve-1")).Must(HttpStatusCode.OK);
        approved.Text("status").ShouldBe("approved");
        (await payer.GetAsync($"v1/transactions/{transaction}")).Text("status").ShouldBe("completed");
        (await payer.GetAsync($"v1/transfers/{transaction}")).Text("status").ShouldBe("completed");
        (await AvailableAsync(payee)).ShouldBe(before + Large);
        (await payer.GetAsync("v1/wallet")).Text("held.amount").ShouldBe("0");

        var replayed = (await supervisor.PostAsync($"v1/reviews/{id}/decision", new { decision = "approve", reason = "已电话核实" }, "approve-1")).Must(HttpStatusCode.OK);
        (replayed.Body, replayed.Header("Idempotent-Replayed")).ShouldBe((approved.Body, "true"));
        using var admin = await app.AdminAsync();
        foreach (var decision in new[] { "approve", "deny" })
        {
            (await admin.PostAsync($"v1/reviews/{id}/decision", new { decision, reason = "x" })).MustRefuse(HttpStatusCode.Conflict, "review_decided");
        }

        (await ListAsync(supervisor, "open")).ShouldNotContain(item => item.GetProperty("reviewId").GetString() == id);
        (await ListAsync(supervisor, "decided")).ShouldContain(item => item.GetProperty("reviewId").GetString() == id);
        (await admin.GetAsync($"v1/admin/audit?subject={id}")).Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("action").GetString()).ShouldBe(["review.approve"]);
        var ended = (await agent.GetAsync($"v1/inbox/conversations/{review.GetProperty("conversationId").GetString()}")).Must(HttpStatusCode.OK);
        ended.Body.ShouldContain("已电话核实");
        ended.Text("status").ShouldBe("resolved");
        (await AvailableAsync(payee)).ShouldBe(before + Large);
    }

    [Fact]
    public async Task A_denied_transfer_gives_the_money_back()
    {
        var (app, payer, review) = await UnderReviewAsync(3, 4);
        using var admin = await app.AdminAsync();
        var transaction = review.GetProperty("transactionId").GetString();
        (await payer.GetAsync("v1/wallet")).Text("held.amount").ShouldBe($"{Large}");
        (await admin.PostAsync($"v1/reviews/{review.GetProperty("reviewId").GetString()}/decision", new { decision = "deny", reason = "疑似诈骗" })).Must(HttpStatusCode.OK).Text("status").ShouldBe("denied");
        var seen = (await payer.GetAsync($"v1/transactions/{transaction}")).Must(HttpStatusCode.OK);
        (seen.Text("status"), seen.Text("failureCode")).ShouldBe(("failed", "review_denied"));
        (await payer.GetAsync("v1/wallet")).Text("held.amount").ShouldBe("0");
        (await AvailableAsync(payer)).ShouldBe(Money);
    }

    [Fact]
    public async Task The_money_of_a_denied_transfer_whose_payer_was_closed_meanwhile_stands_in_suspense_with_a_case()
    {
        var (app, payer, review) = await UnderReviewAsync(19, 2);
        using var admin = await app.AdminAsync();
        var wallet = WalletId.Of((await payer.GetAsync("v1/wallet")).Text("walletId"));
        var ledger = app.Services.GetRequiredService<Ledger>();
        (await ledger.ExecuteAsync(wallet, new BookCommand("sts_closed:0", new BookMove.Close()), CancellationToken.None)).ShouldBeOfType<Outcome.Committed>();
        var before = await AvailableAsync(payer);
        (await admin.PostAsync($"v1/reviews/{review.GetProperty("reviewId").GetString()}/decision", new { decision = "deny", reason = "疑似诈骗" })).Must(HttpStatusCode.OK).Text("status").ShouldBe("denied");
        (await AvailableAsync(payer)).ShouldBe(before);
        (await ledger.ReadHeadAsync(wallet, CancellationToken.None)).Head.Balances.Suspense.ShouldBe(Large);
        var cases = (await admin.GetAsync("v1/inbox/conversations?view=all&limit=200")).Must(HttpStatusCode.OK).Items().Where(item => item.GetProperty("subject").GetString() == "转账退回时钱包已注销");
        (await admin.GetAsync($"v1/inbox/conversations/{cases.ShouldHaveSingleItem().GetProperty("conversationId").GetString()}")).Must(HttpStatusCode.OK)
            .Body.ShouldContain(review.GetProperty("transactionId").GetString()!);
    }

    [Fact]
    public async Task What_nobody_decides_in_a_day_is_given_back()
    {
        var (app, payer, review) = await UnderReviewAsync(5, 6);
        var (id, transaction) = (review.GetProperty("reviewId").GetString()!, review.GetProperty("transactionId").GetString()!);
        await app.AdvanceAsync(TimeSpan.FromDays(1));
        await Eventually.True("the review expired", async () => (await payer.GetAsync($"v1/transactions/{transaction}")).Text("status") == "failed");
        (await payer.GetAsync($"v1/transactions/{transaction}")).Text("failureCode").ShouldBe("review_expired");
        (await AvailableAsync(payer)).ShouldBe(Money);
        using var supervisor = await app.SupervisorAsync();
        (await supervisor.PostAsync($"v1/reviews/{id}/decision", new { decision = "approve", reason = "x" })).MustRefuse(HttpStatusCode.Conflict, "review_decided");
        await Eventually.True("the list says so", async () => (await ListAsync(supervisor, "decided")).Any(item => item.GetProperty("reviewId").GetString() == id && item.GetProperty("status").GetString() == "expired"));
    }

    [Theory]
    [InlineData(7, 8)]
    [InlineData(9, 10)]
    [InlineData(11, 12)]
    public async Task However_many_decide_and_however_the_clock_races_them_it_ends_once(int from, int to)
    {
        var (app, payer, review) = await UnderReviewAsync(from, to);
        var (id, transaction) = (review.GetProperty("reviewId").GetString()!, review.GetProperty("transactionId").GetString()!);
        using var supervisor = await app.SupervisorAsync();
        using var admin = await app.AdminAsync();
        using var payee = await SignInAsync(app, to);
        var before = await AvailableAsync(payee);
        var desk = app.Services.GetRequiredService<ReviewDesk>();
        var decisions = Enumerable.Range(0, 12).Select(i => (i % 2 == 0 ? supervisor : admin)
            .PostAsync($"v1/reviews/{id}/decision", new { decision = i % 3 == 0 ? "deny" : "approve", reason = $"r{i}" })).ToList();
        var expiry = Task.Run(async () =>
        {
            await app.AdvanceAsync(TimeSpan.FromDays(1));
            await desk.RunDueAsync(CancellationToken.None);
        });
        var answers = await Task.WhenAll(decisions);
        await expiry;

        answers.Count(answer => answer.Status == HttpStatusCode.OK).ShouldBeLessThanOrEqualTo(1);
        answers.ShouldAllBe(answer => answer.Status == HttpStatusCode.OK || answer.Code == "review_decided");
        await Eventually.True("it ended", async () => (await payer.GetAsync($"v1/transactions/{transaction}")).Text("status") is "completed" or "failed");
        var isApproved = (await payer.GetAsync($"v1/transactions/{transaction}")).Text("status") == "completed";
        (await AvailableAsync(payer)).ShouldBe(isApproved ? Money - Large : Money);
        (await AvailableAsync(payee)).ShouldBe(isApproved ? before + Large : before);
        (await payer.GetAsync("v1/wallet")).Text("held.amount").ShouldBe("0");
        if (answers.FirstOrDefault(answer => answer.Status == HttpStatusCode.OK) is { } won)
        {
            won.Text("status").ShouldBe(isApproved ? "approved" : "denied");
        }
    }

    [Theory]
    [InlineData(13, 14, "Approved", "completed")]
    [InlineData(15, 16, "Denied", "failed")]
    public async Task A_decision_whose_host_died_is_carried_out_by_the_clock(int from, int to, string outcome, string status)
    {
        var (app, payer, review) = await UnderReviewAsync(from, to);
        var table = app.Services.GetRequiredService<ReviewTable>();
        var clock = app.Services.GetRequiredService<TimeProvider>();
        var id = ReviewId.Of(review.GetProperty("reviewId").GetString()!);
        var record = (await table.FindAsync(id, CancellationToken.None))!;
        await table.NoteDueAsync(id, clock.GetUtcNow() + TimeSpan.FromSeconds(30), CancellationToken.None);
        record.Choose(Enum.Parse<ReviewOutcome>(outcome), "acc_00000000000000000000000000", "occasion", "died", clock.GetUtcNow());
        (await table.ReplaceAsync(record, CancellationToken.None)).ShouldBeTrue();

        await app.AdvanceAsync(TimeSpan.FromMinutes(1));
        await Eventually.True("it ended", async () => (await payer.GetAsync($"v1/transactions/{record.ToTransaction()}")).Text("status") == status);
    }

    [Fact]
    public async Task An_approval_does_not_get_around_a_freeze_and_may_be_given_again_after_it()
    {
        var (app, payer, review) = await UnderReviewAsync(17, 18);
        var id = review.GetProperty("reviewId").GetString()!;
        using var supervisor = await app.SupervisorAsync();
        var account = (await payer.PostAsync("v1/me/freeze", new { })).Must(HttpStatusCode.OK).Text("accountId");
        (await supervisor.PostAsync($"v1/reviews/{id}/decision", new { decision = "approve", reason = "x" })).MustRefuse(HttpStatusCode.UnprocessableEntity, "account_frozen");
        (await ListAsync(supervisor, "open")).ShouldContain(item => item.GetProperty("reviewId").GetString() == id && item.GetProperty("status").GetString() == "open");
        (await supervisor.PostAsync($"v1/admin/accounts/{account}/unfreeze", new { reason = "x" })).Must(HttpStatusCode.OK);
        (await supervisor.PostAsync($"v1/reviews/{id}/decision", new { decision = "approve", reason = "x" })).Must(HttpStatusCode.OK).Text("status").ShouldBe("approved");
    }

    [Fact]
    public async Task Wrong_questions_and_decisions_are_refused_in_both_languages()
    {
        var app = await App.Value;
        using var supervisor = await app.SupervisorAsync();
        foreach (var kind in new[] { "identity", "withdrawal", "fraud" })
        {
            (await supervisor.GetAsync("v1/reviews?kind=" + kind)).Must(HttpStatusCode.OK).Items().ShouldBeEmpty();
        }

        (await supervisor.GetAsync("v1/reviews?kind=nothing")).MustRefuse(HttpStatusCode.BadRequest, "invalid_field");
        (await supervisor.GetAsync("v1/reviews?kind=transfer&status=nothing")).MustRefuse(HttpStatusCode.BadRequest, "invalid_field");
        (await supervisor.PostAsync("v1/reviews/rev_00000000000000000000000000/decision", new { decision = "approve", reason = "x" })).MustRefuse(HttpStatusCode.NotFound, "not_found");
        (await supervisor.PostAsync("v1/reviews/x/decision", new { decision = "approve", reason = "x" })).MustRefuse(HttpStatusCode.NotFound, "not_found");
        var chinese = (await supervisor.PostAsync("v1/reviews/x/decision", new { decision = "maybe", reason = "x" })).MustRefuse(HttpStatusCode.BadRequest, "invalid_field");
        var english = (await supervisor.SendAsync(HttpMethod.Post, "v1/reviews/x/decision", new { decision = "maybe", reason = "x" }, "k", ("Accept-Language", "en"))).MustRefuse(HttpStatusCode.BadRequest, "invalid_field");
        english.Text("detail").ShouldNotBe(chinese.Text("detail"));
    }

    /// <summary>A payer with a confirmed transfer that waits, and its review as the supervisor sees it.</summary>
    private static async Task<(TestApp App, TestClient Payer, JsonElement Review)> UnderReviewAsync(int from, int to)
    {
        var app = await App.Value;
        var payer = await SignInAsync(app, from);
        (await payer.PostAsync("v1/topups", new { amount = new { amount = Money - 1_000_000, currency = "CNY" }, channel = "sandbox" })).Must(HttpStatusCode.Created);
        (await payer.PutAsync("v1/me/payment-password", new { paymentPassword = "135790" })).Must(HttpStatusCode.NoContent);
        var body = new { to = new { phone = PhoneOf(to) }, amount = new { amount = Large, currency = "CNY" }, confirm = new { paymentPassword = "135790" } };
        var answer = (await payer.PostAsync("v1/transfers", body)).Must(HttpStatusCode.Accepted);
        answer.Text("status").ShouldBe("under_review");
        using var supervisor = await app.SupervisorAsync();
        var review = await Eventually.Some("the review is in the queue", async () =>
            (await ListAsync(supervisor, "open")).Where(item => item.GetProperty("transactionId").GetString() == answer.Text("transactionId")).Select(item => (JsonElement?)item).SingleOrDefault() is { } found ? new StrongBox(found) : null);
        return (app, payer, review.Value);
    }

    private static async Task<List<JsonElement>> ListAsync(TestClient supervisor, string status) =>
        [.. (await supervisor.GetAsync($"v1/reviews?kind=transfer&status={status}&limit=200")).Must(HttpStatusCode.OK).Json.GetProperty("items").EnumerateArray()];

    private static async Task<long> AvailableAsync(TestClient customer) => long.Parse((await customer.GetAsync("v1/wallet")).Must(HttpStatusCode.OK).Text("available.amount"), null);

    private static string PhoneOf(int index) => $"1380{index:D7}";

    private static Task<TestClient> SignInAsync(TestApp app, int index) => app.SignInAsync(PhoneOf(index), "Wallet-demo-2026");

    private sealed record StrongBox(JsonElement Value);
}

using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using WalletFunctions.Accounts.Status;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Risk;
using WalletFunctions.TestSupport;
using Xunit;

namespace Functions.Tests.Withdrawals;

/// <summary>Withdrawals that a supervisor looks at first: approved, denied, expired, cancelled, stopped; each ends once and the money is right.</summary>
public sealed class WithdrawalReviewTests(WithdrawalFixture stage) : IClassFixture<WithdrawalFixture>, IAsyncLifetime
{
    private readonly BankSide bank = stage.Bank;
    private Customer customer = null!;
    private readonly TestClient supervisor = stage.Supervisor;
    private readonly TestClient admin = stage.Admin;
    private long before;

    public async Task InitializeAsync()
    {
        await bank.BehaveAsync("settle", 0);
        customer = await stage.NextCustomerAsync();
        before = await WithdrawalFixture.FundAsync(customer);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task An_approved_withdrawal_goes_to_the_bank_and_is_promised_from_the_approval_on()
    {
        var (id, asked) = await WithdrawalFixture.AskLargeAsync(customer);
        asked["status"]!.GetValue<string>().ShouldBe("in_review");
        (await bank.PayoutsAsync(id)).ShouldBeEmpty();
        var seen = await customer.ReadAsync(id);
        seen["promisedBy"]!.ToString().ShouldBe(asked["promisedBy"]!.ToString());
        seen["timeline"]![1]!["note"]!.GetValue<string>().ShouldContain("within a day");
        var review = await ReviewAsync(id);
        (review.GetProperty("kind").GetString(), review.GetProperty("amount").GetProperty("amount").GetInt64()).ShouldBe(("withdrawal", WithdrawalFixture.Large));
        review.GetProperty("rules").EnumerateArray().Select(rule => rule.GetString()).ShouldContain(nameof(RiskRule.ReviewNewPayee));
        (await supervisor.GetAsync("v1/reviews")).Items().ShouldContain(item => item.GetProperty("subjectId").GetString() == id);
        (await supervisor.GetAsync("v1/reviews?kind=transfer")).Items().ShouldNotContain(item => item.GetProperty("subjectId").GetString() == id);

        var decided = (await DecideAsync(review, "approve", "a1")).Must(HttpStatusCode.OK);
        decided.Text("status").ShouldBe("approved");
        (await DecideAsync(review, "approve", "a1")).Body.ShouldBe(decided.Body);
        (await DecideAsync(review, "deny")).MustRefuse(HttpStatusCode.Conflict, "review_decided");

        var settled = await customer.UntilAsync(id, "settled");
        settled.Steps().ShouldBe(["reserved", "in_review", "reserved", "submitted", "settled"]);
        Time(settled, "promisedBy").ShouldBeLessThanOrEqualTo(Time(asked, "promisedBy"));
        (await bank.PayoutsAsync(id)).ShouldHaveSingleItem();
        (await customer.WalletAsync()).ShouldBe((before - WithdrawalFixture.Large - Fee(settled), 0));

        // The card is known now: as large an amount to it waits for nobody.
        (await WithdrawalFixture.AskLargeAsync(customer)).Asked["status"]!.GetValue<string>().ShouldBe("reserved");
    }

    [Fact]
    public async Task A_denied_withdrawal_gives_money_and_allowances_back()
    {
        var wallet = (await customer.Client.GetAsync("/api/v1/wallet")).Body!["limits"]!.ToJsonString();
        var (id, _) = await WithdrawalFixture.AskLargeAsync(customer);
        (await DecideAsync(await ReviewAsync(id), "deny")).Must(HttpStatusCode.OK).Text("status").ShouldBe("denied");
        (await customer.UntilAsync(id, "rejected")).Steps().ShouldBe(["reserved", "in_review", "rejected"]);
        (await customer.WalletAsync()).ShouldBe((before, 0));
        (await customer.Client.GetAsync("/api/v1/wallet")).Body!["limits"]!.ToJsonString().ShouldBe(wallet);
        await UntilEndedAsync(id);
        await ShouldBeResolvedAsync(id);
    }

    [Fact]
    public async Task What_nobody_looked_at_within_a_day_is_refused_by_itself_with_words_that_say_why()
    {
        var (id, _) = await WithdrawalFixture.AskLargeAsync(customer);
        var review = await ReviewAsync(id);
        await bank.AdvanceAsync(TimeSpan.FromHours(23));
        (await customer.ReadAsync(id))["status"]!.GetValue<string>().ShouldBe("in_review");
        await bank.AdvanceAsync(TimeSpan.FromHours(1.1));
        var refused = await customer.UntilAsync(id, "rejected");
        refused["timeline"]![2]!["note"]!.GetValue<string>().ShouldContain("within a day");
        (await customer.WalletAsync()).ShouldBe((before, 0));
        (await DecideAsync(review, "approve")).MustRefuse(HttpStatusCode.Conflict, "review_decided");
        await Eventually.True("the queue says so", async () => (await DecidedAsync(id))?.GetProperty("status").GetString() == "expired");
        (await bank.PayoutsAsync(id)).ShouldBeEmpty();
        await UntilEndedAsync(id);
    }

    [Fact]
    public async Task A_customer_takes_it_back_while_it_is_looked_at()
    {
        var (id, _) = await WithdrawalFixture.AskLargeAsync(customer);
        var review = await ReviewAsync(id);
        (await customer.CancelAsync(id, "c")).Expect(HttpStatusCode.OK).Body!["status"]!.GetValue<string>().ShouldBe("cancelled");
        (await customer.WalletAsync()).ShouldBe((before, 0));
        await Eventually.True("the queue says so", async () => (await DecidedAsync(id))?.GetProperty("status").GetString() == "withdrawn");
        (await DecideAsync(review, "approve")).MustRefuse(HttpStatusCode.Conflict, "review_decided");
        await UntilEndedAsync(id);
        await ShouldBeResolvedAsync(id);
    }

    [Fact]
    public async Task Staff_stops_it_while_it_is_looked_at()
    {
        var (id, _) = await WithdrawalFixture.AskLargeAsync(customer);
        await ReviewAsync(id);
        (await admin.PostAsync($"v1/admin/workflows/{id}/terminate", new { reason = "x" })).Must(HttpStatusCode.OK).Text("state").ShouldBe("cancelled");
        (await customer.WalletAsync()).ShouldBe((before, 0));
        (await DecidedAsync(id)).ShouldNotBeNull().GetProperty("status").GetString().ShouldBe("withdrawn");
    }

    [Fact]
    public async Task However_many_decide_and_cancel_at_once_it_ends_once()
    {
        for (var round = 0; round < 3; round++)
        {
            var (id, _) = await WithdrawalFixture.AskLargeAsync(customer);
            var review = await ReviewAsync(id);
            var (available, held) = await customer.WalletAsync();
            var cancels = Enumerable.Range(0, 4).Select(i => customer.CancelAsync(id, $"c{i}")).ToList();
            var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => DecideAsync(review, i % 2 == 0 ? "approve" : "deny", by: i % 3 == 0 ? admin : supervisor)));
            await Task.WhenAll(cancels);
            answers.Count(answer => answer.Status == HttpStatusCode.OK).ShouldBeLessThanOrEqualTo(1);
            answers.ShouldAllBe(answer => answer.Status == HttpStatusCode.OK || answer.Code == "review_decided");
            var ended = await customer.UntilAsync(id, "over", seen => seen["status"]!.GetValue<string>() is "settled" or "rejected" or "cancelled");
            var isPaid = ended["status"]!.GetValue<string>() == "settled";
            (await bank.PayoutsAsync(id)).Count.ShouldBe(isPaid ? 1 : 0);
            (await customer.WalletAsync()).ShouldBe(isPaid ? (available, 0) : (available + held, 0));
            await UntilEndedAsync(id);
            if (isPaid)
            {
                return;
            }
        }
    }

    [Fact]
    public async Task A_frozen_account_s_withdrawal_is_not_approved()
    {
        var (id, _) = await WithdrawalFixture.AskLargeAsync(customer);
        var review = await ReviewAsync(id);
        var wallet = WalletId.Of((string)customer.Person["walletId"]!);
        var statuses = stage.Services.GetRequiredService<AccountStatuses>();
        await statuses.FreezeAsync(wallet, FreezeSource.Staff, [1], CancellationToken.None);
        (await DecideAsync(review, "approve")).MustRefuse(HttpStatusCode.UnprocessableEntity, "account_frozen");
        (await customer.ReadAsync(id))["status"]!.GetValue<string>().ShouldBe("in_review");
        (await DecideAsync(review, "deny")).Must(HttpStatusCode.OK);
        (await customer.WalletAsync()).ShouldBe((before, 0));
    }

    private static long Fee(JsonNode withdrawal) => withdrawal["fee"]!["amount"]!.GetValue<long>();

    private static DateTimeOffset Time(JsonNode node, string member) => DateTimeOffset.Parse((string)node[member]!, CultureInfo.InvariantCulture);

    private Task<JsonElement> ReviewAsync(string id) => WithdrawalFixture.ReviewOfAsync(supervisor, id);

    private async Task<JsonElement?> DecidedAsync(string id) => (await supervisor.GetAsync("v1/reviews?kind=withdrawal&status=decided&limit=200")).Must(HttpStatusCode.OK).Items()
        .Where(item => item.GetProperty("subjectId").GetString() == id).Select(item => (JsonElement?)item).FirstOrDefault();

    private Task<TestAnswer> DecideAsync(JsonElement review, string decision, string key = TestClient.NewKey, TestClient? by = null) =>
        (by ?? supervisor).PostAsync($"v1/reviews/{review.GetProperty("reviewId").GetString()}/decision", new { decision, reason = "looked at" }, key);

    /// <summary>The conversation for the review has nothing left to do.</summary>
    private async Task ShouldBeResolvedAsync(string id) =>
        (await supervisor.GetAsync("v1/inbox/conversations?view=resolved&topic=review&limit=200")).Must(HttpStatusCode.OK).Items().ShouldContain(item => item.GetProperty("relatedId").GetString() == id);

    private Task UntilEndedAsync(string id) => Eventually.True(
        $"the workflow of {id} ended", async () => (await admin.GetAsync($"v1/admin/workflows/{id}")).Must(HttpStatusCode.OK).Text("runtime") == "completed");
}

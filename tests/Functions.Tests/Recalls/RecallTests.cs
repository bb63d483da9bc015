using System.Net;
using Shouldly;
using WalletFunctions.TestSupport;
using Xunit;

namespace Functions.Tests.Recalls;

/// <summary>Getting a mistaken transfer back, with the payee's consent.</summary>
public sealed class RecallTests
{
    [Fact]
    public async Task The_payee_agrees_and_the_money_goes_back_once()
    {
        await using var app = await TestApp.StartAsync();
        using var payer = await app.CustomerAsync(0);
        using var payee = await app.CustomerAsync(1);
        using var stranger = await app.CustomerAsync(2);
        using var supervisor = await app.SupervisorAsync();
        var transfer = await SendAsync(app, payer, 700);
        var path = $"v1/transfers/{transfer}/recall";
        (await payee.PostAsync(path, new { reason = "x" })).MustRefuse(HttpStatusCode.UnprocessableEntity, "not_recallable");
        await Refusals.InBothLanguagesAsync(payee, path, new { reason = "x" }, HttpStatusCode.UnprocessableEntity, "not_recallable");
        (await stranger.PostAsync(path, new { reason = "x" })).MustRefuse(HttpStatusCode.NotFound, "not_found");
        (await payee.PostAsync(path + "/decision", new { agree = true })).MustRefuse(HttpStatusCode.NotFound, "not_found");

        var asked = (await payer.PostAsync(path, new { reason = "填错了号码" })).Must(HttpStatusCode.Created);
        (asked.Text("status"), asked.Text("amount.amount"), asked.Text("transactionId")).ShouldBe(("asked", "700", transfer));
        (await payer.PostAsync(path, new { reason = "又问一次" })).Must(HttpStatusCode.Created).Body.ShouldBe(asked.Body);
        (await payee.GetAsync("v1/recalls")).Items().Single().GetProperty("recallId").GetString().ShouldBe(asked.Text("recallId"));
        (await payer.GetAsync("v1/recalls")).Items().ShouldBeEmpty();
        (await payer.PostAsync(path + "/decision", new { agree = true })).MustRefuse(HttpStatusCode.NotFound, "not_found");
        (await payee.PostAsync(path + "/decision", new { })).MustRefuse(HttpStatusCode.BadRequest, "required");

        // The money is spent: a clear word, and a second try once it is there again.
        var left = Available(await payer.GetAsync("v1/wallet"));
        await SystemMoves.LeaveAsync(app, 1, 2, 1);
        await Refusals.InBothLanguagesAsync(payee, path + "/decision", new { agree = true }, HttpStatusCode.UnprocessableEntity, "insufficient_funds");
        (await payee.PostAsync("v1/topups", new { amount = Yuan(1000), channel = "sandbox" })).Must(HttpStatusCode.Created);
        var agreed = (await payee.PostAsync(path + "/decision", new { agree = true }, "agree")).Must(HttpStatusCode.OK);
        agreed.Text("status").ShouldBe("agreed");
        (await payee.PostAsync(path + "/decision", new { agree = true }, "agree")).Must(HttpStatusCode.OK).Body.ShouldBe(agreed.Body);
        await Refusals.InBothLanguagesAsync(payee, path + "/decision", new { agree = false }, HttpStatusCode.Conflict, "recall_decided");
        (Available(await payer.GetAsync("v1/wallet")), Available(await payee.GetAsync("v1/wallet"))).ShouldBe((left + 700, 301));
        (await payer.GetAsync(path)).Must(HttpStatusCode.OK).Text("status").ShouldBe("agreed");

        var original = (await payer.GetAsync("v1/transactions/" + transfer)).Must(HttpStatusCode.OK);
        (original.Text("status"), original.Text("reversedBy")).ShouldBe(("reversed", agreed.Text("returnedBy")));
        var back = (await payer.GetAsync("v1/transactions/" + agreed.Text("returnedBy"))).Must(HttpStatusCode.OK);
        (back.Text("kind"), back.Text("direction"), back.Text("reverses")).ShouldBe(("recall", "in", transfer));
        var wallet = (await app.PeopleAsync()).GetProperty("customers")[0].GetProperty("walletId").GetString();
        await Refusals.InBothLanguagesAsync(supervisor, $"v1/transactions/{transfer}/reversals", new { walletId = wallet, reason = "x" }, HttpStatusCode.Conflict, "already_reversed");
        await Refusals.InBothLanguagesAsync(supervisor, $"v1/transactions/{agreed.Text("returnedBy")}/reversals", new { walletId = wallet, reason = "x" }, HttpStatusCode.UnprocessableEntity, "not_reversible");
    }

    [Fact]
    public async Task A_recall_needs_no_reason_and_no_body()
    {
        await using var app = await TestApp.StartAsync();
        using var payer = await app.CustomerAsync(0);
        using var payee = await app.CustomerAsync(1);
        using var agent = await app.AgentAsync();
        var (bare, silent) = (await SendAsync(app, payer, 300), await SendAsync(app, payer, 400));
        (await payer.PostAsync($"v1/transfers/{bare}/recall", "{", key: null)).MustRefuse(HttpStatusCode.BadRequest, "idempotency_key_required");
        (await payer.PostAsync($"v1/transfers/{bare}/recall", null)).Must(HttpStatusCode.Created).Text("status").ShouldBe("asked");
        (await payee.PostAsync($"v1/transfers/{bare}/recall/decision", new { agree = true })).Must(HttpStatusCode.OK).Text("status").ShouldBe("agreed");

        (await payer.PostAsync($"v1/transfers/{silent}/recall", new { })).Must(HttpStatusCode.Created);
        await app.AdvanceAsync(TimeSpan.FromDays(3));
        var conversation = "";
        await Eventually.True("a person was brought in", async () =>
            (await payer.GetAsync($"v1/transfers/{silent}/recall")).Json.TryGetProperty("conversationId", out var opened) && (conversation = opened.GetString() ?? "").Length > 0);
        (await agent.GetAsync("v1/inbox/conversations/" + conversation)).Must(HttpStatusCode.OK).Body.ShouldContain("未说明");
    }

    [Fact]
    public async Task Three_days_of_silence_bring_a_person_in_and_take_nothing()
    {
        await using var app = await TestApp.StartAsync();
        using var payer = await app.CustomerAsync(0);
        using var payee = await app.CustomerAsync(1);
        using var agent = await app.AgentAsync();
        var (silent, declined) = (await SendAsync(app, payer, 300), await SendAsync(app, payer, 400));
        foreach (var transfer in new[] { silent, declined })
        {
            (await payer.PostAsync($"v1/transfers/{transfer}/recall", new { reason = "转错人" })).Must(HttpStatusCode.Created);
        }

        var no = (await payee.PostAsync($"v1/transfers/{declined}/recall/decision", new { agree = false }, "no")).Must(HttpStatusCode.OK);
        no.Text("status").ShouldBe("declined");
        var again = await payee.PostAsync($"v1/transfers/{declined}/recall/decision", new { agree = false }, "no");
        again.Body.ShouldBe(no.Body);
        again.Header("Idempotent-Replayed").ShouldBe("true");
        var balance = Available(await payee.GetAsync("v1/wallet"));
        await app.AdvanceAsync(TimeSpan.FromDays(3));
        await Eventually.True("the recall goes to a person", async () =>
            (await payer.GetAsync($"v1/transfers/{silent}/recall")).Must(HttpStatusCode.OK).Text("status") == "in_review");
        var recall = (await payer.GetAsync($"v1/transfers/{silent}/recall")).Must(HttpStatusCode.OK);
        (await payer.GetAsync($"v1/transfers/{declined}/recall")).Text("status").ShouldBe("declined");
        Available(await payee.GetAsync("v1/wallet")).ShouldBe(balance);

        var conversation = (await agent.GetAsync("v1/inbox/conversations/" + recall.Text("conversationId"))).Must(HttpStatusCode.OK);
        conversation.Body.ShouldContain(silent);
        foreach (var side in new[] { 0, 1 })
        {
            conversation.Body.ShouldContain((await app.PeopleAsync()).GetProperty("customers")[side].GetProperty("accountId").GetString()!);
        }

        // The payee's word still counts.
        (await payee.PostAsync($"v1/transfers/{silent}/recall/decision", new { agree = true })).Must(HttpStatusCode.OK).Text("status").ShouldBe("agreed");
        Available(await payee.GetAsync("v1/wallet")).ShouldBe(balance - 300);
    }

    [Fact]
    public async Task Consent_and_reversal_race_and_the_money_goes_back_once()
    {
        await using var app = await TestApp.StartAsync();
        await using var other = await TestApp.StartAsync(connectionString: app.ConnectionString);
        using var payer = await app.CustomerAsync(0);
        using var payee = await other.CustomerAsync(1);
        using var supervisor = await app.SupervisorAsync();
        var wallet = (await app.PeopleAsync()).GetProperty("customers")[1].GetProperty("walletId").GetString();
        for (var i = 0; i < 4; i++)
        {
            var before = (Available(await payer.GetAsync("v1/wallet")), Available(await payee.GetAsync("v1/wallet")));
            var transfer = await SendAsync(app, payer, 100 + i);
            (await payer.PostAsync($"v1/transfers/{transfer}/recall", new { reason = "转错人" })).Must(HttpStatusCode.Created);
            var answers = await Task.WhenAll(
                payee.PostAsync($"v1/transfers/{transfer}/recall/decision", new { agree = true }),
                supervisor.PostAsync($"v1/transactions/{transfer}/reversals", new { walletId = wallet, reason = "误转" }),
                payee.PostAsync($"v1/transfers/{transfer}/recall/decision", new { agree = true }));
            answers.Count(answer => (int)answer.Status < 300).ShouldBe(1, string.Join('\n', answers.Select(answer => answer.Body)));
            answers.Where(answer => (int)answer.Status >= 300).ShouldAllBe(answer => answer.Status == HttpStatusCode.Conflict);
            (Available(await payer.GetAsync("v1/wallet")), Available(await payee.GetAsync("v1/wallet"))).ShouldBe(before);
        }
    }

    private static async Task<string> SendAsync(TestApp app, TestClient payer, long fen)
    {
        var walletId = (await app.PeopleAsync()).GetProperty("customers")[1].GetProperty("walletId").GetString();
        return (await payer.PostAsync("v1/transfers", new { to = new { walletId }, amount = Yuan(fen) })).Must(HttpStatusCode.Created).Text("transactionId");
    }

    private static object Yuan(long fen) => new { amount = fen, currency = "CNY" };

    private static long Available(TestAnswer wallet) => long.Parse(wallet.Must(HttpStatusCode.OK).Text("available.amount"));
}

using System.Net;
using Azure.Data.Tables;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Refunds;
using WalletFunctions.Platform;
using WalletFunctions.Refunds;
using WalletFunctions.Reviews;
using WalletFunctions.TestSupport;
using WalletFunctions.Wallet;
using Xunit;

namespace Functions.Tests.Refunds;

/// <summary>Ways around the rules of refunds, and the moments between two steps that somebody else uses.</summary>
public sealed class RefundMisuseTests(RefundStage stage) : IClassFixture<RefundStage>
{
    [Fact]
    public async Task An_appeal_waits_until_a_reversal_of_the_payment_is_decided()
    {
        var id = await stage.DeniedAsync(900);
        var claims = new Claims(stage.App.Services.GetRequiredService<Ledger>());
        var claim = SentMove.ClaimOf((await stage.ReadAsync(id)).Text("paymentId"));
        const string Reversal = "txn_00000000000000000000000001";
        (await claims.TryPlaceAsync(stage.CustomerWallet, new Claim(claim), Reversal, stage.MerchantWallet, "reversal", CancellationToken.None)).ShouldBe(ClaimResult.Placed);

        var appeal = await stage.Customer.PostAsync($"v1/refunds/{id}/appeal", new { text = "货不对板" }, "appeal");
        appeal.Status.ShouldBe(HttpStatusCode.Conflict);
        appeal.Code.ShouldBe("already_in_progress");
        (await stage.ReadAsync(id)).Text("status").ShouldBe("denied");

        // The reversal came to nothing, and the same key goes on.
        await claims.SettleAsync(Claims.Note(stage.CustomerWallet, new Claim(claim)), Reversal, stage.MerchantWallet, ClaimEnd.Gone, CancellationToken.None);
        (await stage.Customer.PostAsync($"v1/refunds/{id}/appeal", new { text = "货不对板" }, "appeal")).Must(HttpStatusCode.OK);
        await stage.UntilAsync(id, "appealed");
    }

    [Fact]
    public async Task A_merchant_that_polls_and_decides_before_it_is_asked_is_heard_under_the_same_key_a_moment_later()
    {
        var id = await stage.HeldAsync(stage.Opening);
        await Eventually.True("the merchant sees it", async () =>
            (await stage.Merchant.GetAsync("v1/merchant/refunds")).Items().Any(item => item.GetProperty("refundId").GetString() == id));
        var grant = new { decision = "approve", reason = "已核实" };
        var early = await stage.Merchant.PostAsync($"v1/refunds/{id}/decision", grant, "early");
        early.MustRefuse(HttpStatusCode.Conflict, "already_in_progress");
        early.Header("Retry-After").ShouldBe("1");
        stage.Opening.Open();
        await stage.UntilAsync(id, "with_merchant");
        (await stage.Merchant.PostAsync($"v1/refunds/{id}/decision", grant, "early")).Must(HttpStatusCode.OK);
        await stage.UntilAsync(id, "refunded");
    }

    [Fact]
    public async Task A_merchant_that_decides_in_the_moment_of_the_request_is_heard_and_so_is_every_other()
    {
        foreach (var decision in new[] { "approve", "deny", "ask" })
        {
            var id = await stage.AskAsync(600);
            await RefundStage.DecideAsync(stage.Merchant, id, decision);
        }
    }

    [Fact]
    public async Task A_step_on_what_has_changed_since_it_was_read_is_refused_when_the_caller_says_so()
    {
        var id = await stage.AskMerchantAsync(600);
        (await StepAsync(stage.Merchant, "decision", new { decision = "deny", reason = "x" }, "\"stale\"")).MustRefuse(HttpStatusCode.PreconditionFailed, "precondition_failed");
        (await StepAsync(stage.Customer, "withdraw", null, "\"stale\"")).MustRefuse(HttpStatusCode.PreconditionFailed, "precondition_failed");
        var seen = (await stage.Customer.GetAsync($"v1/refunds/{id}")).Must(HttpStatusCode.OK).Header("ETag")!;
        var withdrawn = (await StepAsync(stage.Customer, "withdraw", null, seen)).Must(HttpStatusCode.OK);
        (await StepAsync(stage.Customer, "withdraw", null, seen)).Body.ShouldBe(withdrawn.Body, "a repeat is answered as before, though the refund has changed by it");

        Task<TestAnswer> StepAsync(TestClient by, string step, object? body, string ifMatch) =>
            by.SendAsync(HttpMethod.Post, $"v1/refunds/{id}/{step}", body, "conditional", ("If-Match", ifMatch));
    }

    [Fact]
    public async Task Who_decides_while_a_refund_is_given_up_is_told_that_it_is_over()
    {
        // Each in the middle of the other's change: the refund read before, its payment after.
        var given = await stage.AskMerchantAsync(600);
        var book = stage.App.Services.GetRequiredService<RefundBook>();
        var before = (await stage.App.Services.GetRequiredService<RefundTable>().FindAsync(stage.CustomerWallet, RefundId.Of(given), CancellationToken.None))!;
        await stage.WithdrawAsync(given);
        var now = stage.App.Services.GetRequiredService<TimeProvider>().GetUtcNow();
        (await book.RowsAsync(before, before.Refund.DecideByMerchant(RefundVerdict.Deny, "x", now).Value!, CancellationToken.None)).ShouldBeNull();
        (await book.SaveAsync(before, before.Refund.Terminate(now), "terminate", CancellationToken.None)).ShouldBeNull();

        for (var round = 0; round < 5; round++)
        {
            var id = await stage.AskMerchantAsync(600);
            var answers = await Task.WhenAll(
                DecideAsync("approve"), DecideAsync("deny"), DecideAsync("ask"), stage.Customer.PostAsync($"v1/refunds/{id}/withdraw", null));
            answers.ShouldAllBe(answer => answer.Status == HttpStatusCode.OK || answer.Code == "refund_not_decidable" || answer.Code == "too_late_to_withdraw");

            Task<TestAnswer> DecideAsync(string decision) => stage.Merchant.PostAsync($"v1/refunds/{id}/decision", new { decision, reason = "已核实" });
        }
    }

    [Fact]
    public async Task Of_two_appeals_at_once_the_second_is_told_that_there_was_one()
    {
        var id = await stage.DeniedAsync(600);
        var before = (await stage.App.Services.GetRequiredService<RefundTable>().FindAsync(stage.CustomerWallet, RefundId.Of(id), CancellationToken.None))!;
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => stage.Customer.PostAsync($"v1/refunds/{id}/appeal", null)));
        answers.Count(answer => answer.Status == HttpStatusCode.OK).ShouldBe(1);
        answers.ShouldAllBe(answer => answer.Status == HttpStatusCode.OK || answer.Code == "not_appealable");

        var appealed = before.Refund.Appeal(null, [], RefundPolicy.Default, stage.App.Services.GetRequiredService<TimeProvider>().GetUtcNow()).Value!;
        (await stage.App.Services.GetRequiredService<RefundBook>().RowsAsync(before, appealed, CancellationToken.None)).ShouldBeNull("less is left of the payment by the first appeal, not by others");
    }

    [Fact]
    public async Task Everybody_may_write_as_much_as_is_allowed_in_the_characters_that_take_the_most_room()
    {
        var (text, reason) = (string.Concat(Enumerable.Repeat("😀", 500)), string.Concat(Enumerable.Repeat("😀", 250)));
        var payment = await stage.PayAsync(20_000);
        var id = (await stage.Customer.PostAsync("v1/refunds", new { paymentId = payment, amount = RefundStage.Yuan(20_000), reason = "other", description = text })).Must(HttpStatusCode.Accepted).Text("refundId");
        await stage.UntilAsync(id, "with_merchant");
        foreach (var by in new[] { stage.Merchant, stage.Agent, stage.Agent })
        {
            await DecideAsync(by, "ask");
            (await stage.Customer.PostAsync($"v1/refunds/{id}/evidence", new { text })).Must(HttpStatusCode.OK);
        }

        await DecideAsync(stage.Agent, "deny");
        var appealed = (await stage.Customer.PostAsync($"v1/refunds/{id}/appeal", new { text }, "long")).Must(HttpStatusCode.OK);
        (await stage.Customer.PostAsync($"v1/refunds/{id}/appeal", new { text }, "long")).Body.ShouldBe(appealed.Body);
        await DecideAsync(stage.OtherAgent, "approve");
        var evidence = (await stage.UntilAsync(id, "refunded")).Json.GetProperty("evidence").EnumerateArray().ToList();
        evidence.Select(round => round.GetProperty("text").GetString()).ShouldBe([text, text, text, text]);

        async Task DecideAsync(TestClient by, string decision) => (await by.PostAsync($"v1/refunds/{id}/decision", new { decision, reason })).Must(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_appeal_needs_no_words_and_takes_them_by_either_name()
    {
        var silent = await stage.DeniedAsync(900);
        var appealed = (await stage.Customer.PostAsync($"v1/refunds/{silent}/appeal", null)).Must(HttpStatusCode.OK);
        appealed.Text("status").ShouldBe("appealed");
        appealed.Json.GetProperty("evidence")[0].TryGetProperty("text", out _).ShouldBeFalse();

        var reasoned = await stage.DeniedAsync(900);
        var told = (await stage.Customer.PostAsync($"v1/refunds/{reasoned}/appeal", new { reason = "货不对板" })).Must(HttpStatusCode.OK);
        told.Json.GetProperty("evidence")[0].GetProperty("text").GetString().ShouldBe("货不对板");
    }

    [Fact]
    public async Task Whoever_denied_a_refund_does_not_judge_the_appeal_neither_at_the_refund_nor_in_the_queue()
    {
        var id = await stage.ReviewAsync();
        await RefundStage.DecideAsync(stage.Agent, id, "deny");
        await AppealAsync(id);
        foreach (var decision in new[] { "approve", "deny", "ask" })
        {
            var refused = await stage.Agent.PostAsync($"v1/refunds/{id}/decision", new { decision, reason = "x" });
            (refused.Status, refused.Code is "second_person_required" || decision == "ask").ShouldBe((decision == "ask" ? HttpStatusCode.Conflict : HttpStatusCode.Forbidden, true), refused.Body);
        }

        (await stage.ReadAsync(id)).Text("status").ShouldBe("appealed");
        await RefundStage.DecideAsync(stage.OtherAgent, id, "approve");
        await stage.EndAsync(id, "refunded");

        // In the queue it is the same, and the refused choice leaves the review to others.
        var second = await stage.ReviewAsync();
        await DecideInQueueAsync(stage.Supervisor, second, "deny");
        await AppealAsync(second);
        (await stage.Supervisor.PostAsync($"v1/reviews/{await ReviewOfAsync(second)}/decision", new { decision = "approve", reason = "x" })).MustRefuse(HttpStatusCode.Forbidden, "second_person_required");
        (await stage.ReadAsync(second)).Text("status").ShouldBe("appealed");
        await DecideInQueueAsync(stage.Admin, second, "deny");
        await stage.EndAsync(second, "denied");
        (await stage.StoredAsync(second)).IsOver.ShouldBeTrue();

        async Task AppealAsync(string refund)
        {
            await stage.UntilAsync(refund, "denied");
            (await stage.Customer.PostAsync($"v1/refunds/{refund}/appeal", new { text = "货不对板" })).Must(HttpStatusCode.OK);
            await stage.UntilAsync(refund, "appealed");
        }

        async Task DecideInQueueAsync(TestClient by, string refund, string decision) =>
            (await by.PostAsync($"v1/reviews/{await ReviewOfAsync(refund)}/decision", new { decision, reason = "已核实" })).Must(HttpStatusCode.OK);

        async Task<string> ReviewOfAsync(string refund) => (await stage.Supervisor.GetAsync("v1/reviews?kind=refund&limit=200")).Must(HttpStatusCode.OK).Items()
            .Single(item => item.GetProperty("subjectId").GetString() == refund).GetProperty("reviewId").GetString()!;
    }

    [Fact]
    public async Task Silence_grants_no_more_to_whoever_asks_in_small_parts()
    {
        var payment = await stage.PayAsync(15_000);
        var parts = new[] { await stage.AskForAsync(payment, 7_500), await stage.AskForAsync(payment, 7_500) };
        foreach (var part in parts)
        {
            await stage.UntilAsync(part, "with_merchant");
        }

        await stage.AdvanceAsync(TimeSpan.FromDays(3));
        foreach (var part in parts)
        {
            await stage.UntilAsync(part, "in_review");
        }
    }

    [Fact]
    public async Task A_review_whose_refund_was_given_up_while_somebody_decided_leaves_the_queue()
    {
        var id = await stage.ReviewAsync();
        ReviewRecord? record = null;
        var table = stage.App.Services.GetRequiredService<ReviewTable>();
        await Eventually.True("the review is in the queue", async () =>
        {
            var waiting = (await stage.Supervisor.GetAsync("v1/reviews?kind=refund&limit=200")).Must(HttpStatusCode.OK).Json.GetProperty("items").EnumerateArray()
                .FirstOrDefault(item => item.GetProperty("subjectId").GetString() == id);
            record = waiting.ValueKind == System.Text.Json.JsonValueKind.Undefined ? null : await table.FindAsync(ReviewId.Of(waiting.GetProperty("reviewId").GetString()!), CancellationToken.None);
            return record is not null;
        });

        // A supervisor's choice is stored, and the host dies before it is carried out.
        var now = stage.App.Services.GetRequiredService<TimeProvider>().GetUtcNow();
        await table.NoteDueAsync(record!.ToId(), now + TimeSpan.FromSeconds(30), CancellationToken.None);
        record.Choose(ReviewOutcome.Approved, stage.CustomerId, "lost", "已核实", now);
        (await table.ReplaceAsync(record, CancellationToken.None)).ShouldBeTrue();
        await stage.WithdrawAsync(id);

        await stage.AdvanceAsync(TimeSpan.FromMinutes(1));
        await Eventually.True("the review is over", async () => (await stage.Supervisor.GetAsync("v1/reviews?kind=refund&status=decided&limit=200")).Json.GetProperty("items").EnumerateArray()
            .Any(item => item.GetProperty("subjectId").GetString() == id && item.GetProperty("status").GetString() == "withdrawn"));
        (await stage.ReadAsync(id)).Text("status").ShouldBe("withdrawn");
    }

    [Fact]
    public async Task A_request_is_counted_once_however_often_it_is_repeated_and_answered_when_no_other_may_be_made()
    {
        var payment = await stage.PayAsync(20_000);
        var (first, second) = (RefundStage.Wish(payment, 100), RefundStage.Wish(payment, 101));
        var asked = (await stage.Customer.PostAsync("v1/refunds", first, "counted")).Must(HttpStatusCode.Accepted);
        var left = asked.Header("RateLimit");
        var again = (await stage.Customer.PostAsync("v1/refunds", first, "counted")).Must(HttpStatusCode.Accepted);
        (again.Body, again.Header("RateLimit")!.Split(';')[1]).ShouldBe((asked.Body, left!.Split(';')[1]));

        // As if the rest of the hour's requests had been made.
        var counts = stage.App.Services.GetRequiredService<Storage>().Table(RateLimits.TableName);
        await foreach (var row in counts.QueryAsync<TableEntity>())
        {
            row["Taken"] = 1_000;
            await counts.UpdateEntityAsync(row, row.ETag);
        }

        (await stage.Customer.PostAsync("v1/refunds", second, "another")).MustRefuse(HttpStatusCode.TooManyRequests, "too_many_requests");
        (await stage.Customer.PostAsync("v1/refunds", first, "counted")).Must(HttpStatusCode.Accepted).Body.ShouldBe(asked.Body);
        await foreach (var row in counts.QueryAsync<TableEntity>())
        {
            await counts.DeleteEntityAsync(row);
        }

        (await stage.Customer.PostAsync("v1/refunds", second, "another")).Must(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task Evidence_is_a_text_or_a_file()
    {
        var id = await stage.EvidenceWantedAsync();
        (await stage.Customer.PostAsync($"v1/refunds/{id}/evidence", new { fileIds = Array.Empty<string>() })).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await stage.Customer.PostAsync($"v1/refunds/{id}/evidence", new { text = "" })).MustRefuse(HttpStatusCode.BadRequest, "required");
        (await stage.Customer.PostAsync($"v1/refunds/{id}/evidence", new { text = " \n", fileIds = Array.Empty<string>() })).MustRefuse(HttpStatusCode.BadRequest, "required");
        (await stage.ReadAsync(id)).Text("status").ShouldBe("evidence_wanted");

        // Agents read what came, and nothing of what did not.
        (await stage.Customer.PostAsync($"v1/refunds/{id}/evidence", new { text = "见聊天记录" })).Must(HttpStatusCode.OK);
        var conversation = $"v1/inbox/conversations/{(await stage.ReadAsync(id)).Text("conversationId")}";
        await Eventually.True("the case tells", async () => (await stage.Agent.GetAsync(conversation)).Body.Contains("客户说明：见聊天记录\"", StringComparison.Ordinal));
    }
}

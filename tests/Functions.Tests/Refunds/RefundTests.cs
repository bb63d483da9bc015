using System.Net;
using Shouldly;
using Xunit;
using static Functions.Tests.Refunds.RefundStage;

namespace Functions.Tests.Refunds;

/// <summary>Refunds as customers, merchants and support meet them.</summary>
public sealed class RefundTests(RefundStage stage) : IClassFixture<RefundStage>
{
    [Fact]
    public async Task A_merchant_agrees_and_the_money_is_back_and_named_everywhere()
    {
        var payment = await stage.PayAsync(5_000);
        var (left, right) = (await AvailableAsync(stage.Customer), await AvailableAsync(stage.Merchant));
        var judged = (await stage.Customer.GetAsync($"v1/payments/{payment}/refund-eligibility")).Must(HttpStatusCode.OK);
        (judged.Text("eligible"), judged.Text("left.amount"), judged.Json.GetProperty("reasons").GetArrayLength()).ShouldBe(("True", "5000", 4));

        var key = Guid.NewGuid().ToString();
        var asked = (await stage.Customer.PostAsync("v1/refunds", Wish(payment, 2_000), key)).Must(HttpStatusCode.Accepted);
        asked.Text("status").ShouldBe("requested");
        var id = asked.Text("refundId");
        asked.Header("Location").ShouldBe($"/api/v1/refunds/{id}");
        var repeated = await stage.Customer.PostAsync("v1/refunds", Wish(payment, 2_000), key);
        (repeated.Body, repeated.Header("Idempotent-Replayed")).ShouldBe((asked.Body, "true"));
        (await stage.Customer.PostAsync("v1/refunds", Wish(payment, 2_001), key)).MustRefuse(HttpStatusCode.UnprocessableEntity, "idempotency_key_reused");

        var waiting = await stage.UntilAsync(id, "with_merchant");
        waiting.Text("answerBy").ShouldNotBeNullOrEmpty();
        (await stage.Customer.GetAsync($"v1/payments/{payment}")).Text("refundable.amount").ShouldBe("3000");
        (await stage.Merchant.GetAsync("v1/merchant/refunds")).Items()[0].GetProperty("refundId").GetString().ShouldBe(id);
        var polled = stage.Customer.GetAsync($"v1/refunds/{id}?wait=25");
        await DecideAsync(stage.Merchant, id, "approve");
        (await polled).Must(HttpStatusCode.OK).Text("status").ShouldNotBe("with_merchant");

        var done = await stage.UntilAsync(id, "refunded");
        (await AvailableAsync(stage.Customer), await AvailableAsync(stage.Merchant)).ShouldBe((left + 2_000, right - 2_000));
        var paid = (await stage.Customer.GetAsync($"v1/payments/{payment}")).Must(HttpStatusCode.OK);
        (paid.Text("refundable.amount"), paid.Text("refunded.amount"), paid.Text("status")).ShouldBe(("3000", "2000", "completed"));
        foreach (var (side, direction) in new[] { (stage.Customer, "in"), (stage.Merchant, "out") })
        {
            var transaction = (await side.GetAsync("v1/transactions/" + done.Text("transactionId"))).Must(HttpStatusCode.OK);
            (transaction.Text("kind"), transaction.Text("direction"), transaction.Text("refunds")).ShouldBe(("refund", direction, paid.Text("transactionId")));
            (await side.GetAsync("v1/transactions?kind=refund")).Items()[0].GetProperty("refunds").GetString().ShouldBe(paid.Text("transactionId"));
            (await side.GetAsync("v1/transactions/" + paid.Text("transactionId"))).Must(HttpStatusCode.OK).Text("status").ShouldBe("completed");
            var voucher = (await side.GetAsync($"v1/transactions/{done.Text("transactionId")}/voucher")).Must(HttpStatusCode.OK);
            (voucher.Text("content.kind"), voucher.Text("content.refunds")).ShouldBe(("refund", paid.Text("transactionId")));
        }

        done.Json.GetProperty("timeline").EnumerateArray().Select(line => line.GetProperty("status").GetString())
            .ShouldBe(["requested", "with_merchant", "approved", "refunded"]);
        var english = await stage.Customer.SendAsync(HttpMethod.Get, $"v1/refunds/{id}", headers: ("Accept-Language", "en"));
        english.Json.GetProperty("timeline").EnumerateArray().Last().GetProperty("note").GetString().ShouldBe("The money is in your wallet.");
    }

    [Fact]
    public async Task Only_those_whom_it_concerns_see_a_refund_and_each_what_is_theirs()
    {
        var id = await stage.AskMerchantAsync(700);
        using var otherMerchant = await stage.App.MerchantAsync(1);
        foreach (var nobody in new[] { stage.Stranger, otherMerchant })
        {
            (await nobody.GetAsync($"v1/refunds/{id}")).MustRefuse(HttpStatusCode.NotFound, "refund_not_found");
        }

        (await otherMerchant.PostAsync($"v1/refunds/{id}/decision", new { decision = "approve", reason = "x" })).MustRefuse(HttpStatusCode.NotFound, "refund_not_found");
        (await stage.Stranger.PostAsync($"v1/refunds/{id}/withdraw", null)).MustRefuse(HttpStatusCode.NotFound, "refund_not_found");
        var (own, sold, seen) = (await stage.ReadAsync(id), await stage.Merchant.GetAsync($"v1/refunds/{id}"), await stage.Agent.GetAsync($"v1/refunds/{id}"));
        own.Text("conversationId").ShouldStartWith("cnv_");
        own.Json.TryGetProperty("payerName", out _).ShouldBeFalse();
        sold.Text("payerName").ShouldStartWith("*");
        sold.Json.TryGetProperty("conversationId", out _).ShouldBeFalse();
        seen.Text("accountId").ShouldBe(stage.CustomerId);
        foreach (var reader in new[] { stage.Customer, stage.Merchant, stage.Agent })
        {
            (await reader.GetAsync("v1/refunds")).Items().ShouldContain(item => item.GetProperty("refundId").GetString() == id);
        }

        (await stage.Stranger.GetAsync("v1/refunds")).Items().ShouldBeEmpty();
        var conversation = (await stage.Agent.GetAsync($"v1/inbox/conversations/{own.Text("conversationId")}")).Must(HttpStatusCode.OK);
        (conversation.Text("relatedId"), conversation.Text("related.refundId"), conversation.Text("related.accountId")).ShouldBe((id, id, stage.CustomerId));
        foreach (var payment in new[] { conversation.Json.GetProperty("related").GetProperty("payment"), seen.Json.GetProperty("payment") })
        {
            payment.GetProperty("paymentId").GetString().ShouldBe(own.Text("paymentId"));
            payment.GetProperty("amount").GetProperty("amount").GetInt64().ShouldBe(700);
            payment.GetProperty("payerName").GetString().ShouldStartWith("*");
            payment.TryGetProperty("balanceAfter", out _).ShouldBeFalse();
        }

        own.Json.TryGetProperty("payment", out _).ShouldBeFalse();
        sold.Json.TryGetProperty("payment", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task What_cannot_be_refunded_is_refused_in_both_languages()
    {
        var payment = await stage.PayAsync(300);
        await Refusals.InBothLanguagesAsync(stage.Customer, "v1/refunds", Wish(payment, 301), HttpStatusCode.UnprocessableEntity, "refund_exceeds_payment");
        await Refusals.InBothLanguagesAsync(stage.Customer, "v1/refunds", new { paymentId = payment, amount = new { amount = 1, currency = "USD" }, reason = "other" }, HttpStatusCode.UnprocessableEntity, "currency_mismatch");
        await Refusals.InBothLanguagesAsync(stage.Stranger, "v1/refunds", Wish(payment, 1), HttpStatusCode.NotFound, "payment_not_found");
        (await stage.Customer.PostAsync("v1/refunds", new { paymentId = payment, amount = Yuan(1), reason = "other", onBehalfOf = stage.CustomerId })).MustRefuse(HttpStatusCode.BadRequest, "invalid_field");
        (await stage.Agent.PostAsync("v1/refunds", Wish(payment, 1))).MustRefuse(HttpStatusCode.BadRequest, "required");
        (await stage.Merchant.PostAsync("v1/refunds", Wish(payment, 1))).MustRefuse(HttpStatusCode.Forbidden, "forbidden");
        (await stage.Stranger.GetAsync($"v1/payments/{payment}/refund-eligibility")).MustRefuse(HttpStatusCode.NotFound, "payment_not_found");

        var id = await stage.AskForAsync(payment, 300);
        await Refusals.InBothLanguagesAsync(stage.Customer, "v1/refunds", Wish(payment, 1), HttpStatusCode.UnprocessableEntity, "refund_exceeds_payment");
        var judged = (await stage.Customer.GetAsync($"v1/payments/{payment}/refund-eligibility")).Must(HttpStatusCode.OK);
        (judged.Text("eligible"), judged.Text("code"), judged.Text("left.amount"), judged.Text("reserved.amount")).ShouldBe(("False", "refund_exceeds_payment", "0", "300"));
        await stage.UntilAsync(id, "with_merchant");
        await Refusals.InBothLanguagesAsync(stage.Customer, $"v1/refunds/{id}/evidence", new { text = "x" }, HttpStatusCode.Conflict, "evidence_not_wanted");
        await Refusals.InBothLanguagesAsync(stage.Customer, $"v1/refunds/{id}/appeal", new { text = "x" }, HttpStatusCode.Conflict, "not_appealable");
        await Refusals.InBothLanguagesAsync(stage.Agent, $"v1/refunds/{id}/decision", new { decision = "approve", reason = "x" }, HttpStatusCode.Conflict, "refund_not_decidable");
        (await stage.Customer.PostAsync($"v1/refunds/{id}/withdraw", null)).Must(HttpStatusCode.OK).Text("status").ShouldBe("withdrawn");
        await Refusals.InBothLanguagesAsync(stage.Customer, $"v1/refunds/{id}/withdraw", new { }, HttpStatusCode.Conflict, "too_late_to_withdraw");
        await Refusals.InBothLanguagesAsync(stage.Merchant, $"v1/refunds/{id}/decision", new { decision = "approve", reason = "x" }, HttpStatusCode.Conflict, "refund_not_decidable");
        (await stage.Customer.GetAsync($"v1/payments/{payment}")).Text("refundable.amount").ShouldBe("300");
    }

    [Fact]
    public async Task Of_32_who_ask_at_once_no_more_are_accepted_than_the_payment_has()
    {
        var payment = await stage.PayAsync(1_000);
        await using var other = await TestApp.StartAsync(connectionString: stage.App.ConnectionString);
        using var there = await other.CustomerAsync(0);
        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => (i % 2 == 0 ? stage.Customer : there).PostAsync("v1/refunds", Wish(payment, 150))));
        answers.Count(answer => answer.Status == HttpStatusCode.Accepted).ShouldBe(6);
        answers.Where(answer => answer.Status != HttpStatusCode.Accepted).ShouldAllBe(answer => answer.Code == "refund_exceeds_payment");
        (await stage.Customer.GetAsync($"v1/payments/{payment}")).Text("refundable.amount").ShouldBe("100");

        var right = await AvailableAsync(stage.Merchant);
        var ids = answers.Where(answer => answer.Status == HttpStatusCode.Accepted).Select(answer => answer.Text("refundId")).ToList();
        await Task.WhenAll(ids.Select(async id =>
        {
            await stage.UntilAsync(id, "with_merchant");
            await DecideAsync(stage.Merchant, id, "approve");
            await stage.UntilAsync(id, "refunded");
        }));
        (await AvailableAsync(stage.Merchant)).ShouldBe(right - 900);
        (await stage.Customer.GetAsync($"v1/payments/{payment}")).Text("refunded.amount").ShouldBe("900");
    }

    [Fact]
    public async Task Of_those_who_speak_at_the_same_moment_one_is_heard()
    {
        await using var other = await TestApp.StartAsync(connectionString: stage.App.ConnectionString);
        using var there = await other.CustomerAsync(0);
        for (var round = 0; round < 4; round++)
        {
            var id = await stage.AskMerchantAsync(800);
            var answers = await Task.WhenAll(
                stage.Merchant.PostAsync($"v1/refunds/{id}/decision", new { decision = "approve", reason = "x" }),
                there.PostAsync($"v1/refunds/{id}/withdraw", null),
                stage.Merchant.PostAsync($"v1/refunds/{id}/decision", new { decision = "deny", reason = "x" }),
                there.PostAsync($"v1/refunds/{id}/withdraw", null));
            var heard = answers.Where(answer => answer.Status == HttpStatusCode.OK).ToList();
            heard.Count.ShouldBe(1, string.Join('\n', answers.Select(answer => answer.Body)));
            answers.Except(heard).ShouldAllBe(answer => answer.Code == "refund_not_decidable" || answer.Code == "too_late_to_withdraw");
            var end = heard[0].Text("status");
            var seen = await stage.UntilAsync(id, end == "approved" ? "refunded" : end);
            (await stage.Customer.GetAsync($"v1/payments/{seen.Text("paymentId")}")).Text("refundable.amount").ShouldBe(end == "approved" ? "0" : "800");
        }
    }

    [Fact]
    public async Task Refunds_and_reversals_of_a_payment_exclude_each_other()
    {
        var payment = await stage.PayAsync(900);
        var id = await stage.AskForAsync(payment, 100);
        var transaction = (await stage.Customer.GetAsync($"v1/payments/{payment}")).Text("transactionId");
        var reverse = new { walletId = stage.CustomerWallet.Value, reason = "重复扣款" };
        await Refusals.InBothLanguagesAsync(stage.Supervisor, $"v1/transactions/{transaction}/reversals", reverse, HttpStatusCode.UnprocessableEntity, "not_reversible");

        // Given up, the payment is whole again and can be reversed; then nothing of it is left.
        (await stage.Customer.PostAsync($"v1/refunds/{id}/withdraw", null)).Must(HttpStatusCode.OK);
        (await stage.Supervisor.PostAsync($"v1/transactions/{transaction}/reversals", reverse)).Must(HttpStatusCode.Created);
        await Refusals.InBothLanguagesAsync(stage.Customer, "v1/refunds", Wish(payment, 1), HttpStatusCode.UnprocessableEntity, "refund_exceeds_payment");
        (await stage.Customer.GetAsync($"v1/payments/{payment}/refund-eligibility")).Text("left.amount").ShouldBe("0");

        // At the same moment: one of the two, whichever is first.
        for (var round = 0; round < 4; round++)
        {
            var raced = await stage.PayAsync(50);
            var move = (await stage.Customer.GetAsync($"v1/payments/{raced}")).Text("transactionId");
            var asking = stage.Customer.PostAsync("v1/refunds", Wish(raced, 50));
            var reversing = stage.Supervisor.PostAsync($"v1/transactions/{move}/reversals", reverse);
            var (asked, reversed) = (await asking, await reversing);
            ((asked.Status == HttpStatusCode.Accepted) && (reversed.Status == HttpStatusCode.Created)).ShouldBeFalse();
            (asked.Status == HttpStatusCode.Accepted || asked.Code is "refund_exceeds_payment" or "already_in_progress").ShouldBeTrue(asked.Body);
            (reversed.Status == HttpStatusCode.Created || reversed.Code is "not_reversible" or "already_in_progress").ShouldBeTrue(reversed.Body);
        }
    }

    [Fact]
    public async Task An_agent_asks_for_a_customer_and_somebody_else_decides_in_the_queue_of_reviews()
    {
        var payment = await stage.PayAsync(30_000);
        var (body, key) = (new { paymentId = payment, amount = Yuan(30_000), reason = "charged_twice", description = "来电", onBehalfOf = stage.CustomerId }, Guid.NewGuid().ToString());
        var asked = (await stage.Agent.PostAsync("v1/refunds", body, key)).Must(HttpStatusCode.Accepted);
        (await stage.Agent.PostAsync("v1/refunds", body, key)).Must(HttpStatusCode.Accepted).Body.ShouldBe(asked.Body);
        var id = asked.Text("refundId");
        (await stage.Agent.GetAsync($"v1/refunds/{id}")).Must(HttpStatusCode.OK).Text("askedBy").ShouldStartWith("acc_");
        (await stage.Agent.PostAsync("v1/refunds", body with { onBehalfOf = "acc_00000000000000000000000000" })).MustRefuse(HttpStatusCode.NotFound, "payment_not_found");
        await stage.UntilAsync(id, "with_merchant");
        await stage.App.AdvanceAsync(TimeSpan.FromDays(3) + TimeSpan.FromSeconds(1));
        await stage.UntilAsync(id, "in_review");
        await Refusals.InBothLanguagesAsync(stage.Agent, $"v1/refunds/{id}/decision", new { decision = "approve", reason = "x" }, HttpStatusCode.Forbidden, "second_person_required");

        var review = (await stage.Supervisor.GetAsync("v1/reviews?kind=refund")).Items().Single(item => item.GetProperty("subjectId").GetString() == id);
        review.GetProperty("amount").GetProperty("amount").GetInt64().ShouldBe(30_000);
        var path = $"v1/reviews/{review.GetProperty("reviewId").GetString()}/decision";
        (await stage.OtherAgent.GetAsync("v1/reviews?kind=refund")).Items().ShouldContain(item => item.GetProperty("subjectId").GetString() == id);
        (await stage.OtherAgent.PostAsync(path, new { decision = "approve", reason = "x" })).MustRefuse(HttpStatusCode.Forbidden, "forbidden");
        foreach (var others in new[] { "", "?kind=transfer", "?kind=withdrawal&status=decided" })
        {
            (await stage.OtherAgent.GetAsync("v1/reviews" + others)).MustRefuse(HttpStatusCode.Forbidden, "forbidden");
        }

        var decided = (await stage.Supervisor.PostAsync(path, new { decision = "approve", reason = "属实" }, "review-1")).Must(HttpStatusCode.OK);
        (await stage.Supervisor.PostAsync(path, new { decision = "approve", reason = "属实" }, "review-1")).Must(HttpStatusCode.OK).Body.ShouldBe(decided.Body);
        await stage.UntilAsync(id, "refunded");
        (await stage.Supervisor.PostAsync(path, new { decision = "deny", reason = "x" })).MustRefuse(HttpStatusCode.Conflict, "review_decided");
        (await stage.Supervisor.GetAsync("v1/reviews?kind=refund")).Items().ShouldNotContain(item => item.GetProperty("subjectId").GetString() == id);
        (await stage.Admin.GetAsync($"v1/admin/audit?subject={payment}")).Items().ShouldContain(item => item.GetProperty("action").GetString() == "refund.request");
    }

    [Fact]
    public async Task Evidence_comes_with_files_that_those_whom_it_concerns_can_read()
    {
        var id = await stage.EvidenceWantedAsync(2_500);
        (await stage.ReadAsync(id)).Json.GetProperty("evidence")[0].GetProperty("question").GetString().ShouldBe("已核实");
        var (file, foreign) = (await UploadAsync(stage.Customer), await UploadAsync(stage.Stranger));
        foreach (var unknown in new[] { foreign, "fil_00000000000000000000000000", "x" })
        {
            await Refusals.InBothLanguagesAsync(stage.Customer, $"v1/refunds/{id}/evidence", new { fileIds = new[] { unknown } }, HttpStatusCode.UnprocessableEntity, "evidence_file_unknown");
        }

        (await stage.Customer.PostAsync($"v1/refunds/{id}/evidence", new { })).MustRefuse(HttpStatusCode.BadRequest, "required");
        var key = Guid.NewGuid().ToString();
        var given = (await stage.Customer.PostAsync($"v1/refunds/{id}/evidence", new { text = "破损照片", fileIds = new[] { file } }, key)).Must(HttpStatusCode.OK);
        (await stage.Customer.PostAsync($"v1/refunds/{id}/evidence", new { text = "破损照片", fileIds = new[] { file } }, key)).Body.ShouldBe(given.Body);
        await stage.UntilAsync(id, "in_review");
        foreach (var reader in new[] { stage.Customer, stage.Merchant, stage.Agent })
        {
            (await reader.GetAsync($"v1/refunds/{id}")).Json.GetProperty("evidence")[0].GetProperty("fileIds")[0].GetString().ShouldBe(file);
            (await reader.GetAsync($"v1/refunds/{id}/evidence/{file}")).Must(HttpStatusCode.OK).Body.ShouldBe("a receipt");
        }

        using var otherMerchant = await stage.App.MerchantAsync(1);
        foreach (var nobody in new[] { stage.Stranger, otherMerchant })
        {
            (await nobody.GetAsync($"v1/refunds/{id}/evidence/{file}")).MustRefuse(HttpStatusCode.NotFound, "refund_not_found");
        }

        (await stage.Agent.GetAsync($"v1/refunds/{id}/evidence/{foreign}")).MustRefuse(HttpStatusCode.NotFound, "refund_not_found");

        // A file belongs to one thing: it is no evidence of another refund.
        var another = await stage.EvidenceWantedAsync(2_600);
        (await stage.Customer.PostAsync($"v1/refunds/{another}/evidence", new { fileIds = new[] { file } })).MustRefuse(HttpStatusCode.UnprocessableEntity, "evidence_file_unknown");

        static async Task<string> UploadAsync(TestClient by)
        {
            using var form = new MultipartFormDataContent { { new ByteArrayContent("a receipt"u8.ToArray()), "file", "receipt.txt" } };
            using var request = new HttpRequestMessage(HttpMethod.Post, "v1/uploads") { Content = form };
            return (await by.SendAsync(request)).Must(HttpStatusCode.Created).Text("fileId");
        }
    }
}

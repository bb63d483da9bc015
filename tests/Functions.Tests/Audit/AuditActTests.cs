using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Functions.Tests.Refunds;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using WalletFunctions.Audit;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Reconciliation;
using WalletFunctions.Platform;
using WalletFunctions.Reconciliation;
using WalletFunctions.TestSupport;
using Xunit;

namespace Functions.Tests.Audit;

/// <summary>
/// Every privileged act leaves its row: who, as what, on what, under which request, and why. The table holds all acts that the log knows,
/// and covers every route by which staff changes something.
/// </summary>
public sealed class AuditActTests(RefundStage stage) : IClassFixture<RefundStage>
{
    private const string Reason = "已核实，编号 7";
    private const string PaymentPassword = "135790";

    /// <summary>What staff does in a conversation stands in the conversation, with its author.</summary>
    private static readonly string[] InConversations = ["ChangeConversation", "NoteInConversation", "ReplyInConversation", "RetryQuarantined"];

    private static readonly Dictionary<string, Case> Cases = new(StringComparer.Ordinal)
    {
        ["account.freeze"] = new(Of.Supervisor, ["AccountFreeze"], (stage, by) => AccountAsync(stage, by, "freeze")),
        ["account.unfreeze"] = new(Of.Supervisor, ["AccountUnfreeze"], (stage, by) => AccountAsync(stage, by, "unfreeze")),
        ["account.unlock"] = new(Of.Supervisor, ["AccountUnlock"], (stage, by) => AccountAsync(stage, by, "unlock")),
        ["account.class"] = new(Of.Admin, ["AccountClass"], (stage, by) => AccountAsync(stage, by, "class", new { @class = "III", reason = Reason })),
        ["attempt.read"] = new(Of.Agent, ["GetInboxAttemptWhy"], ReadAttemptAsync) { IsReasoned = false },
        ["biller.create"] = new(Of.Admin, ["CreateBiller"], async (_, by) => Made(await EnterBillerAsync(by), "billerId")) { IsReasoned = false },
        ["biller.change"] = new(Of.Admin, ["ChangeBiller"], async (_, by) =>
        {
            var id = (await EnterBillerAsync(by)).Text("billerId");
            return [(id, (await by.PatchAsync($"v1/admin/billers/{id}", new { status = "suspended" })).Must(HttpStatusCode.OK))];
        }) { IsReasoned = false },
        ["finding.resolve"] = new(Of.Supervisor, ["ResolveFinding"], ResolveAsync) { IsReasoned = false },
        ["merchant.create"] = new(Of.Admin, ["CreateMerchant"], async (_, by) => Made(await by.PostAsync("v1/admin/merchants", new { phone = "13912349911", name = "新开的店" }), "merchantId")) { IsReasoned = false },
        ["merchant.change"] = new(Of.Admin, ["ChangeMerchant"], async (stage, by) =>
            [(stage.MerchantId, (await by.PatchAsync($"v1/admin/merchants/{stage.MerchantId}", new { status = "active" })).Must(HttpStatusCode.OK))]) { IsReasoned = false },
        ["reconciliation.start"] = new(Of.Admin, ["StartReconciliation"], async (_, by) => Made(await by.PostAsync("v1/admin/reconciliations", null), "reconciliationId")) { IsReasoned = false },
        ["refund.request"] = new(Of.Agent, ["CreateRefund"], async (stage, by) =>
        {
            var payment = await stage.PayAsync(700);
            var wish = new { paymentId = payment, amount = RefundStage.Yuan(700), reason = "other", onBehalfOf = stage.CustomerId };
            return [(payment, (await by.PostAsync("v1/refunds", wish)).Must(HttpStatusCode.Accepted))];
        }) { IsReasoned = false },
        ["refund.decision"] = new(Of.Agent, ["DecideRefund"], async (stage, by) =>
        {
            var id = await stage.ReviewAsync();
            return [(id, (await by.PostAsync($"v1/refunds/{id}/decision", new { decision = "deny", reason = Reason })).Must(HttpStatusCode.OK))];
        }),
        ["review.approve"] = new(Of.Supervisor, ["DecideReview"], (stage, by) => DecideReviewAsync(stage, by, "approve")),
        ["review.ask"] = new(Of.Supervisor, [], (stage, by) => DecideReviewAsync(stage, by, "ask")),
        ["review.deny"] = new(Of.Supervisor, [], (stage, by) => DecideReviewAsync(stage, by, "deny")),
        ["review.expire"] = new(Of.Nobody, [], ExpireAsync) { IsReasoned = false },
        ["settings.propose"] = new(Of.Admin, ["PutCalendarSetting", "PutFeeSetting", "PutLimitSetting", "PutRefundPolicySetting", "PutRiskSetting"], async (_, by) =>
        {
            var rows = new List<(string, TestAnswer)>();
            foreach (var setting in new[] { "calendar", "fees", "limits", "refund-policy", "risk" })
            {
                rows.Add(await ProposeAsync(by, setting));
            }

            return rows;
        }) { IsReasoned = false },
        ["settings.approve"] = new(Of.Supervisor, ["ApproveSettingVersion"], (stage, by) => DecideSettingAsync(stage, by, "approve")) { IsReasoned = false },
        ["settings.reject"] = new(Of.Supervisor, ["RejectSettingVersion"], (stage, by) => DecideSettingAsync(stage, by, "reject")) { IsReasoned = false },
        ["transaction.reverse"] = new(Of.Supervisor, ["ReverseTransaction"], async (stage, by) =>
        {
            var id = (await stage.Stranger.PostAsync("v1/topups", new { amount = RefundStage.Yuan(500), channel = "sandbox" })).Must(HttpStatusCode.Created).Text("transactionId");
            return [(id, (await by.PostAsync($"v1/transactions/{id}/reversals", new { reason = Reason })).Must(HttpStatusCode.Created))];
        }) { IsReasoned = false },
        ["workflow.suspend"] = new(Of.Admin, ["SuspendWorkflow"], async (stage, by) => [await WorkflowAsync(by, await stage.AskMerchantAsync(600), "suspend")]),
        ["workflow.resume"] = new(Of.Admin, ["ResumeWorkflow"], async (stage, by) =>
        {
            var id = await stage.AskMerchantAsync(600);
            await WorkflowAsync(by, id, "suspend");
            return [await WorkflowAsync(by, id, "resume")];
        }),
        ["workflow.restart"] = new(Of.Admin, ["RestartWorkflow"], async (stage, by) => [await WorkflowAsync(by, await stage.AskMerchantAsync(600), "restart")]),
        ["workflow.terminate"] = new(Of.Admin, ["TerminateWorkflow"], async (stage, by) => [await WorkflowAsync(by, await stage.AskMerchantAsync(600), "terminate")]),
        ["workflow.terminate_refused"] = new(Of.Admin, [], TerminateInVainAsync) { IsReasoned = false },
    };

    public static TheoryData<string> Acts => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Acts))]
    public async Task An_act_leaves_its_row(string act)
    {
        var one = Cases[act];
        var by = one.By switch
        {
            Of.Agent => stage.Agent,
            Of.Supervisor => stage.Supervisor,
            Of.Admin => stage.Admin,
            _ => stage.App.Anonymous,
        };
        foreach (var (subject, answer) in await one.Do(stage, by))
        {
            var rows = await Eventually.Some($"{act} of {subject} is in the log", async () =>
                (await stage.Admin.GetAsync($"v1/admin/audit?action={act}&subject={Uri.EscapeDataString(subject)}")).Must(HttpStatusCode.OK).Items() is { Length: > 0 } found ? found : null);
            var row = rows.ShouldHaveSingleItem();
            row.GetProperty("actor").GetString().ShouldBe(one.By == Of.Nobody ? "system" : AccountOf(by));
            row.GetProperty("role").GetString().ShouldBe(one.By == Of.Nobody ? "anonymous" : one.By.ToString().ToLowerInvariant());
            row.GetProperty("requestId").GetString().ShouldBe(one.By == Of.Nobody ? "review-expiry" : answer.Header("X-Request-Id"));
            if (one.IsReasoned)
            {
                row.GetProperty("details").GetProperty("reason").GetString().ShouldBe(Reason);
            }
        }
    }

    [Fact]
    public void Every_act_that_the_log_knows_is_in_the_table() => Cases.Keys.ShouldBe(AuditActs.All, ignoreOrder: true);

    [Fact]
    public void Every_route_by_which_staff_changes_something_is_in_the_table()
    {
        var covered = Cases.Values.SelectMany(one => one.Functions).ToList();
        covered.ShouldBeUnique();
        covered.ShouldAllBe(name => FunctionCatalog.OfApp.Find(name) != null);
        FunctionCatalog.OfApp.Functions
            .Where(function => !function.SandboxOnly && function.Methods.Any(method => method != "GET") && (function.Access!.Who & Role.Staff) != Role.Anonymous && function.Access.Who != Role.SignedIn)
            .Select(function => function.Name)
            .Except(covered, StringComparer.Ordinal)
            .ShouldBe(InConversations, ignoreOrder: true);
    }

    /// <summary>Whose account a token is for.</summary>
    private static string AccountOf(TestClient client)
    {
        var payload = client.Token!.Split('.')[1].Replace('-', '+').Replace('_', '/');
        return JsonElement.Parse(Encoding.UTF8.GetString(Convert.FromBase64String(payload.PadRight(payload.Length + (-payload.Length & 3), '=')))).GetProperty("sub").GetString()!;
    }

    private static IReadOnlyList<(string, TestAnswer)> Made(TestAnswer answer, string id) => [(answer.Text(id), answer)];

    private static async Task<IReadOnlyList<(string, TestAnswer)>> AccountAsync(RefundStage stage, TestClient by, string what, object? body = null)
    {
        var account = (await stage.App.PeopleAsync()).GetProperty("customers")[2].GetProperty("accountId").GetString()!;
        return [(account, (await by.PostAsync($"v1/admin/accounts/{account}/{what}", body ?? new { reason = Reason })).Must(HttpStatusCode.OK))];
    }

    private static async Task<IReadOnlyList<(string, TestAnswer)>> ReadAttemptAsync(RefundStage stage, TestClient by)
    {
        var people = (await stage.App.PeopleAsync()).GetProperty("customers");
        var body = new { to = new { walletId = people[0].GetProperty("walletId").GetString() }, amount = RefundStage.Yuan(4_000_000) };
        var refused = await stage.Stranger.PostAsync("v1/transfers", body);
        ((int)refused.Status).ShouldBeGreaterThanOrEqualTo(400);
        var wallet = people[1].GetProperty("walletId").GetString()!;
        return [(wallet, await Eventually.Some("the attempt is noted", async () =>
            await by.GetAsync($"v1/inbox/attempts/{refused.Header("X-Request-Id")}/why?walletId={wallet}") is { Status: HttpStatusCode.OK } found ? found : null))];
    }

    private static async Task<TestAnswer> EnterBillerAsync(TestClient by)
    {
        var body = new { name = new { zh = "热力公司", en = "Heat" }, kind = "gas", billNumber = new { minDigits = 8, maxDigits = 8, prefix = "44", check = "mod97" } };
        return (await by.PostAsync("v1/admin/billers", body)).Must(HttpStatusCode.Created);
    }

    private static async Task<IReadOnlyList<(string, TestAnswer)>> ResolveAsync(RefundStage stage, TestClient by)
    {
        var finding = new Finding(FindingKind.RefundDiffers, "audited");
        var now = stage.App.Services.GetRequiredService<TimeProvider>().GetUtcNow();
        await stage.App.Services.GetRequiredService<FindingDesk>().TakeAsync(finding, Id.From<ReconciliationId>(now, new byte[32]), now, CancellationToken.None);
        return [(finding.Id.Value, (await by.PostAsync($"v1/admin/findings/{finding.Id}/resolve", new { reason = Reason })).Must(HttpStatusCode.OK))];
    }

    private static async Task<IReadOnlyList<(string, TestAnswer)>> DecideReviewAsync(RefundStage stage, TestClient by, string decision)
    {
        var refund = await stage.ReviewAsync();
        var review = (await by.GetAsync("v1/reviews?kind=refund&limit=200")).Must(HttpStatusCode.OK).Items()
            .Single(item => item.GetProperty("subjectId").GetString() == refund).GetProperty("reviewId").GetString()!;
        return [(review, (await by.PostAsync($"v1/reviews/{review}/decision", new { decision, reason = Reason })).Must(HttpStatusCode.OK))];
    }

    /// <summary>A transfer so large that a person must look at it, and nobody does.</summary>
    private static async Task<IReadOnlyList<(string, TestAnswer)>> ExpireAsync(RefundStage stage, TestClient nobody)
    {
        (await stage.Stranger.PostAsync("v1/topups", new { amount = RefundStage.Yuan(5_000_000), channel = "sandbox" })).Must(HttpStatusCode.Created);
        (await stage.Stranger.PutAsync("v1/me/payment-password", new { paymentPassword = PaymentPassword })).Must(HttpStatusCode.NoContent);
        var transfer = (await stage.Stranger.PostAsync("v1/transfers", new { to = new { walletId = stage.CustomerWallet.Value }, amount = RefundStage.Yuan(4_600_000), confirm = new { paymentPassword = PaymentPassword } }))
            .Must(HttpStatusCode.Accepted);
        var review = await Eventually.Some("the review is in the queue", async () => (await stage.Supervisor.GetAsync("v1/reviews?kind=transfer&limit=200")).Must(HttpStatusCode.OK).Items()
            .Where(item => item.GetProperty("transactionId").GetString() == transfer.Text("transactionId")).Select(item => item.GetProperty("reviewId").GetString()).SingleOrDefault());
        await stage.AdvanceAsync(TimeSpan.FromDays(1));
        return [(review, transfer)];
    }

    /// <summary>Proposes what is in force.</summary>
    private static async Task<(string Subject, TestAnswer Answer)> ProposeAsync(TestClient by, string setting)
    {
        var content = JsonNode.Parse((await by.GetAsync($"v1/admin/settings/{setting}")).Must(HttpStatusCode.OK).Body)!["current"]!["content"]!.DeepClone();
        var proposed = (await by.PutAsync($"v1/admin/settings/{setting}", new { content, note = Reason })).Must(HttpStatusCode.Accepted);
        return ($"settings/{setting}/{proposed.Text("version")}", proposed);
    }

    private static async Task<IReadOnlyList<(string, TestAnswer)>> DecideSettingAsync(RefundStage stage, TestClient by, string verb)
    {
        var (subject, proposed) = await ProposeAsync(stage.Admin, "risk");
        return [(subject, (await by.PostAsync($"v1/admin/settings/risk/versions/{proposed.Text("version")}/{verb}", null)).Must(HttpStatusCode.OK))];
    }

    private static async Task<(string Subject, TestAnswer Answer)> WorkflowAsync(TestClient by, string id, string act) =>
        (id, (await by.PostAsync($"v1/admin/workflows/{id}/{act}", new { reason = Reason })).Must(HttpStatusCode.OK));

    /// <summary>Of a withdrawal that the bank has.</summary>
    private static async Task<IReadOnlyList<(string, TestAnswer)>> TerminateInVainAsync(RefundStage stage, TestClient by)
    {
        (await stage.App.Anonymous.PutAsync("sandbox/bank/behaviour", new { mode = "silent" })).Must(HttpStatusCode.OK);
        var card = (await stage.Customer.GetAsync("v1/me/bank-cards")).Items()[0].GetProperty("bankCardId").GetString();
        var id = (await stage.Customer.PostAsync("v1/withdrawals", new { bankCardId = card, amount = RefundStage.Yuan(100) })).Must(HttpStatusCode.Accepted).Text("withdrawalId");
        await Eventually.True("the bank has it", async () => (await stage.Customer.GetAsync($"v1/withdrawals/{id}")).Text("status") == "submitted");
        return [(id, (await by.PostAsync($"v1/admin/workflows/{id}/terminate", new { reason = Reason })).Must(HttpStatusCode.Conflict))];
    }

    /// <summary>Who acts.</summary>
    private enum Of
    {
        Agent,
        Supervisor,
        Admin,

        /// <summary>The clock.</summary>
        Nobody,
    }

    /// <summary>An act as staff does it.</summary>
    /// <param name="By">Who does it.</param>
    /// <param name="Functions">The functions that it is done by.</param>
    /// <param name="Do">Does it; answers on what, with the answer.</param>
    private sealed record Case(Of By, string[] Functions, Func<RefundStage, TestClient, Task<IReadOnlyList<(string Subject, TestAnswer Answer)>>> Do)
    {
        /// <summary>Whether whoever acts gives a reason that the log keeps.</summary>
        public bool IsReasoned { get; init; } = true;
    }
}

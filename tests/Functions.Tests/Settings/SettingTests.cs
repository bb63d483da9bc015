using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using WalletFunctions.Audit;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Settings;
using WalletFunctions.Platform;
using WalletFunctions.Settings;
using Xunit;

namespace WalletFunctions.Tests.Settings;

/// <summary>Proposals, the second person's decision, and the history, over HTTP.</summary>
public sealed class SettingTests(RuleStage stage) : IClassFixture<RuleStage>
{
    [Fact]
    public async Task A_change_takes_two_people_and_is_told_by_history_and_audit()
    {
        var before = (await stage.Supervisor.GetAsync("v1/admin/settings/limits")).Must(HttpStatusCode.OK);
        var content = await stage.ContentAsync("limits");
        content["spending"]!["III"]!["daily"] = 9_000_000;
        var proposed = (await stage.ProposeAsync("limits", content, null, ("If-Match", before.Header("ETag")!))).Must(HttpStatusCode.Accepted);
        proposed.Text("state").ShouldBe("pending");
        var version = proposed.Json.GetProperty("version").GetInt32();

        var seen = (await stage.Supervisor.GetAsync("v1/admin/settings/limits")).Must(HttpStatusCode.OK);
        seen.Text("pending.version").ShouldBe(proposed.Text("version"));
        seen.Text("pending.note").ShouldBe("因为");
        seen.Text("current.content").ShouldBe(before.Text("current.content"), "a proposal changes nothing");
        seen.Header("ETag").ShouldNotBe(before.Header("ETag"));
        (await stage.ProposeAsync("limits", content, null, ("If-Match", before.Header("ETag")!))).MustRefuse(HttpStatusCode.PreconditionFailed, "precondition_failed");

        (await RuleStage.DecideAsync(stage.Admin, "limits", version)).MustRefuse(HttpStatusCode.Forbidden, "second_person_required");
        var approved = (await RuleStage.DecideAsync(stage.Supervisor, "limits", version, key: "approve-limits")).Must(HttpStatusCode.OK);
        approved.Text("state").ShouldBe("upcoming", "every host hears of it first");
        (RuleStage.Time(approved, "effectiveFrom") - RuleStage.Time(approved, "decidedAt")).ShouldBe(TimeSpan.FromSeconds(10));
        var repeat = (await RuleStage.DecideAsync(stage.Supervisor, "limits", version, key: "approve-limits")).Must(HttpStatusCode.OK);
        (repeat.Body, repeat.Header("Idempotent-Replayed")).ShouldBe((approved.Body, "true"));
        (await RuleStage.DecideAsync(stage.Supervisor, "limits", version)).MustRefuse(HttpStatusCode.Conflict, "version_not_pending");
        (await RuleStage.DecideAsync(stage.Supervisor, "limits", version, "reject")).MustRefuse(HttpStatusCode.Conflict, "version_not_pending");

        await stage.App.AdvanceAsync(TimeSpan.FromSeconds(11));
        var after = (await stage.Admin.GetAsync("v1/admin/settings/limits")).Must(HttpStatusCode.OK);
        after.Json.TryGetProperty("pending", out _).ShouldBeFalse();
        after.Text("current.version").ShouldBe(proposed.Text("version"));
        JsonNode.DeepEquals(JsonNode.Parse(after.Text("current.content")), content).ShouldBeTrue();
        after.Text("current.proposedBy").ShouldNotBe(after.Text("current.decidedBy"));

        var history = (await stage.Supervisor.GetAsync("v1/admin/settings/limits/versions?limit=1")).Must(HttpStatusCode.OK);
        history.Json.GetProperty("items")[0].GetProperty("state").GetString().ShouldBe("current");
        var acts = (await stage.Admin.GetAsync($"v1/admin/audit?subject=settings%2Flimits%2F{version}")).Must(HttpStatusCode.OK).Json.GetProperty("items").EnumerateArray().ToList();
        acts.Select(act => act.GetProperty("action").GetString()).ShouldBe(["settings.approve", "settings.propose"]);
        acts[0].GetProperty("actor").GetString().ShouldBe(after.Text("current.decidedBy"));
        acts.ShouldAllBe(act => !act.GetRawText().Contains("因为"), "the note stands with the version, and the log names that");
    }

    [Fact]
    public async Task A_new_proposal_takes_the_place_of_one_that_waits_and_either_can_be_taken_back()
    {
        var content = await stage.ContentAsync("risk");
        var first = (await stage.ProposeAsync("risk", content)).Must(HttpStatusCode.Accepted).Json.GetProperty("version").GetInt32();
        var second = (await stage.ProposeAsync("risk", content)).Must(HttpStatusCode.Accepted).Json.GetProperty("version").GetInt32();
        second.ShouldBe(first + 1);
        (await RuleStage.DecideAsync(stage.Supervisor, "risk", first)).MustRefuse(HttpStatusCode.Conflict, "version_not_pending");
        (await RuleStage.DecideAsync(stage.Admin, "risk", second, "reject")).Must(HttpStatusCode.OK).Text("state").ShouldBe("rejected");
        var states = (await stage.Supervisor.GetAsync("v1/admin/settings/risk/versions")).Must(HttpStatusCode.OK).Json.GetProperty("items").EnumerateArray()
            .Take(2).Select(item => item.GetProperty("state").GetString());
        states.ShouldBe(["rejected", "superseded"]);

        var whole = (await PagesAsync("v1/admin/settings/risk/versions?limit=1")).Select(item => item!["version"]!.GetValue<int>()).ToList();
        whole.ShouldBe(Enumerable.Range(1, second).Reverse());
    }

    [Fact]
    public async Task A_decision_whose_answer_was_lost_is_known_again_by_its_repeat()
    {
        var proposed = (await stage.ProposeAsync("risk", await stage.ContentAsync("risk"))).Must(HttpStatusCode.Accepted).Json.GetProperty("version").GetInt32();
        var faults = new Wallet.Faults { Plan = (_, writes) => writes ? Wallet.Fault.AnswerLost : Wallet.Fault.None };
        var services = stage.App.Services;
        var table = new SettingTable(new Storage(new StorageAddress(stage.App.ConnectionString, null, null, null), [faults]));
        var desk = new SettingDesk(table, services.GetRequiredService<AuditLog>(), services.GetRequiredService<TimeProvider>());
        var kind = services.GetRequiredService<SettingKinds>().Risk;
        var supervisor = new Caller(AccountId.Of("acc_00000000000000000000000000"), Role.Supervisor, Language.En, "lost", null, null);

        await Should.ThrowAsync<Exception>(() => desk.ApproveAsync(supervisor, kind, proposed, "one", CancellationToken.None));
        faults.Plan = (_, _) => Wallet.Fault.None;
        (await desk.ApproveAsync(supervisor, kind, proposed, "another", CancellationToken.None)).Error.ShouldBe(SettingErrors.VersionNotPending);
        (await desk.ApproveAsync(supervisor, kind, proposed, "one", CancellationToken.None)).Value!.State.ShouldBe(VersionState.Approved);
    }

    [Theory]
    [InlineData("fees")]
    [InlineData("limits")]
    [InlineData("risk")]
    public async Task What_is_in_force_can_be_proposed_again_as_it_is(string setting)
    {
        var content = await stage.ContentAsync(setting);
        var proposed = (await stage.ProposeAsync(setting, content)).Must(HttpStatusCode.Accepted);
        JsonNode.DeepEquals(JsonNode.Parse(proposed.Text("content")), content).ShouldBeTrue();
        (await RuleStage.DecideAsync(stage.Admin, setting, proposed.Json.GetProperty("version").GetInt32(), "reject")).Must(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Admins_propose_supervisors_read_and_nobody_else_sees_them()
    {
        using var agent = await stage.App.AgentAsync();
        foreach (var setting in new[] { "fees", "limits", "risk" })
        {
            (await stage.Supervisor.PutAsync($"v1/admin/settings/{setting}", new { })).MustRefuse(HttpStatusCode.Forbidden, "forbidden");
            (await agent.GetAsync($"v1/admin/settings/{setting}")).MustRefuse(HttpStatusCode.Forbidden, "forbidden");
            (await stage.Customer.GetAsync($"v1/admin/settings/{setting}/versions")).MustRefuse(HttpStatusCode.Forbidden, "forbidden");
            (await RuleStage.DecideAsync(agent, setting, 1)).MustRefuse(HttpStatusCode.Forbidden, "forbidden");
            (await RuleStage.DecideAsync(stage.Supervisor, setting, 12_345)).MustRefuse(HttpStatusCode.NotFound, "not_found");
        }

        (await stage.Supervisor.GetAsync("v1/admin/settings/nothing/versions")).MustRefuse(HttpStatusCode.NotFound, "not_found");
        (await RuleStage.DecideAsync(stage.Supervisor, "nothing", 1)).MustRefuse(HttpStatusCode.NotFound, "not_found");
    }

    [Theory]
    [InlineData("fees", """{}""", "content", "required")]
    [InlineData("fees", """{"content": {}}""", "content.rules", "required")]
    [InlineData("fees", """{"content": {"rules": {}}}""", "content.rules", "invalid_field")]
    [InlineData("fees", """{"content": {"rules": [1]}}""", "content.rules", "invalid_field")]
    [InlineData("fees", """{"content": {"rules": [{"operation": "gift", "minimum": 1}]}}""", "content.rules[0].operation", "invalid_field")]
    [InlineData("fees", """{"content": {"rules": [{"operation": "bill", "class": "IV", "minimum": 1}]}}""", "content.rules[0].class", "invalid_field")]
    [InlineData("fees", """{"content": {"rules": [{"operation": "bill"}]}}""", "content.rules[0].ratePerMillion", "invalid_field")]
    [InlineData("fees", """{"content": {"rules": [{"operation": "bill", "ratePerMillion": 1000001}]}}""", "content.rules[0].ratePerMillion", "invalid_field")]
    [InlineData("fees", """{"content": {"rules": [{"operation": "bill", "minimum": 0.5}]}}""", "content.rules[0].minimum", "invalid_field")]
    [InlineData("fees", """{"content": {"rules": [{"operation": "bill", "minimum": 10, "maximum": 9}]}}""", "content.rules[0].maximum", "invalid_field")]
    [InlineData("fees", """{"content": {"rules": [{"operation": "bill", "minimum": 1, "rounding": "bankers"}]}}""", "content.rules[0].rounding", "invalid_field")]
    [InlineData("fees", """{"content": {"rules": [{"operation": "bill", "minimum": 1, "rate": 0.1}]}}""", "content.rules[0].rate", "unknown_field")]
    [InlineData("fees", """{"content": {"rules": [{"operation": "bill", "minimum": 1}, {"operation": "bill", "minimum": 2}]}}""", "content.rules", "invalid_field")]
    [InlineData("fees", """{"content": {"rules": []}, "effectiveFrom": "tomorrow"}""", "effectiveFrom", "invalid_field")]
    [InlineData("limits", """{"content": {"spending": {"I": {}, "II": {}}, "withdrawal": {"I": {}, "II": {}, "III": {}}, "topup": {"I": {}, "II": {}, "III": {}}}}""", "content.spending.III", "required")]
    [InlineData("limits", """{"content": {"spending": {"I": {"daily": -1}, "II": {}, "III": {}}, "withdrawal": {"I": {}, "II": {}, "III": {}}, "topup": {"I": {}, "II": {}, "III": {}}}}""", "content.spending.I.daily", "invalid_field")]
    [InlineData("limits", """{"content": {"spending": {"I": {}, "II": {}, "III": {}}, "withdrawal": {"I": {"yearly": 1}, "II": {}, "III": {}}, "topup": {"I": {}, "II": {}, "III": {}}}}""", "content.withdrawal.I.yearly", "unknown_field")]
    [InlineData("risk", """{"content": {"I": {"velocityMoves": 3}, "II": {}, "III": {}}}""", "content.I.velocityMoves", "invalid_field")]
    [InlineData("risk", """{"content": {"I": {"nightFrom": "24:00"}, "II": {}, "III": {}}}""", "content.I.nightFrom", "invalid_field")]
    public async Task A_wrong_proposal_says_which_member_is_wrong(string setting, string body, string field, string code)
    {
        var answer = (await stage.Admin.PutAsync($"v1/admin/settings/{setting}", body)).MustRefuse(HttpStatusCode.BadRequest, code);
        answer.Json.GetProperty("errors")[0].GetProperty("field").GetString().ShouldBe(field);
    }

    private async Task<List<JsonNode?>> PagesAsync(string path)
    {
        var items = new List<JsonNode?>();
        string? cursor = null;
        do
        {
            var page = JsonNode.Parse((await stage.Supervisor.GetAsync(cursor is null ? path : $"{path}&cursor={cursor}")).Must(HttpStatusCode.OK).Body)!;
            items.AddRange(page["items"]!.AsArray());
            cursor = (string?)page["nextCursor"];
        }
        while (cursor is not null);
        return items;
    }
}

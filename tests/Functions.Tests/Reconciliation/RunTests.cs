using System.Net;
using Azure.Data.Tables;
using Functions.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Reconciliation;
using WalletFunctions.Platform;
using WalletFunctions.Reconciliation;
using WalletFunctions.Support.Inbox;
using WalletFunctions.TestSupport;
using WalletFunctions.Wallet;
using Xunit;

namespace WalletFunctions.Tests.Reconciliation;

/// <summary>Runs from asking to their end, and what becomes of what they find.</summary>
[Collection(ReconciliationStage.Collection)]
public sealed class RunTests(ReconciliationStage stage)
{
    [Fact]
    public async Task What_a_run_finds_is_a_row_an_urgent_conversation_and_a_task_until_somebody_resolves_it()
    {
        using var admin = await stage.App.AdminAsync();
        using var supervisor = await stage.App.SupervisorAsync();
        await using var book = await stage.ForgeAsync(stage.Quiet);
        await book.ChangeAsync(BookKeys.Head(book.Partition), "a", value => (long)value! + 1);
        await stage.App.AdvanceAsync(TimeSpan.FromMinutes(6));

        var run = await RunAsync(admin);
        run.Text("status").ShouldBe("findings");
        var found = run.Json.GetProperty("findings")[0];
        found.GetProperty("kind").GetString().ShouldBe("head_changed");
        found.GetProperty("walletId").GetString().ShouldBe(stage.Quiet.Value);
        var id = found.GetProperty("findingId").GetString()!;
        var conversation = await ConversationAsync();
        conversation.Text("priority").ShouldBe("urgent");
        conversation.Text("topic").ShouldBe("reconciliation");
        conversation.Body.ShouldContain(id);

        // The same thing found again is the same row.
        (await RunAsync(admin)).Json.GetProperty("findings")[0].GetProperty("findingId").GetString().ShouldBe(id);
        (await OpenAsync(supervisor)).Count(open => open == id).ShouldBe(1);

        var resolved = (await supervisor.PostAsync($"v1/admin/findings/{id}/resolve", new { reason = "restored from the entries" })).Must(HttpStatusCode.OK);
        resolved.Text("state").ShouldBe("resolved");
        (await OpenAsync(supervisor)).ShouldNotContain(id);
        (await ConversationAsync()).Text("status").ShouldBe("resolved");
        (await admin.PostAsync($"v1/admin/findings/{id}/resolve", new { reason = "again" })).MustRefuse(HttpStatusCode.Conflict, "finding_resolved");
        (await admin.GetAsync($"v1/admin/audit?subject={id}")).Must(HttpStatusCode.OK).Body.ShouldContain("finding.resolve");

        // It was not restored after all: it is open once more, in the same conversation.
        (await RunAsync(admin)).Text("status").ShouldBe("findings");
        var again = (await supervisor.GetAsync($"v1/admin/findings/{id}")).Must(HttpStatusCode.OK);
        (again.Text("state"), again.Text("times"), again.Text("conversationId")).ShouldBe(("open", "2", found.GetProperty("conversationId").GetString()!));
        (await ConversationAsync()).Text("status").ShouldBe("open");

        async Task<TestAnswer> ConversationAsync() =>
            (await supervisor.GetAsync($"v1/inbox/conversations/{found.GetProperty("conversationId").GetString()}")).Must(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_conversation_that_the_run_could_not_name_before_it_died_is_resolved_with_the_finding()
    {
        using var supervisor = await stage.App.SupervisorAsync();
        var (services, finding) = (stage.App.Services, new Finding(FindingKind.RefundDiffers, "left half way"));
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var dying = new FindingDesk(
            services.GetRequiredService<FindingTable>(), new DyingInbox(services.GetRequiredService<IInbox>()), services.GetRequiredService<TimeProvider>(), NullLogger<FindingDesk>.Instance);
        await Should.ThrowAsync<InvalidOperationException>(() => dying.TakeAsync(finding, Id.From<ReconciliationId>(now, new byte[32]), now, CancellationToken.None));
        (await DyingInbox.StatusAsync(supervisor, finding.Id.Value, "reconciliation")).ShouldBe("open");
        (await supervisor.PostAsync($"v1/admin/findings/{finding.Id}/resolve", new { reason = "nothing was wrong" })).Must(HttpStatusCode.OK);
        (await DyingInbox.StatusAsync(supervisor, finding.Id.Value, "reconciliation")).ShouldBe("resolved");
    }

    [Fact]
    public async Task A_clean_run_tells_the_totals()
    {
        using var admin = await stage.App.AdminAsync();
        await stage.App.AdvanceAsync(TimeSpan.FromMinutes(6));
        var run = await RunAsync(admin);
        run.Text("status").ShouldBe("clean", run.Body);
        run.Text("books").ShouldBe($"{ReconciliationStage.BookCount}");
        var totals = run.Json.GetProperty("totals").EnumerateObject().Sum(account => account.Value.GetProperty("amount").GetInt64());
        totals.ShouldBe(0);
    }

    [Fact]
    public async Task A_run_left_half_way_is_begun_again_by_the_next_tick()
    {
        var (table, reconciler, id) = (stage.Service<RunTable>(), stage.Service<Reconciler>(), stage.Service<IdSource>().New<ReconciliationId>());
        await reconciler.RequestAsync(id, isDaily: false, CancellationToken.None);
        var begun = await table.ReplaceAsync((await table.FindAsync(id, CancellationToken.None))! with { Attempts = 1, AsOf = stage.Now }, CancellationToken.None);
        begun.ShouldNotBeNull();
        await LeaveLeaseAsync(TimeSpan.FromSeconds(-1));

        (await reconciler.TickAsync(CancellationToken.None)).ShouldBeTrue();

        var ended = (await reconciler.FindAsync(id, CancellationToken.None))!;
        (ended.Status, ended.Attempts).ShouldBe((RunStatus.Clean, 2));
    }

    [Fact]
    public async Task Two_hosts_do_not_run_at_once()
    {
        var lease = stage.Service<RunLease>();
        bool? second = null;

        // A run that another test asked for may still hold it.
        await Eventually.True("the lease is free", () => lease.TryRunAsync(
            async _ => second = await stage.Service<Reconciler>().TickAsync(CancellationToken.None), CancellationToken.None));
        second.ShouldBe(false);
        await Eventually.True("the next tick runs", () => stage.Service<Reconciler>().TickAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Nothing_is_found_while_writers_keep_writing()
    {
        using var writing = new CancellationTokenSource();
        var writers = Task.Run(() => stage.MoveAsync(80));
        var runs = 0;
        while (!writers.IsCompleted)
        {
            // A moment that writers have passed: no call to this storage takes seconds.
            var report = await stage.Check.RunAsync(stage.Now - TimeSpan.FromSeconds(2), CancellationToken.None);
            report.Findings.ShouldBeEmpty();
            runs++;
        }

        await writers;
        runs.ShouldBeGreaterThan(1);
        (await stage.ReportAsync()).Findings.ShouldBeEmpty();
    }

    [Fact]
    public async Task Keys_older_than_a_month_go_and_operations_stay()
    {
        var ledger = stage.Service<Ledger>();
        var (keys, operations) = (await CountAsync("k|"), await CountAsync("o|"));
        keys.ShouldBeGreaterThan(0);
        (await CleanAsync(new ReconciliationOptions())).ShouldBe(0);
        (await CleanAsync(new ReconciliationOptions { KeyAge = TimeSpan.FromHours(-1), KeysPerRun = 10 })).ShouldBe(10);
        (await CleanAsync(new ReconciliationOptions { KeyAge = TimeSpan.FromHours(-1) })).ShouldBeGreaterThanOrEqualTo(keys - 10);
        (await CountAsync("k|"), await CountAsync("r|"), await CountAsync("o|")).ShouldBe((0, 0, operations));
        (await stage.ReportAsync()).Findings.ShouldBeEmpty();

        Task<int> CleanAsync(ReconciliationOptions options) =>
            new KeyCleaning(ledger, stage.Service<MachineClock>(), options, Microsoft.Extensions.Logging.Abstractions.NullLogger<KeyCleaning>.Instance).RunAsync(CancellationToken.None);
    }

    private static async Task<TestAnswer> RunAsync(TestClient admin)
    {
        var started = (await admin.PostAsync("v1/admin/reconciliations", null)).Must(HttpStatusCode.Accepted);
        started.Text("status").ShouldBe("running");
        return await Eventually.Some("the run ended", async () =>
        {
            var run = (await admin.GetAsync($"v1/admin/reconciliations/{started.Text("reconciliationId")}")).Must(HttpStatusCode.OK);
            return run.Text("status") == "running" ? null : run;
        });
    }

    private static async Task<IReadOnlyList<string>> OpenAsync(TestClient staff) =>
        [.. (await staff.GetAsync("v1/admin/findings?state=open&limit=200")).Must(HttpStatusCode.OK).Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("findingId").GetString()!)];

    private async Task LeaveLeaseAsync(TimeSpan left) => await stage.Service<Storage>().Table(FindingTable.TableName).UpsertEntityAsync(
        new TableEntity("lease", "run") { ["Owner"] = "somebody who died", ["Until"] = TimeProvider.System.GetUtcNow() + left }, TableUpdateMode.Replace);

    private async Task<int> CountAsync(string prefix)
    {
        var count = 0;
        await foreach (var _ in stage.Books.QueryAsync<TableEntity>($"RowKey ge '{prefix}' and RowKey lt '{prefix[..^1]}}}'"))
        {
            count++;
        }

        return count;
    }
}

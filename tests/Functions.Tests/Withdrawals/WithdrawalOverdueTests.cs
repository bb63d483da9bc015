using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Azure.Core;
using Azure.Core.Pipeline;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Calendar;
using WalletFunctions.Domain.Inbox;
using WalletFunctions.Domain.Settings;
using WalletFunctions.Support.Inbox;
using WalletFunctions.Tests.EndToEnd;
using WalletFunctions.TestSupport;
using WalletFunctions.Wallet;
using WalletFunctions.Withdrawals;
using Xunit;

namespace Functions.Tests.Withdrawals;

/// <summary>What happens when the bank is silent past the promise. The business clock of this app jumps by days.</summary>
public sealed partial class WithdrawalOverdueTests : IAsyncLifetime
{
    private readonly RecordingInbox inbox = new();
    private readonly Stall stall = new();
    private TestApp app = null!;
    private BankSide bank = null!;
    private Customer customer = null!;
    private WalletClient staff = null!;
    private long before;

    public async Task InitializeAsync()
    {
        app = await TestApp.StartAsync(builder => builder.Services.AddSingleton<IInbox>(inbox).AddSingleton<HttpPipelinePolicy>(stall));
        bank = new BankSide(() => app.Address);
        var seed = await WalletClient.SeedAsync(app.Address);
        customer = await Customer.SignInAsync(() => app.Address, seed["customers"]![0]!);
        staff = new WalletClient(() => app.Address);
        await staff.SignInAsync(seed["admins"]![0]!);
        (before, _) = await customer.WalletAsync();
    }

    public async Task DisposeAsync()
    {
        staff.Dispose();
        await app.DisposeAsync();
    }

    [Fact]
    public async Task A_silent_bank_makes_it_overdue_opens_a_conversation_and_a_late_settlement_still_ends_it()
    {
        await bank.BehaveAsync("silent");
        var id = await customer.WithdrawAsync(10_00);
        var submitted = await customer.UntilAsync(id, "submitted");
        await bank.PayoutAsync(id);
        var promised = DateTimeOffset.Parse((string)submitted["promisedBy"]!, CultureInfo.InvariantCulture);
        var patience = promised - TimeProvider.System.GetUtcNow();

        // Up to an hour before the promise nothing is overdue, however often the bank was asked.
        await bank.AdvanceAsync(patience - TimeSpan.FromHours(1));
        (await customer.ReadAsync(id))["overdue"]!.GetValue<bool>().ShouldBeFalse();
        await bank.AdvanceAsync(TimeSpan.FromHours(2));

        var overdue = await customer.UntilAsync(id, "overdue", seen => seen["overdue"]!.GetValue<bool>());
        overdue["status"]!.GetValue<string>().ShouldBe("submitted");
        overdue["conversationId"]!.GetValue<string>().ShouldStartWith("cnv_");
        (await customer.WalletAsync()).ShouldBe((before - 10_00, 10_00));
        var conversation = inbox.Opened.ShouldHaveSingleItem().Value;
        conversation.Key.ShouldBe($"withdrawal-overdue:{id}");
        conversation.Priority.ShouldBe(Priority.High);
        conversation.SubjectId.ShouldBe(id);
        conversation.FirstEvent.En.ShouldContain("10.00 CNY");

        // Days later the bank pays after all, and its callback is lost: asking goes on, so it is found.
        await BankSide.SettleInSilenceAsync(app.Services, await bank.PayoutAsync(id));
        await bank.AdvanceAsync(TimeSpan.FromDays(3));
        var settled = await customer.UntilAsync(id, "settled");
        settled["overdue"]!.GetValue<bool>().ShouldBeFalse();
        settled["conversationId"]!.ToString().ShouldBe(overdue["conversationId"]!.ToString());
        await Eventually.True("support heard how it ended", () => inbox.Events.ContainsKey($"{overdue["conversationId"]} {id}:settled"));
        (await customer.WalletAsync()).ShouldBe((before - 10_00, 0));
    }

    [Fact]
    public async Task The_customer_hears_every_day_of_a_late_withdrawal_then_every_week_and_nothing_after_its_end()
    {
        await bank.BehaveAsync("silent");
        var id = await customer.WithdrawAsync(10_00);
        var promised = DateTimeOffset.Parse((string)(await customer.UntilAsync(id, "submitted"))["promisedBy"]!, CultureInfo.InvariantCulture);
        await bank.PayoutAsync(id);
        await customer.UntilItWaitsAsync(id, staff);
        await bank.AdvanceAsync(promised + TimeSpan.FromHours(1) - TimeProvider.System.GetUtcNow());
        await customer.UntilAsync(id, "overdue", seen => seen["overdue"]!.GetValue<bool>());
        await Eventually.True("the delay was told", async () => (await TitlesAsync()).Contains("Your withdrawal is late"));

        // From the second morning on.
        var (morning, expected) = (promised + TimeSpan.FromHours(10), 0);
        for (var day = 1; day <= 14; day++)
        {
            await bank.AdvanceAsync(morning + TimeSpan.FromDays(day) - Now());
            expected += day is <= 7 or 14 ? 1 : 0;

            // The bank is asked every hour; a question that was under way while the night passed was still the day before's.
            for (var hour = 0; hour < 12 && await RemindersAsync() != expected; hour++)
            {
                var asked = await UpdatedAtAsync();
                await bank.AdvanceAsync(TimeSpan.FromHours(1));
                await Eventually.True("the hour's question was asked", async () => await UpdatedAtAsync() > asked);
            }

            (await RemindersAsync()).ShouldBe(expected, $"by day {day}");
        }

        await bank.DecideAsync(await bank.PayoutAsync(id), "settle");
        await customer.UntilAsync(id, "settled");
        await Eventually.True("the end was told", async () => (await TitlesAsync()).Contains("Your withdrawal has arrived"));
        await Eventually.True("its workflow is over", async () => (string?)(await staff.GetAsync($"/api/v1/admin/workflows/{id}")).Expect(HttpStatusCode.OK).Body!["runtime"] == "completed");
        await bank.AdvanceAsync(TimeSpan.FromDays(8));
        (await RemindersAsync()).ShouldBe(expected);

        DateTimeOffset Now() => app.Services.GetRequiredService<TimeProvider>().GetUtcNow();

        async Task<DateTimeOffset> UpdatedAtAsync() => (DateTimeOffset)(await staff.GetAsync($"/api/v1/admin/workflows/{id}")).Expect(HttpStatusCode.OK).Body!["lastUpdatedAt"]!;

        async Task<int> RemindersAsync() => (await TitlesAsync()).Count(title => title == "Your withdrawal is still being looked after");

        async Task<IReadOnlyList<string>> TitlesAsync() => [.. (await customer.Client.GetAsync("/api/v1/me/notifications?limit=100")).Expect(HttpStatusCode.OK).Body!["items"]!.AsArray()
            .Where(notice => (string?)notice!["subjectId"] == id).Select(notice => (string)notice!["title"]!)];
    }

    [Fact]
    public async Task Agents_find_the_conversation_in_the_real_inbox_and_read_there_how_it_ended()
    {
        await using var whole = await TestApp.StartAsync();
        var theirBank = new BankSide(() => whole.Address);
        var owner = await Customer.SignInAsync(() => whole.Address, JsonNode.Parse((await whole.PeopleAsync()).GetProperty("customers")[0].GetRawText())!);
        await theirBank.BehaveAsync("silent");
        var id = await owner.WithdrawAsync(10_00);
        await owner.UntilAsync(id, "submitted");
        await theirBank.AdvanceAsync(TimeSpan.FromDays(6));
        var overdue = await owner.UntilAsync(id, "overdue", seen => seen["overdue"]!.GetValue<bool>());

        var path = $"v1/inbox/conversations/{overdue["conversationId"]}";
        var agent = await whole.AgentAsync();
        var conversation = (await agent.GetAsync(path)).Must(HttpStatusCode.OK);
        (conversation.Text("priority"), conversation.Text("related.withdrawalId"), conversation.Text("related.status")).ShouldBe(("high", id, "submitted"));

        await theirBank.DecideAsync(await theirBank.PayoutAsync(id), "reject");
        await owner.UntilAsync(id, "rejected");
        await Eventually.True("the conversation tells how it ended", async () => (await agent.GetAsync(path)).Body.Contains("account_closed", StringComparison.Ordinal));
        (await agent.GetAsync(path)).Text("status").ShouldBe("resolved", "nobody wrote, and there is nothing left to do");
    }

    [Fact]
    public async Task Three_days_that_pass_at_once_end_in_a_settlement_if_the_bank_settled_within_them()
    {
        await bank.BehaveAsync("settle", afterSeconds: 24 * 60 * 60);
        var id = await customer.WithdrawAsync(10_00);
        await customer.UntilAsync(id, "submitted");
        await customer.UntilItWaitsAsync(id, staff);
        await bank.AdvanceAsync(TimeSpan.FromDays(3));
        (await customer.UntilAsync(id, "settled")).Steps().ShouldBe(["reserved", "submitted", "settled"]);
        (await customer.WalletAsync()).ShouldBe((before - 10_00, 0));
    }

    [Fact]
    public async Task A_late_bank_is_overdue_and_then_settles()
    {
        await bank.BehaveAsync("late");
        var id = await customer.WithdrawAsync(10_00);
        var submitted = await customer.UntilAsync(id, "submitted");
        await bank.PayoutAsync(id);
        var promised = DateTimeOffset.Parse((string)submitted["promisedBy"]!, CultureInfo.InvariantCulture);
        await bank.AdvanceAsync(promised - TimeProvider.System.GetUtcNow() + TimeSpan.FromHours(2));
        await customer.UntilAsync(id, "overdue", seen => seen["overdue"]!.GetValue<bool>());
        await bank.AdvanceAsync(TimeSpan.FromDays(1));
        await customer.UntilAsync(id, "settled");
    }

    [Fact]
    public async Task Beyond_the_published_calendar_nothing_is_promised_and_nothing_set_aside()
    {
        await bank.AdvanceAsync(Shanghai.EndOf(MainlandChina.Calendar.Last) - TimeProvider.System.GetUtcNow());
        var refused = await customer.AskAsync(10_00, "k");
        refused.Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        refused.Code.ShouldBe("calendar_not_loaded");
        (await customer.WalletAsync()).ShouldBe((before, 0));

        // The days as newly published: one person enters them, another approves, and the same key finds its money set aside.
        using var admin = await app.AdminAsync();
        using var supervisor = await app.SupervisorAsync();
        var content = new { first = "2026-01-01", last = "2027-12-31", daysOff = new[] { "2027-02-06", "2027-02-08" }, workingWeekends = new[] { "2027-01-30" } };
        var proposed = (await admin.PutAsync("v1/admin/settings/calendar", new { content, note = "State Council, November" })).Must(HttpStatusCode.Accepted);
        (await admin.PostAsync($"v1/admin/settings/calendar/versions/{proposed.Text("version")}/approve", new { })).MustRefuse(HttpStatusCode.Forbidden, "second_person_required");
        (await supervisor.PostAsync($"v1/admin/settings/calendar/versions/{proposed.Text("version")}/approve", new { })).Must(HttpStatusCode.OK);
        await bank.AdvanceAsync(SettingVersion.Spread + TimeSpan.FromSeconds(1));
        (await customer.AskAsync(10_00, "k")).Expect(HttpStatusCode.Accepted);
        foreach (var wrong in new object[]
        {
            content with { last = "2025-12-31" }, content with { workingWeekends = ["2027-02-05"] }, content with { workingWeekends = ["2027-02-06"] }, content with { daysOff = ["2028-01-01"] }, content with { first = "1 January" },
        })
        {
            (await admin.PutAsync("v1/admin/settings/calendar", new { content = wrong })).Status.ShouldBe(HttpStatusCode.BadRequest);
        }

        // Left out, the days off would all be promised as working days.
        (await admin.PutAsync("v1/admin/settings/calendar", new { content = new { content.first, content.last, content.workingWeekends } })).MustRefuse(HttpStatusCode.BadRequest, "required");
        (await admin.PutAsync("v1/admin/settings/calendar", new { content = new { } })).MustRefuse(HttpStatusCode.BadRequest, "required");
    }

    [Fact]
    public async Task One_that_the_sweep_forbade_while_it_was_asked_for_is_promised_from_when_it_was_begun_anew()
    {
        // It hangs before its transaction for so long that the sweep finds its intent, and days go by.
        using var sweep = TestApp.Unstarted(app.ConnectionString);
        var promisedAtFirst = (await app.Services.GetRequiredService<ArrivalPromises>().ForAsync(app.Services.GetRequiredService<TimeProvider>().GetUtcNow(), CancellationToken.None)).Value;
        stall.Meanwhile = async id =>
        {
            (await sweep.Services.GetRequiredService<Ledger>().TombstoneAsync(WalletId.Of((string)customer.Person["walletId"]!), id, CancellationToken.None)).ShouldBeTrue();
            await bank.AdvanceAsync(TimeSpan.FromDays(8));
        };
        var id = await customer.WithdrawAsync(10_00);
        stall.Meanwhile.ShouldBeNull("it was stalled");

        var asked = await customer.ReadAsync(id);
        DateTimeOffset.Parse((string)asked["promisedBy"]!, CultureInfo.InvariantCulture).ShouldBeGreaterThan(promisedAtFirst.AddDays(5));
        (await customer.UntilAsync(id, "submitted"))["overdue"]!.GetValue<bool>().ShouldBeFalse();
    }

    [Theory]
    [InlineData("2026-11-24T08:59:00Z", "2026-11-26T15:59:59Z")] // Tuesday 16:59 in Shanghai counts for Tuesday
    [InlineData("2026-11-24T09:00:00Z", "2026-11-27T15:59:59Z")] // Tuesday 17:00 counts for Wednesday
    [InlineData("2026-11-27T09:00:00Z", "2026-12-02T15:59:59Z")] // Friday evening counts for Monday
    [InlineData("2026-12-31T02:00:00Z", "2027-01-05T15:59:59Z")] // New Year's Day is off
    public async Task The_promise_counts_working_days_from_the_cut_off_time_on(string asked, string promised)
    {
        var day = DateTimeOffset.Parse(asked, CultureInfo.InvariantCulture);
        var rule = app.Services.GetRequiredService<ArrivalPromises>();
        (await rule.ForAsync(day, CancellationToken.None)).Value.ShouldBe(DateTimeOffset.Parse(promised, CultureInfo.InvariantCulture));
    }

    /// <summary>A storage account that takes its time over the transaction which sets a withdrawal's money aside.</summary>
    private sealed partial class Stall : HttpPipelinePolicy
    {
        public Func<string, Task>? Meanwhile { get; set; }

        public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
        {
            if (Meanwhile is { } meanwhile && message.Request.Uri.Path.EndsWith("$batch", StringComparison.Ordinal))
            {
                using var body = new MemoryStream();
                await message.Request.Content!.WriteToAsync(body, CancellationToken.None);
                var text = Encoding.UTF8.GetString(body.ToArray());
                if (text.Contains("\"w|", StringComparison.Ordinal))
                {
                    Meanwhile = null;
                    await meanwhile(Asked().Match(text).Value);
                }
            }

            await ProcessNextAsync(message, pipeline);
        }

        public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => ProcessNext(message, pipeline);

        [GeneratedRegex("wdr_[0-9a-z]{26}", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
        private static partial Regex Asked();
    }
}

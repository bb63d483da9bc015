using System.Net;
using Azure.Data.Tables;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Domain.TopUps;
using WalletFunctions.Notifications;
using WalletFunctions.Platform;
using WalletFunctions.Support.Inbox;
using WalletFunctions.TopUps;
using Xunit;

namespace Functions.Tests.TopUps;

/// <summary>Top-ups whose acquirer takes longer than was promised: support and the customer hear of it, and of the end, once each.</summary>
public sealed class LateTopUpTests(TopUpStage stage) : IClassFixture<TopUpStage>, IAsyncLifetime
{
    private readonly AcquirerSide acquirer = stage.Acquirer;
    private Cardholder customer = null!;

    public async Task InitializeAsync()
    {
        await acquirer.BehaveAsync("settle");
        customer = await stage.NextCustomerAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_late_charge_is_awaited_for_days()
    {
        var before = await customer.AvailableAsync();
        await acquirer.BehaveAsync("late");
        var id = (await customer.TopUpAsync(10_00, "k")).Must(HttpStatusCode.Created).Text("topupId");
        await stage.App.AdvanceAsync(TimeSpan.FromHours(23));
        (await customer.ReadAsync(id)).GetProperty("status").GetString().ShouldBe("pending");
        await stage.App.AdvanceAsync(TimeSpan.FromHours(2));
        await customer.UntilAsync(id, "succeeded");
        (await customer.AvailableAsync()).ShouldBe(before + 10_00);
    }

    [Theory]
    [InlineData("settled", "succeeded")]
    [InlineData("rejected", "failed")]
    public async Task A_silent_acquirer_brings_support_in_once_and_both_hear_the_end(string outcome, string status)
    {
        await acquirer.BehaveAsync("silent");
        var id = (await customer.TopUpAsync(10_00, "k")).Must(HttpStatusCode.Created).Text("topupId");
        (await customer.ReadAsync(id)).GetProperty("promisedBy").GetDateTimeOffset().ShouldBe((await customer.ReadAsync(id)).GetProperty("createdAt").GetDateTimeOffset().AddHours(1));
        var desk = stage.Services.GetRequiredService<TopUpDesk>();
        await stage.App.AdvanceAsync(TimeSpan.FromMinutes(59));
        (await desk.LookAfterAsync(customer.Wallet, WalletFunctions.Domain.TopUpId.Of(id), CancellationToken.None)).ShouldBeFalse();
        (await customer.ReadAsync(id)).TryGetProperty("conversationId", out _).ShouldBeFalse("it may take an hour");

        await stage.App.AdvanceAsync(TimeSpan.FromMinutes(2));
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => desk.LookAfterAsync(customer.Wallet, WalletFunctions.Domain.TopUpId.Of(id), CancellationToken.None)));
        var conversation = (await customer.ReadAsync(id)).GetProperty("conversationId").GetString()!;
        (await NoticesAsync(id)).ShouldBe(["充值尚未到账"]);

        (await acquirer.CallBackAsync(id, outcome)).ShouldBe(HttpStatusCode.OK);
        (await acquirer.CallBackAsync(id, outcome)).ShouldBe(HttpStatusCode.OK);
        await customer.UntilAsync(id, status);
        (await NoticesAsync(id)).ShouldBe(["充值结果", "充值尚未到账"]);
        using var agent = await stage.App.AgentAsync();
        var shown = (await agent.GetAsync($"v1/inbox/conversations/{conversation}")).Must(HttpStatusCode.OK);
        (shown.Text("priority"), shown.Text("status")).ShouldBe(("high", "resolved"));
        shown.Body.ShouldContain(outcome == "settled" ? "已到账" : "没有扣款");
        (await agent.GetAsync("v1/inbox/conversations?view=all&limit=200")).Must(HttpStatusCode.OK).Items().Count(item => item.GetProperty("conversationId").GetString() == conversation).ShouldBe(1);
    }

    [Fact]
    public async Task One_that_ends_before_anybody_was_told_that_it_is_late_tells_nothing_of_it()
    {
        var (id, _) = await MarkedLateAsync();
        (await acquirer.CallBackAsync(id.Value, "settled")).ShouldBe(HttpStatusCode.OK);
        (await customer.UntilAsync(id.Value, "succeeded")).TryGetProperty("conversationId", out _).ShouldBeFalse();
        (await NoticesAsync(id.Value)).ShouldBeEmpty();
        (await stage.Services.GetRequiredService<TopUpDesk>().LookAfterAsync(customer.Wallet, id, CancellationToken.None)).ShouldBeTrue("nothing is left to do");
    }

    [Fact]
    public async Task A_conversation_that_a_late_one_could_not_name_before_its_end_is_resolved()
    {
        var (id, before) = await MarkedLateAsync();
        var late = new LateReport(
            new DyingInbox(stage.Services.GetRequiredService<IInbox>()), stage.Services.GetRequiredService<Notifier>());
        await Should.ThrowAsync<InvalidOperationException>(() => late.OpenAsync(before, CancellationToken.None));

        (await acquirer.CallBackAsync(id.Value, "settled")).ShouldBe(HttpStatusCode.OK);
        await customer.UntilAsync(id.Value, "succeeded");
        using var agent = await stage.App.AgentAsync();
        (await DyingInbox.StatusAsync(agent, id.Value, "topup")).ShouldBe("resolved");
    }

    [Fact]
    public async Task An_acquirer_that_repeats_its_word_after_months_tells_nobody_again()
    {
        await acquirer.BehaveAsync("silent");
        var id = TopUpId.Of((await customer.TopUpAsync(10_00, "k")).Must(HttpStatusCode.Created).Text("topupId"));
        await stage.App.AdvanceAsync(TimeSpan.FromMinutes(61));
        await stage.Services.GetRequiredService<TopUpDesk>().LookAfterAsync(customer.Wallet, id, CancellationToken.None);
        (await acquirer.CallBackAsync(id.Value, "settled")).ShouldBe(HttpStatusCode.OK);
        (await NoticesAsync(id.Value)).Count().ShouldBe(2);

        // As months later: the notices' keys are gone.
        var table = stage.Services.GetRequiredService<TopUpTable>();
        var stored = await table.GetAsync(customer.Wallet, id, CancellationToken.None);
        await table.ReplaceAsync(stored.TopUp with { EndedAt = stored.TopUp.EndedAt!.Value.AddDays(-63) }, stored.ETag, CancellationToken.None);
        var notices = stage.Services.GetRequiredService<Storage>().Table(NoticeTable.TableName);
        await foreach (var key in notices.QueryAsync<TableEntity>(row => row.RowKey.CompareTo(NoticeTable.KeyPrefix) > 0 && row.RowKey.CompareTo(NoticeTable.KeyPrefix + "~") < 0))
        {
            await notices.DeleteEntityAsync(key);
        }

        (await acquirer.CallBackAsync(id.Value, "settled")).ShouldBe(HttpStatusCode.OK);
        (await NoticesAsync(id.Value)).Count().ShouldBe(2);
    }

    /// <summary>A top-up that was found to be late, which nobody was told yet.</summary>
    /// <returns>Its id, and what it was before that was noted.</returns>
    private async Task<(TopUpId Id, CardTopUp Before)> MarkedLateAsync()
    {
        await acquirer.BehaveAsync("silent");
        var id = TopUpId.Of((await customer.TopUpAsync(10_00, "k")).Must(HttpStatusCode.Created).Text("topupId"));
        var table = stage.Services.GetRequiredService<TopUpTable>();
        var stored = await table.GetAsync(customer.Wallet, id, CancellationToken.None);
        (await table.ReplaceAsync(stored.TopUp with { IsLate = true }, stored.ETag, CancellationToken.None)).ShouldNotBeNull();
        return (id, stored.TopUp);
    }

    private async Task<IEnumerable<string>> NoticesAsync(string topUpId) =>
        (await customer.Client.GetAsync("v1/me/notifications?limit=200")).Must(HttpStatusCode.OK).Items()
            .Where(item => item.TryGetProperty("subjectId", out var subject) && subject.GetString() == topUpId).Select(item => item.GetProperty("title").GetString()!);
}

using System.Net;
using System.Text.Json.Nodes;
using Functions.Tests.Withdrawals;
using Shouldly;
using WalletFunctions.Tests.EndToEnd;
using WalletFunctions.TestSupport;
using Xunit;

namespace Functions.Tests.Notifications;

/// <summary>A withdrawal tells its owner of every step, each once, in the app and by short message. The clock of this app jumps by days.</summary>
public sealed class WithdrawalNoticeTests : IAsyncLifetime
{
    private TestApp app = null!;
    private BankSide bank = null!;
    private Customer customer = null!;

    public async Task InitializeAsync()
    {
        app = await TestApp.StartAsync();
        bank = new BankSide(() => app.Address);
        customer = await Customer.SignInAsync(() => app.Address, (await WalletClient.SeedAsync(app.Address))["customers"]![0]!);
    }

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Fact]
    public async Task Every_step_is_told_once_the_return_days_later_too()
    {
        await bank.BehaveAsync("silent");
        var id = await customer.WithdrawAsync(12_34);
        await TitlesAsync(id, "under way");
        (await NoticesAsync(id))[0]["text"]!.ToString().ShouldStartWith("Withdrawal of 12.34 CNY to the card ending in ");

        await bank.AdvanceAsync(TimeSpan.FromDays(6));
        await TitlesAsync(id, "late", "under way");

        await bank.DecideAsync(await bank.PayoutAsync(id), "settle");
        await TitlesAsync(id, "has arrived", "late", "under way");

        await bank.DecideAsync(await bank.PayoutAsync(id), "return");
        await TitlesAsync(id, "came back", "has arrived", "late", "under way");

        // The bank repeats itself; nobody hears it twice.
        (await bank.CallBackAsync(await bank.PayoutAsync(id), "returned")).ShouldBe(HttpStatusCode.OK);
        await TitlesAsync(id, "came back", "has arrived", "late", "under way");
        var texts = (await app.Anonymous.GetAsync($"sandbox/outbox?to={Uri.EscapeDataString((string)customer.Person["phone"]!)}")).Must(HttpStatusCode.OK).Items()
            .Select(item => item.GetProperty("text").GetString()!).Where(text => text.Contains("12.34", StringComparison.Ordinal)).ToList();
        texts.Count.ShouldBe(4);
        texts.Distinct(StringComparer.Ordinal).Count().ShouldBe(4);
    }

    [Fact]
    public async Task One_taken_back_and_one_turned_down_are_told_as_such()
    {
        await bank.BehaveAsync("down");
        var cancelled = await customer.WithdrawAsync(1_00);
        await TitlesAsync(cancelled, "under way");
        (await customer.CancelAsync(cancelled, "k")).Expect(HttpStatusCode.OK);
        await TitlesAsync(cancelled, "is cancelled", "under way");

        await bank.BehaveAsync("reject", 1);
        var rejected = await customer.WithdrawAsync(1_00);
        await TitlesAsync(rejected, "did not go through", "under way");
    }

    private async Task<IReadOnlyList<JsonNode>> NoticesAsync(string id) =>
        [.. (await customer.Client.GetAsync("/api/v1/me/notifications")).Expect(HttpStatusCode.OK).Body!["items"]!.AsArray().Where(item => (string)item!["subjectId"]! == id).Select(item => item!)];

    private Task TitlesAsync(string id, params string[] titles) => Eventually.True(
        $"{id} was told of as {string.Join(", ", titles)}",
        async () =>
        {
            var notices = await NoticesAsync(id);
            var isTold = notices.Count == titles.Length && notices.Zip(titles).All(pair => ((string)pair.First["title"]!).EndsWith(pair.Second, StringComparison.Ordinal))
                && notices.All(notice => notice["channels"]!.AsArray().All(channel => (string)channel!["state"]! == "sent") && notice["channels"]!.AsArray().Count > 1);
            return isTold ? true : throw new InvalidOperationException(string.Join('\n', notices.Select(notice => notice.ToJsonString())));
        });
}

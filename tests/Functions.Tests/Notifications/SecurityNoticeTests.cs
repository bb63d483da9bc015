using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using WalletFunctions.Accounts.Status;
using WalletFunctions.Domain.Books;
using WalletFunctions.TestSupport;
using WalletFunctions.Wallet;
using Xunit;

namespace Functions.Tests.Notifications;

/// <summary>People hear of what happens to the safety of their accounts, once each.</summary>
public sealed class SecurityNoticeTests(NoticeStage stage) : IClassFixture<NoticeStage>
{
    [Fact]
    public async Task A_sign_in_on_a_new_device_is_told_once_and_not_of_the_device_that_the_account_came_with()
    {
        var person = await stage.SomebodyAsync(hasMail: false, signsIn: false);
        person = person with { Client = await SignInAsync(person, "first") };
        await SignInAsync(person, "first");
        await SignInAsync(person, device: null);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => SignInAsync(person, "second")));
        await SignInAsync(person, "second");
        await Eventually.True("it is told", async () => await TitlesAsync(person) is ["新设备登录提醒"]);
        await Eventually.True("by short message too", async () => (await stage.OutboxAsync(person.Account.Phone.Value)).Length == 1);

        await SignInAsync(person, "third");
        await Eventually.True("it is told", async () => (await TitlesAsync(person)).Count == 2);
        await SignInAsync(person, "first");
        (await TitlesAsync(person)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_freeze_and_its_end_are_told_once_each_on_the_channels_that_were_chosen()
    {
        var person = await stage.SomebodyAsync();
        (await person.Client.PatchAsync("v1/me", new { notifications = new { security = new { sms = false } } })).Must(HttpStatusCode.OK);
        (await person.Client.PostAsync("v1/me/freeze", null, "f")).Must(HttpStatusCode.OK);
        (await person.Client.PostAsync("v1/me/freeze", null, "f")).Must(HttpStatusCode.OK);
        (await person.Client.PostAsync("v1/me/freeze", null)).Must(HttpStatusCode.OK);
        using var supervisor = await stage.App.SupervisorAsync();
        var path = $"v1/admin/accounts/{person.Account.AccountId}";
        (await supervisor.PostAsync($"{path}/freeze", new { reason = "x" })).Must(HttpStatusCode.OK);
        (await TitlesAsync(person)).ShouldBe(["账户已冻结"]);
        (await supervisor.PostAsync($"{path}/unfreeze", new { reason = "x" })).Must(HttpStatusCode.OK);
        (await supervisor.PostAsync($"{path}/unfreeze", new { reason = "x" })).Must(HttpStatusCode.OK);
        (await TitlesAsync(person)).ShouldBe(["账户已解冻", "账户已冻结"]);
        await Eventually.True("both went by mail", async () => (await stage.OutboxAsync(person.Account.Email!)).Length == 2);
        (await stage.OutboxAsync(person.Account.Phone.Value)).ShouldBeEmpty();
        (await person.NoticesAsync())[1].GetProperty("text").GetString()!.ShouldContain("按您的要求");
    }

    [Fact]
    public async Task A_freeze_whose_host_died_before_it_told_is_told_by_whoever_sweeps()
    {
        var person = await stage.SomebodyAsync(hasMail: false);
        var (statuses, wallet) = (stage.App.Services.GetRequiredService<AccountStatuses>(), person.Account.WalletId!.Value);
        var operation = "sts_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var intent = new Intent("account_status", operation, wallet) { Note = "Frozen" };
        (await ((IIntentSweeper)statuses).SweepAsync(intent, CancellationToken.None)).ShouldBeTrue();
        (await TitlesAsync(person)).ShouldBeEmpty("it died before the book");

        var freeze = new BookCommand($"{operation}:0", new BookMove.Freeze(FreezeSource.Staff));
        (await stage.App.Services.GetRequiredService<Ledger>().ExecuteAsync(wallet, freeze, CancellationToken.None)).ShouldBeOfType<Outcome.Committed>();
        await ((IIntentSweeper)statuses).SweepAsync(intent, CancellationToken.None);
        await ((IIntentSweeper)statuses).SweepAsync(intent, CancellationToken.None);
        (await TitlesAsync(person)).ShouldBe(["账户已冻结"]);
    }

    [Fact]
    public async Task A_payment_password_that_is_set_is_told_each_time()
    {
        var person = await stage.SomebodyAsync(hasMail: false);
        (await person.Client.PutAsync("v1/me/payment-password", new { paymentPassword = "135790", password = "a long password 1" })).Must(HttpStatusCode.NoContent);
        (await person.Client.PutAsync("v1/me/payment-password", new { paymentPassword = "246801", oldPaymentPassword = "135790" })).Must(HttpStatusCode.NoContent);
        (await person.Client.PutAsync("v1/me/payment-password", new { paymentPassword = "246801", oldPaymentPassword = "wrong" })).Status.ShouldNotBe(HttpStatusCode.NoContent);
        (await TitlesAsync(person)).ShouldBe(["支付密码已设置", "支付密码已设置"]);
    }

    private async Task<TestClient> SignInAsync(Person person, string? device)
    {
        var body = new { grant = "password", phone = person.Account.Phone.Value, password = "a long password 1" };
        var answer = await stage.App.Anonymous.SendAsync(HttpMethod.Post, "v1/tokens", body, null, device is null ? [] : [("X-Device-Id", $"{person.Account.AccountId}-{device}")]);
        return new TestClient(stage.App.Address, answer.Must(HttpStatusCode.OK).Text("accessToken"));
    }

    private static async Task<IReadOnlyList<string>> TitlesAsync(Person person) =>
        [.. (await person.NoticesAsync()).Where(item => item.GetProperty("topic").GetString() == "security").Select(item => item.GetProperty("title").GetString()!)];
}

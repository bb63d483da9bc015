using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Domain.Notifications;
using WalletFunctions.Notifications;
using WalletFunctions.Platform;
using Xunit;

namespace Functions.Tests.Notifications;

/// <summary>One app for the tests of notifications; each test has somebody of its own.</summary>
public sealed class NoticeStage : IAsyncLifetime
{
    private const string Password = "a long password 1";

    private string? hash;

    internal TestApp App { get; private set; } = null!;

    internal Notifier Notifier => App.Services.GetRequiredService<Notifier>();

    public async Task InitializeAsync()
    {
        App = await TestApp.StartAsync(builder => builder.Services.AddSingleton(new NotificationOptions { Lease = TimeSpan.FromMilliseconds(500), MailLease = TimeSpan.FromMilliseconds(500) }));
        await App.PeopleAsync();
    }

    public async Task DisposeAsync() => await App.DisposeAsync();

    /// <summary>An account that nobody else uses, with an address if asked for; not signed in, where the app is not asked what it says.</summary>
    internal async Task<Person> SomebodyAsync(bool hasMail = true, bool signsIn = true)
    {
        var ids = App.Services.GetRequiredService<IdSource>();
        var phone = new PhoneNumber($"+86139{Random.Shared.Next(10_000_000, 99_999_999)}");
        var account = new WalletFunctions.Accounts.Account(
            ids.New<AccountId>(), ids.New<WalletId>(), Role.Customer, AccountStatus.Active, "王小明", "*小明", phone, hasMail ? $"wang{phone.Value[^8..]}@mail.example" : null, "王小明", DateTimeOffset.UtcNow);
        hash ??= App.Services.GetRequiredService<WalletFunctions.Accounts.Passwords>().Hash(Password);
        await App.Services.GetRequiredService<WalletFunctions.Accounts.AccountDirectory>().OpenAsync(account, hash, totpSecret: null, CancellationToken.None);
        return new Person(account, signsIn ? await App.SignInAsync(phone.Value, Password) : App.Anonymous);
    }

    internal static Notice Notice(Person person, string key, string topic = NotificationTopic.Withdrawal) => new(
        person.Account.AccountId, key, topic, new("提现已到账", "Your withdrawal has arrived"), new($"提现已到账（{key}）。", $"Your withdrawal has arrived ({key})."), "wdr_1");

    /// <summary>What went out to somebody, newest first.</summary>
    internal async Task<JsonElement[]> OutboxAsync(string to) =>
        (await App.Anonymous.GetAsync($"sandbox/outbox?to={Uri.EscapeDataString(to)}&limit=200")).Must(HttpStatusCode.OK).Items();

    internal async Task SmsAsync(string mode) => (await App.Anonymous.PutAsync("sandbox/sms/behaviour", new { mode })).Must(HttpStatusCode.OK);
}

/// <summary>Somebody who is told things.</summary>
internal sealed record Person(WalletFunctions.Accounts.Account Account, TestClient Client)
{
    public async Task<JsonElement[]> NoticesAsync(string query = "") => (await Client.GetAsync("v1/me/notifications" + query)).Must(HttpStatusCode.OK).Items();

    /// <summary>The states of the newest notice by channel: <c>in_app sent, sms sent</c>.</summary>
    public async Task<string> StatesAsync() => string.Join(", ", (await NoticesAsync())[0].GetProperty("channels").EnumerateArray()
        .Select(channel => $"{channel.GetProperty("channel").GetString()} {channel.GetProperty("state").GetString()}"));
}

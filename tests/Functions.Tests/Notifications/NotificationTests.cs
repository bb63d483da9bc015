using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using WalletFunctions.Accounts;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Domain.Notifications;
using WalletFunctions.Notifications;
using WalletFunctions.Platform;
using WalletFunctions.TestSupport;
using Xunit;

namespace Functions.Tests.Notifications;

public sealed class NotificationTests(NoticeStage stage) : IClassFixture<NoticeStage>
{
    private const string All = "in_app sent, sms sent, mail sent";

    [Fact]
    public async Task A_notice_reaches_the_app_the_telephone_and_the_mailbox_once_however_often_it_is_given()
    {
        var person = await stage.SomebodyAsync();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => stage.Notifier.NotifyAsync(NoticeStage.Notice(person, "once"), CancellationToken.None)));
        await Eventually.True("it went out", async () => await person.StatesAsync() == All);
        await stage.Notifier.NotifyAsync(NoticeStage.Notice(person, "once"), CancellationToken.None);

        var notice = (await person.NoticesAsync()).ShouldHaveSingleItem();
        notice.GetProperty("notificationId").GetString()!.ShouldStartWith("ntf_");
        notice.GetProperty("topic").GetString().ShouldBe("withdrawal");
        notice.GetProperty("title").GetString().ShouldBe("提现已到账");
        notice.GetProperty("subjectId").GetString().ShouldBe("wdr_1");
        var to = notice.GetProperty("channels").EnumerateArray().Skip(1).Select(channel => channel.GetProperty("to").GetString()!).ToList();
        to.ShouldBe([person.Account.Phone.Masked(), MailAddressMask.Mask(person.Account.Email!)]);

        (await stage.OutboxAsync(person.Account.Phone.Value)).ShouldHaveSingleItem().GetProperty("text").GetString().ShouldBe("【钱包】提现已到账（once）。");
        (await stage.OutboxAsync(person.Account.Email!)).ShouldHaveSingleItem().GetProperty("subject").GetString().ShouldBe("提现已到账");
    }

    [Fact]
    public async Task The_list_is_newest_first_in_pages_and_shows_nobody_elses()
    {
        var (person, other) = (await stage.SomebodyAsync(hasMail: false), await stage.SomebodyAsync(hasMail: false));
        for (var i = 1; i <= 5; i++)
        {
            await stage.Notifier.NotifyAsync(NoticeStage.Notice(person, $"n{i}"), CancellationToken.None);
        }

        await stage.Notifier.NotifyAsync(NoticeStage.Notice(other, "other"), CancellationToken.None);
        var texts = new List<string?>();
        for (var (cursor, page) = ((string?)"", 0); cursor is not null && page < 5; page++)
        {
            var answer = (await person.Client.GetAsync($"v1/me/notifications?limit=2{cursor}")).Must(HttpStatusCode.OK);
            texts.AddRange(answer.Items().Select(item => item.GetProperty("text").GetString()));
            cursor = answer.Json.GetProperty("nextCursor").GetString() is { } next ? $"&cursor={next}" : null;
        }

        texts.ShouldBe(Enumerable.Range(1, 5).Reverse().Select(i => $"提现已到账（n{i}）。"));
    }

    [Fact]
    public async Task People_choose_channels_and_language_but_money_always_reaches_them()
    {
        var person = await stage.SomebodyAsync();
        (await person.Client.GetAsync("v1/me")).Must(HttpStatusCode.OK).Text("notifications.withdrawal.sms").ShouldBe("True");
        (await person.Client.PatchAsync("v1/me", new { notifications = new { withdrawal = new { sms = false, mail = false } } })).MustRefuse(HttpStatusCode.UnprocessableEntity, "notification_channel_required");
        (await person.Client.PatchAsync("v1/me", new { notifications = new { news = new { sms = false } } })).MustRefuse(HttpStatusCode.BadRequest, "unknown_field");
        var changed = (await person.Client.PatchAsync("v1/me", new { language = "en", notifications = new { withdrawal = new { sms = false }, support = new { sms = false, mail = false } } })).Must(HttpStatusCode.OK);
        (changed.Text("language"), changed.Text("notifications.withdrawal.sms"), changed.Text("notifications.withdrawal.mail"), changed.Text("notifications.refund.sms")).ShouldBe(("en", "False", "True", "True"));

        await stage.Notifier.NotifyAsync(NoticeStage.Notice(person, "chosen"), CancellationToken.None);
        await Eventually.True("the mail went", async () => await person.StatesAsync() == "in_app sent, mail sent");
        (await stage.OutboxAsync(person.Account.Email!)).ShouldHaveSingleItem().GetProperty("text").GetString().ShouldBe("Your withdrawal has arrived (chosen).");
        await stage.Notifier.NotifyAsync(NoticeStage.Notice(person, "about support", NotificationTopic.Support), CancellationToken.None);
        await Eventually.True("the app alone has it", async () => await person.StatesAsync() == "in_app sent");
        (await stage.OutboxAsync(person.Account.Phone.Value)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Notices_are_kept_for_a_year_and_a_month()
    {
        var person = await stage.SomebodyAsync(hasMail: false);
        await stage.Notifier.NotifyAsync(NoticeStage.Notice(person, "long ago"), CancellationToken.None);
        await Eventually.True("it went out", async () => await person.StatesAsync() == "in_app sent, sms sent");
        var time = new ManualTime();
        var kinds = stage.App.Services.GetServices<PassingRows>().Where(kind => kind.Table == NoticeTable.TableName);
        var rows = new OldRows(stage.App.Services.GetRequiredService<Storage>(), kinds, new MachineClock(time), NullLogger<OldRows>.Instance);

        time.Advance(TimeSpan.FromDays(395));
        await rows.DeleteAsync(CancellationToken.None);
        (await person.NoticesAsync()).Length.ShouldBe(1);
        time.Advance(TimeSpan.FromDays(2));
        await rows.DeleteAsync(CancellationToken.None);
        (await person.NoticesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_has_closed_the_account_is_left_in_peace()
    {
        var person = await stage.SomebodyAsync();
        var accounts = stage.App.Services.GetRequiredService<AccountDirectory>();
        var row = (await accounts.FindRowAsync(person.Account.AccountId, CancellationToken.None))!;
        row.Status = nameof(AccountStatus.Closed);
        (await accounts.ReplaceAsync(row, CancellationToken.None)).ShouldBeTrue();
        await stage.Notifier.NotifyAsync(NoticeStage.Notice(person, "too late"), CancellationToken.None);
        var table = stage.App.Services.GetRequiredService<NoticeTable>();
        await Eventually.True("it is done with", async () =>
            (await table.ListAsync(person.Account.AccountId, new Page(10, null), CancellationToken.None)).Items.Single().Deliveries.Length > 0);
        (await stage.OutboxAsync(person.Account.Phone.Value)).ShouldBeEmpty();
        (await stage.OutboxAsync(person.Account.Email!)).ShouldBeEmpty();
    }
}

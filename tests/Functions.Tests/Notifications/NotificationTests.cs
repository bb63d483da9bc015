using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using WalletFunctions.Accounts;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Domain.Notifications;
using WalletFunctions.Domain.Rules;
using WalletFunctions.Notifications;
using WalletFunctions.Platform;
using WalletFunctions.TestSupport;
using WalletFunctions.Wallet;
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
    public async Task Money_that_arrives_is_shown_among_the_notices_in_pages_and_nothing_is_sent_for_it()
    {
        var person = await stage.SomebodyAsync(hasMail: false);
        var payer = (await stage.App.PeopleAsync()).GetProperty("customers")[0].GetProperty("walletId").GetString()!;
        for (var i = 1; i <= 5; i++)
        {
            await SendAsync(100 * i, i % 2 == 0 ? TransferPurpose.Transfer : TransferPurpose.Collection, "*小红");
            await stage.Notifier.NotifyAsync(NoticeStage.Notice(person, $"n{i}"), CancellationToken.None);
        }

        await SendAsync(7, TransferPurpose.Payment, "*小红"); // no news
        var (titles, ids) = (new List<string?>(), new List<string?>());
        for (var (cursor, page) = ((string?)"", 0); cursor is not null && page < 10; page++)
        {
            var answer = (await person.Client.GetAsync($"v1/me/notifications?limit=3{cursor}")).Must(HttpStatusCode.OK);
            titles.AddRange(answer.Items().Select(item => item.GetProperty("text").GetString()));
            ids.AddRange(answer.Items().Select(item => item.GetProperty("notificationId").GetString()));
            cursor = answer.Json.GetProperty("nextCursor").GetString() is { } next ? $"&cursor={next}" : null;
        }

        titles.ShouldBe(Enumerable.Range(1, 5).Reverse().SelectMany(i => new[]
        {
            $"提现已到账（n{i}）。",
            i % 2 == 0 ? $"收到 *小红 转账 {i}.00 CNY。" : $"*小红 支付了您的收款请求，{i}.00 CNY 已到账。",
        }));
        ids.Distinct().Count().ShouldBe(10);
        var arrival = (await person.NoticesAsync()).First(item => item.GetProperty("topic").GetString() == "transfer");
        arrival.GetProperty("channels").EnumerateArray().ShouldHaveSingleItem().GetProperty("channel").GetString().ShouldBe("in_app");
        (await person.Client.GetAsync("v1/transactions/" + arrival.GetProperty("subjectId").GetString())).Must(HttpStatusCode.OK).Text("direction").ShouldBe("in");
        await Eventually.True("the notices went out", async () => (await stage.OutboxAsync(person.Account.Phone.Value)).Length == 5);

        async Task SendAsync(long fen, TransferPurpose purpose, string name)
        {
            var order = new TransferOrder(stage.App.Services.GetRequiredService<IdSource>().New<TransactionId>().Value, WalletId.Of(payer), name, person.Account.WalletId!.Value, null, Money.Fen(fen), null)
            {
                Terms = SpendTerms.Free(OperationKind.Transfer),
                Purpose = purpose,
            };
            (await stage.App.Services.GetRequiredService<Transfers>().SendAsync(order, CancellationToken.None)).ShouldBeOfType<Outcome.Committed>();
        }
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

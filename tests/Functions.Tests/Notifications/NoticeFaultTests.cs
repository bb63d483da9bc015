using Azure.Core.Pipeline;
using Functions.Tests.Support;
using MailKit.Security;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using WalletFunctions.Notifications;
using WalletFunctions.Notifications.Sms;
using WalletFunctions.Platform;
using WalletFunctions.Sandbox;
using WalletFunctions.Support.Email;
using WalletFunctions.TestSupport;
using WalletFunctions.Wallet;
using Xunit;

namespace Functions.Tests.Notifications;

/// <summary>Providers that are away, that lose their answers, and hosts that die: every message goes out once, or is shown as unknown.</summary>
public sealed class NoticeFaultTests(NoticeStage stage) : IClassFixture<NoticeStage>
{
    [Fact]
    public async Task Abandoned_at_any_storage_step_a_notice_is_told_once_on_each_channel()
    {
        var (steps, account) = (0, await AccountAsync());
        for (var (step, survived) = (1, false); !survived; step++)
        {
            foreach (var after in new[] { false, true })
            {
                var person = await stage.SomebodyAsync(signsIn: false);
                var notice = NoticeStage.Notice(person, $"step {step} {after}");
                var death = new AbandonPolicy();
                var doomed = new Rig(stage, account, death);
                death.DieAt(step, after);
                survived = await doomed.WorkAsync(notice);

                // The next host: whoever wanted to tell it tries again, and the sweep finds what was begun.
                var heir = new Rig(stage, account);
                await heir.Notifier.NotifyAsync(notice, CancellationToken.None);
                await Eventually.True($"after step {step} it is told", async () =>
                {
                    await heir.Sweep.RunAsync(CancellationToken.None);
                    return await heir.StatesAsync(person) == "in_app sent, sms sent, mail sent";
                });
                (await stage.OutboxAsync(person.Account.Phone.Value)).Length.ShouldBe(1, $"step {step}, after it: {after}");
                (await stage.OutboxAsync(person.Account.Email!)).Length.ShouldBe(1, $"step {step}, after it: {after}");
                (await heir.RowsAsync(person)).Count.ShouldBe(1);
            }

            steps = step;
        }

        steps.ShouldBeGreaterThan(3, "the walk has met the steps there are");
    }

    [Theory]
    [InlineData("down", "in_app sent, sms queued")]
    [InlineData("lose_answers", "in_app sent, sms queued")]
    [InlineData("refuse", "in_app sent, sms failed")]
    public async Task A_gateway_that_does_not_answer_is_asked_again_under_the_same_id_and_one_that_refuses_is_not(string mode, string states)
    {
        var person = await stage.SomebodyAsync(hasMail: false, signsIn: false);
        var time = new ManualTime();
        var rig = new Rig(stage, await AccountAsync(), time: time);
        await stage.SmsAsync(mode);
        try
        {
            await rig.WorkAsync(NoticeStage.Notice(person, mode));
            await Eventually.True("its state is told", async () => await rig.StatesAsync(person) == states);
        }
        finally
        {
            await stage.SmsAsync("take");
        }

        if (mode != "refuse")
        {
            // The gateway asked for half a minute's patience.
            time.Advance(TimeSpan.FromMinutes(2));
            await rig.Sweep.RunAsync(CancellationToken.None);
            await Eventually.True("it is told after all", async () => await rig.StatesAsync(person) == "in_app sent, sms sent");
            (await stage.OutboxAsync(person.Account.Phone.Value)).Length.ShouldBe(1);
        }
    }

    [Fact]
    public async Task A_message_that_could_not_go_out_for_a_day_goes_out_no_more()
    {
        var person = await stage.SomebodyAsync(hasMail: false, signsIn: false);
        var time = new ManualTime();
        var rig = new Rig(stage, await AccountAsync(), time: time);
        await stage.SmsAsync("down");
        try
        {
            await rig.WorkAsync(NoticeStage.Notice(person, "yesterday"));
        }
        finally
        {
            await stage.SmsAsync("take");
        }

        // As if all hosts had been down meanwhile.
        time.Advance(TimeSpan.FromHours(30));
        await rig.Sweep.RunAsync(CancellationToken.None);
        await Eventually.True("it is given up", async () => await rig.StatesAsync(person) == "in_app sent, sms failed");
        (await rig.RowsAsync(person))[0].ReadDeliveries()[1].Code.ShouldBe("gave_up");
        (await stage.OutboxAsync(person.Account.Phone.Value)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_mail_whose_answer_is_lost_is_unknown_and_never_sent_again()
    {
        var person = await stage.SomebodyAsync(signsIn: false);
        await using var server = new RecordingSmtp { HangsUpAtTheEnd = true };
        var rig = new Rig(stage, await AccountAsync(), mail: Smtp(server.Port));
        await rig.WorkAsync(NoticeStage.Notice(person, "lost"));
        await Eventually.True("it is shown as unknown", async () => await rig.StatesAsync(person) == "in_app sent, sms sent, mail unknown");
        server.Message.Length.ShouldBeGreaterThan(0, "the server has it");
    }

    [Fact]
    public async Task A_host_that_dies_while_it_hands_a_mail_to_SMTP_leaves_it_unknown_and_nobody_sends_it_again()
    {
        var person = await stage.SomebodyAsync(signsIn: false);
        var asked = new DyingSender();
        var rig = new Rig(stage, await AccountAsync(), mail: asked);
        await rig.WorkAsync(NoticeStage.Notice(person, "dead"));
        asked.Calls.ShouldBe(1);
        await Eventually.True("the sweep says so", async () =>
        {
            await rig.Sweep.RunAsync(CancellationToken.None);
            return await rig.StatesAsync(person) == "in_app sent, sms sent, mail unknown";
        });
        asked.Calls.ShouldBe(1);
        (await stage.OutboxAsync(person.Account.Phone.Value)).Length.ShouldBe(1);
    }

    private static SmtpMailSender Smtp(int port) => new(
        new MailServer("127.0.0.1", port, SecureSocketOptions.None, null, null, null, null, false) { Timeout = 10_000 },
        new MailIdentity("support@wallet.example", "Support"),
        new MailConnections(new(() => throw new NotSupportedException())),
        new MachineClock(TimeProvider.System),
        NullLogger<SmtpMailSender>.Instance);

    /// <summary>Storage of the rigs' own, where no app sweeps beside them.</summary>
    private static async Task<string> AccountAsync()
    {
        var account = Azurite.NewAccount();
        await new Storage(new StorageAddress(account, null, null, null), []).Table(NoticeTable.TableName).CreateIfNotExistsAsync();
        return account;
    }

    /// <summary>What a host has of notifications. The app knows the people, plays the gateway and shows what went out.</summary>
    private sealed class Rig
    {
        private readonly NoticeTable table;
        private readonly NoticePost post;
        private readonly MachineClock machine;

        public Rig(NoticeStage stage, string account, HttpPipelinePolicy? policy = null, IMailSender? mail = null, TimeProvider? time = null)
        {
            machine = new MachineClock(time ?? TimeProvider.System);
            table = new NoticeTable(Of(account), machine);
            var options = new NotificationOptions { Lease = TimeSpan.Zero, MailLease = TimeSpan.Zero };
            mail ??= new SandboxMailSender(new SandboxOutbox(Of(stage.App.ConnectionString), TimeProvider.System));
            post = new NoticePost(
                table, stage.App.Services.GetRequiredService<RecentAccounts>(), stage.App.Services.GetRequiredService<ISmsSender>(), mail, options, TimeProvider.System, machine, NullLogger<NoticePost>.Instance);
            Notifier = new Notifier(table, post, options, TimeProvider.System, machine);
            Sweep = new NoticeSweep(table, post, NullLogger<NoticeSweep>.Instance);

            Storage Of(string connection) => new(new StorageAddress(connection, null, null, null), policy is null ? [] : [policy]);
        }

        public Notifier Notifier { get; }

        public NoticeSweep Sweep { get; }

        public async Task<IReadOnlyList<NoticeRow>> RowsAsync(Person person) => (await table.ListAsync(person.Account.AccountId, new Page(10, null), CancellationToken.None)).Items;

        public async Task<string> StatesAsync(Person person) => string.Join(", ", (await RowsAsync(person))[0].ReadDeliveries()
            .Select(one => $"{System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(one.Channel.ToString())} {one.State.ToString().ToLowerInvariant()}"));

        /// <summary>Takes a notice in and hands it over, here and now.</summary>
        /// <returns>Whether the work came to its end.</returns>
        public async Task<bool> WorkAsync(Notice notice)
        {
            try
            {
                await post.HandOverAsync((await table.AddAsync(NoticeRow.Of(notice, DateTimeOffset.UtcNow, machine.GetUtcNow()), TimeSpan.Zero))!, CancellationToken.None);
                return true;
            }
            catch (AbandonedException)
            {
                return false;
            }
        }
    }

    private sealed class DyingSender : IMailSender
    {
        public int Calls { get; private set; }

        public bool CanRepeat => false;

        public Task<SendOutcome> SendAsync(OutgoingMail mail, CancellationToken cancellationToken)
        {
            Calls++;
            throw new AbandonedException();
        }
    }
}

using Shouldly;
using WalletFunctions.Domain.Notifications;
using Xunit;

using static WalletFunctions.Domain.Notifications.NotificationChannel;

namespace Domain.Tests.Notifications;

public sealed class NotificationSettingsTests
{
    [Fact]
    public void Whoever_chose_nothing_is_told_on_every_channel_there_is()
    {
        NotificationSettings.Default.ChannelsFor(NotificationTopic.Withdrawal, isOpen: true, hasMail: true).ShouldBe([InApp, Sms, Mail]);
        NotificationSettings.Default.ChannelsFor(NotificationTopic.Withdrawal, isOpen: true, hasMail: false).ShouldBe([InApp, Sms]);
    }

    [Fact]
    public void A_closed_account_is_left_in_peace() =>
        NotificationTopic.All.ShouldAllBe(topic => NotificationSettings.Default.ChannelsFor(topic, false, true).SequenceEqual(new[] { InApp }));

    [Fact]
    public void Money_and_security_always_reach_people_by_one_channel_whatever_they_choose_and_in_whatever_order()
    {
        foreach (var topic in NotificationTopic.All)
        {
            foreach (var (sms, mail) in new[] { (false, false), (true, false), (false, true), (true, true) })
            {
                foreach (var hasMail in new[] { false, true })
                {
                    var chosen = NotificationSettings.Default.With(topic, sms, mail);
                    (chosen.Error?.Code == "notification_channel_required").ShouldBe(NotificationTopic.MustReach(topic) && !sms && !mail);
                    var settings = chosen.IsOk ? chosen.Value : NotificationSettings.Default;
                    var channels = settings.ChannelsFor(topic, isOpen: true, hasMail);
                    channels.ShouldContain(InApp);
                    if (NotificationTopic.MustReach(topic))
                    {
                        channels.Count.ShouldBeGreaterThan(1, $"{topic} {sms} {mail} {hasMail}");
                    }
                }
            }
        }

        // Step by step it comes to the same.
        NotificationSettings.Default.With("refund", null, false).Value!.With("refund", false, null).Error!.Code.ShouldBe("notification_channel_required");
    }

    [Fact]
    public void What_is_stored_is_read_as_it_was()
    {
        var settings = NotificationSettings.Default.With("support", false, false).Value!.With("refund", false, null).Value!.With("transfer", true, true).Value!;
        settings.ToString().ShouldBe("refund=m;support=");
        var read = NotificationSettings.Parse(settings.ToString());
        NotificationTopic.All.ShouldAllBe(topic => read.For(topic) == settings.For(topic));
        NotificationSettings.Parse(null).ToString().ShouldBeEmpty();
        read.With("refund", true, null).Value!.With("support", true, true).Value!.ToString().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("li@mail.example", "l***@mail.example")]
    [InlineData("@mail.example", "***")]
    [InlineData("nobody", "***")]
    public void Addresses_are_masked(string address, string masked) => MailAddressMask.Mask(address).ShouldBe(masked);
}

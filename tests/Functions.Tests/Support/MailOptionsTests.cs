using MailKit.Security;
using Microsoft.Extensions.Configuration;
using Shouldly;
using WalletFunctions.Platform;
using WalletFunctions.Support.Email;
using Xunit;

namespace Functions.Tests.Support;

public class MailOptionsTests
{
    private static readonly (string, string)[] Box = [("Mail:Imap:Host", "imap.example.com"), ("Mail:Imap:User", "u"), ("Mail:Imap:Password", "p")];

    [Fact]
    public void Without_settings_nothing_is_fetched_and_mail_goes_to_nobody()
    {
        ImapOptions.From(Settings()).ShouldBeNull();
        ImapOptions.From(Settings(("Mail:Imap:Host", ""), ("Mail:Imap:User", ""), ("Mail:Imap:Password", ""))).ShouldBeNull("a deployment leaves empty what it does not use");
        OutgoingOptions.Read(Settings()).ShouldBe(new OutgoingOptions(null, null, null, null));
    }

    [Fact]
    public void A_mailbox_is_reached_by_TLS_unless_told_otherwise()
    {
        var options = ImapOptions.From(Settings(Box))!;
        (options.Server.Port, options.Server.Security, options.Folder, options.Server.CheckRevocation).ShouldBe((993, SecureSocketOptions.SslOnConnect, "INBOX", true));
        ImapOptions.From(Settings([.. Box, ("Mail:Imap:Security", "starttls")]))!.Server.Port.ShouldBe(143);
        ImapOptions.From(Settings([.. Box, ("Mail:Imap:Host", "127.0.0.1"), ("Mail:Imap:Security", "none")]))!.Server.Security.ShouldBe(SecureSocketOptions.None);
    }

    [Fact]
    public void Mail_goes_out_by_the_one_way_that_is_set()
    {
        var smtp = OutgoingOptions.Read(Settings(("Mail:Smtp:Host", "smtp.example.com"), ("Mail:Smtp:Security", "starttls"), ("Mail:From:Address", "support@example.com"), ("Mail:From:Name", "客服")));
        (smtp.Smtp!.Port, smtp.Smtp.User, smtp.IsAcs, smtp.From).ShouldBe((587, null, false, new MailIdentity("support@example.com", "客服")));
        OutgoingOptions.Read(Settings(("Mail:Acs:Endpoint", "https://x.communication.azure.com"), ("Mail:From:Address", "support@example.com"))).IsAcs.ShouldBeTrue();
    }

    [Theory]
    [InlineData("Mail:Imap:Security", "none")]
    [InlineData("Mail:Imap:Security", "perhaps")]
    [InlineData("Mail:Imap:Port", "0")]
    [InlineData("Mail:Imap:User", null)]
    [InlineData("Mail:Imap:Host", "")]
    [InlineData("Mail:Imap:TokenScope", "https://outlook.office365.com/.default")]
    [InlineData("Mail:Imap:CertificateSha256", "abc")]
    [InlineData("Mail:Smtp:Host", "smtp.example.com")]
    [InlineData("Mail:Acs:ConnectionString", "endpoint=https://x/;accesskey=eA==")]
    [InlineData("Mail:Acs:Endpoint", "http://x.example")]
    public void What_is_missing_or_contradicts_itself_stops_the_start(string name, string? value) =>
        Should.Throw<SettingsException>(() => Read([.. Box.Where(pair => pair.Item1 != name), .. value is null ? Array.Empty<(string, string)>() : [(name, value)]]));

    [Fact]
    public void Two_ways_out_are_one_too_many() => Should.Throw<SettingsException>(() =>
        Read(("Mail:Smtp:Host", "smtp.example.com"), ("Mail:Acs:Endpoint", "https://x.communication.azure.com"), ("Mail:From:Address", "support@example.com")));

    private static void Read(params (string, string)[] settings)
    {
        ImapOptions.From(Settings(settings));
        OutgoingOptions.Read(Settings(settings));
    }

    private static IConfiguration Settings(params (string Name, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.GroupBy(s => s.Name, StringComparer.Ordinal).Select(g => KeyValuePair.Create(g.Key, (string?)g.Last().Value))).Build();
}

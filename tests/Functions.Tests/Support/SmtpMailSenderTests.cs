using MailKit.Security;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using WalletFunctions.Platform;
using WalletFunctions.Support.Email;
using WalletFunctions.TestSupport;
using Xunit;

namespace Functions.Tests.Support;

/// <summary>Every outcome of the outside world is a value, and only what is certain is called certain.</summary>
public class SmtpMailSenderTests
{
    private const string Hello = "220 mx\n";

    private static readonly OutgoingMail Mail = new(
        Guid.Parse("7d3a4a52-6f0c-4a0e-9a36-0f6f5b1c2d3e"), "r1@wallet.example", "li@example.com", "李雷", "Re: 退款 [#1]", "您好\n.\n再见\n", "q1@example.com", ["q0@example.com", "q1@example.com"]);

    private static readonly (string, string?)[] Envelope = [("EHLO wallet.example", "250 mx\n"), ("MAIL FROM:<support@wallet.example>", "250 ok\n"), ("RCPT TO:<li@example.com>", "250 ok\n"), ("DATA", "354 go\n")];

    [Fact]
    public async Task A_reply_carries_the_headers_that_thread_it()
    {
        await using var server = new RecordingSmtp();
        (await Sender(server.Port).SendAsync(Mail, CancellationToken.None)).ShouldBe(new SendOutcome.Sent("queued as 77"));
        var headers = MimeKit.MimeMessage.Load(new MemoryStream(server.Message));
        (headers.MessageId, headers.InReplyTo, headers.Subject, headers.TextBody?.ReplaceLineEndings("\n").TrimEnd()).ShouldBe(("r1@wallet.example", "q1@example.com", "Re: 退款 [#1]", "您好\n.\n再见"));
        headers.References.ShouldBe(["q0@example.com", "q1@example.com"]);
        headers.From.Mailboxes.Single().Address.ShouldBe("support@wallet.example");
        headers.To.Mailboxes.Single().Name.ShouldBe("李雷");
        headers.Headers["Auto-Submitted"].ShouldBeNull();
        server.Sender.ShouldBe("MAIL FROM:<support@wallet.example>");

        await using var second = new RecordingSmtp();
        (await Sender(second.Port).SendAsync(Mail with { Automatic = true }, CancellationToken.None)).ShouldBeOfType<SendOutcome.Sent>();
        second.Sender.ShouldBe("MAIL FROM:<>");
        MimeKit.MimeMessage.Load(new MemoryStream(second.Message)).Headers["Auto-Submitted"].ShouldBe("auto-replied");
    }

    [Theory]
    [InlineData("MAIL FROM:<support@wallet.example>", "550 5.7.1 who\n", "sender_refused")]
    [InlineData("RCPT TO:<li@example.com>", "550 5.1.1 no such user\n", "recipient_refused")]
    [InlineData("RCPT TO:<li@example.com>", "450 4.2.1 greylisted\n", null)]
    [InlineData("DATA", "554 5.5.1 no\n", "message_refused")]
    [InlineData("DATA", "451 4.3.0 later\n", null)]
    public async Task A_refusal_before_the_mail_is_certain_and_a_temporary_one_is_tried_again(string at, string answer, string? code)
    {
        var script = Envelope.TakeWhile(step => step.Item1 != at).Append((at, answer)).Append(("RSET", "250 ok\n")).Append(("QUIT", "221 bye\n"));
        await using var server = ScriptedServer.Smtp(Hello, [.. script]);
        var outcome = await Sender(server.Port).SendAsync(Mail, CancellationToken.None);
        if (code is null) outcome.ShouldBeOfType<SendOutcome.TryLater>();
        else outcome.ShouldBe(new SendOutcome.Failed(code));
    }

    [Fact]
    public async Task A_line_that_breaks_before_the_answer_leaves_the_outcome_unknown()
    {
        await using var server = new RecordingSmtp { HangsUpAtTheEnd = true };
        (await Sender(server.Port).SendAsync(Mail, CancellationToken.None)).ShouldBeOfType<SendOutcome.Unknown>();
    }

    [Fact]
    public async Task A_server_that_is_away_or_does_not_know_us_is_tried_later()
    {
        (await Sender(1).SendAsync(Mail, CancellationToken.None)).ShouldBeOfType<SendOutcome.TryLater>();
        await using var server = ScriptedServer.Smtp(Hello, ("EHLO wallet.example", "250-mx\n250 AUTH PLAIN\n"), ("AUTH PLAIN AHUAcA==", "535 no\n"));
        (await Sender(server.Port, "u", "p").SendAsync(Mail, CancellationToken.None)).ShouldBeOfType<SendOutcome.TryLater>();
    }

    [Theory]
    [InlineData("no address")]
    [InlineData("a@b, c@d")]
    [InlineData("a@b\r\nRCPT TO:<c@d>")]
    [InlineData("Li <li@example.com>")]
    public async Task What_is_not_one_address_is_never_sent_to(string to) =>
        (await Sender(1).SendAsync(Mail with { To = to }, CancellationToken.None)).ShouldBe(new SendOutcome.Failed("address_invalid"));

    private static SmtpMailSender Sender(int port, string? user = null, string? password = null) => new(
        new MailServer("127.0.0.1", port, SecureSocketOptions.None, user, password, null, null, false) { Timeout = 10_000 },
        new MailIdentity("support@wallet.example", "Support"),
        new MailConnections(new(() => throw new NotSupportedException())),
        new MachineClock(TimeProvider.System),
        NullLogger<SmtpMailSender>.Instance);
}

using System.Text;
using MailKit;
using MailKit.Net;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using Shouldly;
using WalletFunctions.TestSupport;
using Xunit;
using AuthenticationException = MailKit.Security.AuthenticationException;

namespace Embedded.Tests.Mail;

/// <summary>Submission (RFC 5321, 4954, 2920; MailKit's documentation), against recorded conversations.</summary>
public class SmtpTests
{
    private const string Hello = "220 mx ready\n";

    private static async Task<SmtpClient> Connect(ScriptedServer server, SecureSocketOptions options = SecureSocketOptions.None)
    {
        var client = new SmtpClient { Timeout = 5_000, LocalDomain = "wallet.example", CheckCertificateRevocation = false, ServerCertificateValidationCallback = (_, certificate, _, _) => TestCertificate.Is(certificate) };
        await client.ConnectAsync("localhost", server.Port, options);
        return client;
    }

    private static MimeMessage Message(string headers = "", string body = ".dot\r\nend") =>
        MimeMessage.Load(new MemoryStream(Encoding.UTF8.GetBytes($"From: Support <support@wallet.example>\r\nTo: li@example.com\r\n{headers}Subject: s\r\n\r\n{body}")));

    private static (string, string?)[] Lines(params string[] lines) => [.. lines.Select(l => (l, (string?)null))];

    [Fact]
    public async Task The_envelope_goes_first_dots_are_stuffed_and_the_servers_last_word_is_answered()
    {
        await using var server = ScriptedServer.Smtp(
            Hello,
            [("EHLO wallet.example", "250-mx\n250-SIZE 1000000\n250-8BITMIME\n250 ENHANCEDSTATUSCODES\n"),
            ("MAIL FROM:<support@wallet.example> SIZE=85", "250 ok\n"), ("RCPT TO:<li@example.com>", "250 ok\n"), ("DATA", "354 go\n"),
            .. Lines("From: Support <support@wallet.example>", "To: li@example.com", "Subject: s", "", "..dot", "end"), (".", "250 2.0.0 queued as 77\n"), ("QUIT", "221 bye\n")]);
        using var client = await Connect(server);
        (client.Capabilities, client.MaxSize).ShouldBe((SmtpCapabilities.Size | SmtpCapabilities.EightBitMime | SmtpCapabilities.EnhancedStatusCodes, 1_000_000u));
        using var message = Message();
        (await client.SendAsync(message)).ShouldBe("2.0.0 queued as 77");
        await client.DisconnectAsync(true);
        client.IsConnected.ShouldBeFalse();
    }

    [Fact]
    public async Task Hidden_recipients_are_in_the_envelope_and_nowhere_else()
    {
        await using var server = ScriptedServer.Smtp(
            Hello,
            [("EHLO wallet.example", "250 mx\n"), ("MAIL FROM:<support@wallet.example>", "250 ok\n"), ("RCPT TO:<li@example.com>", "250 ok\n"), ("RCPT TO:<secret@example.com>", "250 ok\n"), ("DATA", "354 go\n"),
            .. Lines("From: Support <support@wallet.example>", "To: li@example.com", "Subject: s", "", "end"), (".", "250 ok\n")]);
        using var client = await Connect(server);
        using var message = Message("Bcc: secret@example.com, LI@example.com\r\n", "end");
        await client.SendAsync(message);
    }

    [Fact]
    public async Task Of_pipelined_commands_every_reply_is_read_and_one_refused_recipient_fails_the_message()
    {
        await using var server = ScriptedServer.Smtp(
            Hello,
            [("EHLO wallet.example", "250-mx\n250 PIPELINING\n"),
            ("MAIL FROM:<support@wallet.example>", "250 ok\n"), ("RCPT TO:<a@x.example>", "550-5.1.1 no such\n550 5.1.1 user\n"), ("RCPT TO:<b@x.example>", "250 ok\n"), ("RSET", "250 ok\n"),
            ("MAIL FROM:<support@wallet.example>", "250 ok\n"), ("RCPT TO:<b@x.example>", "250 ok\n"), ("DATA", "354 go\n"), .. Lines("From: Support <support@wallet.example>", "To: li@example.com", "Subject: s", "", "end"), (".", "250 ok\n")]);
        using var client = await Connect(server);
        using var message = Message(body: "end");
        var from = new MailboxAddress("", "support@wallet.example");
        var b = new MailboxAddress("", "b@x.example");
        var refused = await Should.ThrowAsync<SmtpCommandException>(() => client.SendAsync(message, from, [new MailboxAddress("", "a@x.example"), b]));
        (refused.ErrorCode, refused.StatusCode, refused.Mailbox!.Address, refused.Message).ShouldBe((SmtpErrorCode.RecipientNotAccepted, SmtpStatusCode.MailboxUnavailable, "a@x.example", "5.1.1 no such\n5.1.1 user"));
        client.IsConnected.ShouldBeTrue();
        await client.SendAsync(message, from, [b]);
    }

    [Fact]
    public async Task A_message_that_is_refused_at_its_end_leaves_the_connection_usable()
    {
        await using var server = ScriptedServer.Smtp(
            Hello,
            [("EHLO wallet.example", "250 mx\n"), ("MAIL FROM:<support@wallet.example>", "250 ok\n"), ("RCPT TO:<li@example.com>", "250 ok\n"), ("DATA", "354 go\n"),
            .. Lines("From: Support <support@wallet.example>", "To: li@example.com", "Subject: s", "", "end"), (".", "452 4.3.1 full\n"), ("RSET", "250 ok\n"), ("NOOP", "250 ok\n")]);
        using var client = await Connect(server);
        using var message = Message(body: "end");
        var refused = await Should.ThrowAsync<SmtpCommandException>(() => client.SendAsync(message));
        (refused.ErrorCode, refused.StatusCode).ShouldBe((SmtpErrorCode.MessageNotAccepted, SmtpStatusCode.InsufficientStorage));
        await client.NoOpAsync();
    }

    [Fact]
    public async Task A_server_that_leaves_after_the_data_leaves_the_outcome_unknown_and_that_is_no_refusal()
    {
        await using var server = ScriptedServer.Smtp(
            Hello,
            [("EHLO wallet.example", "250 mx\n"), ("MAIL FROM:<support@wallet.example>", "250 ok\n"), ("RCPT TO:<li@example.com>", "250 ok\n"), ("DATA", "354 go\n"),
            .. Lines("From: Support <support@wallet.example>", "To: li@example.com", "Subject: s", "", "end"), (".", "close")]);
        using var client = await Connect(server);
        using var message = Message(body: "end");
        await Should.ThrowAsync<SmtpProtocolException>(() => client.SendAsync(message));
        client.IsConnected.ShouldBeFalse();
    }

    [Fact]
    public async Task A_server_that_wants_credentials_first_is_told_apart()
    {
        await using var server = ScriptedServer.Smtp(Hello, ("EHLO wallet.example", "250-mx\n250 AUTH PLAIN LOGIN\n"), ("MAIL FROM:<support@wallet.example>", "530 5.7.0 sign in\n"), ("RSET", "250 ok\n"), ("AUTH PLAIN AHUAcA==", "535 5.7.8 no\n"), ("AUTH LOGIN", "334 VXNlcm5hbWU6\n"), ("dQ==", "334 UGFzc3dvcmQ6\n"), ("cA==", "235 in\n"));
        using var client = await Connect(server);
        using var message = Message();
        await Should.ThrowAsync<ServiceNotAuthenticatedException>(() => client.SendAsync(message));
        await client.AuthenticateAsync("u", "p");
        client.IsAuthenticated.ShouldBeTrue();
    }

    [Fact]
    public async Task A_wrong_password_is_an_authentication_error_and_a_server_without_AUTH_is_not_asked()
    {
        await using var server = ScriptedServer.Smtp(Hello, ("EHLO wallet.example", "250-mx\n250 AUTH=PLAIN\n"), ("AUTH PLAIN AHUAcA==", "535 5.7.8 wrong\n"));
        using var client = await Connect(server);
        (await Should.ThrowAsync<AuthenticationException>(() => client.AuthenticateAsync("u", "p"))).Message.ShouldBe("535: 5.7.8 wrong");

        await using var open = ScriptedServer.Smtp(Hello, ("EHLO wallet.example", "502 what\n"), ("HELO wallet.example", "250 mx\n"));
        using var other = await Connect(open);
        await Should.ThrowAsync<NotSupportedException>(() => other.AuthenticateAsync("u", "p"));
        other.Dispose();
    }

    [Fact]
    public async Task After_STARTTLS_the_server_is_greeted_anew()
    {
        await using var server = ScriptedServer.Smtp(Hello, ("EHLO wallet.example", "250-mx\n250-AUTH EVIL\n250 STARTTLS\n"), ("STARTTLS", "220 go\n250 AUTH EVIL\ntls"), ("EHLO wallet.example", "250-mx\n250 AUTH PLAIN\n"));
        using var client = await Connect(server, SecureSocketOptions.StartTls);
        client.IsSecure.ShouldBeTrue();
        client.AuthenticationMechanisms.ShouldBe(["PLAIN"]);
    }

    [Fact]
    public async Task Demanded_STARTTLS_that_is_not_offered_ends_the_connection()
    {
        await using var server = ScriptedServer.Smtp(Hello, ("EHLO wallet.example", "250 mx\n"));
        using var client = new SmtpClient { LocalDomain = "wallet.example" };
        await Should.ThrowAsync<NotSupportedException>(() => client.ConnectAsync("localhost", server.Port, SecureSocketOptions.StartTls));
        client.IsConnected.ShouldBeFalse();
    }

    [Theory]
    [InlineData("hello\n")]
    [InlineData("999 what\n")]
    [InlineData("250~ok\n")]
    public async Task A_server_that_does_not_speak_SMTP_is_a_protocol_error(string answer)
    {
        await using var server = ScriptedServer.Smtp(Hello, ("EHLO wallet.example", "250 mx\n"), ("NOOP", answer));
        using var client = await Connect(server);
        await Should.ThrowAsync<SmtpProtocolException>(() => client.NoOpAsync());
        client.IsConnected.ShouldBeFalse();
    }

    [Fact]
    public async Task No_name_from_outside_becomes_a_command()
    {
        await using var server = ScriptedServer.Smtp(Hello);
        using var client = new SmtpClient { LocalDomain = "x\r\nMAIL FROM:<evil@example.com>" };
        await Should.ThrowAsync<ArgumentException>(() => client.ConnectAsync("localhost", server.Port, SecureSocketOptions.None));
    }

    [Fact]
    public async Task No_message_ends_before_its_end()
    {
        // "SMTP smuggling": a server that takes a bare line feed for a line end must not see the lone dot of an attacker.
        foreach (var (message, wire) in new[]
        {
            ("a\n.\nMAIL FROM:<x@y>\n", "a\r\n..\r\nMAIL FROM:<x@y>\r\n.\r\n"), ("a\r.\r\nb", "a\r\n..\r\nb\r\n.\r\n"), ("", ".\r\n"), (".", "..\r\n.\r\n"), ("a\r\n\r\n", "a\r\n\r\n.\r\n"), ("a\n\r\n.", "a\r\n\r\n..\r\n.\r\n"),
        })
        {
            using var sent = new MemoryStream();
            using var connection = new MailConnection(sent, 0, text => new SmtpProtocolException(text));
            SmtpData.Queue(connection, Encoding.ASCII.GetBytes(message));
            await connection.FlushAsync(CancellationToken.None);
            Encoding.ASCII.GetString(sent.ToArray()).ShouldBe(wire, message);
        }
    }
}

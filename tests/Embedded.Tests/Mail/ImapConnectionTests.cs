using MailKit;
using MailKit.Net.Imap;
using MailKit.Security;
using Shouldly;
using WalletFunctions.TestSupport;
using Xunit;
using AuthenticationException = MailKit.Security.AuthenticationException;

namespace Embedded.Tests.Mail;

/// <summary>Connecting, TLS and signing in (MailKit documentation and source; RFC 3501, 4959, 7628), against recorded conversations.</summary>
public class ImapConnectionTests
{
    private const string Ready = "* OK [CAPABILITY IMAP4rev1] ready\n";

    private static async Task<ImapClient> Connect(ScriptedServer server, SecureSocketOptions options = SecureSocketOptions.None)
    {
        var client = new ImapClient { Timeout = 5_000, CheckCertificateRevocation = false, ServerCertificateValidationCallback = (_, certificate, _, _) => TestCertificate.Is(certificate) };
        await client.ConnectAsync("localhost", server.Port, options);
        return client;
    }

    [Fact]
    public async Task A_password_goes_as_a_quoted_string_that_cannot_be_left()
    {
        await using var server = ScriptedServer.Imap(Ready, ("LOGIN \"us\\\"er\" \"pa\\\\ss\"", "$ OK [CAPABILITY IMAP4rev1 MOVE] in\n"));
        using var client = await Connect(server);
        client.IsAuthenticated.ShouldBeFalse();
        await client.AuthenticateAsync("us\"er", "pa\\ss");
        client.IsAuthenticated.ShouldBeTrue();
        client.Capabilities.ShouldBe(ImapCapabilities.IMAP4rev1 | ImapCapabilities.Move);
    }

    [Fact]
    public async Task A_password_with_line_ends_or_other_letters_goes_as_a_literal_once_the_server_asks()
    {
        await using var server = ScriptedServer.Imap(Ready, ("LOGIN \"u\" {15}|x\r\nA9 NOOP 密\t", "$ OK in\n"), ("CAPABILITY", "* CAPABILITY IMAP4rev1\n$ OK\n"));
        using var client = await Connect(server);
        await client.AuthenticateAsync("u", "x\r\nA9 NOOP 密\t");
        client.IsAuthenticated.ShouldBeTrue();
    }

    [Fact]
    public async Task With_LITERAL_plus_nothing_is_waited_for()
    {
        await using var server = ScriptedServer.Imap("* OK [CAPABILITY IMAP4rev1 LITERAL+] ready\n", ("LOGIN \"u\" {2+}|é", "$ OK [CAPABILITY IMAP4rev1] in\n"));
        using var client = await Connect(server);
        await client.AuthenticateAsync("u", "é");
        client.IsAuthenticated.ShouldBeTrue();
    }

    [Fact]
    public async Task A_refused_literal_is_a_refused_command_and_the_connection_stays()
    {
        await using var server = ScriptedServer.ImapRefusingLiterals(Ready, ("LOGIN \"u\" {2}", "$ NO too long\n"), ("NOOP", "$ OK\n"));
        using var client = await Connect(server);
        (await Should.ThrowAsync<AuthenticationException>(() => client.AuthenticateAsync("u", "é"))).Message.ShouldBe("too long");
        await client.NoOpAsync();
    }

    [Fact]
    public async Task PLAIN_sends_its_response_at_once_where_the_server_allows_it()
    {
        await using var server = ScriptedServer.Imap("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready\n", ("AUTHENTICATE PLAIN AHUAcA==", "$ OK [CAPABILITY IMAP4rev1] in\n"));
        using var client = await Connect(server);
        await client.AuthenticateAsync("u", "p");
    }

    [Fact]
    public async Task PLAIN_and_LOGIN_wait_for_the_challenge_elsewhere()
    {
        await using var server = ScriptedServer.Imap(
            "* OK [CAPABILITY IMAP4rev1 AUTH=LOGIN] ready\n",
            ("AUTHENTICATE LOGIN", "+ VXNlcm5hbWU6\n"), ("dQ==", "+ UGFzc3dvcmQ6\n"), ("cA==", "$ OK [CAPABILITY IMAP4rev1] in\n"));
        using var client = await Connect(server);
        await client.AuthenticateAsync("u", "p");

        await using var second = ScriptedServer.Imap("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\n", ("AUTHENTICATE PLAIN", "+ \n"), ("AHUAcA==", "$ OK [CAPABILITY IMAP4rev1] in\n"));
        using var other = await Connect(second);
        await other.AuthenticateAsync("u", "p");
    }

    [Fact]
    public async Task A_refused_mechanism_is_followed_by_the_next_and_then_by_LOGIN()
    {
        await using var server = ScriptedServer.Imap(
            "* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready\n",
            ("AUTHENTICATE PLAIN AHUAcA==", "$ NO not so\n"), ("LOGIN \"u\" \"p\"", "$ NO [AUTHENTICATIONFAILED] wrong\n"), ("NOOP", "$ OK\n"));
        using var client = await Connect(server);
        (await Should.ThrowAsync<AuthenticationException>(() => client.AuthenticateAsync("u", "p"))).Message.ShouldBe("wrong");
        client.IsConnected.ShouldBeTrue();
        client.IsAuthenticated.ShouldBeFalse();
        await client.NoOpAsync();
    }

    [Fact]
    public async Task No_password_is_sent_where_the_server_forbids_it()
    {
        await using var server = ScriptedServer.Imap("* OK [CAPABILITY IMAP4rev1 LOGINDISABLED] ready\n");
        using var client = await Connect(server);
        await Should.ThrowAsync<AuthenticationException>(() => client.AuthenticateAsync("u", "p"));
    }

    [Fact]
    public async Task A_refused_token_is_acknowledged_with_an_empty_line()
    {
        await using var server = ScriptedServer.Imap(
            "* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2] ready\n",
            ("AUTHENTICATE XOAUTH2 dXNlcj11AWF1dGg9QmVhcmVyIHRva2VuAQE=", "+ eyJzdGF0dXMiOiI0MDAifQ==\n"), ("", "$ NO expired\n"), ("NOOP", "$ OK\n"));
        using var client = await Connect(server);
        (await Should.ThrowAsync<AuthenticationException>(() => client.AuthenticateAsync(new SaslMechanismOAuth2("u", "token")))).Message.ShouldBe("expired");
        await client.NoOpAsync();
    }

    [Fact]
    public async Task A_greeting_may_sign_in_and_may_refuse()
    {
        await using var open = ScriptedServer.Imap("* PREAUTH [CAPABILITY IMAP4rev1] welcome back\n");
        using var client = await Connect(open);
        client.IsAuthenticated.ShouldBeTrue();

        await using var closed = ScriptedServer.Imap("* BYE too many\n");
        using var refused = new ImapClient();
        (await Should.ThrowAsync<ImapProtocolException>(() => refused.ConnectAsync("localhost", closed.Port, SecureSocketOptions.None))).Message.ShouldContain("too many");
        refused.IsConnected.ShouldBeFalse();
    }

    [Fact]
    public async Task Demanded_STARTTLS_that_is_not_offered_ends_the_connection_and_wished_for_it_does_not()
    {
        await using var server = ScriptedServer.Imap(Ready);
        using var strict = new ImapClient();
        await Should.ThrowAsync<NotSupportedException>(() => strict.ConnectAsync("localhost", server.Port, SecureSocketOptions.StartTls));
        strict.IsConnected.ShouldBeFalse();

        await using var second = ScriptedServer.Imap(Ready);
        using var lax = await Connect(second, SecureSocketOptions.Auto);
        lax.IsConnected.ShouldBeTrue();
        lax.IsSecure.ShouldBeFalse();
    }

    [Fact]
    public async Task What_was_said_before_TLS_counts_no_more_after_it()
    {
        // CVE-2011-0411 and its kin: lines that somebody slips in behind the answer to STARTTLS.
        await using var server = ScriptedServer.Imap(
            "* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=EVIL] ready\n",
            ("STARTTLS", "$ OK go on\n* CAPABILITY IMAP4rev1 AUTH=EVIL\nA00000002 OK yours\ntls"), ("CAPABILITY", "* CAPABILITY IMAP4rev1 AUTH=PLAIN\n$ OK\n"));
        using var client = await Connect(server, SecureSocketOptions.StartTls);
        client.IsSecure.ShouldBeTrue();
        client.IsEncrypted.ShouldBeTrue();
        client.AuthenticationMechanisms.ShouldBe(["PLAIN"]);
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_refused()
    {
        await using var server = ScriptedServer.Imap("* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\n", ("STARTTLS", "$ OK go on\ntls"));
        using var client = new ImapClient { CheckCertificateRevocation = false };
        var refused = await Should.ThrowAsync<SslHandshakeException>(() => client.ConnectAsync("localhost", server.Port, SecureSocketOptions.StartTls));
        refused.ServerCertificate.ShouldNotBeNull();
        client.IsConnected.ShouldBeFalse();
    }

    [Fact]
    public async Task A_silent_server_costs_the_timeout_and_the_connection()
    {
        await using var server = ScriptedServer.Imap(Ready, ("NOOP", null));
        using var client = await Connect(server);
        client.Timeout = 200;
        await Should.ThrowAsync<TimeoutException>(() => client.NoOpAsync());
        client.IsConnected.ShouldBeFalse();
        await Should.ThrowAsync<ServiceNotConnectedException>(() => client.NoOpAsync());
    }

    [Fact]
    public async Task A_cancelled_command_ends_the_connection_and_the_client_may_connect_again()
    {
        await using var server = ScriptedServer.Imap(Ready, ("NOOP", null));
        using var client = await Connect(server);
        using var cancelled = new CancellationTokenSource();
        var command = client.NoOpAsync(cancelled.Token);
        await Eventually.True("the server has heard it", () => server.Heard == 1);
        await cancelled.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => command);
        client.IsConnected.ShouldBeFalse();

        await using var second = ScriptedServer.Imap(Ready, ("NOOP", "$ OK\n"));
        await client.ConnectAsync("localhost", second.Port, SecureSocketOptions.None);
        await client.NoOpAsync();
    }

    [Fact]
    public async Task A_second_command_while_one_runs_is_a_mistake_of_the_caller()
    {
        await using var server = ScriptedServer.Imap(Ready, ("NOOP", null));
        using var client = await Connect(server);
        client.Timeout = 500;
        var first = client.NoOpAsync();
        await Should.ThrowAsync<InvalidOperationException>(() => client.NoOpAsync());
        await Should.ThrowAsync<TimeoutException>(() => first);
    }

    [Fact]
    public async Task A_server_that_leaves_is_a_protocol_error_and_its_last_word_is_kept()
    {
        await using var gone = ScriptedServer.Imap(Ready, ("NOOP", "close"));
        using var client = await Connect(gone);
        await Should.ThrowAsync<ImapProtocolException>(() => client.NoOpAsync());
        client.IsConnected.ShouldBeFalse();

        await using var bye = ScriptedServer.Imap(Ready, ("NOOP", "* BYE shutting down\n"));
        using var second = await Connect(bye);
        (await Should.ThrowAsync<ImapProtocolException>(() => second.NoOpAsync())).Message.ShouldContain("shutting down");
    }

    [Fact]
    public async Task Leaving_politely_says_LOGOUT_and_bears_what_comes()
    {
        await using var server = ScriptedServer.Imap(Ready, ("LOGOUT", "* BYE\n$ OK\n"));
        using var client = await Connect(server);
        await client.DisconnectAsync(true);
        client.IsConnected.ShouldBeFalse();

        await using var rude = ScriptedServer.Imap(Ready, ("LOGOUT", "close"));
        using var second = await Connect(rude);
        await second.DisconnectAsync(true);
        second.IsConnected.ShouldBeFalse();
    }

    public static TheoryData<string> Hostile => new()
    {
        "* 1 FETCH (BODY[] {99999999999}\n", "* 1 FETCH (BODY[] {268435457}\n", "* SEARCH " + new string('1', 17 << 20) + "\n",
        "* LIST " + new string('(', 500) + "\n", string.Concat(Enumerable.Repeat("HTTP/1.1 400 Bad Request\n", 200)), "$ MAYBE\n",
        string.Concat(Enumerable.Repeat("+ \n", 200)), string.Concat(Enumerable.Repeat("* 1 FETCH {0}\n", 20_000)),
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task A_hostile_answer_is_a_protocol_error_and_ends_the_connection(string answer)
    {
        await using var server = ScriptedServer.Imap("* PREAUTH [CAPABILITY IMAP4rev1] in\n", ("LIST \"\" \"X\"", answer));
        using var client = await Connect(server);
        await Should.ThrowAsync<ImapProtocolException>(() => client.GetFolderAsync("X"));
        client.IsConnected.ShouldBeFalse();
    }
}

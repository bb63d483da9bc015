using System.Text;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Search;
using MailKit.Security;
using MimeKit;
using Shouldly;
using WalletFunctions.TestSupport;
using Xunit;
using AuthenticationException = MailKit.Security.AuthenticationException;

namespace Embedded.Tests.Mail;

/// <summary>The same client against a real server.</summary>
public sealed class DovecotTests(DovecotTests.Server server) : IClassFixture<DovecotTests.Server>
{
    public sealed class Server : IAsyncLifetime
    {
        internal Dovecot Dovecot { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            // The tests themselves are skipped where it is not installed, or say so where that is a failure.
            if (Dovecot.Program is not null) Dovecot = await Dovecot.StartAsync();
        }

        public Task DisposeAsync()
        {
            Dovecot?.Dispose();
            return Task.CompletedTask;
        }
    }

    private Dovecot Dovecot => server.Dovecot ?? throw new InvalidOperationException(Dovecot.HowToInstall);

    private async Task<ImapClient> Connect(string user, SecureSocketOptions options = SecureSocketOptions.SslOnConnect)
    {
        var client = new ImapClient { CheckCertificateRevocation = false, ServerCertificateValidationCallback = (_, certificate, _, _) => TestCertificate.Is(certificate), Timeout = 10_000 };
        await client.ConnectAsync("127.0.0.1", options == SecureSocketOptions.SslOnConnect ? Dovecot.ImapsPort : Dovecot.ImapPort, options);
        await client.AuthenticateAsync(user, Dovecot.Password);
        return client;
    }

    [DovecotFact]
    public async Task TLS_at_once_and_STARTTLS_both_lead_to_an_encrypted_session()
    {
        var user = Dovecot.NewUser();
        foreach (var options in new[] { SecureSocketOptions.SslOnConnect, SecureSocketOptions.StartTls, SecureSocketOptions.StartTlsWhenAvailable })
        {
            using var client = await Connect(user, options);
            (client.IsSecure, client.IsEncrypted, client.IsAuthenticated).ShouldBe((true, true, true));
            client.Capabilities.ShouldBe(client.Capabilities | ImapCapabilities.IMAP4rev1 | ImapCapabilities.UidPlus | ImapCapabilities.Move);
            await client.DisconnectAsync(true);
        }
    }

    [DovecotFact]
    public async Task An_unknown_certificate_is_refused_unless_somebody_vouches_for_it()
    {
        using var client = new ImapClient { CheckCertificateRevocation = false };
        await Should.ThrowAsync<SslHandshakeException>(() => client.ConnectAsync("127.0.0.1", Dovecot.ImapsPort, SecureSocketOptions.SslOnConnect));
    }

    [DovecotFact]
    public async Task After_a_wrong_password_the_right_one_still_works_on_the_same_connection()
    {
        var user = Dovecot.NewUser();
        using var client = new ImapClient { CheckCertificateRevocation = false, ServerCertificateValidationCallback = (_, certificate, _, _) => TestCertificate.Is(certificate) };
        await client.ConnectAsync("127.0.0.1", Dovecot.ImapsPort, SecureSocketOptions.SslOnConnect);
        client.AuthenticationMechanisms.Remove("LOGIN");
        await Should.ThrowAsync<AuthenticationException>(() => client.AuthenticateAsync(new SaslMechanismPlain(user, "wrong")));
        client.IsConnected.ShouldBeTrue();
        await client.AuthenticateAsync(new SaslMechanismLogin(user, Dovecot.Password));
        client.IsAuthenticated.ShouldBeTrue();
    }

    [DovecotFact]
    public async Task Delivered_mail_is_searched_fetched_by_parts_flagged_and_moved()
    {
        var user = Dovecot.NewUser();
        for (var i = 1; i <= 5; i++) Dovecot.Deliver(user, Encoding.UTF8.GetBytes($"Message-ID: <m{i}@x>\nSubject: n{i}\nFrom: a@b\n\n{new string('x', i * 1000)}\n"));
        using var client = await Connect(user);
        var inbox = client.Inbox;
        await inbox.OpenAsync(FolderAccess.ReadWrite);
        (inbox.Count, inbox.UidNext!.Value.Id).ShouldBe((5, 6u));

        var all = await inbox.SearchAsync(SearchQuery.All);
        all.Select(u => u.Id).ShouldBe([1u, 2u, 3u, 4u, 5u]);
        var summaries = await inbox.FetchAsync(all, new FetchRequest(MessageSummaryItems.UniqueId | MessageSummaryItems.Size | MessageSummaryItems.InternalDate | MessageSummaryItems.Flags, [HeaderId.MessageId]));
        summaries.Select(s => s.Headers![HeaderId.MessageId]).ShouldBe(["<m1@x>", "<m2@x>", "<m3@x>", "<m4@x>", "<m5@x>"]);
        (await inbox.SearchAsync(SearchQuery.HeaderContains("Message-ID", "<m4@x>"))).ShouldBe([new UniqueId(4)]);

        using var whole = (MemoryStream)await inbox.GetStreamAsync(new UniqueId(3));
        ((uint)whole.Length).ShouldBe(summaries[2].Size!.Value);
        using var joined = new MemoryStream();
        for (var offset = 0; ; offset += 700)
        {
            using var part = await inbox.GetStreamAsync(new UniqueId(3), offset, 700);
            if (part.Length == 0) break;
            await part.CopyToAsync(joined);
        }
        joined.ToArray().ShouldBe(whole.ToArray());

        (await inbox.SearchAsync(SearchQuery.NotSeen)).Count.ShouldBe(5, "reading marks nothing as seen");
        await inbox.AddFlagsAsync(new UniqueId(3), MessageFlags.Seen, true);
        (await inbox.SearchAsync(SearchQuery.NotSeen)).ShouldNotContain(new UniqueId(3));

        var moved = await inbox.MoveToAsync(new UniqueId(2), await client.GetFolderAsync("Archive"));
        moved.ShouldNotBeNull();
        (await inbox.SearchAsync(SearchQuery.All)).Select(u => u.Id).ShouldBe([1u, 3u, 4u, 5u]);
        await Should.ThrowAsync<MessageNotFoundException>(() => inbox.GetMessageAsync(new UniqueId(2)));
        await Should.ThrowAsync<FolderNotFoundException>(() => client.GetFolderAsync("No such folder"));
    }

    [DovecotFact]
    public async Task The_highest_message_answers_a_range_beyond_the_end()
    {
        var user = Dovecot.NewUser();
        Dovecot.Deliver(user, "Subject: only\n\n.\n"u8);
        using var client = await Connect(user);
        await client.Inbox.OpenAsync(FolderAccess.ReadOnly);
        (await client.Inbox.SearchAsync(SearchQuery.Uids(new UniqueIdRange(new UniqueId(100), UniqueId.MaxValue)))).ShouldBe([new UniqueId(1)]);
    }

    [DovecotFact]
    public async Task An_appended_message_comes_back_as_it_was()
    {
        var user = Dovecot.NewUser();
        using var client = await Connect(user, SecureSocketOptions.StartTls);
        using var message = new MimeMessage { Subject = "退款 \"quoted\"" };
        message.From.Add(new MailboxAddress("李雷", "li@example.com"));
        message.Body = new TextPart("plain") { Text = "你好\r\n" };
        var uid = await client.Inbox.AppendAsync(message, MessageFlags.Seen);
        await client.Inbox.OpenAsync(FolderAccess.ReadOnly);
        using var back = await client.Inbox.GetMessageAsync(uid!.Value);
        (back.Subject, back.TextBody?.Trim(), back.From.Mailboxes.Single().Name).ShouldBe(("退款 \"quoted\"", "你好", "李雷"));
        (await client.Inbox.GetHeadersAsync(uid.Value))[HeaderId.MessageId].ShouldBe($"<{message.MessageId}>");
    }

    [DovecotFact]
    public async Task A_restored_mailbox_has_another_UIDVALIDITY()
    {
        var user = Dovecot.NewUser();
        Dovecot.Deliver(user, "Subject: one\n\n.\n"u8);
        uint before;
        using (var client = await Connect(user))
        {
            await client.Inbox.OpenAsync(FolderAccess.ReadOnly);
            before = client.Inbox.UidValidity;
            await client.DisconnectAsync(true);
        }
        Dovecot.ChangeUidValidity(user);
        using var again = await Connect(user);
        await again.Inbox.OpenAsync(FolderAccess.ReadOnly);
        again.Inbox.UidValidity.ShouldNotBe(before);
        (await again.Inbox.SearchAsync(SearchQuery.All)).Single().Id.ShouldBeGreaterThan(1000u);
    }
}

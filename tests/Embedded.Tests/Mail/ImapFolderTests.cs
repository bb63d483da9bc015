using System.Text;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Search;
using MailKit.Security;
using MimeKit;
using Shouldly;
using WalletFunctions.TestSupport;
using Xunit;

namespace Embedded.Tests.Mail;

/// <summary>The open mailbox (RFC 3501, 4315, 6851), against recorded conversations, those of odd servers among them.</summary>
public class ImapFolderTests
{
    private const string In = "* PREAUTH [CAPABILITY IMAP4rev1 UIDPLUS MOVE] in\n";
    private const string Old = "* PREAUTH [CAPABILITY IMAP4rev1] in\n";
    private const string Selected = "* FLAGS (\\Seen)\n* 3 EXISTS\n* OK [UIDVALIDITY 7] v\n* OK [UIDNEXT 42] n\n* OK [PERMANENTFLAGS (\\Seen \\Deleted)] p\n$ OK [READ-WRITE] done\n";

    private static async Task<(ImapClient Client, IMailFolder Inbox)> Open(ScriptedServer server, FolderAccess access = FolderAccess.ReadWrite)
    {
        var client = new ImapClient { Timeout = 5_000 };
        await client.ConnectAsync("localhost", server.Port, SecureSocketOptions.None);
        await client.Inbox.OpenAsync(access);
        return (client, client.Inbox);
    }

    [Fact]
    public async Task An_opened_folder_knows_its_counts_its_validity_and_its_flags()
    {
        await using var server = ScriptedServer.Imap(In, ("SELECT \"INBOX\"", Selected), ("NOOP", "* 4 EXISTS\n* 1 EXPUNGE\n$ OK\n"));
        var (client, inbox) = await Open(server);
        using var _ = client;
        (inbox.UidValidity, inbox.UidNext, inbox.Count, inbox.Access, inbox.IsOpen).ShouldBe((7u, new UniqueId(42), 3, FolderAccess.ReadWrite, true));
        inbox.PermanentFlags.ShouldBe(MessageFlags.Seen | MessageFlags.Deleted);
        await client.NoOpAsync();
        inbox.Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_opened_is_a_refused_command()
    {
        await using var server = ScriptedServer.Imap(In, ("SELECT \"INBOX\"", "$ NO [NONEXISTENT] no such box\n"), ("NOOP", "$ OK\n"));
        using var client = new ImapClient();
        await client.ConnectAsync("localhost", server.Port, SecureSocketOptions.None);
        var refused = await Should.ThrowAsync<ImapCommandException>(() => client.Inbox.OpenAsync(FolderAccess.ReadWrite));
        (refused.Response, refused.ResponseText).ShouldBe((ImapCommandResponse.No, "no such box"));
        client.Inbox.IsOpen.ShouldBeFalse();
        await Should.ThrowAsync<FolderNotOpenException>(() => client.Inbox.SearchAsync(SearchQuery.All));
        await client.NoOpAsync();
    }

    [Fact]
    public async Task The_server_may_grant_less_than_was_asked_for()
    {
        await using var server = ScriptedServer.Imap(In, ("SELECT \"INBOX\"", "* 0 EXISTS\n$ OK [READ-ONLY] look only\n"));
        var (client, inbox) = await Open(server);
        using var _ = client;
        inbox.Access.ShouldBe(FolderAccess.ReadOnly);
        (await Should.ThrowAsync<FolderNotOpenException>(() => inbox.AddFlagsAsync(new UniqueId(1), MessageFlags.Seen, true))).FolderAccess.ShouldBe(FolderAccess.ReadWrite);
    }

    [Fact]
    public async Task A_folder_is_found_by_its_name_in_any_script_and_a_missing_one_says_so()
    {
        await using var server = ScriptedServer.Imap(
            In,
            ("LIST \"\" \"&U,BTFw-/a&-b\"", "* LIST (\\HasNoChildren) \"/\" other\n* LIST (\\HasNoChildren) \"/\" {13}\n&U,BTFw-/a&-b\n$ OK\n"),
            ("LIST \"\" \"no%ne\"", "* LIST () \".\" nobody.ne\n$ OK\n"));
        using var client = new ImapClient();
        await client.ConnectAsync("localhost", server.Port, SecureSocketOptions.None);
        (await client.GetFolderAsync("台北/a&b")).FullName.ShouldBe("台北/a&b");
        (await Should.ThrowAsync<FolderNotFoundException>(() => client.GetFolderAsync("no%ne"))).FolderName.ShouldBe("no%ne");
    }

    [Fact]
    public async Task A_fetch_reads_sizes_dates_flags_and_headers_however_the_server_writes_them()
    {
        const string Fetched =
            "* 1 FETCH (FLAGS (\\Seen $Junk) UID 5 INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" RFC822.SIZE 44 BODY[HEADER.FIELDS (MESSAGE-ID SUBJECT)] {25}\nMessage-ID: <a@b>\nX: y\n\n)\n" +
            "* 2 FETCH (FLAGS (\\Deleted))\n" +                                                                           // somebody else's change
            "* 7 FETCH (x-gm-odd (1 (2 \"3)\")) uid 9 rfc822.size 12 internaldate \" 1-Jan-2026 00:00:00 +0000\" body[header.fields (\"Message-ID\" Subject)] \"Message-ID: <c@d>\")\n" +
            "* 8 FETCH (UID 10 RFC822.SIZE NIL BODY[HEADER] NIL))\n" +
            "* 9 FETCH (UID 77 RFC822.SIZE 1)\n" +                                                                       // not asked for
            "$ OK\n";
        await using var server = ScriptedServer.Imap(
            In, ("SELECT \"INBOX\"", Selected),
            ("UID FETCH 5,9:11 (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID SUBJECT)])", Fetched));
        var (client, inbox) = await Open(server);
        using var _ = client;
        var found = await inbox.FetchAsync([new UniqueId(9), new UniqueId(5), new UniqueId(10), new UniqueId(11)], MessageSummaryItems.UniqueId | MessageSummaryItems.Fast, [HeaderId.MessageId, HeaderId.Subject]);
        found.Select(s => s.UniqueId.Id).ShouldBe([5u, 9u, 10u]);
        found[0].Index.ShouldBe(0);
        found[0].Flags.ShouldBe(MessageFlags.Seen);
        found[0].Keywords.ShouldBe(["$Junk"]);
        found[0].Size.ShouldBe(44u);
        found[0].InternalDate.ShouldBe(new DateTimeOffset(1996, 7, 17, 2, 44, 25, TimeSpan.FromHours(-7)));
        found[0].Headers![HeaderId.MessageId].ShouldBe("<a@b>");
        found[0].UniqueId.Validity.ShouldBe(7u);
        found[1].InternalDate.ShouldBe(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        found[1].Headers![HeaderId.MessageId].ShouldBe("<c@d>");
        found[2].Size.ShouldBeNull();
    }

    [Fact]
    public async Task A_part_of_a_message_comes_as_a_stream_and_a_missing_message_says_so()
    {
        await using var server = ScriptedServer.Imap(
            In, ("SELECT \"INBOX\"", Selected),
            ("UID FETCH 5 (BODY.PEEK[]<10.4>)", "* 1 FETCH (UID 5 BODY[]<10> {4}\nwxyz)\n$ OK\n"),
            ("UID FETCH 5 (BODY.PEEK[]<14.4>)", "* 1 FETCH (UID 5 BODY[]<14> \"\")\n$ OK\n"),
            ("UID FETCH 6 (BODY.PEEK[])", "$ OK\n"),
            ("UID FETCH 5 (BODY.PEEK[HEADER])", "* 1 FETCH (BODY[HEADER] {14}\nSubject: s\n\n UID 5)\n$ OK\n"),
            ("UID FETCH 5 (BODY.PEEK[])", "* 1 FETCH (UID 5 BODY[] {18}\nSubject: s\n\nbody)\n$ OK\n"));
        var (client, inbox) = await Open(server);
        using var _ = client;
        using (var part = await inbox.GetStreamAsync(new UniqueId(5), 10, 4)) (await new StreamReader(part).ReadToEndAsync()).ShouldBe("wxyz");
        using (var beyond = await inbox.GetStreamAsync(new UniqueId(5), 14, 4)) beyond.Length.ShouldBe(0);
        await Should.ThrowAsync<MessageNotFoundException>(() => inbox.GetMessageAsync(new UniqueId(6)));
        (await inbox.GetHeadersAsync(new UniqueId(5)))[HeaderId.Subject].ShouldBe("s");
        using var message = await inbox.GetMessageAsync(new UniqueId(5));
        message.Subject.ShouldBe("s");
    }

    [Fact]
    public async Task Searches_are_written_in_IMAPs_terms_and_answered_in_ascending_order()
    {
        await using var server = ScriptedServer.Imap(
            In, ("SELECT \"INBOX\"", Selected),
            ("UID SEARCH UID 42:*", "* SEARCH 41\n$ OK\n"),
            ("UID SEARCH OR UNSEEN (NOT DELETED SINCE 3-Feb-2026)", "* SEARCH 9 3\n* SEARCH 5 9 junk\n$ OK\n"),
            ("UID SEARCH HEADER \"Message-Id\" \"<a@b>\"", "* SEARCH\n$ OK\n"),
            ("UID SEARCH HEADER {7}|X\r\nA1 Y {10}|\r\nA2 CLOSE", "$ NO [BADCHARSET] what\n"),
            ("UID SEARCH CHARSET UTF-8 HEADER \"Subject\" {6}|退款", "* SEARCH 1\n$ OK\n"));
        var (client, inbox) = await Open(server);
        using var _ = client;
        // The highest message answers a range beyond the end, which is why callers filter by what they have.
        (await inbox.SearchAsync(SearchQuery.Uids(new UniqueIdRange(new UniqueId(42), UniqueId.MaxValue)))).ShouldBe([new UniqueId(41)]);
        (await inbox.SearchAsync(SearchQuery.NotSeen.Or(SearchQuery.Not(SearchQuery.Deleted).And(SearchQuery.DeliveredAfter(new DateTime(2026, 2, 3)))))).Select(u => u.Id).ShouldBe([3u, 5u, 9u]);
        (await inbox.SearchAsync(SearchQuery.HeaderContains("Message-Id", "<a@b>"))).ShouldBeEmpty();
        await Should.ThrowAsync<ImapCommandException>(() => inbox.SearchAsync(SearchQuery.HeaderContains("X\r\nA1 Y", "\r\nA2 CLOSE")));
        (await inbox.SearchAsync(SearchQuery.HeaderContains("Subject", "退款"))).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Flags_are_stored_by_UID_and_only_those_that_the_folder_keeps()
    {
        await using var server = ScriptedServer.Imap(
            In, ("SELECT \"INBOX\"", Selected),
            ("UID STORE 1:3 +FLAGS.SILENT (\\Seen)", "$ OK\n"),
            ("UID STORE 8 -FLAGS (\\Deleted done)", "* 2 FETCH (FLAGS ())\n$ OK\n"));
        var (client, inbox) = await Open(server);
        using var _ = client;
        await inbox.AddFlagsAsync([new UniqueId(2), new UniqueId(1), new UniqueId(3)], MessageFlags.Seen | MessageFlags.Answered, silent: true);
        (await inbox.StoreAsync(new UniqueId(8), new StoreFlagsRequest(StoreAction.Remove, MessageFlags.Deleted, ["done"]))).ShouldBeTrue();
        await inbox.AddFlagsAsync(new UniqueId(8), MessageFlags.None, silent: true);
        await Should.ThrowAsync<ArgumentException>(() => inbox.StoreAsync(new UniqueId(8), new StoreFlagsRequest(StoreAction.Add, ["a b"])));
    }

    [Fact]
    public async Task A_move_is_one_command_where_the_server_knows_it()
    {
        await using var server = ScriptedServer.Imap(
            In, ("SELECT \"INBOX\"", Selected), ("LIST \"\" \"Done\"", "* LIST () NIL Done\n$ OK\n"),
            ("UID MOVE 5 \"Done\"", "* OK [COPYUID 99 5 1] moved\n* 1 EXPUNGE\n$ OK\n"), ("UID MOVE 6 \"Done\"", "$ NO [TRYCREATE] gone\n"));
        var (client, inbox) = await Open(server);
        using var _ = client;
        var done = await client.GetFolderAsync("Done");
        var moved = await inbox.MoveToAsync(new UniqueId(5), done);
        (moved!.Value.Validity, moved.Value.Id, inbox.Count).ShouldBe((99u, 1u, 2));
        await Should.ThrowAsync<FolderNotFoundException>(() => inbox.MoveToAsync(new UniqueId(6), done));
    }

    [Fact]
    public async Task Elsewhere_a_move_copies_deletes_and_removes_this_message_alone()
    {
        await using var server = ScriptedServer.Imap(
            Old, ("SELECT \"INBOX\"", Selected), ("LIST \"\" \"Done\"", "* LIST () \"/\" Done\n$ OK\n"), ("UID COPY 5 \"Done\"", "$ OK\n"), ("UID STORE 5 +FLAGS.SILENT (\\Deleted)", "$ OK\n"),
            ("UID SEARCH DELETED NOT UID 5", "* SEARCH 2 3\n$ OK\n"), ("UID STORE 2:3 -FLAGS.SILENT (\\Deleted)", "$ OK\n"), ("EXPUNGE", "* 1 EXPUNGE\n$ OK\n"), ("UID STORE 2:3 +FLAGS.SILENT (\\Deleted)", "$ OK\n"));
        var (client, inbox) = await Open(server);
        using var _ = client;
        (await inbox.MoveToAsync(new UniqueId(5), await client.GetFolderAsync("Done"))).ShouldBeNull();
    }

    [Fact]
    public async Task An_appended_message_goes_as_a_literal_with_whole_line_ends()
    {
        await using var server = ScriptedServer.Imap(In, ("APPEND \"INBOX\" (\\Seen) {18}|Subject: s\r\n\r\nhi\r\n", "$ OK [APPENDUID 7 43] done\n"));
        using var client = new ImapClient();
        await client.ConnectAsync("localhost", server.Port, SecureSocketOptions.None);
        using var message = MimeMessage.Load(new MemoryStream(Encoding.ASCII.GetBytes("Subject: s\n\nhi\n")));
        var uid = await client.Inbox.AppendAsync(message, MessageFlags.Seen);
        (uid!.Value.Validity, uid.Value.Id).ShouldBe((7u, 43u));
    }

    [Fact]
    public async Task Opening_another_folder_closes_the_first()
    {
        await using var server = ScriptedServer.Imap(In, ("SELECT \"INBOX\"", Selected), ("LIST \"\" \"Done\"", "* LIST () \"/\" \"Done\"\n$ OK\n"), ("EXAMINE \"Done\"", "* 0 EXISTS\n$ OK [READ-ONLY]\n"), ("NOOP", "$ OK\n"));
        var (client, inbox) = await Open(server);
        using var _ = client;
        var done = await client.GetFolderAsync("Done");
        await done.OpenAsync(FolderAccess.ReadOnly);
        (inbox.IsOpen, inbox.Access, done.IsOpen).ShouldBe((false, FolderAccess.None, true));
        await done.CloseAsync();
        done.IsOpen.ShouldBeFalse();
        await client.NoOpAsync();
    }
}

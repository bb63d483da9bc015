using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Azure.Data.Tables;
using MailKit.Security;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using WalletFunctions.Platform;
using WalletFunctions.Support.Email;
using WalletFunctions.Support.Inbox;
using WalletFunctions.TestSupport;
using Xunit;

namespace Functions.Tests.Support;

/// <summary>From a mailbox into the raw mail store, exactly once, whatever breaks.</summary>
public sealed class MailFetcherTests(MailFetcherTests.Servers servers) : IClassFixture<MailFetcherTests.Servers>
{
    private readonly ShiftedTime time = new();
    private readonly AbandonPolicy death = new();

    public sealed class Servers : IAsyncLifetime
    {
        internal string ConnectionString { get; } = Azurite.NewAccount();

        internal Dovecot? Dovecot { get; private set; }

        public async Task InitializeAsync()
        {
            if (Dovecot.Program is not null) Dovecot = await Dovecot.StartAsync();
            var storage = new Storage(new StorageAddress(ConnectionString, null, null, null), []);
            await Task.WhenAll(
                storage.Table(RawMailTable.TableName).CreateIfNotExistsAsync(),
                storage.Table(MailCursorTable.TableName).CreateIfNotExistsAsync(),
                storage.Container(RawMailStore.ContainerName).CreateIfNotExistsAsync(),
                storage.Queue(InboundMailNote.QueueName).CreateIfNotExistsAsync());
        }

        public Task DisposeAsync()
        {
            Dovecot?.Dispose();
            return Task.CompletedTask;
        }
    }

    private Dovecot Server => servers.Dovecot ?? throw new InvalidOperationException(Dovecot.HowToInstall);

    [DovecotFact]
    public async Task Three_hundred_messages_are_stored_once_each_by_two_fetchers_that_keep_dying()
    {
        const int Seed = 20261122;
        var random = new Random(Seed);
        var dovecot = Server;
        using var proxy = new CuttingProxy(dovecot.ImapsPort);
        var user = dovecot.NewUser();
        var messages = Mails(300);
        var delivered = 0;

        void Deliver(int count)
        {
            foreach (var message in messages.Skip(delivered).Take(count)) dovecot.Deliver(user, message);
            delivered += count;
        }

        Deliver(120);
        var dead = 0;
        for (var round = 0; round < 16; round++)
        {
            if (round % 4 == 0) Deliver(45);
            if (round == 9) dovecot.ChangeUidValidity(user);
            // Each way of dying: between two storage calls, or by a cut line in the middle of anything.
            if (random.Next(2) == 0) death.DieAt(random.Next(1, 220), afterIt: random.Next(2) == 0);
            else proxy.CutAfter = random.Next(2_000, 400_000);
            foreach (var fault in await Task.WhenAll(RunAsync(Fetcher(dovecot, proxy.Port, user)), RunAsync(Fetcher(dovecot, proxy.Port, user)))) dead += fault is null ? 0 : 1;
            death.Live();
            proxy.CutAfter = long.MaxValue;
            time.Offset += TimeSpan.FromHours(25); // what was set aside for a cut line is tried again
        }

        delivered.ShouldBe(300);
        var last = Fetcher(dovecot, proxy.Port, user);
        await last.RunAsync(CancellationToken.None);
        (await last.RunAsync(CancellationToken.None)).ShouldBe(0, "everything is stored");
        dead.ShouldBeGreaterThan(0, "or nothing was proved");

        // What the server gives out: whole line ends, and no NUL.
        var expected = messages.Select(m => Hash(AsServed(m))).Order(StringComparer.Ordinal).ToList();
        var rows = await RowsAsync(user);
        rows.Where(r => r.SameAs is null).Select(r => r.Mail.Sha256).Order(StringComparer.Ordinal).SequenceEqual(expected, StringComparer.Ordinal).ShouldBeTrue($"{rows.Count(r => r.SameAs is null)} stored, {rows.Where(r => r.SameAs is null).DistinctBy(r => r.Mail.Sha256).Count()} of them different, {expected.Except(rows.Select(r => r.Mail.Sha256), StringComparer.Ordinal).Count()} missing; seed {Seed}");
        rows.ShouldContain(r => r.SameAs != null, "the mailbox was read again under its new UIDVALIDITY");

        var store = new RawMailStore(Storage(), new MachineClock(time));
        await Parallel.ForEachAsync(rows.Where(r => r.SameAs is null), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (row, _) => Hash(await store.ReadAsync(row.Mail, CancellationToken.None)).ShouldBe(row.Mail.Sha256));

        // Nobody has reported any of it done, so the sweep rings for every one, whatever became of the first ring.
        await DrainAsync();
        time.Offset += TimeSpan.FromHours(1);
        await store.SweepAsync(CancellationToken.None);
        var stored = rows.Where(r => r.SameAs is null).Select(r => r.Mail.RawId).ToHashSet(StringComparer.Ordinal);
        stored.Except(await DrainAsync(), StringComparer.Ordinal).ShouldBeEmpty();

        // And through the queue: each is in the inbox once, or in quarantine.
        time.Offset += TimeSpan.FromHours(1);
        await store.SweepAsync(CancellationToken.None);
        await using var app = await TestApp.StartAsync(connectionString: servers.ConnectionString);
        await Eventually.True("the queue is worked off", async () => !(await RemindersAsync()).Overlaps(stored), TimeSpan.FromMinutes(2));
        var taken = (await InboxAsync()).Where(stored.Contains).ToList();
        taken.ShouldBeUnique();
        var quarantined = await QuarantineAsync();
        taken.Intersect(quarantined, StringComparer.Ordinal).ShouldBeEmpty();
        stored.Except(taken, StringComparer.Ordinal).Except(quarantined, StringComparer.Ordinal).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_message_that_the_server_cannot_give_out_is_passed_by_and_tried_again_later()
    {
        const string In = "* OK [CAPABILITY IMAP4rev1] ready\n";
        const string Selected = "* 3 EXISTS\n* OK [UIDVALIDITY 7] v\n$ OK [READ-WRITE] done\n";
        const string Fetch = "(UID FLAGS INTERNALDATE RFC822.SIZE)";
        await using (var first = ScriptedServer.Imap(
            In,
            ("LOGIN \"u\" \"p\"", "$ OK [CAPABILITY IMAP4rev1] in\n"), ("SELECT \"INBOX\"", Selected), ("UID SEARCH UID 1:*", "* SEARCH 1 2 3\n$ OK\n"), ("UID SEARCH UNSEEN", "* SEARCH 1 2 3\n$ OK\n"),
            ("UID FETCH 1:3 " + Fetch, "* 1 FETCH (UID 1 RFC822.SIZE 5 FLAGS ())\n* 2 FETCH (UID 2 RFC822.SIZE 5 FLAGS ())\n* 3 FETCH (UID 3 RFC822.SIZE 5 FLAGS ())\n$ OK\n"),
            ("UID FETCH 1 (BODY.PEEK[])", "* 1 FETCH (UID 1 BODY[] {5}\na:b\n)\n$ OK\n"),
            ("UID FETCH 2 (BODY.PEEK[])", "$ NO [SERVERBUG] corrupted\n"),
            ("UID FETCH 3 (BODY.PEEK[])", "* 3 FETCH (UID 3 BODY[] {5}\nc:d\n)\n$ OK\n"),
            ("UID STORE 1,3 +FLAGS.SILENT (\\Seen)", "$ OK\n"), ("LOGOUT", "* BYE\n$ OK\n")))
        {
            (await Scripted(first).RunAsync(CancellationToken.None)).ShouldBe(2);
        }

        // The cursor is past it, and it is not asked for before its time.
        await using (var second = ScriptedServer.Imap(
            In,
            ("LOGIN \"u\" \"p\"", "$ OK [CAPABILITY IMAP4rev1] in\n"), ("SELECT \"INBOX\"", Selected), ("UID SEARCH UID 4:*", "* SEARCH 3\n$ OK\n"), ("UID SEARCH UNSEEN", "* SEARCH 2\n$ OK\n"), ("LOGOUT", "$ OK\n")))
        {
            (await Scripted(second).RunAsync(CancellationToken.None)).ShouldBe(0);
        }

        time.Offset += TimeSpan.FromMinutes(2);
        await using (var third = ScriptedServer.Imap(
            In,
            ("LOGIN \"u\" \"p\"", "$ OK [CAPABILITY IMAP4rev1] in\n"), ("SELECT \"INBOX\"", Selected), ("UID SEARCH UID 4:*", "* SEARCH 3\n$ OK\n"), ("UID SEARCH UNSEEN", "* SEARCH 2\n$ OK\n"),
            ("UID FETCH 2 " + Fetch, "* 2 FETCH (UID 2 RFC822.SIZE 5 FLAGS ())\n$ OK\n"), ("UID FETCH 2 (BODY.PEEK[])", "* 2 FETCH (UID 2 BODY[] {5}\ne:f\n)\n$ OK\n"), ("UID STORE 2 +FLAGS.SILENT (\\Seen)", "$ OK\n"), ("LOGOUT", "$ OK\n")))
        {
            (await Scripted(third).RunAsync(CancellationToken.None)).ShouldBe(1);
        }

        (await RowsAsync("u")).Count.ShouldBe(3);
    }

    [DovecotFact]
    public async Task Stored_mail_is_moved_where_the_settings_say_so_and_big_mail_comes_whole()
    {
        var dovecot = Server;
        var user = dovecot.NewUser();
        var big = Encoding.ASCII.GetBytes("Subject: big\r\n\r\n" + string.Concat(Enumerable.Range(0, 60_000).Select(i => $"line {i} of a long message\r\n")));
        dovecot.Deliver(user, big);
        dovecot.Deliver(user, "Subject: small\r\n\r\n.\r\n"u8);
        var fetcher = Fetcher(dovecot, dovecot.ImapsPort, user, options => options with { MoveTo = "Archive" });
        (await fetcher.RunAsync(CancellationToken.None)).ShouldBe(2);
        (await fetcher.RunAsync(CancellationToken.None)).ShouldBe(0);
        (await RowsAsync(user)).Select(r => r.Mail.Sha256).ShouldContain(Hash(big));

        var archive = Fetcher(dovecot, dovecot.ImapsPort, user, options => options with { Folder = "Archive" });
        (await archive.RunAsync(CancellationToken.None)).ShouldBe(2, "both were moved, and another folder is another mailbox");
    }

    [Fact]
    public async Task Without_a_mailbox_nothing_happens_and_a_server_that_is_away_is_no_fault_of_ours()
    {
        (await Fetcher(null).RunAsync(CancellationToken.None)).ShouldBe(0);
        (await Fetcher(new ImapOptions(new MailServer("127.0.0.1", 1, SecureSocketOptions.None, "u", "p", null, null, false), "INBOX", null)).RunAsync(CancellationToken.None)).ShouldBe(0);
    }

    [Fact]
    public async Task The_same_delivery_stored_again_changes_nothing_and_rings_again_until_it_is_done()
    {
        var store = new RawMailStore(Storage(), new MachineClock(time));
        var delivery = new MailDelivery("box", "7-1", time.GetUtcNow());
        await DrainAsync();
        var first = await store.AddAsync(delivery, "Subject: a\r\n\r\n"u8.ToArray(), CancellationToken.None);
        (await store.AddAsync(delivery, "Subject: a\r\n\r\n"u8.ToArray(), CancellationToken.None)).ShouldBe(first);
        (await store.AddAsync(delivery with { DeliveryKey = "8-1" }, "Subject: a\r\n\r\n"u8.ToArray(), CancellationToken.None)).ShouldBe(first, "the same bytes are the same mail under another number");
        var second = await store.AddAsync(delivery with { Mailbox = "other box" }, "Subject: a\r\n\r\n"u8.ToArray(), CancellationToken.None);
        second.RawId.ShouldNotBe(first.RawId, "what was sent to two mailboxes are two deliveries");
        (await store.FindAsync(first.RawId, CancellationToken.None)).ShouldBe(first);
        (await store.FindAsync("../x", CancellationToken.None)).ShouldBeNull();
        (await DrainAsync()).Count.ShouldBe(3);

        await store.DoneAsync(first.RawId, CancellationToken.None);
        time.Offset += TimeSpan.FromHours(1);
        await store.SweepAsync(CancellationToken.None);
        var rung = await DrainAsync();
        rung.ShouldContain(second.RawId, "it was never reported done");
        rung.ShouldNotContain(first.RawId);
    }

    private static byte[] AsServed(byte[] message) =>
        Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(message).Replace("\r\n", "\n", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal).Replace('\0', '\x80'));

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static async Task<Exception?> RunAsync(MailFetcher fetcher)
    {
        try
        {
            await fetcher.RunAsync(CancellationToken.None);
            return null;
        }
        catch (Exception e) when (e is AbandonedException || e.InnerException is AbandonedException)
        {
            return e;
        }
    }

    /// <summary>The odd ones are the parser's corpus and a few that a server could not have made up itself.</summary>
    private static List<byte[]> Mails(int count)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "TestData", "mail");
        var odd = Directory.GetFiles(folder, "*.eml").Order(StringComparer.Ordinal).Select(File.ReadAllBytes).ToList();
        odd.Add("x"u8.ToArray());
        odd.Add([.. Enumerable.Range(0, 256).Select(i => (byte)i)]);
        odd.Add(Encoding.ASCII.GetBytes(new string('A', 70_000)));
        odd.Add(Encoding.ASCII.GetBytes("Subject: " + new string('s', 20_000) + "\n\nlong\n"));
        odd.Add(Encoding.ASCII.GetBytes("Subject: deep\nContent-Type: multipart/mixed; boundary=b\n\n" + string.Concat(Enumerable.Repeat("--b\nContent-Type: multipart/mixed; boundary=b\n\n", 200))));
        odd.Add(Encoding.ASCII.GetBytes("Subject: big\n\n" + string.Concat(Enumerable.Repeat("0123456789012345678901234567890123456789012345678901234567890123456789\n", 20_000))));
        odd.Count.ShouldBeGreaterThanOrEqualTo(40);
        var plain = Enumerable.Range(0, count - odd.Count).Select(i => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"Message-ID: <{i}@shop.example>\nFrom: Li <li{i}@example.com>\nTo: support@wallet.example\nSubject: order {i}\n\nWhere is order {i}?\n")));
        return [.. odd.Concat(plain).OrderBy(Hash, StringComparer.Ordinal)];
    }

    private MailFetcher Scripted(ScriptedServer server) => Fetcher(new ImapOptions(new MailServer("127.0.0.1", server.Port, SecureSocketOptions.None, "u", "p", null, null, false) { Timeout = 10_000 }, "INBOX", null));

    private MailFetcher Fetcher(Dovecot dovecot, int port, string user, Func<ImapOptions, ImapOptions>? change = null)
    {
        ArgumentNullException.ThrowIfNull(dovecot);
        var pin = TestCertificate.Shared.GetCertHashString(HashAlgorithmName.SHA256);
        var options = new ImapOptions(new MailServer("127.0.0.1", port, SecureSocketOptions.SslOnConnect, user, Dovecot.Password, null, pin, false) { Timeout = 20_000 }, "INBOX", null) { Batch = 50 };
        return Fetcher(change is null ? options : change(options));
    }

    private MailFetcher Fetcher(ImapOptions? options)
    {
        var (storage, clock) = (Storage(), new MachineClock(time));
        return new MailFetcher(options, new MailConnections(new(() => throw new NotSupportedException())), new RawMailStore(storage, clock), new MailCursorTable(storage), clock, NullLogger<MailFetcher>.Instance);
    }

    private Storage Storage() => new(new StorageAddress(servers.ConnectionString, null, null, null), [death]);

    private async Task<List<RawMailRow>> RowsAsync(string mailbox)
    {
        var rows = new List<RawMailRow>();
        var table = new RawMailTable(Storage());
        await foreach (var row in Storage().Table(RawMailTable.TableName).QueryAsync<TableEntity>())
        {
            if (row.TryGetValue("Mailbox", out var its) && its is string name && name.StartsWith(mailbox + "@", StringComparison.Ordinal)) rows.Add((await table.FindAsync(row.RowKey, CancellationToken.None))!);
        }

        return rows;
    }

    private async Task<HashSet<string>> RemindersAsync()
    {
        var waiting = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var reminder in new RawMailTable(Storage()).DueRemindersAsync(DateTimeOffset.MaxValue, CancellationToken.None)) waiting.Add(reminder.RawId);
        return waiting;
    }

    /// <summary>The raw mail behind each stored message.</summary>
    private async Task<List<string>> InboxAsync()
    {
        var found = new List<string>();
        await foreach (var row in Storage().Table(ConversationTable.TableName).QueryAsync<TableEntity>())
        {
            var text = string.Concat(row.Where(p => p.Key.StartsWith("Data", StringComparison.Ordinal)).OrderBy(p => int.Parse(p.Key[4..], CultureInfo.InvariantCulture)).Select(p => (string)p.Value));
            if (row.RowKey != "head" && JsonDocument.Parse(text is "" ? "{}" : text).RootElement.TryGetProperty("rawId", out var rawId) && rawId.GetString() is { } id) found.Add(id);
        }

        return found;
    }

    private async Task<List<string>> QuarantineAsync()
    {
        var found = new List<string>();
        await foreach (var row in Storage().Table(Quarantine.TableName).QueryAsync<TableEntity>()) found.Add(row.GetString("RawId"));
        return found;
    }

    private async Task<List<string>> DrainAsync()
    {
        var queue = Storage().Queue(InboundMailNote.QueueName);
        var rung = new List<string>();
        while ((await queue.ReceiveMessagesAsync(32)).Value is { Length: > 0 } messages)
        {
            foreach (var message in messages)
            {
                rung.Add(JsonSerializer.Deserialize<InboundMailNote>(message.Body.ToString())!.RawId);
                await queue.DeleteMessageAsync(message.MessageId, message.PopReceipt);
            }
        }

        return rung;
    }

    private sealed class ShiftedTime : TimeProvider
    {
        public TimeSpan Offset { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Offset;
    }
}

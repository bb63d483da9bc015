using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Inbox;
using WalletFunctions.Platform;
using WalletFunctions.Support.Email;
using WalletFunctions.Support.Inbox;
using WalletFunctions.TestSupport;
using WalletFunctions.Tests.Wallet;

using Faults = WalletFunctions.Tests.Wallet.Faults;

namespace WalletFunctions.Tests.Support;

/// <summary>The inbox of one process on a storage account of its own, or of another process on the same account.</summary>
internal sealed class InboxRig
{
    public static readonly AccountId Agent = Id.From<AccountId>(DateTimeOffset.UnixEpoch, "agent"u8);

    private readonly string connectionString;

    private InboxRig(string connectionString, SettableClock clock, FakeSender sender)
    {
        this.connectionString = connectionString;
        Clock = clock;
        Sender = sender;
        Storage = new Storage(new StorageAddress(connectionString, null, null, null), [Faults]);
        var machine = new MachineClock(clock);
        Signature = new ThreadSignature(new byte[32], "wallet.example");
        Table = new ConversationTable(Storage);
        Index = new InboxIndex(Storage, Table);
        var lookups = new InboxLookups(Storage, new Secrets(new byte[32]));
        var conversations = new Conversations(Table, Index);
        var store = new RawMailStore(Storage, machine);
        Store = store;
        Quarantine = new Quarantine(Storage, store);
        Mail = new InboundMail(store, new MailIntake(lookups, Table, conversations, Signature), Quarantine, clock, NullLogger<InboundMail>.Instance);
        Outbound = new OutboundMail(new OutboxTable(Storage), Table, conversations, sender, Storage, clock, machine);
        Desk = new InboxDesk(Table, Index, conversations, Outbound, Signature, clock);
        // What it opens here is about nobody's account.
        Inbox = new InboxService(conversations, lookups, null!, clock);
    }

    public Faults Faults { get; } = new();

    public SettableClock Clock { get; }

    public FakeSender Sender { get; }

    public Storage Storage { get; }

    public ThreadSignature Signature { get; }

    public ConversationTable Table { get; }

    public InboxIndex Index { get; }

    public IRawMailStore Store { get; }

    public Quarantine Quarantine { get; }

    public InboundMail Mail { get; }

    public OutboundMail Outbound { get; }

    public InboxDesk Desk { get; }

    public IInbox Inbox { get; }

    public static async Task<InboxRig> OpenAsync()
    {
        var rig = new InboxRig(Azurite.NewAccount(), new SettableClock(), new FakeSender());
        foreach (var table in new[] { ConversationTable.TableName, InboxIndex.TableName, InboxLookups.TableName, OutboxTable.TableName, Quarantine.TableName, RawMailTable.TableName })
        {
            await rig.Storage.Table(table).CreateIfNotExistsAsync();
        }

        await rig.Storage.Queue(InboundMailNote.QueueName).CreateIfNotExistsAsync();
        await rig.Storage.Queue(OutboundMailNote.QueueName).CreateIfNotExistsAsync();
        await rig.Storage.Container(RawMailStore.ContainerName).CreateIfNotExistsAsync();
        return rig;
    }

    /// <summary>A second process: nothing in memory is shared but the outside world.</summary>
    public InboxRig Another() => new(connectionString, Clock, Sender);

    /// <summary>Stores a mail as the fetcher does, and works it off.</summary>
    public async Task<RawMail> TakeAsync(string mail, string key = "", string mailbox = "test")
    {
        var raw = await StoreAsync(mail, key, mailbox);
        await Mail.WorkAsync(raw.RawId, default);
        return raw;
    }

    public Task<RawMail> StoreAsync(string mail, string key = "", string mailbox = "test")
    {
        var bytes = Encoding.UTF8.GetBytes(mail.ReplaceLineEndings("\r\n"));
        return Store.AddAsync(new MailDelivery(mailbox, key.Length > 0 ? key : Convert.ToHexString(SHA256.HashData(bytes)), Clock.GetUtcNow()), bytes, default);
    }

    public async Task<IReadOnlyList<Conversation>> ListAsync(InboxView view = InboxView.All) =>
        (await Desk.ListAsync(new InboxQuery(view, Agent), new Page(200, null), default)).Items;

    public async Task<(Conversation Head, IReadOnlyList<InboxMessage> Messages, IReadOnlyList<TimelineItem> Items)> ReadAsync(ConversationId id)
    {
        var (head, items) = (await Desk.OpenAsync(id, default)).ShouldNotBeNull();
        var messages = items.OfType<InboxMessage>().ToList();
        items.Select(item => item.Number).ShouldBe(Enumerable.Range(1, head.Conversation.Count));
        RecordChain.FirstBroken(messages, head.Conversation.ChainHash).ShouldBeNull();
        return (head.Conversation, messages, items);
    }

    public async Task<InboxMessage> ReplyAsync(ConversationId id, string text = "We look into it.", string key = "") =>
        (await Desk.ReplyAsync(id, key.Length > 0 ? Encoding.UTF8.GetBytes(key) : RandomNumberGenerator.GetBytes(16), Agent, text, null, default)).Value.ShouldNotBeNull();

    /// <summary>A mail of an invented customer.</summary>
    public static string MailText(string id, string subject = "Question", string text = "hello", string from = "Li Na <li.na@customer.example>", string headers = "") =>
        $"From: {from}\nTo: support@wallet.example\nSubject: {subject}\nDate: Mon, 23 Nov 2026 10:00:00 +0800\nMessage-ID: <{id}>\n{headers}\n{text}\n";
}

internal sealed class SettableClock : TimeProvider
{
    public DateTimeOffset Now { get; set; } = new(2026, 11, 23, 2, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;
}

/// <summary>The outside world's end of mail.</summary>
internal sealed class FakeSender : IMailSender
{
    public bool CanRepeat { get; set; }

    /// <summary>Mail that arrived, by operation where the sender can tell.</summary>
    public List<OutgoingMail> Delivered { get; } = [];

    public Func<OutgoingMail, SendOutcome> Answer { get; set; } = _ => new SendOutcome.Sent("ok");

    /// <summary>The process dies right after the mail was taken.</summary>
    public bool DiesAfter { get; set; }

    public Task<SendOutcome> SendAsync(OutgoingMail mail, CancellationToken cancellationToken)
    {
        var outcome = Answer(mail);
        if (outcome is SendOutcome.Sent && !(CanRepeat && Delivered.Exists(known => known.OperationId == mail.OperationId)))
        {
            Delivered.Add(mail);
        }

        return DiesAfter ? throw new ProcessEndedException() : Task.FromResult(outcome);
    }
}

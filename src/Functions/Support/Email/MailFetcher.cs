using System.Globalization;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Search;
using Microsoft.Extensions.Logging;
using WalletFunctions.Platform;

namespace WalletFunctions.Support.Email;

/// <summary>
/// Fetches a mailbox into the raw mail store. A message is stored first and only then marked or moved, so a crash anywhere
/// costs a repetition that finds it stored. Several fetchers at once do no harm.
/// </summary>
public sealed partial class MailFetcher
{
    private const int Chunk = 256 * 1024;
    private const int MarkAfter = 20;

    private readonly ImapOptions? options;
    private readonly MailConnections connections;
    private readonly RawMailStore store;
    private readonly MailCursorTable cursors;
    private readonly MachineClock clock;
    private readonly ILogger<MailFetcher> log;
    private int saidUnset;
    private int width = int.MaxValue;

    internal MailFetcher(ImapOptions? options, MailConnections connections, RawMailStore store, MailCursorTable cursors, MachineClock clock, ILogger<MailFetcher> log) =>
        (this.options, this.connections, this.store, this.cursors, this.clock, this.log) = (options, connections, store, cursors, clock, log);

    /// <summary>Fetches what there is, within the time that the options allow.</summary>
    /// <returns>How many messages were stored.</returns>
    /// <remarks>What a mail server can do to us ends the run with a warning; the next one goes on. Faults of our storage are thrown.</remarks>
    internal async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        if (options is null)
        {
            if (Interlocked.Exchange(ref saidUnset, 1) == 0) Unset(log);
            return 0;
        }

        var run = new Run(options.Mailbox, clock.GetUtcNow() + options.Budget);
        using var client = new ImapClient();
        try
        {
            await connections.ConnectAsync(client, options.Server, cancellationToken);
            var folder = options.Folder.Equals("INBOX", StringComparison.OrdinalIgnoreCase) ? client.Inbox : await client.GetFolderAsync(options.Folder, cancellationToken);
            await folder.OpenAsync(FolderAccess.ReadWrite, cancellationToken);
            var target = await FindTargetAsync(client, cancellationToken);
            await FetchAsync(run, folder, target, cancellationToken);
            await client.DisconnectAsync(true, cancellationToken);
        }
        catch (Exception fault) when (IsServers(fault) && !cancellationToken.IsCancellationRequested)
        {
            Broken(log, MailCursorTable.PartitionOf(run.Mailbox), fault.GetType().Name);
        }

        if (run.Stored > 0) Fetched(log, run.Stored, MailCursorTable.PartitionOf(run.Mailbox));
        return run.Stored;
    }

    /// <summary>Rings again for stored mail that nobody has reported done.</summary>
    internal Task SweepAsync(CancellationToken cancellationToken) => store.SweepAsync(cancellationToken);

    private async Task FetchAsync(Run run, IMailFolder folder, IMailFolder? target, CancellationToken ct)
    {
        var cursor = await cursors.FindAsync(run.Mailbox, ct);
        var validity = folder.UidValidity;
        if (cursor is not null && cursor.UidValidity != validity) Renumbered(log, MailCursorTable.PartitionOf(run.Mailbox));
        if (cursor is null || cursor.UidValidity != validity) cursor = new MailCursor(validity, 0);

        var aside = new Dictionary<uint, SetAsideMail>();
        await foreach (var mail in cursors.SetAsideAsync(run.Mailbox, validity, ct)) aside[mail.Uid] = mail;

        // A range up to * answers with the highest message even if that is an old one, hence the filter.
        var found = cursor.LastUid == uint.MaxValue ? [] : await folder.SearchAsync(SearchQuery.Uids(new UniqueIdRange(new UniqueId(cursor.LastUid + 1), UniqueId.MaxValue)), ct);
        var fresh = found.Where(uid => uid.Id > cursor.LastUid).ToList();
        // Those that were stored but not marked, and any that the cursor should have met and did not.
        var unseen = await folder.SearchAsync(SearchQuery.NotSeen, ct);
        var now = clock.GetUtcNow();
        var wanted = fresh.Union(unseen).Union(aside.Keys.Select(uid => new UniqueId(validity, uid)))
            .Where(uid => !aside.TryGetValue(uid.Id, out var mail) || mail.NextTry <= now)
            .Order().ToList();

        for (var at = 0; at < wanted.Count && clock.GetUtcNow() <= run.Deadline;)
        {
            var batch = wanted[at..Math.Min(wanted.Count, at + Math.Min(width, options!.Batch))];
            at += batch.Count;
            var settled = await FetchBatchAsync(run, folder, target, batch, aside, ct);
            // Over the contiguous part only: what is not settled stays above the cursor and is met again.
            var last = cursor.LastUid;
            foreach (var uid in fresh.SkipWhile(uid => uid.Id <= last).TakeWhile(uid => settled.Contains(uid.Id) || aside.ContainsKey(uid.Id))) last = uid.Id;
            if (last == cursor.LastUid) continue;
            cursor = cursor with { LastUid = last };
            await cursors.WriteAsync(run.Mailbox, cursor, ct);
        }
    }

    /// <summary>The UIDs that are stored now, or gone.</summary>
    private async Task<HashSet<uint>> FetchBatchAsync(Run run, IMailFolder folder, IMailFolder? target, List<UniqueId> batch, Dictionary<uint, SetAsideMail> aside, CancellationToken ct)
    {
        var summaries = await SummariesAsync(run, folder, batch, aside, ct);
        // What is neither answered nor set aside was deleted by somebody.
        var settled = batch.Select(uid => uid.Id).Except(summaries.Select(s => s.UniqueId.Id)).Where(uid => !aside.ContainsKey(uid)).ToHashSet();
        var stored = new List<IMessageSummary>();
        // Big ones last, so that they hold up nobody.
        foreach (var summary in summaries.OrderBy(s => s.Size > options!.WholeUpTo).ThenBy(s => s.UniqueId))
        {
            if (await TryStoreAsync(run, folder, summary, aside, ct))
            {
                settled.Add(summary.UniqueId.Id);
                stored.Add(summary);
            }

            if (stored.Count < MarkAfter) continue;
            await MarkAsync(folder, target, stored, ct);
            stored.Clear();
        }

        await MarkAsync(folder, target, stored, ct);
        return settled;
    }

    /// <summary>Sizes and dates first. One message whose metadata the server cannot read must not hide the others, so a failing batch is cut in halves.</summary>
    private async Task<IList<IMessageSummary>> SummariesAsync(Run run, IMailFolder folder, List<UniqueId> batch, Dictionary<uint, SetAsideMail> aside, CancellationToken ct)
    {
        try
        {
            var summaries = await folder.FetchAsync(batch, MessageSummaryItems.UniqueId | MessageSummaryItems.Size | MessageSummaryItems.InternalDate | MessageSummaryItems.Flags, ct);
            width = width > int.MaxValue / 2 ? int.MaxValue : width * 2;
            return summaries;
        }
        catch (Exception fault) when (IsServers(fault) && !ct.IsCancellationRequested)
        {
            width = Math.Max(1, batch.Count / 2); // the next run starts with less, in case the server hung up for it
            if (batch.Count == 1) await SetAsideAsync(run, aside, Earlier(aside, folder.UidValidity, batch[0].Id), ct);
            if (fault is not CommandException) throw;
            if (batch.Count == 1) return [];
            var first = await SummariesAsync(run, folder, batch[..(batch.Count / 2)], aside, ct);
            return [.. first, .. await SummariesAsync(run, folder, batch[(batch.Count / 2)..], aside, ct)];
        }
    }

    private async Task<bool> TryStoreAsync(Run run, IMailFolder folder, IMessageSummary summary, Dictionary<uint, SetAsideMail> aside, CancellationToken ct)
    {
        var uid = summary.UniqueId;
        var validity = folder.UidValidity;
        var delivery = new MailDelivery(run.Mailbox, string.Create(CultureInfo.InvariantCulture, $"{validity}-{uid.Id}"), summary.InternalDate?.ToUniversalTime() ?? clock.GetUtcNow());
        if (!await store.KnowsAsync(delivery, ct))
        {
            var isBig = !(summary.Size <= options!.WholeUpTo);
            var earlier = Earlier(aside, validity, uid.Id);
            try
            {
                // A big one may take the whole process down, which no handler would see: it is counted before it is tried.
                if (isBig) await SetAsideAsync(run, aside, earlier, ct);
                if (isBig) await StoreBigAsync(delivery, folder, uid, ct);
                else await StoreWholeAsync(delivery, folder, uid, ct);
                run.Stored++;
            }
            catch (MessageNotFoundException)
            {
                // Deleted between the two fetches.
            }
            catch (Exception fault) when (IsServers(fault) && !ct.IsCancellationRequested)
            {
                if (!isBig) await SetAsideAsync(run, aside, earlier, ct);
                if (fault is not CommandException and not FormatException) throw; // the connection is gone; the next run passes this one by
                return false;
            }
        }

        if (aside.Remove(uid.Id, out var settled)) await cursors.RemoveAsync(run.Mailbox, settled, ct);
        return true;
    }

    private async Task StoreWholeAsync(MailDelivery delivery, IMailFolder folder, UniqueId uid, CancellationToken ct)
    {
        await using var stream = await folder.GetStreamAsync(uid, ct);
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, ct);
        await store.AddAsync(delivery, bytes.GetBuffer().AsMemory(0, (int)bytes.Length), ct);
    }

    private async Task StoreBigAsync(MailDelivery delivery, IMailFolder folder, UniqueId uid, CancellationToken ct)
    {
        await using var file = new FileStream(Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, Chunk, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        while (true)
        {
            await using var part = await folder.GetStreamAsync(uid, (int)file.Length, Chunk, ct);
            if (part.Length == 0) break;
            await part.CopyToAsync(file, ct);
            if (part.Length < Chunk) break;
        }

        await store.AddAsync(delivery, file, ct);
    }

    private static SetAsideMail Earlier(Dictionary<uint, SetAsideMail> aside, uint validity, uint uid) =>
        aside.GetValueOrDefault(uid) ?? new SetAsideMail(validity, uid, 0, DateTimeOffset.UnixEpoch);

    private async Task SetAsideAsync(Run run, Dictionary<uint, SetAsideMail> aside, SetAsideMail earlier, CancellationToken ct)
    {
        var mail = earlier.Failed(clock.GetUtcNow());
        await cursors.WriteAsync(run.Mailbox, mail, ct);
        aside[mail.Uid] = mail;
        if (mail.Attempts >= SetAsideMail.MaxAttempts) GaveUp(log, mail.Uid, MailCursorTable.PartitionOf(run.Mailbox), mail.Attempts);
    }

    private static async Task MarkAsync(IMailFolder folder, IMailFolder? target, List<IMessageSummary> stored, CancellationToken ct)
    {
        if (target is null)
        {
            var unmarked = stored.Where(s => s.Flags is not { } flags || !flags.HasFlag(MessageFlags.Seen)).Select(s => s.UniqueId).ToList();
            if (unmarked.Count > 0) await folder.AddFlagsAsync(unmarked, MessageFlags.Seen, silent: true, ct);
            return;
        }

        foreach (var summary in stored) await folder.MoveToAsync(summary.UniqueId, target, ct);
    }

    private async Task<IMailFolder?> FindTargetAsync(ImapClient client, CancellationToken ct)
    {
        if (options!.MoveTo is not { } name) return null;
        try
        {
            return await client.GetFolderAsync(name, ct);
        }
        catch (FolderNotFoundException)
        {
            NoTarget(log);
            return null;
        }
    }

    /// <summary>What a mail server or the way to it can do to us, as opposed to our storage and our bugs.</summary>
    private static bool IsServers(Exception fault) =>
        fault is ProtocolException or CommandException or MailKit.Security.AuthenticationException or MailKit.Security.SslHandshakeException or FolderNotFoundException or ServiceNotConnectedException
            or NotSupportedException or FormatException or TimeoutException or IOException or System.Net.Sockets.SocketException or Azure.Identity.AuthenticationFailedException;

    [LoggerMessage(Level = LogLevel.Information, Message = "No mailbox is configured (Mail:Imap:Host); no mail is fetched")]
    private static partial void Unset(ILogger log);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} messages of mailbox {Mailbox} were stored")]
    private static partial void Fetched(ILogger log, int count, string mailbox);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Fetching mailbox {Mailbox} ended early: {Fault}")]
    private static partial void Broken(ILogger log, string mailbox, string fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Mailbox {Mailbox} has another UIDVALIDITY; it is read again from its start, and known mail is recognised")]
    private static partial void Renumbered(ILogger log, string mailbox);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The folder of Mail:Imap:MoveTo does not exist; stored mail is marked as seen instead")]
    private static partial void NoTarget(ILogger log);

    [LoggerMessage(Level = LogLevel.Error, Message = "Message {Uid} of mailbox {Mailbox} could not be fetched in {Attempts} attempts and stays where it is")]
    private static partial void GaveUp(ILogger log, uint uid, string mailbox, int attempts);

    private sealed class Run(string mailbox, DateTimeOffset deadline)
    {
        public string Mailbox { get; } = mailbox;

        public DateTimeOffset Deadline { get; } = deadline;

        public int Stored { get; set; }
    }
}

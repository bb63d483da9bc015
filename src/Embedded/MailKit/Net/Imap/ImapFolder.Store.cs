using System.Globalization;
using MailKit.Search;

namespace MailKit.Net.Imap;

/// <summary>Flags and moves.</summary>
public partial class ImapFolder
{
    public async Task<bool> StoreAsync(UniqueId uid, IStoreFlagsRequest request, CancellationToken cancellationToken = default) =>
        (await StoreAsync([uid], request, cancellationToken)).Count == 0;

    /// <summary>The UIDs that were not changed: none, since only unconditional stores are implemented. A UID that is gone counts as stored.</summary>
    public async Task<IList<UniqueId>> StoreAsync(IList<UniqueId> uids, IStoreFlagsRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(uids);
        ArgumentNullException.ThrowIfNull(request);
        CheckOpen(writable: true);
        if (uids.Count == 0) return [];
        if (request.Action != StoreAction.Set && (request.Flags & Settable) == MessageFlags.None && request.Keywords.Count == 0) return [];
        var action = request.Action switch { StoreAction.Add => "+FLAGS", StoreAction.Remove => "-FLAGS", StoreAction.Set => "FLAGS" };
        await RunEachAsync("UID STORE", uids, $"{action}{(request.Silent ? ".SILENT" : "")} {ImapFlags.Format(request.Flags & PermanentFlags, request.Keywords)}", cancellationToken);
        return [];
    }

    /// <summary>Without MOVE on the server: COPY, \Deleted and an expunge of this message alone. Its new UID, if the server says it.</summary>
    public async Task<UniqueId?> MoveToAsync(UniqueId uid, IMailFolder destination, CancellationToken cancellationToken = default)
    {
        CheckOpen(writable: true);
        if (!uid.IsValid) throw new ArgumentException("The UID is not valid.", nameof(uid));
        ArgumentNullException.ThrowIfNull(destination);
        if (destination is not ImapFolder target || target.client != client) throw new ArgumentException("The destination is not a folder of this client.", nameof(destination));

        UniqueId? moved = null;
        var moves = client.Capabilities.HasFlag(ImapCapabilities.Move);
        var name = moves ? "UID MOVE" : "UID COPY";
        var command = new ImapCommand(name) { OnUntagged = untagged => moved ??= CopyUid(untagged.Status) };
        var status = await client.RunAsync(command.Raw($" {uid} ").Mailbox(target.FullName), cancellationToken);
        if (status.Argument("TRYCREATE") is not null) throw new FolderNotFoundException(target.FullName);
        moved ??= CopyUid(status.ThrowIfNotOk(name));
        if (moves) return moved;
        await StoreAsync(uid, new StoreFlagsRequest(StoreAction.Add, MessageFlags.Deleted) { Silent = true }, cancellationToken);
        await ExpungeAsync(uid, cancellationToken);
        return moved;
    }

    /// <summary>Without UIDPLUS the other deleted messages lose their flag for the moment of the expunge, which takes all that have it.</summary>
    async Task ExpungeAsync(UniqueId uid, CancellationToken ct)
    {
        if (client.Capabilities.HasFlag(ImapCapabilities.UidPlus))
        {
            await RunEachAsync("UID EXPUNGE", [uid], "", ct);
            return;
        }
        var others = await SearchAsync(SearchQuery.Deleted.And(SearchQuery.Not(SearchQuery.Uids([uid]))), ct);
        await RunEachAsync("UID STORE", others, "-FLAGS.SILENT (\\Deleted)", ct);
        (await client.RunAsync(new ImapCommand("EXPUNGE"), ct)).ThrowIfNotOk("EXPUNGE");
        await RunEachAsync("UID STORE", others, "+FLAGS.SILENT (\\Deleted)", ct);
    }

    async Task RunEachAsync(string name, IList<UniqueId> uids, string arguments, CancellationToken ct)
    {
        foreach (var set in UidText.Subsets(uids, MaxSetLength)) (await client.RunAsync(new ImapCommand(name).Raw($" {set} {arguments}".TrimEnd()), ct)).ThrowIfNotOk(name);
    }

    // RFC 4315: COPYUID uidvalidity source destination. MOVE says it in an untagged OK.
    static UniqueId? CopyUid(ImapStatus? status) =>
        status?.Argument("COPYUID")?.Split(' ') is [var validity, _, var to] && uint.TryParse(validity, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && UniqueId.TryParse(to, number, out var uid) ? uid : null;
}

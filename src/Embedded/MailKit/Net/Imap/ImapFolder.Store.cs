namespace MailKit.Net.Imap;

/// <summary>Flags, copies, moves and removal.</summary>
public partial class ImapFolder
{
    public async Task<bool> StoreAsync(UniqueId uid, IStoreFlagsRequest request, CancellationToken cancellationToken = default) =>
        (await StoreAsync([uid], request, cancellationToken)).Count == 0;

    /// <summary>The UIDs that were not changed: none, since UNCHANGEDSINCE is not implemented. A UID that is gone counts as stored.</summary>
    public async Task<IList<UniqueId>> StoreAsync(IList<UniqueId> uids, IStoreFlagsRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(uids);
        ArgumentNullException.ThrowIfNull(request);
        if (request.UnchangedSince is not null) throw new NotSupportedException("The embedded MailKit stores flags without conditions.");
        CheckOpen(writable: true);
        if (uids.Count == 0) return [];
        if (request.Action != StoreAction.Set && (request.Flags & Settable) == MessageFlags.None && request.Keywords.Count == 0) return [];
        var action = request.Action switch { StoreAction.Add => "+FLAGS", StoreAction.Remove => "-FLAGS", StoreAction.Set => "FLAGS" };
        var flags = ImapFlags.Format(request.Flags & PermanentFlags, request.Keywords);
        foreach (var set in UniqueIdSet.Subsets(uids, MaxSetLength))
        {
            (await client.RunAsync(new ImapCommand("UID STORE").Raw($" {set} {action}{(request.Silent ? ".SILENT" : "")} {flags}"), cancellationToken)).ThrowIfNotOk("UID STORE");
        }
        return [];
    }

    public async Task<UniqueId?> CopyToAsync(UniqueId uid, IMailFolder destination, CancellationToken cancellationToken = default) =>
        First(await CopyToAsync([uid], destination, cancellationToken));

    public Task<UniqueIdMap> CopyToAsync(IList<UniqueId> uids, IMailFolder destination, CancellationToken cancellationToken = default)
    {
        CheckOpen(writable: false);
        return TransferAsync("UID COPY", uids, destination, cancellationToken);
    }

    public async Task<UniqueId?> MoveToAsync(UniqueId uid, IMailFolder destination, CancellationToken cancellationToken = default) =>
        First(await MoveToAsync([uid], destination, cancellationToken));

    public async Task<UniqueIdMap> MoveToAsync(IList<UniqueId> uids, IMailFolder destination, CancellationToken cancellationToken = default)
    {
        CheckOpen(writable: true);
        if (client.Capabilities.HasFlag(ImapCapabilities.Move)) return await TransferAsync("UID MOVE", uids, destination, cancellationToken);
        var copied = await CopyToAsync(uids, destination, cancellationToken);
        await StoreAsync(uids, new StoreFlagsRequest(StoreAction.Add, MessageFlags.Deleted) { Silent = true }, cancellationToken);
        await ExpungeAsync(uids, cancellationToken);
        return copied;
    }

    /// <summary>Removes every message with \Deleted, other people's too.</summary>
    public async Task ExpungeAsync(CancellationToken cancellationToken = default)
    {
        CheckOpen(writable: true);
        (await client.RunAsync(new ImapCommand("EXPUNGE"), cancellationToken)).ThrowIfNotOk("EXPUNGE");
    }

    /// <summary>Removes these alone. Without UIDPLUS the others lose \Deleted for the moment of the expunge.</summary>
    public async Task ExpungeAsync(IList<UniqueId> uids, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(uids);
        CheckOpen(writable: true);
        if (uids.Count == 0) return;
        if (client.Capabilities.HasFlag(ImapCapabilities.UidPlus))
        {
            foreach (var set in UniqueIdSet.Subsets(uids, MaxSetLength)) (await client.RunAsync(new ImapCommand("UID EXPUNGE").Raw(" " + set), cancellationToken)).ThrowIfNotOk("UID EXPUNGE");
            return;
        }
        var others = await SearchAsync(Search.SearchQuery.Deleted.And(Search.SearchQuery.Not(Search.SearchQuery.Uids(uids))), cancellationToken);
        await StoreAsync(others, new StoreFlagsRequest(StoreAction.Remove, MessageFlags.Deleted) { Silent = true }, cancellationToken);
        await ExpungeAsync(cancellationToken);
        await StoreAsync(others, new StoreFlagsRequest(StoreAction.Add, MessageFlags.Deleted) { Silent = true }, cancellationToken);
    }

    async Task<UniqueIdMap> TransferAsync(string name, IList<UniqueId> uids, IMailFolder destination, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(uids);
        ArgumentNullException.ThrowIfNull(destination);
        if (destination is not ImapFolder target || target.client != client) throw new ArgumentException("The destination is not a folder of this client.", nameof(destination));
        var source = new List<UniqueId>();
        var copies = new List<UniqueId>();
        foreach (var set in UniqueIdSet.Subsets(uids, MaxSetLength))
        {
            var command = new ImapCommand(name) { OnUntagged = untagged => Note(untagged.Status) };
            var status = await client.RunAsync(command.Raw($" {set} ").Mailbox(target.FullName), ct);
            if (status.Argument("TRYCREATE") is not null) throw new FolderNotFoundException(target.FullName);
            Note(status.ThrowIfNotOk(name));
        }
        return source.Count == 0 ? UniqueIdMap.Empty : new UniqueIdMap(source, copies);

        // RFC 4315: COPYUID uidvalidity source-set destination-set. MOVE says it in an untagged OK. Bounded by what was asked for.
        void Note(ImapStatus? status)
        {
            if (status?.Argument("COPYUID")?.Split(' ') is not [var validity, var from, var to]) return;
            if (!uint.TryParse(validity, out var number) || !UniqueIdSet.TryParse(from, UidValidity, out var sources) || !UniqueIdSet.TryParse(to, number, out var targets)) return;
            if (sources.Count != targets.Count || source.Count + sources.Count > uids.Count) return;
            source.AddRange(sources);
            copies.AddRange(targets);
        }
    }

    static UniqueId? First(UniqueIdMap map) => map.Destination.Count > 0 ? map.Destination[0] : null;
}

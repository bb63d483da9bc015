using System.Globalization;
using MimeKit;

namespace MailKit.Net.Imap;

/// <summary>A mailbox on the server. What it says of itself is as of the last command; it must be open for anything but append.</summary>
public partial class ImapFolder : IMailFolder
{
    const MessageFlags Settable = MessageFlags.Answered | MessageFlags.Deleted | MessageFlags.Draft | MessageFlags.Flagged | MessageFlags.Seen;

    /// <summary>Servers take command lines of 8,000 octets and more (RFC 7162 4).</summary>
    const int MaxSetLength = 7000;

    readonly ImapClient client;

    internal ImapFolder(ImapClient client, string fullName) => (this.client, FullName) = (client, fullName);

    public FolderAccess Access { get; private set; }
    public bool IsOpen => client.Selected == this;
    public string FullName { get; }
    public MessageFlags PermanentFlags { get; private set; }
    public uint UidValidity { get; private set; }
    public UniqueId? UidNext { get; private set; }
    public int Count { get; internal set; }

    public async Task<FolderAccess> OpenAsync(FolderAccess access, CancellationToken cancellationToken = default)
    {
        if (access is not (FolderAccess.ReadOnly or FolderAccess.ReadWrite)) throw new ArgumentOutOfRangeException(nameof(access));
        client.CheckAuthenticated();
        if (client.Selected is { } other) other.Access = FolderAccess.None;
        client.Selected = null; // whatever comes of it, the server has closed the old one
        (UidValidity, UidNext, Count) = (0, null, 0);
        PermanentFlags = access == FolderAccess.ReadWrite ? Settable | MessageFlags.UserDefined : MessageFlags.None;
        Access = access;
        var name = access == FolderAccess.ReadOnly ? "EXAMINE" : "SELECT";
        var status = await client.RunAsync(new ImapCommand(name) { Opens = this }.Raw(" ").Mailbox(FullName), cancellationToken);
        if (!status.IsOk) Access = FolderAccess.None;
        status.ThrowIfNotOk(name);
        client.Selected = this;
        return Access;
    }

    public async Task CloseAsync(bool expunge = false, CancellationToken cancellationToken = default)
    {
        CheckOpen(writable: expunge);
        var name = expunge ? "CLOSE" : client.Capabilities.HasFlag(ImapCapabilities.Unselect) ? "UNSELECT" : null;
        if (name is not null) (await client.RunAsync(new ImapCommand(name), cancellationToken)).ThrowIfNotOk(name);
        Access = FolderAccess.None;
        client.Selected = null;
    }

    public async Task<UniqueId?> AppendAsync(IAppendRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        client.CheckAuthenticated();
        var options = FormatOptions.Default.Clone();
        options.NewLineFormat = NewLineFormat.Dos;
        options.EnsureNewLine = true;
        using var bytes = new MemoryStream();
        await request.Message.WriteToAsync(options, bytes, cancellationToken);

        var command = new ImapCommand("APPEND").Raw(" ").Mailbox(FullName);
        if ((request.Flags & Settable) != MessageFlags.None) command.Raw(" " + ImapFlags.Format(request.Flags & Settable, []));
        var status = await client.RunAsync(command.Raw(" ").Literal(bytes.ToArray()), cancellationToken);
        if (status.Argument("TRYCREATE") is not null) throw new FolderNotFoundException(FullName);
        status.ThrowIfNotOk("APPEND");
        // RFC 4315: APPENDUID uidvalidity uid
        return status.Argument("APPENDUID")?.Split(' ') is [var validity, var uid]
            && uint.TryParse(validity, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && UniqueId.TryParse(uid, number, out var appended) ? appended : null;
    }

    /// <summary>What a status response's code says of this folder (RFC 3501 7.1).</summary>
    internal void ProcessCode(ImapStatus status)
    {
        if (status.Argument("UIDVALIDITY") is { } validity && uint.TryParse(validity, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) UidValidity = number;
        else if (status.Argument("UIDNEXT") is { } next && UniqueId.TryParse(next, UidValidity, out var uid)) UidNext = uid;
        else if (status.Argument("READ-ONLY") is not null) Access = FolderAccess.ReadOnly;
        else if (status.Argument("READ-WRITE") is not null) Access = FolderAccess.ReadWrite;
        else if (status.Argument("PERMANENTFLAGS") is { } flags && Access == FolderAccess.ReadWrite) PermanentFlags = ImapFlags.Parse(flags.Trim('(', ')').Split(' '), out _);
    }

    void CheckOpen(bool writable)
    {
        client.CheckAuthenticated();
        var needed = writable ? FolderAccess.ReadWrite : FolderAccess.ReadOnly;
        if (!IsOpen || Access < needed) throw new FolderNotOpenException(FullName, needed);
    }
}

internal static class ImapFlags
{
    static readonly (MessageFlags Flag, string Name)[] System =
    [
        (MessageFlags.Seen, "\\Seen"), (MessageFlags.Answered, "\\Answered"), (MessageFlags.Flagged, "\\Flagged"),
        (MessageFlags.Deleted, "\\Deleted"), (MessageFlags.Draft, "\\Draft"), (MessageFlags.Recent, "\\Recent"), (MessageFlags.UserDefined, "\\*"),
    ];

    public static MessageFlags Parse(IEnumerable<string> names, out HashSet<string> keywords)
    {
        var flags = MessageFlags.None;
        keywords = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in names)
        {
            var known = Array.Find(System, s => s.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (known.Name is not null) flags |= known.Flag;
            else if (name.Length > 0) keywords.Add(name);
        }
        return flags;
    }

    public static string Format(MessageFlags flags, IEnumerable<string> keywords)
    {
        var names = System.Where(s => s.Flag < MessageFlags.Recent && flags.HasFlag(s.Flag)).Select(s => s.Name).ToList();
        foreach (var keyword in keywords)
        {
            if (keyword.Length == 0 || keyword.Any(c => c is <= ' ' or >= '\x7f' or '(' or ')' or '{' or '%' or '*' or '"' or '\\' or ']')) throw new ArgumentException("A keyword is an IMAP atom.", nameof(keywords));
            names.Add(keyword);
        }
        return "(" + string.Join(' ', names) + ")";
    }
}

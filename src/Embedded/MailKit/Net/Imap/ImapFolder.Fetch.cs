using System.Globalization;
using MimeKit;

namespace MailKit.Net.Imap;

/// <summary>Reading. Always with BODY.PEEK, so that nothing is marked as seen by being read.</summary>
public partial class ImapFolder
{
    static readonly string[] DateFormats = ["d-MMM-yyyy HH:mm:ss zzz", "dd-MMM-yyyy HH:mm:ss zzz"];

    public async Task<IList<IMessageSummary>> FetchAsync(IList<UniqueId> uids, IFetchRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(uids);
        ArgumentNullException.ThrowIfNull(request);
        CheckOpen(writable: false);
        const MessageSummaryItems Implemented = MessageSummaryItems.Fast | MessageSummaryItems.UniqueId | MessageSummaryItems.Headers;
        if ((request.Items & ~Implemented) != MessageSummaryItems.None) throw new NotSupportedException("The embedded MailKit fetches flags, dates, sizes, UIDs and headers.");
        if (uids.Count == 0) return [];

        var found = new List<IMessageSummary>();
        var seen = new Dictionary<uint, MessageSummary>();
        foreach (var set in UidText.Subsets(uids, MaxSetLength))
        {
            await RunFetchAsync(set, Items(request), (index, values) =>
            {
                if (!TryUid(values, uids, out var uid)) return; // another client's change, not an answer
                if (!seen.TryGetValue(uid.Id, out var summary))
                {
                    seen[uid.Id] = summary = new MessageSummary(index) { UniqueId = uid };
                    found.Add(summary);
                }
                Fill(summary, values);
            }, cancellationToken);
        }
        return found;
    }

    public async Task<HeaderList> GetHeadersAsync(UniqueId uid, CancellationToken cancellationToken = default, ITransferProgress? progress = null)
    {
        using var section = await GetSectionAsync(uid, "BODY.PEEK[HEADER]", progress, cancellationToken);
        return await HeaderList.LoadAsync(section, cancellationToken);
    }

    public async Task<MimeMessage> GetMessageAsync(UniqueId uid, CancellationToken cancellationToken = default, ITransferProgress? progress = null)
    {
        var section = await GetSectionAsync(uid, "BODY.PEEK[]", progress, cancellationToken);
        return await MimeMessage.LoadAsync(section, cancellationToken);
    }

    public async Task<Stream> GetStreamAsync(UniqueId uid, CancellationToken cancellationToken = default, ITransferProgress? progress = null) =>
        await GetSectionAsync(uid, "BODY.PEEK[]", progress, cancellationToken);

    /// <summary>A stretch of the message, shorter than asked for at its end, empty beyond it.</summary>
    public async Task<Stream> GetStreamAsync(UniqueId uid, int offset, int count, CancellationToken cancellationToken = default, ITransferProgress? progress = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (count == 0) return new MemoryStream();
        return await GetSectionAsync(uid, string.Create(CultureInfo.InvariantCulture, $"BODY.PEEK[]<{offset}.{count}>"), progress, cancellationToken);
    }

    async Task<MemoryStream> GetSectionAsync(UniqueId uid, string item, ITransferProgress? progress, CancellationToken ct)
    {
        if (!uid.IsValid) throw new ArgumentException("The UID is not valid.", nameof(uid));
        if (progress is not null) throw new NotSupportedException("The embedded MailKit does not report progress.");
        CheckOpen(writable: false);
        byte[]? section = null;
        await RunFetchAsync(uid.ToString(), item, (_, values) =>
        {
            if (!TryUid(values, [uid], out var _)) return;
            foreach (var (name, value) in Pairs(values))
            {
                if (IsSection(name)) section = value as byte[] ?? (value is string odd ? System.Text.Encoding.Latin1.GetBytes(odd) : []);
            }
        }, ct);
        return section is null ? throw new MessageNotFoundException("The server has no message of that UID.") : new MemoryStream(section, writable: false);
    }

    async Task RunFetchAsync(string set, string items, Action<int, List<object?>> onFetched, CancellationToken ct)
    {
        var command = new ImapCommand("UID FETCH")
        {
            OnUntagged = untagged =>
            {
                if (untagged is { Name: "FETCH", Number: > 0 and var number } && untagged.Values.TryRead(out var value) && value is List<object?> values) onFetched((int)Math.Min(number, int.MaxValue) - 1, values);
            },
        };
        (await client.RunAsync(command.Raw($" {set} ({items})"), ct)).ThrowIfNotOk("UID FETCH");
    }

    static string Items(IFetchRequest request)
    {
        var items = new List<string> { "UID" };
        if (request.Items.HasFlag(MessageSummaryItems.Flags)) items.Add("FLAGS");
        if (request.Items.HasFlag(MessageSummaryItems.InternalDate)) items.Add("INTERNALDATE");
        if (request.Items.HasFlag(MessageSummaryItems.Size)) items.Add("RFC822.SIZE");
        if (request.Fields is { Count: > 0 } fields) items.Add($"BODY.PEEK[HEADER.FIELDS ({string.Join(' ', fields.Select(f => f.ToUpperInvariant()))})]");
        else if (request.Items.HasFlag(MessageSummaryItems.Headers)) items.Add("BODY.PEEK[HEADER]");
        return string.Join(' ', items);
    }

    static void Fill(MessageSummary summary, List<object?> values)
    {
        summary.Fields |= MessageSummaryItems.UniqueId;
        foreach (var (name, value) in Pairs(values))
        {
            switch (name.ToUpperInvariant())
            {
                case "FLAGS" when value is List<object?> names:
                    summary.Flags = ImapFlags.Parse(names.OfType<string>(), out var keywords);
                    summary.Keywords = keywords;
                    summary.Fields |= MessageSummaryItems.Flags;
                    break;
                case "INTERNALDATE" when DateTimeOffset.TryParseExact(ImapReader.AsText(value)?.Trim(), DateFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date):
                    summary.InternalDate = date;
                    summary.Fields |= MessageSummaryItems.InternalDate;
                    break;
                case "RFC822.SIZE" when ImapReader.AsNumber(value) is { } size:
                    summary.Size = size;
                    summary.Fields |= MessageSummaryItems.Size;
                    break;
                case var section when IsSection(section):
                    summary.Headers = ParseHeaders(value as byte[] ?? []);
                    summary.Fields |= MessageSummaryItems.Headers;
                    break;
            }
        }
    }

    static HeaderList ParseHeaders(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes);
        try
        {
            return HeaderList.Load(stream);
        }
        catch (FormatException)
        {
            return []; // none of the fields is there, or what is there is no header
        }
    }

    bool TryUid(List<object?> values, IList<UniqueId> asked, out UniqueId uid)
    {
        var id = Pairs(values).Where(p => p.Name.Equals("UID", StringComparison.OrdinalIgnoreCase)).Select(p => ImapReader.AsNumber(p.Value)).FirstOrDefault() ?? 0;
        uid = id == 0 ? UniqueId.Invalid : new UniqueId(UidValidity, id);
        // A range up to * brings the highest message even if that lies below the range (RFC 3501 9, seq-range).
        return uid.IsValid && (asked.Contains(uid) || asked is UniqueIdRange { Max.Id: uint.MaxValue });
    }

    static bool IsSection(string name) => name.StartsWith("BODY[", StringComparison.OrdinalIgnoreCase) || name.Equals("RFC822", StringComparison.OrdinalIgnoreCase) || name.Equals("RFC822.HEADER", StringComparison.OrdinalIgnoreCase);

    static IEnumerable<(string Name, object? Value)> Pairs(List<object?> values)
    {
        for (var i = 0; i + 1 < values.Count; i += 2)
        {
            if (ImapReader.AsText(values[i]) is { } name) yield return (name, values[i + 1]);
        }
    }
}

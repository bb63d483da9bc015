using System.Globalization;
using MailKit.Search;

namespace MailKit.Net.Imap;

public partial class ImapFolder
{
    /// <summary>The UIDs found, ascending.</summary>
    public async Task<IList<UniqueId>> SearchAsync(SearchQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        CheckOpen(writable: false);
        var found = new HashSet<uint>();
        var command = new ImapCommand("UID SEARCH")
        {
            OnUntagged = untagged =>
            {
                if (untagged.Name != "SEARCH") return;
                foreach (var value in untagged.Values.ReadAll())
                {
                    if (ImapReader.AsNumber(value) is > 0 and var id) found.Add(id);
                }
            },
        };
        if (HasWideText(query)) command.Raw(" CHARSET UTF-8");
        Write(command.Raw(" "), query, nested: false);
        (await client.RunAsync(command, cancellationToken)).ThrowIfNotOk("UID SEARCH");
        return [.. found.Order().Select(id => new UniqueId(UidValidity, id))];
    }

    static void Write(ImapCommand command, SearchQuery query, bool nested)
    {
        switch (query)
        {
            case BinarySearchQuery { Key: "AND" } and:
                if (nested) command.Raw("(");
                Write(command, and.Left, nested: false);
                Write(command.Raw(" "), and.Right, nested: false);
                if (nested) command.Raw(")");
                break;
            case BinarySearchQuery or:
                Write(command.Raw("OR "), or.Left, nested: true);
                Write(command.Raw(" "), or.Right, nested: true);
                break;
            case UnarySearchQuery not:
                Write(command.Raw("NOT "), not.Operand, nested: true);
                break;
            case HeaderSearchQuery header:
                command.Raw("HEADER ").Text(header.Field).Raw(" ").Text(header.Value);
                break;
            case DateSearchQuery date:
                command.Raw($"{date.Key} {date.Date.ToString("d-MMM-yyyy", CultureInfo.InvariantCulture)}");
                break;
            case UidSearchQuery uids:
                command.Raw("UID " + string.Join(',', UidText.Subsets(uids.Uids, int.MaxValue)));
                break;
            default:
                command.Raw(query.Key);
                break;
        }
    }

    static bool HasWideText(SearchQuery query) => query switch
    {
        BinarySearchQuery both => HasWideText(both.Left) || HasWideText(both.Right),
        UnarySearchQuery not => HasWideText(not.Operand),
        HeaderSearchQuery header => header.Value.Any(c => c > '\x7f'),
        _ => false,
    };
}

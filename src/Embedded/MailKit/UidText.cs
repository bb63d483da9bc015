using System.Globalization;
using System.Text;

namespace MailKit;

/// <summary>Sets of UIDs as IMAP writes them: <c>1:3,7</c>.</summary>
internal static class UidText
{
    /// <summary>Runs joined, cut into pieces that fit on a command line.</summary>
    public static IEnumerable<string> Subsets(IList<UniqueId> uids, int maxLength)
    {
        if (uids is UniqueIdRange range)
        {
            yield return range.ToString();
            yield break;
        }
        var line = new StringBuilder();
        foreach (var (start, end) in Runs(uids.Select(u => u.IsValid ? u.Id : throw new ArgumentException("A UID is not valid.", nameof(uids))).Distinct().Order()))
        {
            var text = start == end ? start.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{start}:{end}");
            if (line.Length > 0 && line.Length + 1 + text.Length > maxLength)
            {
                yield return line.ToString();
                line.Clear();
            }
            if (line.Length > 0) line.Append(',');
            line.Append(text);
        }
        if (line.Length > 0) yield return line.ToString();
    }

    static IEnumerable<(uint Start, uint End)> Runs(IEnumerable<uint> ascending)
    {
        (uint Start, uint End)? run = null;
        foreach (var id in ascending)
        {
            if (run is { } current && current.End + 1 == id) run = (current.Start, id);
            else
            {
                if (run is { } finished) yield return finished;
                run = (id, id);
            }
        }
        if (run is { } last) yield return last;
    }
}

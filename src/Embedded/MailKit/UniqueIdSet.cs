using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using MailKit.Search;

namespace MailKit;

/// <summary>UIDs without repeats, kept as runs: a set that a server states as <c>1:4000000000</c> costs one entry.</summary>
public class UniqueIdSet : IList<UniqueId>
{
    // A run may go downwards, as IMAP allows ("5:3"). 64-bit, so that no arithmetic on a run's ends overflows.
    readonly List<(long Start, long End)> runs = [];
    long highest; // so that adding in ascending order, the usual case, looks nothing up

    public UniqueIdSet(uint validity, SortOrder order = SortOrder.None)
    {
        if (order == SortOrder.Descending) throw new NotSupportedException("The embedded MailKit keeps UIDs in the order of arrival or ascending.");
        Validity = validity;
        SortOrder = order;
    }

    public UniqueIdSet(SortOrder order = SortOrder.None) : this(0, order) { }

    public UniqueIdSet(IEnumerable<UniqueId> uids, SortOrder order = SortOrder.None) : this(order)
    {
        ArgumentNullException.ThrowIfNull(uids);
        foreach (var uid in uids)
        {
            if (Validity == 0) Validity = uid.Validity;
            Add(uid);
        }
    }

    public SortOrder SortOrder { get; }
    public uint Validity { get; private set; }
    public int Count => (int)Math.Min(int.MaxValue, runs.Sum(Length));
    public bool IsReadOnly => false;

    public void Add(UniqueId item)
    {
        if (!item.IsValid) throw new ArgumentException("The UID is not valid.", nameof(item));
        long id = item.Id;
        var isHighest = id > highest;
        if (!isHighest && Contains(item)) return;
        highest = Math.Max(highest, id);
        if (SortOrder == SortOrder.None)
        {
            if (runs.Count > 0 && runs[^1] is var last && ((last.End == id - 1 && last.Start <= last.End) || (last.End == id + 1 && last.Start >= last.End))) runs[^1] = (last.Start, id);
            else runs.Add((id, id));
            return;
        }
        var at = isHighest ? -1 : runs.FindIndex(r => r.Start > id);
        if (at < 0) at = runs.Count;
        var joinsBefore = at > 0 && runs[at - 1].End == id - 1;
        var joinsAfter = at < runs.Count && runs[at].Start == id + 1;
        if (joinsBefore && joinsAfter)
        {
            runs[at - 1] = (runs[at - 1].Start, runs[at].End);
            runs.RemoveAt(at);
        }
        else if (joinsBefore) runs[at - 1] = (runs[at - 1].Start, id);
        else if (joinsAfter) runs[at] = (id, runs[at].End);
        else runs.Insert(at, (id, id));
    }

    public void AddRange(IEnumerable<UniqueId> uids)
    {
        foreach (var uid in uids) Add(uid);
    }

    public void Clear() => runs.Clear();
    public bool Contains(UniqueId item) => runs.Exists(r => Holds(r, item.Id));

    public int IndexOf(UniqueId item)
    {
        long before = 0;
        foreach (var run in runs)
        {
            if (Holds(run, item.Id)) return (int)(before + Math.Abs(item.Id - run.Start));
            before += Length(run);
        }
        return -1;
    }

    public UniqueId this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            long left = index;
            foreach (var run in runs)
            {
                if (left < Length(run)) return new UniqueId(Validity, (uint)(run.Start <= run.End ? run.Start + left : run.Start - left));
                left -= Length(run);
            }
            throw new ArgumentOutOfRangeException(nameof(index));
        }
        set => throw new NotSupportedException("A set of UIDs has no places to set.");
    }

    public bool Remove(UniqueId item)
    {
        var at = runs.FindIndex(r => Holds(r, item.Id));
        if (at < 0) return false;
        var (start, end) = runs[at];
        var step = start <= end ? 1 : -1;
        runs.RemoveAt(at);
        if (item.Id != end) runs.Insert(at, (item.Id + step, end));
        if (item.Id != start) runs.Insert(at, (start, item.Id - step));
        return true;
    }

    public void Insert(int index, UniqueId item) => throw new NotSupportedException("A set of UIDs has no places to insert at.");
    public void RemoveAt(int index) => Remove(this[index]);

    public void CopyTo(UniqueId[] array, int arrayIndex)
    {
        foreach (var uid in this) array[arrayIndex++] = uid;
    }

    public IEnumerator<UniqueId> GetEnumerator()
    {
        foreach (var (start, end) in runs)
        {
            var step = start <= end ? 1 : -1;
            for (var id = start; step > 0 ? id <= end : id >= end; id += step) yield return new UniqueId(Validity, (uint)id);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => string.Join(',', runs.Select(Text));

    public static string ToString(IList<UniqueId> uids) => string.Join(',', Subsets(uids, int.MaxValue));

    public static bool TryParse(string token, uint validity, [NotNullWhen(true)] out UniqueIdSet? uids)
    {
        ArgumentNullException.ThrowIfNull(token);
        uids = null;
        var set = new UniqueIdSet(validity);
        foreach (var part in token.Split(','))
        {
            var ends = part.Split(':');
            if (ends.Length > 2 || !TryParseEnd(ends[0], out var start) || !TryParseEnd(ends[^1], out var end)) return false;
            set.runs.Add((start, end));
            set.highest = Math.Max(set.highest, Math.Max(start, end));
        }
        uids = set;
        return true;
    }

    public static bool TryParse(string token, [NotNullWhen(true)] out UniqueIdSet? uids) => TryParse(token, 0, out uids);

    /// <summary>The set in IMAP's syntax, cut into pieces that fit on a command line.</summary>
    internal static IEnumerable<string> Subsets(IList<UniqueId> uids, int maxLength)
    {
        if (uids is UniqueIdRange range)
        {
            yield return range.ToString();
            yield break;
        }
        var set = uids as UniqueIdSet ?? new UniqueIdSet(uids, IsAscending(uids) ? SortOrder.None : SortOrder.Ascending);
        var line = new StringBuilder();
        foreach (var text in set.runs.Select(Text))
        {
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

    static bool IsAscending(IList<UniqueId> uids)
    {
        for (var i = 1; i < uids.Count; i++) if (uids[i] <= uids[i - 1]) return false;
        return true;
    }

    static bool TryParseEnd(string text, out long id)
    {
        id = uint.MaxValue;
        if (text == "*") return true;
        var ok = uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0;
        id = value;
        return ok;
    }

    static bool Holds((long Start, long End) run, long id) => id >= Math.Min(run.Start, run.End) && id <= Math.Max(run.Start, run.End);
    static long Length((long Start, long End) run) => Math.Abs(run.End - run.Start) + 1;

    static string Text((long Start, long End) run) => run switch
    {
        var (start, end) when start == end => start.ToString(CultureInfo.InvariantCulture),
        (var start, uint.MaxValue) => string.Create(CultureInfo.InvariantCulture, $"{start}:*"),
        var (start, end) => string.Create(CultureInfo.InvariantCulture, $"{start}:{end}"),
    };
}

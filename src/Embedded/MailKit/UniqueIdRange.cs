using System.Collections;
using System.Globalization;
using MailKit.Search;

namespace MailKit;

/// <summary>A fixed run of UIDs. An end of <see cref="UniqueId.MaxValue"/> is sent as <c>*</c>, the highest UID that exists.</summary>
public class UniqueIdRange : IList<UniqueId>
{
    public static readonly UniqueIdRange All = new(UniqueId.MinValue, UniqueId.MaxValue);

    public UniqueIdRange(uint validity, uint start, uint end)
    {
        ArgumentOutOfRangeException.ThrowIfZero(start);
        ArgumentOutOfRangeException.ThrowIfZero(end);
        Start = new UniqueId(validity, start);
        End = new UniqueId(validity, end);
    }

    public UniqueIdRange(UniqueId start, UniqueId end)
    {
        if (!start.IsValid) throw new ArgumentOutOfRangeException(nameof(start));
        if (!end.IsValid) throw new ArgumentOutOfRangeException(nameof(end));
        (Start, End) = (start, end);
    }

    public SortOrder SortOrder => Start <= End ? SortOrder.Ascending : SortOrder.Descending;
    public uint Validity => Start.Validity;
    public UniqueId Min => Start <= End ? Start : End;
    public UniqueId Max => Start <= End ? End : Start;
    public UniqueId Start { get; }
    public UniqueId End { get; }

    public int Count => (int)Math.Min(int.MaxValue, (long)Max.Id - Min.Id + 1);
    public bool IsReadOnly => true;

    public bool Contains(UniqueId item) => item.Id >= Min.Id && item.Id <= Max.Id;
    public int IndexOf(UniqueId item) => Contains(item) ? (int)Math.Abs((long)item.Id - Start.Id) : -1;

    public UniqueId this[int index]
    {
        get
        {
            if (index < 0 || index >= Count) throw new ArgumentOutOfRangeException(nameof(index));
            return new UniqueId(Validity, (uint)(Start <= End ? Start.Id + (long)index : Start.Id - (long)index));
        }
        set => throw ReadOnly();
    }

    public void CopyTo(UniqueId[] array, int arrayIndex)
    {
        foreach (var uid in this) array[arrayIndex++] = uid;
    }

    public void Add(UniqueId item) => throw ReadOnly();
    public void Clear() => throw ReadOnly();
    public bool Remove(UniqueId item) => throw ReadOnly();
    public void Insert(int index, UniqueId item) => throw ReadOnly();
    public void RemoveAt(int index) => throw ReadOnly();

    public IEnumerator<UniqueId> GetEnumerator()
    {
        var step = Start <= End ? 1 : -1;
        for (long id = Start.Id; step > 0 ? id <= End.Id : id >= End.Id; id += step) yield return new UniqueId(Validity, (uint)id);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() =>
        End == UniqueId.MaxValue ? string.Create(CultureInfo.InvariantCulture, $"{Start.Id}:*") : string.Create(CultureInfo.InvariantCulture, $"{Start.Id}:{End.Id}");

    static NotSupportedException ReadOnly() => new("A range of UIDs cannot be changed.");
}

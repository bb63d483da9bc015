using System.Collections;
using System.Globalization;

namespace MailKit;

/// <summary>A fixed run of UIDs. An end of <see cref="UniqueId.MaxValue"/> is sent as <c>*</c>, the highest UID that exists.</summary>
public class UniqueIdRange : IList<UniqueId>
{
    public static readonly UniqueIdRange All = new(UniqueId.MinValue, UniqueId.MaxValue);

    public UniqueIdRange(UniqueId start, UniqueId end)
    {
        if (!start.IsValid) throw new ArgumentOutOfRangeException(nameof(start));
        if (!end.IsValid) throw new ArgumentOutOfRangeException(nameof(end));
        (Start, End) = (start, end);
    }

    public uint Validity => Start.Validity;
    public UniqueId Start { get; }
    public UniqueId End { get; }
    public UniqueId Min => Start <= End ? Start : End;
    public UniqueId Max => Start <= End ? End : Start;
    public int Count => (int)Math.Min(int.MaxValue, (long)Max.Id - Min.Id + 1);
    public bool IsReadOnly => true;

    public bool Contains(UniqueId item) => item >= Min && item <= Max;
    public int IndexOf(UniqueId item) => Contains(item) ? (int)Math.Abs((long)item.Id - Start.Id) : -1;

    public UniqueId this[int index]
    {
        get => index < 0 || index >= Count ? throw new ArgumentOutOfRangeException(nameof(index)) : At(index);
        set => throw Fixed();
    }

    public IEnumerator<UniqueId> GetEnumerator()
    {
        for (var i = 0L; i <= (long)Max.Id - Min.Id; i++) yield return At(i);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public void CopyTo(UniqueId[] array, int arrayIndex)
    {
        foreach (var uid in this) array[arrayIndex++] = uid;
    }

    public void Add(UniqueId item) => throw Fixed();
    public void Clear() => throw Fixed();
    public bool Remove(UniqueId item) => throw Fixed();
    public void Insert(int index, UniqueId item) => throw Fixed();
    public void RemoveAt(int index) => throw Fixed();

    public override string ToString() =>
        End == UniqueId.MaxValue ? string.Create(CultureInfo.InvariantCulture, $"{Start.Id}:*") : string.Create(CultureInfo.InvariantCulture, $"{Start.Id}:{End.Id}");

    UniqueId At(long index) => new(Validity, (uint)(Start <= End ? Start.Id + index : Start.Id - index));
    static NotSupportedException Fixed() => new("A range of UIDs cannot be changed.");
}

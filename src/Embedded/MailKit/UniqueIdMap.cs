using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace MailKit;

/// <summary>Where copied or moved messages went: source UID → UID in the destination; empty without UIDPLUS.</summary>
public class UniqueIdMap : IReadOnlyDictionary<UniqueId, UniqueId>
{
    public static readonly UniqueIdMap Empty = new([], []);

    public UniqueIdMap(IList<UniqueId> source, IList<UniqueId> destination)
    {
        Source = source ?? throw new ArgumentNullException(nameof(source));
        Destination = destination ?? throw new ArgumentNullException(nameof(destination));
    }

    public IList<UniqueId> Source { get; private set; }
    public IList<UniqueId> Destination { get; private set; }
    public int Count => Math.Min(Source.Count, Destination.Count);
    public IEnumerable<UniqueId> Keys => Source;
    public IEnumerable<UniqueId> Values => Destination;

    public UniqueId this[UniqueId key] => TryGetValue(key, out var value) ? value : throw new ArgumentOutOfRangeException(nameof(key));
    public bool ContainsKey(UniqueId key) => Source.Contains(key);

    public bool TryGetValue(UniqueId key, [MaybeNullWhen(false)] out UniqueId value)
    {
        var at = Source.IndexOf(key);
        value = at >= 0 && at < Destination.Count ? Destination[at] : UniqueId.Invalid;
        return value.IsValid;
    }

    public IEnumerator<KeyValuePair<UniqueId, UniqueId>> GetEnumerator() =>
        Source.Zip(Destination, KeyValuePair.Create).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

using System.Collections;

namespace MimeKit;

/// <summary>Message-IDs without angle brackets, as in References.</summary>
public class MessageIdList : IList<string>
{
    private readonly List<string> items = [];

    internal Action? Changed { get; set; }

    public int Count => items.Count;

    public bool IsReadOnly => false;

    public string this[int index]
    {
        get => items[index];
        set { items[index] = Checked(value); Changed?.Invoke(); }
    }

    public void Add(string messageId) => Insert(items.Count, messageId);

    public void AddRange(IEnumerable<string> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        foreach (var id in items.ToList()) this.items.Add(Checked(id));
        Changed?.Invoke();
    }

    public void Insert(int index, string messageId)
    {
        items.Insert(index, Checked(messageId));
        Changed?.Invoke();
    }

    public bool Remove(string messageId)
    {
        var removed = items.Remove(messageId);
        if (removed) Changed?.Invoke();
        return removed;
    }

    public void RemoveAt(int index)
    {
        items.RemoveAt(index);
        Changed?.Invoke();
    }

    public void Clear()
    {
        items.Clear();
        Changed?.Invoke();
    }

    public MessageIdList Clone()
    {
        var copy = new MessageIdList();
        copy.items.AddRange(items);
        return copy;
    }

    public bool Contains(string messageId) => items.Contains(messageId);

    public int IndexOf(string messageId) => items.IndexOf(messageId);

    public void CopyTo(string[] array, int arrayIndex) => items.CopyTo(array, arrayIndex);

    public IEnumerator<string> GetEnumerator() => items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => string.Join(' ', items.Select(id => "<" + id + ">"));

    /// <summary>Replaces the content without telling anybody: it came from the header.</summary>
    internal void Reload(IEnumerable<string> ids)
    {
        items.Clear();
        items.AddRange(ids);
    }

    private static string Checked(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return Utils.MimeUtils.TryReadMessageId(id, out var parsed) ? parsed : throw new ArgumentException("Invalid Message-Id format.", nameof(id));
    }
}

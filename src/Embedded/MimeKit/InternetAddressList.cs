using System.Collections;
using System.Diagnostics.CodeAnalysis;
using MimeKit.Utils;

namespace MimeKit;

/// <summary>Addresses of one header. A message's lists write themselves back into its headers when they change.</summary>
public class InternetAddressList : IList<InternetAddress>, IEquatable<InternetAddressList>
{
    private readonly List<InternetAddress> items = [];

    public InternetAddressList() { }

    public InternetAddressList(IEnumerable<InternetAddress> addresses) => AddRange(addresses);

    internal Action? Changed { get; set; }

    /// <summary>All mailboxes, those inside groups included.</summary>
    public IEnumerable<MailboxAddress> Mailboxes =>
        items.SelectMany(a => a is GroupAddress group ? group.Members.Mailboxes : [(MailboxAddress)a]);

    public int Count => items.Count;

    public bool IsReadOnly => false;

    public InternetAddress this[int index]
    {
        get => items[index];
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            items[index].Changed = null;
            items[index] = Attach(value);
            OnChanged();
        }
    }

    public void Add(InternetAddress address) => Insert(items.Count, address);

    public void AddRange(IEnumerable<InternetAddress> addresses)
    {
        ArgumentNullException.ThrowIfNull(addresses);
        foreach (var address in addresses.ToList()) items.Add(Attach(address));
        OnChanged();
    }

    public void Insert(int index, InternetAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        items.Insert(index, Attach(address));
        OnChanged();
    }

    public bool Remove(InternetAddress address)
    {
        var index = items.IndexOf(address);
        if (index >= 0) RemoveAt(index);
        return index >= 0;
    }

    public void RemoveAt(int index)
    {
        items[index].Changed = null;
        items.RemoveAt(index);
        OnChanged();
    }

    public void Clear()
    {
        items.ForEach(a => a.Changed = null);
        items.Clear();
        OnChanged();
    }

    public bool Contains(InternetAddress address) => items.Contains(address);

    public int IndexOf(InternetAddress address) => items.IndexOf(address);

    public void CopyTo(InternetAddress[] array, int arrayIndex) => items.CopyTo(array, arrayIndex);

    public IEnumerator<InternetAddress> GetEnumerator() => items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public bool Equals(InternetAddressList? other) => other is not null && items.SequenceEqual(other.items);

    public override bool Equals(object? obj) => Equals(obj as InternetAddressList);

    public override int GetHashCode() => items.Count;

    public string ToString(bool encode) => string.Join(", ", items.Select(a => a.ToString(encode)));

    public override string ToString() => ToString(false);

    public static bool TryParse(string? text, [NotNullWhen(true)] out InternetAddressList? addresses)
    {
        var found = AddressParser.ParseList(text ?? "", ParserOptions.Default, out var clean);
        addresses = clean && found.Count > 0 ? new InternetAddressList(found) : null;
        return addresses is not null;
    }

    public static InternetAddressList Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var addresses) ? addresses : throw new ParseException("No addresses, or text that is none.", 0, 0);
    }

    /// <summary>Replaces the content without telling anybody: it came from the header.</summary>
    internal void Reload(IEnumerable<InternetAddress> addresses)
    {
        items.Clear();
        foreach (var address in addresses) items.Add(Attach(address));
    }

    private InternetAddress Attach(InternetAddress address)
    {
        address.Changed = OnChanged;
        return address;
    }

    private void OnChanged() => Changed?.Invoke();
}

using System.Collections;
using System.Diagnostics.CodeAnalysis;
using MimeKit.Utils;

namespace MimeKit;

/// <summary>One parameter of Content-Type or Content-Disposition, decoded.</summary>
public class Parameter
{
    private string value;

    public Parameter(string name, string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(value);
        if (name.Any(c => c <= 32 || c >= 127 || "()<>@,;:\\\"/[]?=*'%".Contains(c, StringComparison.Ordinal))) throw new ArgumentException("Illegal characters in parameter name.", nameof(name));
        Name = name;
        this.value = value;
    }

    public string Name { get; }

    public string Value
    {
        get => value;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            this.value = value;
            Changed?.Invoke();
        }
    }

    internal Action? Changed { get; set; }

    public override string ToString() => Name + "=" + Rfc2047.Quote(Value);
}

public class ParameterList : IList<Parameter>
{
    private readonly List<Parameter> items = [];

    internal Action? Changed { get; set; }

    public int Count => items.Count;

    public bool IsReadOnly => false;

    public Parameter this[int index]
    {
        get => items[index];
        set { RemoveAt(index); Insert(index, value); }
    }

    [DisallowNull]
    public string? this[string name]
    {
        get => TryGetValue(name, out string? value) ? value : null;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            if (TryGetValue(name, out Parameter? parameter)) parameter.Value = value;
            else Add(name, value);
        }
    }

    public void Add(string name, string value) => Add(new Parameter(name, value));

    public void Add(Parameter item) => Insert(items.Count, item);

    public void Insert(int index, Parameter item)
    {
        ArgumentNullException.ThrowIfNull(item);
        if (Contains(item.Name)) throw new ArgumentException("A parameter of that name already exists.", nameof(item));
        item.Changed = () => Changed?.Invoke();
        items.Insert(index, item);
        Changed?.Invoke();
    }

    public bool Contains(string name) => IndexOf(name) >= 0;

    public bool Contains(Parameter item) => items.Contains(item);

    public int IndexOf(string name) => items.FindIndex(p => string.Equals(p.Name, name, StringComparison.OrdinalIgnoreCase));

    public int IndexOf(Parameter item) => items.IndexOf(item);

    public bool Remove(string name)
    {
        var index = IndexOf(name);
        if (index >= 0) RemoveAt(index);
        return index >= 0;
    }

    public bool Remove(Parameter item) => Remove(item.Name);

    public void RemoveAt(int index)
    {
        items[index].Changed = null;
        items.RemoveAt(index);
        Changed?.Invoke();
    }

    public void Clear()
    {
        items.Clear();
        Changed?.Invoke();
    }

    public bool TryGetValue(string name, [NotNullWhen(true)] out Parameter? param)
    {
        param = IndexOf(name) is >= 0 and var i ? items[i] : null;
        return param is not null;
    }

    public bool TryGetValue(string name, [NotNullWhen(true)] out string? value)
    {
        value = IndexOf(name) is >= 0 and var i ? items[i].Value : null;
        return value is not null;
    }

    public void CopyTo(Parameter[] array, int arrayIndex) => items.CopyTo(array, arrayIndex);

    public IEnumerator<Parameter> GetEnumerator() => items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => string.Concat(items.Select(p => "; " + p));

    /// <summary>The raw bytes of a header with these parameters.</summary>
    internal byte[] Format(HeaderId id, string first)
    {
        var pieces = items.SelectMany(ParameterSyntax.Format).ToList();
        return HeaderFolding.Fold(id.ToHeaderName(), new[] { first }.Concat(pieces).Select((piece, i) => i < pieces.Count ? piece + ";" : piece));
    }
}

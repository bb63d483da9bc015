using System.Diagnostics.CodeAnalysis;
using System.Text;
using MimeKit.Utils;

namespace MimeKit;

/// <summary>A mailbox or a group of them. Display names come from whoever wrote the message: never trust them.</summary>
public abstract class InternetAddress : IComparable<InternetAddress>, IEquatable<InternetAddress>
{
    private string? name;

    protected InternetAddress(Encoding encoding, string? name)
    {
        ArgumentNullException.ThrowIfNull(encoding);
        Encoding = encoding;
        this.name = name;
    }

    public Encoding Encoding { get; set; }

    public string? Name
    {
        get => name;
        set { name = value; OnChanged(); }
    }

    internal Action? Changed { get; set; }

    public abstract InternetAddress Clone();

    public abstract bool Equals(InternetAddress? other);

    public override bool Equals(object? obj) => Equals(obj as InternetAddress);

    public override int GetHashCode() => StringComparer.OrdinalIgnoreCase.GetHashCode(ToString());

    public int CompareTo(InternetAddress? other) => other is null ? 1 : StringComparer.OrdinalIgnoreCase.Compare(ToString(), other.ToString());

    /// <summary>As in a header; with <paramref name="encode"/> the name is encoded where it must be.</summary>
    public abstract string ToString(bool encode);

    public override string ToString() => ToString(false);

    public static bool TryParse(string? text, [NotNullWhen(true)] out InternetAddress? address)
    {
        address = AddressParser.ParseList(text ?? "", ParserOptions.Default, out var clean) is [var only] && clean ? only : null;
        return address is not null;
    }

    public static InternetAddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var address) ? address : throw new ParseException("No address, or more than one.", 0, 0);
    }

    protected virtual void OnChanged() => Changed?.Invoke();

    private protected string FormatName(bool encode) =>
        string.IsNullOrEmpty(name) ? "" : encode ? Rfc2047.EncodePhrase(name, Encoding) : Rfc2047.NeedsEncoding(name) ? Rfc2047.Quote(name) : Rfc2047.EncodePhrase(name, Encoding);
}

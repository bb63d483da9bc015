using System.Text;
using MimeKit.Utils;

namespace MimeKit;

/// <summary>One header: its bytes as they came or will go, and the value decoded from them.</summary>
public class Header
{
    private readonly byte[] rawField;
    private byte[] rawValue;
    private string? value;

    public Header(HeaderId id, string value) : this(id.ToHeaderName(), value)
    {
        if (id == HeaderId.Unknown) throw new ArgumentOutOfRangeException(nameof(id));
    }

    public Header(string field, string value) : this(Encoding.UTF8, field, value) { }

    public Header(Encoding encoding, string field, string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(field);
        if (field.Any(c => c <= 32 || c >= 127 || c == ':')) throw new ArgumentException("Illegal characters in header field name.", nameof(field));
        Field = field;
        Id = field.ToHeaderId();
        rawField = Encoding.ASCII.GetBytes(field);
        rawValue = [];
        SetValue(encoding, value);
    }

    /// <summary>A header as the parser found it.</summary>
    internal Header(byte[] rawField, byte[] rawValue, int order, bool isInvalid = false)
    {
        this.rawField = rawField;
        this.rawValue = rawValue;
        Field = Encoding.Latin1.GetString(rawField).TrimEnd();
        Id = isInvalid ? HeaderId.Unknown : Field.ToHeaderId();
        Order = order;
        IsInvalid = isInvalid;
    }

    public string Field { get; }

    public HeaderId Id { get; }

    public byte[] RawField => rawField;

    /// <summary>The value as written, with the space after the colon, folding and the line break at the end.</summary>
    public byte[] RawValue => rawValue;

    /// <summary>The value unfolded and decoded. Setting it removes line breaks, encodes and folds.</summary>
    public string Value
    {
        get => value ??= Unfold(Rfc2047.DecodeText(rawValue));
        set => SetValue(Encoding.UTF8, value);
    }

    /// <summary>Unfolded, with its encoded words still in it: addresses and parameters are split before they are decoded.</summary>
    internal string RawText => Unfold(Charsets.DecodeUndeclared(rawValue));

    /// <summary>Position in the parsed header block, so that a message's and its body's headers go out in their old order; -1 for new ones.</summary>
    internal int Order { get; private set; } = -1;

    /// <summary>A line in the header block that is no header; kept only to be written back.</summary>
    internal bool IsInvalid { get; }

    internal Action<HeaderId>? Changed { get; set; }

    public void SetValue(Encoding encoding, string value)
    {
        ArgumentNullException.ThrowIfNull(encoding);
        ArgumentNullException.ThrowIfNull(value);
        SetRaw(HeaderFolding.Format(Field, Id, Unfold(value.Trim()), encoding));
    }

    public Header Clone() => new(rawField, rawValue, Order, IsInvalid);

    public override string ToString() => IsInvalid ? Field : Field + ": " + Value;

    public static string Unfold(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var span = text.AsSpan().Trim();
        if (span.IndexOfAny('\r', '\n') < 0) return span.ToString();
        var result = new StringBuilder(span.Length);
        foreach (var c in span)
            if (c is not ('\r' or '\n')) result.Append(c);
        return result.ToString();
    }

    internal void SetRaw(byte[] raw)
    {
        rawValue = raw;
        value = null;
        Changed?.Invoke(Id);
    }
}

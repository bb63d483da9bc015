using System.Diagnostics.CodeAnalysis;
using System.Text;
using MimeKit.Utils;

namespace MimeKit;

public class ContentType
{
    private string mediaType;
    private string mediaSubtype;

    public ContentType(string mediaType, string mediaSubtype)
    {
        ArgumentException.ThrowIfNullOrEmpty(mediaType);
        ArgumentException.ThrowIfNullOrEmpty(mediaSubtype);
        this.mediaType = mediaType;
        this.mediaSubtype = mediaSubtype;
        Parameters = new ParameterList { Changed = OnChanged };
    }

    public string MediaType
    {
        get => mediaType;
        set { ArgumentException.ThrowIfNullOrEmpty(value); mediaType = value; OnChanged(); }
    }

    public string MediaSubtype
    {
        get => mediaSubtype;
        set { ArgumentException.ThrowIfNullOrEmpty(value); mediaSubtype = value; OnChanged(); }
    }

    public string MimeType => mediaType + "/" + mediaSubtype;

    public ParameterList Parameters { get; }

    public string? Boundary { get => Parameters["boundary"]; set => SetParameter("boundary", value); }

    public string? Charset { get => Parameters["charset"]; set => SetParameter("charset", value); }

    /// <summary>Null when no charset is declared or nobody knows it.</summary>
    public Encoding? CharsetEncoding
    {
        get => Charsets.Find(Charset);
        set => Charset = value?.WebName;
    }

    public string? Format { get => Parameters["format"]; set => SetParameter("format", value); }

    public string? Name { get => Parameters["name"]; set => SetParameter("name", value); }

    internal Action? Changed { get; set; }

    /// <summary>An asterisk matches any type or subtype.</summary>
    public bool IsMimeType(string mediaType, string mediaSubtype)
    {
        ArgumentNullException.ThrowIfNull(mediaType);
        ArgumentNullException.ThrowIfNull(mediaSubtype);
        return Matches(mediaType, this.mediaType) && Matches(mediaSubtype, this.mediaSubtype);

        static bool Matches(string wanted, string actual) => wanted == "*" || string.Equals(wanted, actual, StringComparison.OrdinalIgnoreCase);
    }

    public override string ToString() => "Content-Type: " + MimeType + Parameters;

    public static bool TryParse(string? text, [NotNullWhen(true)] out ContentType? type)
    {
        type = null;
        if (text is null) return false;
        var parameters = new ParameterList();
        var first = ParameterSyntax.Parse(text, parameters);
        var slash = first.IndexOf('/', StringComparison.Ordinal);
        var major = slash < 0 ? "" : first[..slash].Trim();
        var minor = slash < 0 ? "" : first[(slash + 1)..].Trim();
        var end = minor.AsSpan().IndexOfAny(" \t,");
        if (end >= 0) minor = minor[..end];
        if (major.Length == 0 || minor.Length == 0 || !Ascii.IsValid(major + minor)) return false;
        type = new ContentType(major, minor);
        foreach (var parameter in parameters) type.Parameters.Add(parameter.Name, parameter.Value);
        return true;
    }

    public static ContentType Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var type) ? type : throw new ParseException("Failed to parse Content-Type header.", 0, 0);
    }

    private void SetParameter(string name, string? value)
    {
        if (value is null) Parameters.Remove(name);
        else Parameters[name] = value;
    }

    private void OnChanged() => Changed?.Invoke();
}

namespace MimeKit;

/// <summary>How messages are written. Line breaks default to those of the operating system, as officially.</summary>
public class FormatOptions
{
    public static readonly FormatOptions Default = new();

    private int maxLineLength = 78;
    private NewLineFormat newLineFormat = Environment.NewLine.Length == 1 ? NewLineFormat.Unix : NewLineFormat.Dos;

    public int MaxLineLength
    {
        get => maxLineLength;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 60);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 998);
            maxLineLength = value;
        }
    }

    public NewLineFormat NewLineFormat
    {
        get => newLineFormat;
        set => newLineFormat = value is NewLineFormat.Unix or NewLineFormat.Dos ? value : throw new ArgumentOutOfRangeException(nameof(value));
    }

    public bool EnsureNewLine { get; set; }

    public HashSet<HeaderId> HiddenHeaders { get; private set; } = [];

    /// <summary>True on a server that takes UTF-8 headers (SMTPUTF8). Headers are encoded here in either case, which such a server takes as well.</summary>
    public bool International { get; set; }

    internal string NewLine => newLineFormat == NewLineFormat.Unix ? "\n" : "\r\n";

    public FormatOptions Clone()
    {
        var copy = (FormatOptions)MemberwiseClone();
        copy.HiddenHeaders = [.. HiddenHeaders];
        return copy;
    }
}

namespace MimeKit;

/// <summary>An address or header value given by the program is malformed.</summary>
public class ParseException(string message, int tokenIndex, int errorIndex) : FormatException(message)
{
    public int TokenIndex { get; } = tokenIndex;

    public int ErrorIndex { get; } = errorIndex;
}

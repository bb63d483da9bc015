namespace MailKit.Net.Imap;

public enum ImapCommandResponse
{
    None,
    Ok,
    No,
    Bad,
}

/// <summary>The server answered NO or BAD; the connection stays usable.</summary>
public class ImapCommandException : CommandException
{
    public ImapCommandException(ImapCommandResponse response, string responseText, string message, Exception innerException) : base(message, innerException) => (Response, ResponseText) = (response, responseText);
    public ImapCommandException(ImapCommandResponse response, string responseText, string message) : base(message) => (Response, ResponseText) = (response, responseText);
    public ImapCommandException(ImapCommandResponse response, string responseText) => (Response, ResponseText) = (response, responseText);

    public ImapCommandResponse Response { get; private set; }
    public string ResponseText { get; private set; }
}

public class ImapProtocolException : ProtocolException
{
    public ImapProtocolException(string message, Exception innerException) : base(message, innerException) { }
    public ImapProtocolException(string message) : base(message) { }
    public ImapProtocolException() { }
}

using MimeKit;

namespace MailKit.Net.Smtp;

/// <summary>The server refused: a status of 4xx may be tried again later, 5xx is final. The connection stays usable.</summary>
public class SmtpCommandException : CommandException
{
    public SmtpCommandException(SmtpErrorCode code, SmtpStatusCode status, MailboxAddress mailbox, string message, Exception innerException) : base(message, innerException) => (ErrorCode, StatusCode, Mailbox) = (code, status, mailbox);
    public SmtpCommandException(SmtpErrorCode code, SmtpStatusCode status, MailboxAddress mailbox, string message) : base(message) => (ErrorCode, StatusCode, Mailbox) = (code, status, mailbox);
    public SmtpCommandException(SmtpErrorCode code, SmtpStatusCode status, string message, Exception innerException) : base(message, innerException) => (ErrorCode, StatusCode) = (code, status);
    public SmtpCommandException(SmtpErrorCode code, SmtpStatusCode status, string message) : base(message) => (ErrorCode, StatusCode) = (code, status);

    public SmtpErrorCode ErrorCode { get; private set; }
    public MailboxAddress? Mailbox { get; private set; }
    public SmtpStatusCode StatusCode { get; private set; }
}

public class SmtpProtocolException : ProtocolException
{
    public SmtpProtocolException(string message, Exception innerException) : base(message, innerException) { }
    public SmtpProtocolException(string message) : base(message) { }
    public SmtpProtocolException() { }
}

/// <summary>A reply: its code, and its text without the codes, line by line.</summary>
internal sealed record SmtpResponse(SmtpStatusCode StatusCode, string Response);

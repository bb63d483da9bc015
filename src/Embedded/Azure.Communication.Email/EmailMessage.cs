namespace Azure.Communication.Email;

/// <summary>What is to be sent, and to whom.</summary>
public class EmailMessage
{
    public EmailMessage(string senderAddress, EmailRecipients recipients, EmailContent content)
    {
        ArgumentNullException.ThrowIfNull(senderAddress);
        ArgumentNullException.ThrowIfNull(recipients);
        ArgumentNullException.ThrowIfNull(content);
        (SenderAddress, Recipients, Content) = (senderAddress, recipients, content);
    }

    public EmailMessage(string senderAddress, string recipientAddress, EmailContent content)
        : this(senderAddress, new EmailRecipients([new EmailAddress(recipientAddress)]), content)
    {
    }

    /// <summary>A configured sender of a linked, verified domain.</summary>
    public string SenderAddress { get; }

    public EmailContent Content { get; }

    public EmailRecipients Recipients { get; }

    public IList<EmailAttachment> Attachments { get; } = [];

    public IDictionary<string, string> Headers { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public IList<EmailAddress> ReplyTo { get; } = [];

    /// <summary>True for one-time codes and security mail: no rewritten links, no counting pixel.</summary>
    public bool? UserEngagementTrackingDisabled { get; set; }
}

public class EmailContent
{
    public EmailContent(string subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        Subject = subject;
    }

    public string Subject { get; }

    public string PlainText { get; set; }

    /// <summary>Sent as it is: what comes from people must be encoded before.</summary>
    public string Html { get; set; }
}

public class EmailRecipients
{
    public EmailRecipients(IEnumerable<EmailAddress> to)
        : this(to, null, null)
    {
    }

    public EmailRecipients(IEnumerable<EmailAddress> to = null, IEnumerable<EmailAddress> cc = null, IEnumerable<EmailAddress> bcc = null) =>
        (To, CC, BCC) = ([.. to ?? []], [.. cc ?? []], [.. bcc ?? []]);

    public IList<EmailAddress> To { get; }

    public IList<EmailAddress> CC { get; }

    public IList<EmailAddress> BCC { get; }
}

public readonly struct EmailAddress
{
    public EmailAddress(string address)
        : this(address, null)
    {
    }

    public EmailAddress(string address, string displayName) => (Address, DisplayName) = (address, displayName);

    public string Address { get; }

    public string DisplayName { get; }
}

public class EmailAttachment
{
    public EmailAttachment(string name, string contentType, BinaryData content)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(contentType);
        ArgumentNullException.ThrowIfNull(content);
        (Name, ContentType, Content) = (name, contentType, content);
    }

    public string Name { get; }

    public string ContentType { get; }

    public BinaryData Content { get; }

    /// <summary>What an inline image is called in the HTML: <c>cid:…</c>.</summary>
    public string ContentId { get; set; }
}

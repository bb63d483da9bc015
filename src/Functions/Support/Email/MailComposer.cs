using MimeKit;

namespace WalletFunctions.Support.Email;

/// <summary>Turns a mail to send into a MIME message.</summary>
internal static class MailComposer
{
    /// <exception cref="FormatException">The recipient's address is none.</exception>
    public static MimeMessage Compose(OutgoingMail mail, MailIdentity from, DateTimeOffset now)
    {
        if (!MailboxAddress.TryParse(mail.To, out var to) || to.Address != mail.To || !mail.To.Contains('@', StringComparison.Ordinal)) throw new FormatException("Not one mail address.");
        var message = new MimeMessage();
        message.From.Add(new MailboxAddress(from.Name, from.Address));
        message.To.Add(new MailboxAddress(mail.ToName ?? "", mail.To));
        message.Subject = mail.Subject;
        message.Date = now;
        message.MessageId = mail.MessageId;
        if (mail.InReplyTo is not null) message.InReplyTo = mail.InReplyTo;
        foreach (var id in mail.References) message.References.Add(id);
        if (mail.Automatic)
        {
            message.Headers.Add("Auto-Submitted", "auto-replied"); // RFC 3834 5
            message.Headers.Add("X-Auto-Response-Suppress", "All"); // Exchange and Outlook look at this one
        }

        message.Body = new TextPart("plain") { Text = mail.Text };
        return message;
    }
}

using WalletFunctions.Sandbox;

namespace WalletFunctions.Support.Email;

/// <summary>Mail of the sandbox goes nowhere but into its outbox.</summary>
internal sealed class SandboxMailSender(SandboxOutbox outbox) : IMailSender
{
    public bool CanRepeat => true;

    public async Task<SendOutcome> SendAsync(OutgoingMail mail, CancellationToken cancellationToken)
    {
        await outbox.AddMailAsync(mail.To, mail.Subject, mail.Text, mail.MessageId, mail.InReplyTo, mail.Code, cancellationToken);
        return new SendOutcome.Sent("sandbox");
    }
}

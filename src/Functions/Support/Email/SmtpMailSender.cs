using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Logging;
using MimeKit;
using WalletFunctions.Platform;

namespace WalletFunctions.Support.Email;

/// <summary>
/// Sends by SMTP. Between the last byte of a mail and the server's answer nobody can tell whether it was taken, so a break
/// there is <see cref="SendOutcome.Unknown"/> and the mail is not sent again.
/// </summary>
internal sealed partial class SmtpMailSender(MailServer server, MailIdentity from, MailConnections connections, MachineClock clock, ILogger<SmtpMailSender> log) : IMailSender
{
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Later = TimeSpan.FromMinutes(10);

    public bool CanRepeat => false;

    public async Task<SendOutcome> SendAsync(OutgoingMail mail, CancellationToken cancellationToken)
    {
        MimeMessage message;
        try
        {
            message = MailComposer.Compose(mail, from, clock.GetUtcNow());
        }
        catch (FormatException)
        {
            return new SendOutcome.Failed("address_invalid");
        }

        using (message)
        using (var client = new SmtpClient { LocalDomain = from.Address[(from.Address.IndexOf('@', StringComparison.Ordinal) + 1)..] })
        {
            if (await ConnectAsync(client, mail, cancellationToken) is { } notNow) return notNow;
            var outcome = await TransmitAsync(client, mail, message);
            await LeaveAsync(client);
            return outcome;
        }
    }

    /// <summary>Null when connected. Whatever fails here fails before the mail left.</summary>
    private async Task<SendOutcome?> ConnectAsync(SmtpClient client, OutgoingMail mail, CancellationToken cancellationToken)
    {
        try
        {
            await connections.ConnectAsync(client, server, cancellationToken);
            return null;
        }
        catch (OperationCanceledException)
        {
            return new SendOutcome.TryLater(Soon);
        }
        catch (Exception fault) when (fault is AuthenticationException or SslHandshakeException or NotSupportedException or Azure.Identity.AuthenticationFailedException)
        {
            NotLetIn(log, mail.OperationId, fault.GetType().Name);
            return new SendOutcome.TryLater(Later);
        }
        catch (Exception fault) when (fault is CommandException or ProtocolException or IOException or TimeoutException or System.Net.Sockets.SocketException)
        {
            NotReached(log, mail.OperationId, fault.GetType().Name);
            return new SendOutcome.TryLater(Soon);
        }
    }

    // Without the caller's cancellation: a host that stops must not turn a certain outcome into an unknown one. The server's time limit bounds it.
    private async Task<SendOutcome> TransmitAsync(SmtpClient client, OutgoingMail mail, MimeMessage message)
    {
        try
        {
            // A null envelope sender, so that nobody answers an automatic mail (RFC 3834 3.3).
            var answer = mail.Automatic
                ? await client.SendAsync(message, new MailboxAddress("", ""), message.To.Mailboxes, CancellationToken.None)
                : await client.SendAsync(message, CancellationToken.None);
            return new SendOutcome.Sent(answer.Length > 200 ? answer[..200] : answer);
        }
        catch (SmtpCommandException refused)
        {
            Refused(log, mail.OperationId, refused.ErrorCode, (int)refused.StatusCode);
            return (int)refused.StatusCode < 500 ? new SendOutcome.TryLater(Later) : new SendOutcome.Failed(refused.ErrorCode switch
            {
                SmtpErrorCode.RecipientNotAccepted => "recipient_refused",
                SmtpErrorCode.SenderNotAccepted => "sender_refused",
                SmtpErrorCode.MessageNotAccepted or SmtpErrorCode.UnexpectedStatusCode => "message_refused",
            });
        }
        catch (ServiceNotAuthenticatedException)
        {
            NotLetIn(log, mail.OperationId, nameof(ServiceNotAuthenticatedException));
            return new SendOutcome.TryLater(Later);
        }
        catch (Exception fault) when (fault is ProtocolException or IOException or TimeoutException or System.Net.Sockets.SocketException)
        {
            Lost(log, mail.OperationId, fault.GetType().Name);
            return new SendOutcome.Unknown();
        }
    }

    private static async Task LeaveAsync(SmtpClient client)
    {
        try
        {
            await client.DisconnectAsync(true, CancellationToken.None);
        }
        catch (Exception fault) when (fault is CommandException or ProtocolException or IOException or TimeoutException)
        {
            // The outcome is known; manners do not change it.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The SMTP server was not reached for mail {Operation}: {Fault}")]
    private static partial void NotReached(ILogger log, Guid operation, string fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "The SMTP server does not let us in for mail {Operation}: {Fault}")]
    private static partial void NotLetIn(ILogger log, Guid operation, string fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The SMTP server refused mail {Operation}: {What} {Status}")]
    private static partial void Refused(ILogger log, Guid operation, SmtpErrorCode what, int status);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The connection broke while mail {Operation} was handed over ({Fault}); whether it was taken is unknown")]
    private static partial void Lost(ILogger log, Guid operation, string fault);
}

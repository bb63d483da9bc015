using Azure;
using Azure.Communication.Email;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging;
using WalletFunctions.Platform;

namespace WalletFunctions.Support.Email;

/// <summary>
/// Sends by Communication Services. The operation id is stored before the request, so that after a crash the service is first
/// asked what became of it; how long it recognises a repeated id by itself is promised nowhere.
/// </summary>
internal sealed partial class AcsMailSender(EmailClient client, MailIdentity from, Storage storage, MachineClock clock, ILogger<AcsMailSender> log) : IMailSender
{
    public const string TableName = "mailoperations";

    private const int Polls = 3;
    private static readonly TimeSpan RequestBudget = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Later = TimeSpan.FromMinutes(10);

    private readonly TableClient begun = storage.Table(TableName);

    public bool CanRepeat => true;

    /// <summary>Status requests have a small quota of their own.</summary>
    internal TimeSpan BetweenPolls { get; init; } = TimeSpan.FromSeconds(2);

    public async Task<SendOutcome> SendAsync(OutgoingMail mail, CancellationToken cancellationToken)
    {
        try
        {
            if (!await BeginAsync(mail.OperationId, cancellationToken) && await AskAsync(mail.OperationId, cancellationToken) is { } known) return known;
            return await RequestAsync(mail, cancellationToken) ?? await WatchAsync(mail.OperationId, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return new SendOutcome.TryLater(Soon); // the same operation id makes this safe
        }
    }

    /// <summary>False if this mail was begun before.</summary>
    private async Task<bool> BeginAsync(Guid operation, CancellationToken cancellationToken)
    {
        try
        {
            var id = operation.ToString();
            await begun.AddEntityAsync(new TableEntity(id[..2], id) { ["At"] = clock.GetUtcNow() }, cancellationToken);
            return true;
        }
        catch (RequestFailedException e) when (e.Status == 409)
        {
            return false;
        }
    }

    /// <summary>What became of an operation; null if the service does not know it.</summary>
    private async Task<SendOutcome?> AskAsync(Guid operation, CancellationToken cancellationToken)
    {
        try
        {
            await new EmailSendOperation(operation.ToString(), client).UpdateStatusAsync(cancellationToken);
            return new SendOutcome.Sent(operation.ToString());
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
        catch (RequestFailedException e) when (e.Status == 200)
        {
            return Ended(operation, e);
        }
        catch (RequestFailedException e)
        {
            // Not known whether it is known: asking once more is safe, sending is not.
            return new SendOutcome.TryLater(AfterOf(e) ?? Soon);
        }
    }

    /// <summary>Null when the service has accepted the mail.</summary>
    private async Task<SendOutcome?> RequestAsync(OutgoingMail mail, CancellationToken cancellationToken)
    {
        // The client waits out a Retry-After of any length by itself; a queue function has better things to do.
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bounded.CancelAfter(RequestBudget);
        try
        {
            await client.SendAsync(WaitUntil.Started, MessageOf(mail), mail.OperationId, bounded.Token);
            return null;
        }
        catch (RequestFailedException e) when (e.Status is 400 or 403 or 404 or 413 or 422)
        {
            Refused(log, mail.OperationId, e.Status, e.ErrorCode);
            return new SendOutcome.Failed(e.ErrorCode == "InvalidEmailAddress" ? "address_invalid" : e.Status is 403 or 404 ? "sender_refused" : "message_refused");
        }
        catch (RequestFailedException e)
        {
            // 401: our key or our clock; 429: the quota is a normal answer; 408, 5xx and no answer: repeated with the same id.
            Postponed(log, mail.OperationId, e.Status, e.ErrorCode);
            return new SendOutcome.TryLater(e.Status == 401 ? Later : AfterOf(e) ?? Soon);
        }
    }

    /// <summary>Looks a few times for a refusal that comes at once. Whatever happens here, the mail was accepted.</summary>
    private async Task<SendOutcome> WatchAsync(Guid operation, CancellationToken cancellationToken)
    {
        var accepted = new SendOutcome.Sent(operation.ToString());
        try
        {
            var watched = new EmailSendOperation(operation.ToString(), client);
            for (var poll = 0; poll < Polls && !watched.HasCompleted; poll++)
            {
                await Task.Delay(BetweenPolls, clock, cancellationToken);
                await watched.UpdateStatusAsync(cancellationToken);
            }

            return accepted;
        }
        catch (RequestFailedException e) when (e.Status == 200)
        {
            return Ended(operation, e);
        }
        catch (Exception e) when (e is RequestFailedException or OperationCanceledException)
        {
            return accepted;
        }
    }

    private SendOutcome.Failed Ended(Guid operation, RequestFailedException end)
    {
        Refused(log, operation, end.Status, end.ErrorCode);
        return new SendOutcome.Failed(end.ErrorCode switch
        {
            "EmailDroppedAllRecipientsSuppressed" => "recipient_refused",
            "InvalidEmailAddress" => "address_invalid",
            _ => "message_refused",
        });
    }

    private EmailMessage MessageOf(OutgoingMail mail)
    {
        var to = new EmailRecipients([mail.ToName is { Length: > 0 } name ? new EmailAddress(mail.To, name) : new EmailAddress(mail.To)]);
        var message = new EmailMessage(from.Address, to, new EmailContent(mail.Subject) { PlainText = mail.Text });
        message.Headers["Message-ID"] = $"<{mail.MessageId}>";
        if (mail.InReplyTo is not null) message.Headers["In-Reply-To"] = $"<{mail.InReplyTo}>";
        if (mail.References.Count > 0) message.Headers["References"] = string.Join(' ', mail.References.Select(id => $"<{id}>"));
        if (mail.Automatic)
        {
            message.Headers["Auto-Submitted"] = "auto-replied";
            message.Headers["X-Auto-Response-Suppress"] = "All";
        }

        return message;
    }

    private static TimeSpan? AfterOf(RequestFailedException e) =>
        e.GetRawResponse()?.Headers.TryGetValue("Retry-After", out var text) == true && int.TryParse(text, out var seconds) ? TimeSpan.FromSeconds(Math.Clamp(seconds, 1, 3600)) : null;

    [LoggerMessage(Level = LogLevel.Warning, Message = "Communication Services refused mail {Operation}: {Status} {Code}")]
    private static partial void Refused(ILogger log, Guid operation, int status, string? code);

    [LoggerMessage(Level = LogLevel.Information, Message = "Communication Services did not take mail {Operation} now: {Status} {Code}")]
    private static partial void Postponed(ILogger log, Guid operation, int status, string? code);
}

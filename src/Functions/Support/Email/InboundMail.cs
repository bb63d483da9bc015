using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using WalletFunctions.Support.Inbox;

namespace WalletFunctions.Support.Email;

/// <summary>Works off stored mail: read, take into the inbox, or put into quarantine where it cannot be read.</summary>
public sealed partial class InboundMail
{
    /// <summary>No provider carries more; reading holds all of it in memory.</summary>
    internal const long MaxBytes = 40L << 20;

    private readonly IRawMailStore store;
    private readonly MailIntake intake;
    private readonly Quarantine quarantine;
    private readonly TimeProvider clock;
    private readonly ILogger<InboundMail> log;

    internal InboundMail(IRawMailStore store, MailIntake intake, Quarantine quarantine, TimeProvider clock, ILogger<InboundMail> log) =>
        (this.store, this.intake, this.quarantine, this.clock, this.log) = (store, intake, quarantine, clock, log);

    /// <summary>Stores a mail that came by no mailbox. The same bytes are the same mail.</summary>
    internal Task<RawMail> AcceptAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        store.AddAsync(new MailDelivery("sandbox", Convert.ToHexStringLower(SHA256.HashData(bytes.Span)), clock.GetUtcNow()), bytes, cancellationToken);

    /// <summary>Throws what the queue should try again; after the last try the mail comes to <see cref="GiveUpAsync"/>.</summary>
    internal async Task WorkAsync(string rawId, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(rawId, cancellationToken) is not { } mail)
        {
            Missing(log, rawId);
            return;
        }

        if (mail.Size > MaxBytes)
        {
            await ParkAsync(mail, "too_large", cancellationToken);
            return;
        }

        var bytes = await store.ReadAsync(mail, cancellationToken);
        Domain.Inbox.InboundMessage message;
        try
        {
            message = MailReader.Read(mail, bytes);
        }
        catch (FormatException)
        {
            await ParkAsync(mail, "not_a_mail", cancellationToken);
            return;
        }

        var conversation = await intake.TakeAsync(message, cancellationToken);
        await quarantine.RemoveAsync(mail, cancellationToken);
        await store.DoneAsync(rawId, cancellationToken);
        Taken(log, rawId, conversation.Value, mail.Size);
    }

    /// <summary>Every try failed: agents see the mail and can have it tried again.</summary>
    internal async Task GiveUpAsync(string rawId, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(rawId, cancellationToken) is { } mail)
        {
            await ParkAsync(mail, "reading_failed", cancellationToken);
        }

        GaveUp(log, rawId);
    }

    private async Task ParkAsync(RawMail mail, string reason, CancellationToken cancellationToken)
    {
        await quarantine.AddAsync(mail, reason, cancellationToken);
        await store.DoneAsync(mail.RawId, cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Mail {RawId} was announced and is not stored")]
    private static partial void Missing(ILogger log, string rawId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Mail {RawId} of {Size} bytes is in conversation {Conversation}")]
    private static partial void Taken(ILogger log, string rawId, string conversation, long size);

    [LoggerMessage(Level = LogLevel.Error, Message = "Mail {RawId} could not be taken in and is in quarantine")]
    private static partial void GaveUp(ILogger log, string rawId);
}

namespace WalletFunctions.Support.Email;

/// <summary>
/// Mail as it came: the bytes in a blob, and a row for each delivery. Everything after it works from here, so a better parser
/// can be run over old mail.
/// </summary>
internal interface IRawMailStore
{
    /// <summary>
    /// Stores the bytes, then the delivery's row (insert-if-absent by mailbox and delivery key), then rings the queue
    /// <c>inbound-mail</c>. Doing it again changes nothing and rings again, so the caller may repeat it after any crash.
    /// </summary>
    Task<RawMail> AddAsync(MailDelivery delivery, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>Null when there is no such delivery.</summary>
    Task<RawMail?> FindAsync(string rawId, CancellationToken cancellationToken);

    /// <summary>The bytes of a delivery.</summary>
    Task<byte[]> ReadAsync(RawMail mail, CancellationToken cancellationToken);

    /// <summary>Rings <c>inbound-mail</c> for a delivery again.</summary>
    Task RingAsync(string rawId, CancellationToken cancellationToken);

    /// <summary>The delivery is in the inbox or in quarantine: the sweep need not ring for it any more. Repeating it is harmless.</summary>
    Task DoneAsync(string rawId, CancellationToken cancellationToken);
}

/// <summary>
/// One delivery, as its source names it. The same bytes in the same mailbox are the same mail under another number: the mailbox
/// was renumbered (UIDVALIDITY), or somebody moved the mail out and back.
/// </summary>
/// <param name="Mailbox">Account and folder; <c>sandbox</c> for mail posted to the sandbox.</param>
/// <param name="DeliveryKey">Unique in the mailbox: UIDVALIDITY and UID, or the hash of the bytes.</param>
/// <param name="ReceivedAt">When the server got it, not what the mail says.</param>
internal sealed record MailDelivery(string Mailbox, string DeliveryKey, DateTimeOffset ReceivedAt);

/// <summary>A stored delivery.</summary>
/// <param name="RawId">Legal in row keys and blob names; the same for the same delivery.</param>
/// <param name="Sha256">Of the bytes, lower-case hexadecimal.</param>
internal sealed record RawMail(string RawId, string Mailbox, DateTimeOffset ReceivedAt, long Size, string Sha256);

/// <summary>The message in the queue <c>inbound-mail</c>: a doorbell, no more.</summary>
internal sealed record InboundMailNote(string RawId)
{
    public const string QueueName = "inbound-mail";
}

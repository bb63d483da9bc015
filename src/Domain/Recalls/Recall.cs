namespace WalletFunctions.Domain.Recalls;

/// <summary>A payer's request to get a mistaken transfer back. Only the payee's consent returns the money.</summary>
/// <param name="Id">Made from the transfer's id: one transfer, one recall.</param>
/// <param name="Transfer">The transfer to return.</param>
/// <param name="Payer">Who asks.</param>
/// <param name="PayerName">Masked, as the payee sees it.</param>
/// <param name="Payee">Who is asked.</param>
/// <param name="PayeeName">Masked, as the payer sees it.</param>
/// <param name="Amount">What the transfer brought.</param>
/// <param name="Reason">In the payer's words; null where the payer gave none.</param>
/// <param name="AskedAt">By the business clock.</param>
/// <param name="AnswerBy">When silence goes to a person.</param>
public sealed record Recall(
    RecallId Id,
    TransactionId Transfer,
    WalletId Payer,
    string? PayerName,
    WalletId Payee,
    string? PayeeName,
    Money Amount,
    string? Reason,
    DateTimeOffset AskedAt,
    DateTimeOffset AnswerBy)
{
    /// <summary>How long the payee may be silent.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromDays(3);

    /// <summary>Where it stands.</summary>
    public RecallStatus Status { get; init; } = RecallStatus.Asked;

    /// <summary>When the payee answered.</summary>
    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>The transaction that returned the money.</summary>
    public TransactionId? ReturnedBy { get; init; }

    /// <summary>The conversation that silence opened.</summary>
    public ConversationId? ConversationId { get; init; }

    /// <summary>The id that belongs to a transfer.</summary>
    public static RecallId IdOf(TransactionId transfer) => new(RecallId.Prefix + transfer.Value[TransactionId.Prefix.Length..]);

    /// <summary>The transfer that an id belongs to.</summary>
    public static TransactionId TransferOf(RecallId id) => new(TransactionId.Prefix + id.Value[RecallId.Prefix.Length..]);

    /// <summary>The payee agrees; the money goes back with <paramref name="return"/>. Possible as long as nobody has answered, in review too.</summary>
    public Result<Recall> Agree(TransactionId @return, DateTimeOffset now) => IsAnswered
        ? RecallErrors.Decided
        : this with { Status = RecallStatus.Agreed, DecidedAt = now, ReturnedBy = @return };

    /// <summary>The payee keeps the money.</summary>
    public Result<Recall> Decline(DateTimeOffset now) => IsAnswered
        ? RecallErrors.Decided
        : this with { Status = RecallStatus.Declined, DecidedAt = now };

    /// <summary>The payee was silent too long. Null when there is nothing to do.</summary>
    public Recall? Escalate(ConversationId conversation, DateTimeOffset now) => Status == RecallStatus.Asked && now >= AnswerBy
        ? this with { Status = RecallStatus.InReview, ConversationId = conversation }
        : null;

    private bool IsAnswered => Status is RecallStatus.Agreed or RecallStatus.Declined;
}

/// <summary>Where a recall stands.</summary>
public enum RecallStatus
{
    /// <summary>The payee was asked.</summary>
    Asked,

    /// <summary>The payee agreed, and the money went back.</summary>
    Agreed,

    /// <summary>The payee keeps the money.</summary>
    Declined,

    /// <summary>The payee was silent; support talks to both.</summary>
    InReview,
}

namespace WalletFunctions.Support.Email;

/// <summary>Carries mail out. Which implementation, configuration decides: SMTP, Communication Services, or the sandbox's outbox.</summary>
internal interface IMailSender
{
    /// <summary>
    /// Whether the same mail, given again after a crash, is not sent twice (Communication Services, by operation id). Where
    /// not (SMTP), a send whose outcome was lost is shown as unknown and never repeated by itself.
    /// </summary>
    bool CanRepeat { get; }

    /// <summary>Hands one mail over. Throws only for bugs; every outcome of the outside world is a value.</summary>
    Task<SendOutcome> SendAsync(OutgoingMail mail, CancellationToken cancellationToken);
}

/// <summary>A mail to send. The sender adds its own From address, Date and MIME structure.</summary>
/// <param name="OperationId">The same at every try of this mail.</param>
/// <param name="MessageId">The Message-ID header without brackets; signed, so that the answer finds its conversation.</param>
/// <param name="To">One address, checked.</param>
/// <param name="ToName">Display name, if known.</param>
/// <param name="Subject">Ready to send; ends in the reference token.</param>
/// <param name="Text">Plain text, LF line ends.</param>
/// <param name="InReplyTo">Message-ID that is answered, without brackets.</param>
/// <param name="References">Oldest first, without brackets; ends with <paramref name="InReplyTo"/>.</param>
/// <param name="Automatic">Written by no person: goes out with a null envelope sender and <c>Auto-Submitted: auto-replied</c>.</param>
internal sealed record OutgoingMail(
    Guid OperationId,
    string MessageId,
    string To,
    string? ToName,
    string Subject,
    string Text,
    string? InReplyTo,
    IReadOnlyList<string> References,
    bool Automatic = false)
{
    /// <summary>The one-time code in it; only the sandbox's outbox shows it apart.</summary>
    public string? Code { get; init; }
}

/// <summary>What became of a send.</summary>
internal abstract record SendOutcome
{
    private SendOutcome()
    {
    }

    /// <summary>The next hop has taken it.</summary>
    /// <param name="ProviderId">The provider's id or the server's final words; at most 200 characters are kept.</param>
    public sealed record Sent(string? ProviderId) : SendOutcome;

    /// <summary>Refused for good.</summary>
    /// <param name="Code">Stable, snake_case: <c>recipient_refused</c>, <c>message_refused</c>, <c>sender_refused</c>, <c>address_invalid</c>.</param>
    public sealed record Failed(string Code) : SendOutcome;

    /// <summary>The connection broke when it may already have been taken.</summary>
    public sealed record Unknown : SendOutcome;

    /// <summary>Certainly not taken; worth another try.</summary>
    public sealed record TryLater(TimeSpan After) : SendOutcome;
}

using WalletFunctions.Domain.Limits;

namespace WalletFunctions.Domain.TopUps;

/// <summary>Where a top-up stands.</summary>
public enum TopUpStatus
{
    /// <summary>The card may have paid, or may still.</summary>
    Pending,

    /// <summary>The card has paid.</summary>
    Succeeded,

    /// <summary>The card has not paid. Should it turn out that it did, the money is taken in all the same.</summary>
    Failed,
}

/// <summary>The bank card that is charged, as it is shown.</summary>
/// <param name="BankCardId">Our id of the card.</param>
/// <param name="Last4">The last four digits of its number.</param>
/// <param name="BankCode">The bank's code.</param>
public sealed record ChargedCard(BankCardId BankCardId, string Last4, string BankCode);

/// <summary>A top-up by bank card: its facts, and the decisions about it. Each decision returns the top-up as it is afterwards.</summary>
public sealed record CardTopUp
{
    /// <summary>How long a charge that left may stay unknown to the acquirer before it counts as never arrived: longer than any request lives.</summary>
    public static readonly TimeSpan LostAfter = TimeSpan.FromMinutes(2);

    /// <summary>Its id; the acquirer knows the charge by it, so that it charges once.</summary>
    public required TopUpId Id { get; init; }

    /// <summary>The wallet that gets the money.</summary>
    public required WalletId WalletId { get; init; }

    /// <summary>The owner.</summary>
    public required AccountId AccountId { get; init; }

    /// <summary>Positive.</summary>
    public required Money Amount { get; init; }

    /// <summary>The card, as shown.</summary>
    public required ChargedCard Card { get; init; }

    /// <summary>The card, sealed, as it stood when the top-up was asked for. Opened only for the order to the acquirer.</summary>
    public required string SealedCard { get; init; }

    /// <summary>When it was asked for, by the business clock.</summary>
    public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>When its owner asked again for what was parked; null where that did not happen.</summary>
    public DateTimeOffset? ResumedAt { get; init; }

    /// <summary>When the last charge left, or was about to.</summary>
    public required DateTimeOffset SentAt { get; init; }

    /// <summary>The operation that the money is for; null for a top-up of its own.</summary>
    public string? PaysFor { get; init; }

    /// <summary>Where it stands.</summary>
    public TopUpStatus Status { get; init; } = TopUpStatus.Pending;

    /// <summary>Why it failed: a stable code.</summary>
    public string? FailureCode { get; init; }

    /// <summary>How often it was begun: 1, and one more each time a customer asks again after the channel was out of reach.</summary>
    public int Round { get; init; } = 1;

    /// <summary>A charge has left, or is about to, and the acquirer has not said that it took it or that it did not.</summary>
    public bool InFlight { get; init; } = true;

    /// <summary>What it counted for limits, given back when it fails; null where nothing is counted (any more).</summary>
    public Counted? Counted { get; init; }

    /// <summary>When it succeeded or failed.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Available after the credit, in minor units; null before.</summary>
    public long? AvailableAfter { get; init; }

    /// <summary>The money came when the book was closed: it stands in suspense until a person decides.</summary>
    public bool InSuspense { get; init; }

    /// <summary>The conversation that was opened about money in suspense.</summary>
    public ConversationId? ConversationId { get; init; }

    /// <summary>It was pending past its promise.</summary>
    public bool IsLate { get; init; }

    /// <summary>The conversation that was opened about a late one.</summary>
    public ConversationId? LateConversationId { get; init; }

    /// <summary>By when its end should be known, counted from when its owner asked last.</summary>
    public DateTimeOffset PromisedBy => (ResumedAt ?? RequestedAt) + AcquirerPatience.Promise;

    /// <summary>Whether the channel could not be reached and no card was charged: the same request may try again.</summary>
    public bool IsParked => Status == TopUpStatus.Failed && FailureCode == Books.LedgerErrors.ChannelUnavailable.Code;

    /// <summary>Whether anything is still to be found out or done.</summary>
    public bool IsOpen => Status == TopUpStatus.Pending || (InSuspense && ConversationId is null);

    /// <summary>Whether what the acquirer says is news: a card that paid always is, once; a refusal only where none was heard yet.</summary>
    public bool IsNews(ChargeWord word) => word.Outcome == ChargeOutcome.Settled ? Status != TopUpStatus.Succeeded : Status == TopUpStatus.Pending || IsParked;

    /// <summary>Whether the acquirer contradicts itself: it refuses what it has settled.</summary>
    public bool IsContradictedBy(ChargeWord word) => Status == TopUpStatus.Succeeded && word.Outcome == ChargeOutcome.Rejected;

    /// <summary>The card has paid, and the money is booked.</summary>
    /// <param name="now">The credit's time.</param>
    /// <param name="availableAfter">Minor units.</param>
    /// <param name="inSuspense">Whether the book was closed.</param>
    public CardTopUp Succeed(DateTimeOffset now, long availableAfter, bool inSuspense) => this with
    {
        Status = TopUpStatus.Succeeded,
        FailureCode = null,
        InFlight = false,
        EndedAt = now,
        AvailableAfter = availableAfter,
        InSuspense = inSuspense,
    };

    /// <summary>The card has not paid; what was counted is given back with it.</summary>
    public CardTopUp Fail(string code, DateTimeOffset now) => this with
    {
        Status = TopUpStatus.Failed,
        FailureCode = code,
        InFlight = false,
        Counted = null,
        EndedAt = now,
    };

    /// <summary>The acquirer has the charge and has not decided.</summary>
    public CardTopUp Taken() => this with { InFlight = false };

    /// <summary>The charge is about to leave once more, for an acquirer that does not know it. Stored before it does.</summary>
    public CardTopUp SendAgain(DateTimeOffset now) => this with { InFlight = true, SentAt = now };

    /// <summary>The customer asks again for what was parked.</summary>
    /// <exception cref="InvalidOperationException">It is not parked.</exception>
    public CardTopUp Resume(Counted? counted, DateTimeOffset now) => IsParked
        ? this with
        {
            Status = TopUpStatus.Pending,
            FailureCode = null,
            Round = Round + 1,
            InFlight = true,
            ResumedAt = now,
            SentAt = now,
            Counted = counted,
            EndedAt = null,
            IsLate = LateConversationId is not null,
        }
        : throw new InvalidOperationException($"Top-up {Id} in status {Status} cannot be resumed.");

    /// <summary>Whether the promise is broken at a moment and nobody has noted it.</summary>
    public bool BecomesLateAt(DateTimeOffset now) => Status == TopUpStatus.Pending && !IsLate && now > PromisedBy;

    /// <summary>Whether a charge that the acquirer does not know counts as lost on the way.</summary>
    public bool IsLostAt(DateTimeOffset now) => Status == TopUpStatus.Pending && now >= SentAt + LostAfter;
}

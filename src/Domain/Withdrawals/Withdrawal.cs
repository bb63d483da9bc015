namespace WalletFunctions.Domain.Withdrawals;

/// <summary>The bank card that is paid to, as it is shown.</summary>
/// <param name="BankCardId">Our id of the card.</param>
/// <param name="Last4">The last four digits of its number.</param>
/// <param name="BankCode">The bank's code.</param>
public sealed record PayoutCard(BankCardId BankCardId, string Last4, string BankCode);

/// <summary>A withdrawal: its facts, and the decisions about it. Each decision returns the withdrawal as it is afterwards.</summary>
public sealed record Withdrawal
{
    private const string PayoutPrefix = "po_";

    /// <summary>Its id, and so its orchestration's.</summary>
    public required WithdrawalId Id { get; init; }

    /// <summary>The wallet that pays.</summary>
    public required WalletId WalletId { get; init; }

    /// <summary>The owner.</summary>
    public required AccountId AccountId { get; init; }

    /// <summary>What arrives at the bank; positive.</summary>
    public required Money Amount { get; init; }

    /// <summary>What it costs on top; not negative.</summary>
    public required Money Fee { get; init; }

    /// <summary>Where it goes, as shown.</summary>
    public required PayoutCard Card { get; init; }

    /// <summary>Who is paid, sealed: as the card stood when the withdrawal was asked for. Opened only for the order to the bank.</summary>
    public required string SealedBeneficiary { get; init; }

    /// <summary>When it was asked for, by the business clock.</summary>
    public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>By when it must have arrived.</summary>
    public required DateTimeOffset PromisedBy { get; init; }

    /// <summary>Where it stands.</summary>
    public WithdrawalStatus Status { get; init; } = WithdrawalStatus.Reserved;

    /// <summary>Past its promise while the money is still held.</summary>
    public bool Overdue { get; init; }

    /// <summary>The payout id, once the order may have left; the same at every attempt, so that the bank pays once.</summary>
    public string? PayoutId { get; init; }

    /// <summary>The order has left, or is about to, and the bank has not said that it took it or that it did not.</summary>
    public bool InFlight { get; init; }

    /// <summary>The bank's word; null until heard.</summary>
    public BankWord? Word { get; init; }

    /// <summary>The ids of the callbacks that told us something new; a repeated one tells nothing.</summary>
    public IReadOnlyList<string> Callbacks { get; init; } = [];

    /// <summary>The conversation that was opened when it became overdue.</summary>
    public ConversationId? ConversationId { get; init; }

    /// <summary>What happened, oldest first.</summary>
    public required IReadOnlyList<TimelineEntry> Timeline { get; init; }

    /// <summary>What the hold sets aside: the amount and the fee.</summary>
    public Money Total => Amount + Fee;

    /// <summary>Whether the order may have left before, so that the bank must be asked before it is sent again.</summary>
    public bool MayBeAtBank => PayoutId is not null;

    /// <summary>The money step that the bank's word makes due now.</summary>
    public MoneyStep DueStep => (Status, Word?.Outcome) switch
    {
        (WithdrawalStatus.Reserved or WithdrawalStatus.Submitted, PayoutOutcome.Settled or PayoutOutcome.Returned) => MoneyStep.Capture,
        (WithdrawalStatus.Reserved or WithdrawalStatus.Submitted, PayoutOutcome.Rejected) => MoneyStep.Release,
        (WithdrawalStatus.Reserved, PayoutOutcome.Refused) => MoneyStep.Release,
        (WithdrawalStatus.Settled, PayoutOutcome.Returned) => MoneyStep.Return,
        _ => MoneyStep.None,
    };

    /// <summary>The one payout id that belongs to a withdrawal.</summary>
    public static string PayoutIdOf(WithdrawalId id) => PayoutPrefix + id.Value[WithdrawalId.Prefix.Length..];

    /// <summary>Whether a text from outside has the form of a payout id.</summary>
    public static bool IsPayoutId(string text) =>
        text.StartsWith(PayoutPrefix, StringComparison.Ordinal) && Domain.Id.TryParse<WithdrawalId>(WithdrawalId.Prefix + text[PayoutPrefix.Length..], out _);

    /// <summary>A new withdrawal, its money set aside at <paramref name="now"/>.</summary>
    public static Withdrawal Reserve(
        WithdrawalId id, WalletId wallet, AccountId owner, Money amount, Money fee, PayoutCard card, string sealedBeneficiary, DateTimeOffset now, DateTimeOffset promisedBy) => new()
        {
            Id = id,
            WalletId = wallet,
            AccountId = owner,
            Amount = amount,
            Fee = fee,
            Card = card,
            SealedBeneficiary = sealedBeneficiary,
            RequestedAt = now,
            PromisedBy = promisedBy,
            Timeline = [new(now, WithdrawalStatus.Reserved, TimelineNote.Reserved)],
        };

    /// <summary>The order is about to leave. Stored before it does: whoever cancels after this is too late.</summary>
    /// <exception cref="InvalidOperationException">It may not leave (any more).</exception>
    public Withdrawal HandOver() => WithdrawalStates.After(Status, WithdrawalMove.Submit) is not null
        ? this with { PayoutId = PayoutIdOf(Id), InFlight = true }
        : throw new InvalidOperationException($"Withdrawal {Id} in status {Status} cannot be handed over.");

    /// <summary>The bank took the order; told again, nothing changes.</summary>
    public Withdrawal Taken(DateTimeOffset now) =>
        Move(WithdrawalMove.Submit, TimelineNote.Submitted, now) is { } moved ? moved with { PayoutId = PayoutIdOf(Id), InFlight = false } : this;

    /// <summary>The bank said of the only order that ever left that it has not taken it: it is ours again.</summary>
    public Withdrawal HandBack(DateTimeOffset now) => this with
    {
        InFlight = false,

        // A bank that is down for hours is told of once.
        Timeline = Timeline[^1].Note == TimelineNote.BankBusy ? Timeline : [.. Timeline, new(now, Status, TimelineNote.BankBusy)],
    };

    /// <summary>The customer takes it back; a second time changes nothing.</summary>
    public Result<Withdrawal> Cancel(DateTimeOffset now)
    {
        if (Status == WithdrawalStatus.Cancelled)
        {
            return this;
        }

        // The bank's word may already be here while its money step is not booked yet.
        return !InFlight && Word is null && Move(WithdrawalMove.Cancel, TimelineNote.Cancelled, now) is { } cancelled
            ? cancelled
            : WithdrawalErrors.TooLateToCancel;
    }

    /// <summary>Keeps the bank's word. What says nothing new (repeated, late, or against an earlier word) changes nothing.</summary>
    /// <param name="word">What the bank says.</param>
    /// <param name="callbackId">The callback's id; null when we asked.</param>
    public Withdrawal Hear(BankWord word, string? callbackId = null)
    {
        var isNew = Word is null
            ? Status is WithdrawalStatus.Reserved || (Status is WithdrawalStatus.Submitted && word.Outcome != PayoutOutcome.Refused)
            : Word.Outcome == PayoutOutcome.Settled && word.Outcome == PayoutOutcome.Returned;
        if (!isNew || (callbackId is not null && Callbacks.Contains(callbackId, StringComparer.Ordinal)))
        {
            return this;
        }

        return this with { Word = word, Callbacks = callbackId is null ? Callbacks : [.. Callbacks, callbackId] };
    }

    /// <summary>The withdrawal after its due money step is booked; the caller commits both together.</summary>
    /// <exception cref="InvalidOperationException">No step is due.</exception>
    public Withdrawal Book(DateTimeOffset now)
    {
        // Whoever speaks of the payout's fate has it, even where that was never said (or not heard before the fate was).
        var booked = (DueStep, Word?.Outcome) switch
        {
            // Heard as returned before the settlement was booked: it settles first, then comes back.
            (MoneyStep.Capture, PayoutOutcome.Returned) => Taken(now).Move(WithdrawalMove.Settle, TimelineNote.Settled, now),
            (MoneyStep.Capture, _) => Taken(now).Move(WithdrawalMove.Settle, TimelineNote.Settled, now, Word?.Reason),
            (MoneyStep.Release, PayoutOutcome.Refused) => Move(WithdrawalMove.Fail, TimelineNote.Failed, now, Word?.Reason),
            (MoneyStep.Release, _) => Taken(now).Move(WithdrawalMove.Reject, TimelineNote.Rejected, now, Word?.Reason),
            (MoneyStep.Return, _) => Move(WithdrawalMove.Return, TimelineNote.Returned, now, Word?.Reason),
            _ => null,
        };
        return booked ?? throw new InvalidOperationException($"Withdrawal {Id} in status {Status} has no money step to book.");
    }

    /// <summary>Whether the promise is broken at a moment and nobody was told yet.</summary>
    public bool BecomesOverdueAt(DateTimeOffset now) => Status.IsOpen() && Word is null && !Overdue && now > PromisedBy;

    /// <summary>Marks the broken promise, with the conversation that was opened about it.</summary>
    public Withdrawal MarkOverdue(ConversationId conversation, DateTimeOffset now) => this with
    {
        Overdue = true,
        ConversationId = conversation,
        Timeline = [.. Timeline, new(now, Status, TimelineNote.Overdue)],
    };

    private Withdrawal? Move(WithdrawalMove move, TimelineNote note, DateTimeOffset now, string? reason = null)
    {
        if (WithdrawalStates.After(Status, move) is not { } next)
        {
            return null;
        }

        return this with
        {
            Status = next,
            InFlight = InFlight && next.IsOpen(),
            Overdue = Overdue && next.IsOpen(),
            Timeline = [.. Timeline, new(now, next, note, reason)],
        };
    }
}

using WalletFunctions.Domain.Books;

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

    /// <summary>Of an id, behind its prefix.</summary>
    private const int TailLength = 26;

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

    /// <summary>By when it must have arrived. While a person looks at it, counted from the last moment of that; an approval makes it earlier, never later.</summary>
    public required DateTimeOffset PromisedBy { get; init; }

    /// <summary>Until when a person may look at it; null where nobody has to, any more.</summary>
    public DateTimeOffset? ReviewUntil { get; init; }

    /// <summary>Where it stands.</summary>
    public WithdrawalStatus Status { get; init; } = WithdrawalStatus.Reserved;

    /// <summary>Past its promise while the money is still held.</summary>
    public bool Overdue { get; init; }

    /// <summary>Why a person has, or had, to look at it: the names of the risk rules that fired, joined by commas.</summary>
    public string? ReviewedFor { get; init; }

    /// <summary>The payout id, once the order may have left; the same at every attempt, so that the bank pays once.</summary>
    public string? PayoutId { get; init; }

    /// <summary>The order has left, or is about to, and the bank has not said that it took it or that it did not.</summary>
    public bool InFlight { get; init; }

    /// <summary>When the last order was about to leave, by the machine's clock, as the bank judges an order's age; null before the first.</summary>
    public DateTimeOffset? OrderedAt { get; init; }

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

    /// <summary>Whether an order may still be paid for all we know: on its way, taken, or taken and lost. Only the bank can say that it will not be.</summary>
    public bool NeedsBanksWordToEnd => Status == WithdrawalStatus.Submitted || InFlight;

    /// <summary>Whether an order is on its way, and the bank's answer may still make it ours again.</summary>
    public bool IsLeaving => InFlight && Status == WithdrawalStatus.Reserved && Word is null;

    /// <summary>Whether a person has to look at it before it may leave.</summary>
    public bool AwaitsPerson => Status == WithdrawalStatus.InReview;

    /// <summary>Whether it ended before anybody approved it.</summary>
    public bool EndedInReview => !Status.IsOpen() && Timeline.Count > 1 && Timeline[^2].Status == WithdrawalStatus.InReview;

    /// <summary>Whether its money came back to a wallet that was closed by then, and is kept for its owner.</summary>
    public bool IsInSuspense => Timeline[^1].InSuspense;

    /// <summary>The money step that the bank's word makes due now.</summary>
    public MoneyStep DueStep => (Status, Word?.Outcome) switch
    {
        (WithdrawalStatus.Reserved or WithdrawalStatus.Submitted, PayoutOutcome.Settled or PayoutOutcome.Returned) => MoneyStep.Capture,
        (WithdrawalStatus.Reserved or WithdrawalStatus.Submitted, PayoutOutcome.Rejected or PayoutOutcome.Voided) => MoneyStep.Release,
        (WithdrawalStatus.Reserved, PayoutOutcome.Refused) => MoneyStep.Release,
        (WithdrawalStatus.Settled, PayoutOutcome.Returned) => MoneyStep.Return,
        _ => MoneyStep.None,
    };

    /// <summary>The one payout id that belongs to a withdrawal. It names the wallet as well, so that the bank's callback finds the row without an index.</summary>
    public static string PayoutIdOf(WithdrawalId id, WalletId wallet) =>
        PayoutPrefix + id.Value[WithdrawalId.Prefix.Length..] + wallet.Value[WalletId.Prefix.Length..];

    /// <summary>Reads what <see cref="PayoutIdOf"/> wrote; null for any other text.</summary>
    public static (WithdrawalId Id, WalletId Wallet)? FindPayout(string payoutId)
    {
        var middle = PayoutPrefix.Length + TailLength;
        return payoutId.Length == middle + TailLength
            && payoutId.StartsWith(PayoutPrefix, StringComparison.Ordinal)
            && Domain.Id.TryParse<WithdrawalId>(WithdrawalId.Prefix + payoutId[PayoutPrefix.Length..middle], out var id)
            && Domain.Id.TryParse<WalletId>(WalletId.Prefix + payoutId[middle..], out var wallet)
            ? (id, wallet)
            : null;
    }

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

    /// <summary>A person must look at it first.</summary>
    /// <param name="until">Until when, at most.</param>
    /// <param name="promisedBy">The promise, counted from then.</param>
    /// <param name="rules">Why.</param>
    public Withdrawal SendToReview(DateTimeOffset until, DateTimeOffset promisedBy, string rules) =>
        Must(WithdrawalMove.SendToReview, RequestedAt) with { ReviewUntil = until, PromisedBy = promisedBy, ReviewedFor = rules };

    /// <summary>The person said yes; a second time, or too late, changes nothing.</summary>
    /// <param name="promisedBy">The promise counted from now; null where it cannot be told, and the first one stands.</param>
    public Withdrawal Approve(DateTimeOffset now, DateTimeOffset? promisedBy) => Move(WithdrawalMove.Approve, now) is { } approved
        ? approved with { PromisedBy = promisedBy < PromisedBy ? promisedBy.Value : PromisedBy }
        : this;

    /// <summary>The person said no, or nobody looked; changes nothing where it is not waited for.</summary>
    public Withdrawal RefuseInReview(bool isExpired, DateTimeOffset now) =>
        Move(isExpired ? WithdrawalMove.ExpireInReview : WithdrawalMove.RefuseInReview, now) ?? this;

    /// <summary>Staff ends it; one that has ended stays as it is. Where the bank has to say first that it will not pay, its word ends it instead.</summary>
    public Result<Withdrawal> Stop(DateTimeOffset now)
    {
        if (!Status.IsOpen())
        {
            return this;
        }

        return Word is null && !NeedsBanksWordToEnd && Move(WithdrawalMove.Stop, now) is { } stopped ? stopped : WithdrawalErrors.BankMayHaveIt;
    }

    /// <summary>The order is about to leave, for the first time or again. Stored before it does: whoever cancels after this is too late.</summary>
    /// <param name="machineNow">The machine's clock.</param>
    /// <exception cref="InvalidOperationException">It may not leave (any more).</exception>
    public Withdrawal HandOver(DateTimeOffset machineNow) => Status is WithdrawalStatus.Reserved or WithdrawalStatus.Submitted
        ? this with { PayoutId = PayoutId ?? PayoutIdOf(Id, WalletId), InFlight = true, OrderedAt = machineNow }
        : throw new InvalidOperationException($"Withdrawal {Id} in status {Status} cannot be handed over.");

    /// <summary>The bank took the order; told again, nothing changes.</summary>
    public Withdrawal Taken(DateTimeOffset now) =>
        Move(WithdrawalMove.Submit, now) is { } moved ? moved with { PayoutId = PayoutId ?? PayoutIdOf(Id, WalletId), InFlight = false }
        : InFlight ? this with { InFlight = false }
        : this;

    /// <summary>The bank said of the only order that ever left that it has not taken it: it is ours again.</summary>
    /// <remarks>A bank that is down for hours is told of once.</remarks>
    public Withdrawal HandBack(DateTimeOffset now) =>
        (Timeline[^1].Note == TimelineNote.BankBusy ? this : Must(WithdrawalMove.HandBack, now)) with { InFlight = false };

    /// <summary>The customer takes it back; a second time changes nothing.</summary>
    public Result<Withdrawal> Cancel(DateTimeOffset now)
    {
        if (Status == WithdrawalStatus.Cancelled)
        {
            return this;
        }

        // The bank's word may already be here while its money step is not booked yet.
        return !InFlight && Word is null && Move(WithdrawalMove.Cancel, now) is { } cancelled
            ? cancelled
            : Word is not null || !Status.IsOpen() ? WithdrawalErrors.AlreadyEnded
            : InFlight ? WithdrawalErrors.BankMayTakeIt
            : WithdrawalErrors.BankHasIt;
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
            (MoneyStep.Capture, PayoutOutcome.Returned) => Taken(now).Move(WithdrawalMove.Settle, now),
            (MoneyStep.Capture, _) => Taken(now).Move(WithdrawalMove.Settle, now, Word?.Reason),
            (MoneyStep.Release, PayoutOutcome.Refused) => Move(WithdrawalMove.Fail, now, Word?.Reason),
            (MoneyStep.Release, PayoutOutcome.Voided) => Move(WithdrawalMove.Stop, now),
            (MoneyStep.Release, _) => Taken(now).Move(WithdrawalMove.Reject, now, Word?.Reason),
            (MoneyStep.Return, _) => Move(WithdrawalMove.Return, now, Word?.Reason),
            _ => null,
        };
        return booked ?? throw new InvalidOperationException($"Withdrawal {Id} in status {Status} has no money step to book.");
    }

    /// <summary>With what the money step's entry says of where the money is: a wallet that was closed meanwhile has it in suspense.</summary>
    public Withdrawal KeptIn(Entry? entry) => entry?.Moved(BookAccount.Suspense) > 0
        ? this with { Timeline = [.. Timeline.SkipLast(1), Timeline[^1] with { InSuspense = true }] }
        : this;

    /// <summary>Whether the promise is broken at a moment and nobody was told yet.</summary>
    public bool BecomesOverdueAt(DateTimeOffset now) => Status.IsOpen() && !AwaitsPerson && Word is null && !Overdue && now > PromisedBy;

    /// <summary>Whether it ended past its promise, with no conversation linked to it.</summary>
    public bool EndedLateUntold => !Status.IsOpen() && ConversationId is null && Timeline[^1].At > PromisedBy;

    /// <summary>Marks the broken promise, with the conversation that was opened about it.</summary>
    public Withdrawal MarkOverdue(ConversationId conversation, DateTimeOffset now) =>
        Must(WithdrawalMove.BecomeOverdue, now) with { Overdue = true, ConversationId = conversation };

    private Withdrawal Must(WithdrawalMove move, DateTimeOffset now) =>
        Move(move, now) ?? throw new InvalidOperationException($"Withdrawal {Id} in status {Status} cannot {move}.");

    private Withdrawal? Move(WithdrawalMove move, DateTimeOffset now, string? reason = null)
    {
        if (WithdrawalStates.Edge(Status, move) is not { } edge)
        {
            return null;
        }

        return this with
        {
            Status = edge.To,
            InFlight = InFlight && edge.To.IsOpen(),
            Overdue = Overdue && edge.To.IsOpen(),
            ReviewUntil = edge.To == WithdrawalStatus.InReview ? ReviewUntil : null,
            Timeline = [.. Timeline, new(now, edge.To, edge.Note, reason)],
        };
    }
}

using WalletFunctions.Domain.Payments;

namespace WalletFunctions.Domain.Refunds;

/// <summary>A refund: its facts, and the decisions about it. Each decision returns the refund as it is afterwards.</summary>
public sealed record Refund
{
    /// <summary>The longest reason of a decision, in UTF-16 units.</summary>
    public const int LongestReason = 500;

    /// <summary>The longest description, in UTF-16 units.</summary>
    public const int LongestDescription = 1_000;

    /// <summary>How often lateness of support is told in one state; then it is only counted, since the timeline must fit into its row.</summary>
    public const int MostEscalationsTold = 7;

    /// <summary>Its id, and so its orchestration's.</summary>
    public required RefundId Id { get; init; }

    /// <summary>What is to be given back, in part or whole.</summary>
    public required PaymentId PaymentId { get; init; }

    /// <summary>The customer's wallet, in whose book payment and refund stand.</summary>
    public required WalletId Payer { get; init; }

    /// <summary>The customer.</summary>
    public required AccountId AccountId { get; init; }

    /// <summary>The customer, masked, as the merchant sees it.</summary>
    public string? PayerName { get; init; }

    /// <summary>Who was paid.</summary>
    public required AccountId Merchant { get; init; }

    /// <summary>As it was called when it was paid.</summary>
    public required string MerchantName { get; init; }

    /// <summary>The wallet that gives the money back.</summary>
    public required WalletId Payee { get; init; }

    /// <summary>The merchant's own name of the order.</summary>
    public required string OrderId { get; init; }

    /// <summary>Positive; never more than what was left of the payment.</summary>
    public required Money Amount { get; init; }

    /// <summary>Why.</summary>
    public required RefundReason Reason { get; init; }

    /// <summary>In the customer's words.</summary>
    public string? Description { get; init; }

    /// <summary>By the business clock.</summary>
    public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>The agent who asked on the customer's behalf; null where the customer did.</summary>
    public AccountId? AskedBy { get; init; }

    /// <summary>Where it stands.</summary>
    public RefundStatus Status { get; init; } = RefundStatus.Requested;

    /// <summary>Since when it stands there.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>How often the merchant was reminded.</summary>
    public int Reminders { get; init; }

    /// <summary>How often support's time ran out in this state.</summary>
    public int Escalations { get; init; }

    /// <summary>Of a denial: no appeal is possible any more.</summary>
    public bool IsClosed { get; init; }

    /// <summary>Whether it was appealed against; possible once.</summary>
    public bool IsAppealed { get; init; }

    /// <summary>Who of support decided last.</summary>
    public AccountId? DecidedBy { get; init; }

    /// <summary>Why the merchant's book does not give the money: <c>insufficient_funds</c>, <c>wallet_frozen</c>.</summary>
    public string? FundsCause { get; init; }

    /// <summary>When the merchant's book was asked last.</summary>
    public DateTimeOffset? TriedAt { get; init; }

    /// <summary>Whether support knows that the money has been waited for too long.</summary>
    public bool IsSupportTold { get; init; }

    /// <summary>How many operations that should have moved the money were forbidden by the sweep; the next one bears a new id.</summary>
    public int ForbiddenPayments { get; init; }

    /// <summary>The conversation in which agents follow it.</summary>
    public ConversationId? ConversationId { get; init; }

    /// <summary>What the customer was asked for.</summary>
    public IReadOnlyList<RefundEvidence> Evidence { get; init; } = [];

    /// <summary>What happened, oldest first.</summary>
    public required IReadOnlyList<RefundLine> Timeline { get; init; }

    /// <summary>How many lines of the timeline have been told to everybody concerned.</summary>
    public int Told { get; init; }

    /// <summary>Whether its life is over: nothing can happen any more.</summary>
    public bool IsOver => Status.IsFinal() || (Status == RefundStatus.Denied && IsClosed);

    /// <summary>A new refund.</summary>
    /// <param name="id">A new id.</param>
    /// <param name="payment">With the amount reserved already.</param>
    /// <param name="customer">Whose payment it is.</param>
    /// <param name="asked">What is wanted.</param>
    /// <param name="askedBy">The agent who asks on the customer's behalf.</param>
    /// <param name="now">The business clock.</param>
    public static Refund Ask(RefundId id, Payment payment, AccountId customer, RefundWish asked, AccountId? askedBy, DateTimeOffset now) => new()
    {
        Id = id,
        PaymentId = payment.Id,
        Payer = payment.Payer,
        AccountId = customer,
        PayerName = payment.PayerName,
        Merchant = payment.Merchant,
        MerchantName = payment.MerchantName,
        Payee = payment.Payee,
        OrderId = payment.OrderId,
        Amount = asked.Amount,
        Reason = asked.Reason,
        Description = asked.Description,
        RequestedAt = now,
        AskedBy = askedBy,
        Since = now,
        Timeline = [new(now, RefundStatus.Requested, RefundEvent.Request, RefundStatus.Requested)],
    };

    /// <summary>The case is open: the merchant is asked, or, where it is stopped, support.</summary>
    /// <param name="canAnswer">Whether the merchant is in business.</param>
    public Refund Open(bool canAnswer, DateTimeOffset now) => Move(canAnswer ? RefundEvent.AskMerchant : RefundEvent.SkipMerchant, now) ?? this;

    /// <summary>The merchant of the payment decides. Before it is asked it is told to come again: a refusal would be kept under its key.</summary>
    public Result<Refund> DecideByMerchant(RefundVerdict verdict, string reason, DateTimeOffset now) => Status == RefundStatus.Requested ? RefundErrors.AboutToBeAsked : verdict switch
    {
        RefundVerdict.Approve => Move(RefundEvent.MerchantApprove, now, reason),
        RefundVerdict.Deny => Move(RefundEvent.MerchantDeny, now, reason),
        RefundVerdict.Ask => Ask(RefundEvent.MerchantAsk, RefundActor.Merchant, reason, now),
    } is { } decided ? decided : Undecidable(verdict, RefundEvent.MerchantAsk);

    /// <summary>Somebody of support decides. Who asked on the customer's behalf does not, nor, of an appeal, who decided before.</summary>
    public Result<Refund> DecideBySupport(RefundVerdict verdict, string reason, AccountId by, DateTimeOffset now)
    {
        var decided = verdict switch
        {
            RefundVerdict.Approve => Move(RefundEvent.SupportApprove, now, reason),
            RefundVerdict.Deny => Move(RefundEvent.SupportDeny, now, reason),
            RefundVerdict.Ask => Ask(RefundEvent.SupportAsk, RefundActor.Support, reason, now),
        };
        if (decided is null)
        {
            return Undecidable(verdict, RefundEvent.SupportAsk);
        }

        return by == AskedBy || (Status == RefundStatus.Appealed && by == DecidedBy)
            ? RefundErrors.SecondPersonRequired
            : decided with { DecidedBy = by };
    }

    /// <summary>The customer gives what was asked for.</summary>
    public Result<Refund> GiveEvidence(string? text, IReadOnlyList<string> files, DateTimeOffset now) =>
        Move(RefundEvent.GiveEvidence, now) is { } given
            ? given with { Evidence = [.. Evidence.SkipLast(1), Evidence[^1] with { GivenAt = now, Text = text, FileIds = files }] }
            : RefundErrors.EvidenceNotWanted;

    /// <summary>The customer gives the request up.</summary>
    public Result<Refund> Withdraw(DateTimeOffset now) => Move(RefundEvent.Withdraw, now) is { } withdrawn ? withdrawn : RefundErrors.TooLateToWithdraw;

    /// <summary>The customer appeals: once, within the time that the policy gives. The caller reserves the amount again in the same step.</summary>
    public Result<Refund> Appeal(string? text, IReadOnlyList<string> files, RefundPolicy policy, DateTimeOffset now)
    {
        if (Status != RefundStatus.Denied || IsAppealed)
        {
            return IsAppealed ? RefundErrors.AppealedBefore : RefundErrors.NotDenied;
        }

        return !IsClosed && now < Since.AddDays(policy.AppealDays) && Move(RefundEvent.Appeal, now) is { } appealed
            ? appealed with { IsAppealed = true, Evidence = [.. Evidence, new(now, RefundActor.Customer, null) { GivenAt = now, Text = text, FileIds = files }] }
            : RefundErrors.TooLateToAppeal;
    }

    /// <summary>The end of a timer; the refund itself where it does not run any more, or not so long yet.</summary>
    /// <param name="timer">Any but those after which the merchant's book is asked: what that says is told by <see cref="Paid"/> and <see cref="NotPaid"/>.</param>
    /// <param name="wanted">All that was refunded, or is wanted, of the payment; null: this refund alone.</param>
    public Refund TimeIsUp(RefundTimer timer, RefundPolicy policy, DateTimeOffset now, Money? wanted = null) =>
        RefundTimers.Next(this, policy) is not { } wait || wait.Timer != timer || now < wait.At ? this : timer switch
        {
            RefundTimer.Reminder => Move(RefundEvent.Remind, now)! with { Reminders = policy.Reminders(Since).Count(at => at <= now) },
            RefundTimer.Merchant => Move(policy.SilenceApproves(wanted ?? Amount) ? RefundEvent.SilenceApproves : RefundEvent.MerchantSilent, now)!,
            RefundTimer.Review => (Escalations < MostEscalationsTold ? Move(RefundEvent.Escalate, now)! : this) with { Escalations = (int)Math.Min((now - Since) / TimeSpan.FromHours(policy.ReviewHours), int.MaxValue) },
            RefundTimer.Evidence => Move(RefundEvent.EvidenceLate, now)!,
            RefundTimer.FundsSupport => Move(RefundEvent.TellSupport, now)! with { IsSupportTold = true },
            RefundTimer.Appeal => Move(RefundEvent.CloseAppeal, now)! with { IsClosed = true },
            RefundTimer.None or RefundTimer.NextStep or RefundTimer.Funds => this,
        };

    /// <summary>The money has arrived.</summary>
    /// <param name="isInSuspense">Whether the customer's wallet was closed by then.</param>
    /// <exception cref="InvalidOperationException">It was not granted.</exception>
    public Refund Paid(DateTimeOffset now, bool isInSuspense = false)
    {
        var paid = Move(RefundEvent.Pay, now) ?? throw new InvalidOperationException($"Refund {Id} in status {Status} was paid.");
        return isInSuspense ? paid with { Timeline = [.. Timeline, paid.Timeline[^1] with { IsInSuspense = true }] } : paid;
    }

    /// <summary>The merchant's book does not give the money.</summary>
    /// <param name="cause">The code of its refusal.</param>
    /// <exception cref="InvalidOperationException">It was not granted.</exception>
    public Refund NotPaid(string cause, DateTimeOffset now) =>
        (Move(Status == RefundStatus.Approved ? RefundEvent.RunShort : RefundEvent.StillShort, now)
            ?? throw new InvalidOperationException($"Refund {Id} in status {Status} was tried to be paid.")) with
        { FundsCause = cause, TriedAt = now };

    /// <summary>Operations end it; the refund itself where it is over. Of what is granted the caller has made sure that the money cannot move any more.</summary>
    public Refund Terminate(DateTimeOffset now) => IsOver || Move(RefundEvent.Terminate, now) is not { } ended ? this : ended with { IsClosed = ended.Status == RefundStatus.Denied };

    /// <summary>Whether support must be told at once that the money does not come: waiting does not help.</summary>
    public bool IsStuck => Status == RefundStatus.AwaitingFunds && FundsCause == Books.LedgerErrors.WalletFrozen.Code;

    private Refund? Ask(RefundEvent happened, RefundActor by, string question, DateTimeOffset now) =>
        Evidence.Count(round => round.Question is not null) < RefundEvidence.MostRounds && Move(happened, now, question) is { } asked
            ? asked with { Evidence = [.. Evidence, new(now, by, question)] }
            : null;

    private DomainError Undecidable(RefundVerdict verdict, RefundEvent ask) =>
        verdict == RefundVerdict.Ask && RefundStates.After(Status, ask) is not null ? RefundErrors.AskedEnough : RefundErrors.NotDecidable;

    private Refund? Move(RefundEvent happened, DateTimeOffset now, string? reason = null)
    {
        if (RefundStates.After(Status, happened) is not { } edge)
        {
            return null;
        }

        var moved = edge.To == Status ? this : this with { Status = edge.To, Since = now, Escalations = 0, IsClosed = edge.To == RefundStatus.Denied && IsAppealed };
        return edge.Words is null ? moved : moved with { Timeline = [.. Timeline, new(now, Status, happened, edge.To, reason)] };
    }
}

/// <summary>What a customer wants.</summary>
/// <param name="Amount">Positive.</param>
/// <param name="Reason">Why.</param>
/// <param name="Description">In the customer's words.</param>
public sealed record RefundWish(Money Amount, RefundReason Reason, string? Description);

/// <summary>What merchants and support can decide.</summary>
public enum RefundVerdict
{
    /// <summary>The money goes back.</summary>
    Approve,

    /// <summary>It does not.</summary>
    Deny,

    /// <summary>The customer must give evidence first.</summary>
    Ask,
}

using static WalletFunctions.Domain.Refunds.RefundStatus;

namespace WalletFunctions.Domain.Refunds;

/// <summary>What a refund may be waiting for. The names are stored in orchestrations.</summary>
public enum RefundTimer
{
    /// <summary>Nothing any more.</summary>
    None,

    /// <summary>The next step is the product's own; if it could not be made, it is tried again after a pause.</summary>
    NextStep,

    /// <summary>The merchant is reminded.</summary>
    Reminder,

    /// <summary>The merchant's time is over.</summary>
    Merchant,

    /// <summary>Support's time is over.</summary>
    Review,

    /// <summary>The customer's time to give evidence is over.</summary>
    Evidence,

    /// <summary>The merchant's book is asked again.</summary>
    Funds,

    /// <summary>Support is told that the merchant's book does not pay.</summary>
    FundsSupport,

    /// <summary>The time to appeal is over.</summary>
    Appeal,
}

/// <summary>A timer that runs in a state, and the ending that is written for it.</summary>
/// <param name="Status">The state.</param>
/// <param name="Timer">The timer.</param>
/// <param name="Endings">What its end makes happen, one of these.</param>
/// <param name="Length">How long it runs, for people.</param>
public sealed record RefundTimerRule(RefundStatus Status, RefundTimer Timer, IReadOnlyList<RefundEvent> Endings, string Length);

/// <summary>When a refund must be looked at next.</summary>
/// <param name="Timer">Why.</param>
/// <param name="At">When, by the business clock.</param>
public sealed record RefundWait(RefundTimer Timer, DateTimeOffset At);

/// <summary>The timers of refunds: none of their waits is without one, and each has an ending.</summary>
public static class RefundTimers
{
    /// <summary>After how long a step of the product's own that could not be made is tried again.</summary>
    public static readonly TimeSpan StepPause = TimeSpan.FromMinutes(5);

    /// <summary>Which timers run where.</summary>
    public static IReadOnlyList<RefundTimerRule> Rules { get; } =
    [
        new(Requested, RefundTimer.NextStep, [RefundEvent.AskMerchant, RefundEvent.SkipMerchant], "5 min"),
        new(WithMerchant, RefundTimer.Reminder, [RefundEvent.Remind], "firstReminderHours, lastReminderHours"),
        new(WithMerchant, RefundTimer.Merchant, [RefundEvent.MerchantSilent, RefundEvent.SilenceApproves], "merchantDays"),
        new(InReview, RefundTimer.Review, [RefundEvent.Escalate], "reviewHours"),
        new(EvidenceWanted, RefundTimer.Evidence, [RefundEvent.EvidenceLate], "evidenceDays"),
        new(Approved, RefundTimer.NextStep, [RefundEvent.Pay, RefundEvent.RunShort], "5 min"),
        new(AwaitingFunds, RefundTimer.Funds, [RefundEvent.Pay, RefundEvent.StillShort], "fundsRetryMinutes"),
        new(AwaitingFunds, RefundTimer.FundsSupport, [RefundEvent.TellSupport], "fundsSupportDays"),
        new(Denied, RefundTimer.Appeal, [RefundEvent.CloseAppeal], "appealDays"),
        new(Appealed, RefundTimer.Review, [RefundEvent.Escalate], "reviewHours"),
    ];

    /// <summary>What a refund waits for next; null when its life is over.</summary>
    /// <param name="refund">As stored.</param>
    /// <param name="policy">In force when it was asked for.</param>
    public static RefundWait? Next(Refund refund, RefundPolicy policy) => refund.Status switch
    {
        Requested or Approved => new(RefundTimer.NextStep, refund.Since + StepPause),
        WithMerchant => policy.Reminders(refund.Since).Skip(refund.Reminders).Select(at => new RefundWait(RefundTimer.Reminder, at))
            .FirstOrDefault(new RefundWait(RefundTimer.Merchant, refund.Since.AddDays(policy.MerchantDays))),
        InReview or Appealed => new(RefundTimer.Review, refund.Since.AddHours((long)policy.ReviewHours * (refund.Escalations + 1))),
        EvidenceWanted => new(RefundTimer.Evidence, refund.Since.AddDays(policy.EvidenceDays)),
        AwaitingFunds => FundsWait(refund, policy),
        Denied when !refund.IsClosed => new(RefundTimer.Appeal, refund.Since.AddDays(policy.AppealDays)),
        Denied or Refunded or Withdrawn or Expired => null,
    };

    /// <summary>By when the next answer is there: the merchant's, support's, or, where evidence is wanted, the customer's. Null when none is waited for, or nobody can say.</summary>
    public static DateTimeOffset? AnswerBy(Refund refund, RefundPolicy policy) => refund.Status switch
    {
        Requested => refund.RequestedAt.AddDays(policy.MerchantDays),
        WithMerchant => refund.Since.AddDays(policy.MerchantDays),
        AwaitingFunds when !refund.IsSupportTold => refund.Since.AddDays(policy.FundsSupportDays),
        AwaitingFunds or Approved or Denied or Refunded or Withdrawn or Expired => null,
        InReview or Appealed or EvidenceWanted => Next(refund, policy)?.At,
    };

    /// <summary>When what a line began is over, if nobody does anything; null where it began nothing that has an end.</summary>
    public static DateTimeOffset? Deadline(RefundLine line, RefundPolicy policy) => line.From == line.Status ? null : line.Status switch
    {
        WithMerchant => line.At.AddDays(policy.MerchantDays),
        InReview or Appealed => line.At.AddHours(policy.ReviewHours),
        EvidenceWanted => line.At.AddDays(policy.EvidenceDays),
        Denied when line.From != Appealed => line.At.AddDays(policy.AppealDays),
        Requested or Approved or AwaitingFunds or Denied or Refunded or Withdrawn or Expired => null,
    };

    private static RefundWait FundsWait(Refund refund, RefundPolicy policy)
    {
        var retry = new RefundWait(RefundTimer.Funds, (refund.TriedAt ?? refund.Since).AddMinutes(policy.FundsRetryMinutes));
        var support = new RefundWait(RefundTimer.FundsSupport, refund.Since.AddDays(policy.FundsSupportDays));
        return !refund.IsSupportTold && support.At <= retry.At ? support : retry;
    }
}

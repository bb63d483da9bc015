namespace WalletFunctions.Domain.Refunds;

/// <summary>How long everybody has, and what silence means. The policy in force when a refund was asked for holds for all of it.</summary>
public sealed record RefundPolicy
{
    /// <summary>What the product comes with.</summary>
    public static RefundPolicy Default { get; } = new();

    /// <summary>For how many days after the payment a refund can be asked for; 1 to 730.</summary>
    public int AskDays { get; init; } = 90;

    /// <summary>How many days the merchant has to answer; 1 to 3.</summary>
    public int MerchantDays { get; init; } = 3;

    /// <summary>How many hours after being asked the merchant is reminded; 1 to 72. Not at all if its time is over by then.</summary>
    public int FirstReminderHours { get; init; } = 24;

    /// <summary>How many hours before its time is over the merchant is reminded again; 1 to 72. Not at all if that would be before it was asked.</summary>
    public int LastReminderHours { get; init; } = 6;

    /// <summary>Below this many fen a merchant's silence is a yes; 0: never.</summary>
    public long SilenceApprovesBelow { get; init; } = 10_000;

    /// <summary>How many hours support has before a case becomes urgent; 1 to 72.</summary>
    public int ReviewHours { get; init; } = 24;

    /// <summary>How many days the customer has to give evidence; 1 to 3.</summary>
    public int EvidenceDays { get; init; } = 3;

    /// <summary>For how many days after a denial it can be appealed against; 1 to 30.</summary>
    public int AppealDays { get; init; } = 7;

    /// <summary>After how many minutes a merchant's book that did not give the money is asked again; 5 to 1440.</summary>
    public int FundsRetryMinutes { get; init; } = 60;

    /// <summary>After how many days of that support is told; 1 to 30.</summary>
    public int FundsSupportDays { get; init; } = 3;

    /// <summary>Until when a refund of a payment can be asked for.</summary>
    public DateTimeOffset AskUntil(DateTimeOffset paidAt) => paidAt.AddDays(AskDays);

    /// <summary>Whether a merchant's silence grants a refund.</summary>
    /// <param name="wanted">All that was refunded, or is wanted, of the same payment: whoever asks in many small parts gets no more by it.</param>
    public bool SilenceApproves(Money wanted) => wanted.Amount < SilenceApprovesBelow;

    /// <summary>When the merchant is reminded, soonest first, after being asked at a moment.</summary>
    public IReadOnlyList<DateTimeOffset> Reminders(DateTimeOffset askedAt)
    {
        var end = askedAt.AddDays(MerchantDays);
        return [.. new[] { askedAt.AddHours(FirstReminderHours), end.AddHours(-LastReminderHours) }.Where(at => at > askedAt && at < end).Distinct().Order()];
    }
}

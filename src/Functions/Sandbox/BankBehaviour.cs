namespace WalletFunctions.Sandbox;

/// <summary>How the sandbox's bank treats payouts to come.</summary>
internal enum BankMode
{
    /// <summary>Pays out.</summary>
    Settle,

    /// <summary>Turns down.</summary>
    Reject,

    /// <summary>Takes the order and says nothing more, until told to decide.</summary>
    Silent,

    /// <summary>Pays out, but after the promised day.</summary>
    Late,

    /// <summary>Takes the order, but its answer does not arrive in time; then pays out.</summary>
    Timeout,

    /// <summary>Is out of service: takes nothing, knows nothing.</summary>
    Down,
}

/// <summary>Where a payout stands at the sandbox's bank.</summary>
internal enum BankPayoutState
{
    /// <summary>Taken, not decided.</summary>
    Pending,

    /// <summary>Paid out.</summary>
    Settled,

    /// <summary>Turned down.</summary>
    Rejected,

    /// <summary>Paid out, then sent back.</summary>
    Returned,
}

/// <summary>The behaviour in force.</summary>
/// <param name="Mode">What it does.</param>
/// <param name="AfterSeconds">When, on the business clock: after the order came in; in mode late, after the promised moment.</param>
internal sealed record BankBehaviour(BankMode Mode, int AfterSeconds)
{
    /// <summary>Settles soon: long enough to see it submitted, short enough to wait for.</summary>
    public static BankBehaviour Default { get; } = Of(BankMode.Settle);

    /// <summary>A mode with its usual delay: 2 seconds; in mode late, a day after the promise.</summary>
    public static BankBehaviour Of(BankMode mode, int? afterSeconds = null) =>
        new(mode, afterSeconds ?? (mode == BankMode.Late ? 24 * 60 * 60 : 2));

    /// <summary>What becomes of a payout that comes in now, and when; null: nothing by itself.</summary>
    public (BankPayoutState State, DateTimeOffset At)? Decide(DateTimeOffset now, DateTimeOffset dueBy) => Mode switch
    {
        BankMode.Settle or BankMode.Timeout => (BankPayoutState.Settled, now.AddSeconds(AfterSeconds)),
        BankMode.Reject => (BankPayoutState.Rejected, now.AddSeconds(AfterSeconds)),
        BankMode.Late => (BankPayoutState.Settled, (dueBy > now ? dueBy : now).AddSeconds(AfterSeconds)),
        BankMode.Silent or BankMode.Down => null,
    };
}

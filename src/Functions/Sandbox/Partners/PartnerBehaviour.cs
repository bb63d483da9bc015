namespace WalletFunctions.Sandbox.Partners;

/// <summary>How a partner of the sandbox (its bank, its acquirer) treats orders to come.</summary>
internal enum PartnerMode
{
    /// <summary>Carries them out.</summary>
    Settle,

    /// <summary>Turns them down.</summary>
    Reject,

    /// <summary>Takes the order and says nothing more, until told to decide.</summary>
    Silent,

    /// <summary>Carries them out, but later than anybody would wait: for a payout, after the promised day.</summary>
    Late,

    /// <summary>Takes the order, but its answer does not arrive in time; then carries it out.</summary>
    Timeout,

    /// <summary>Is out of service: takes nothing, knows nothing.</summary>
    Down,
}

/// <summary>Where an order stands at a partner of the sandbox.</summary>
internal enum OrderState
{
    /// <summary>Taken, not decided.</summary>
    Pending,

    /// <summary>Carried out.</summary>
    Settled,

    /// <summary>Turned down.</summary>
    Rejected,

    /// <summary>Carried out, then sent back.</summary>
    Returned,

    /// <summary>Never taken, and refused for ever.</summary>
    Void,
}

/// <summary>The behaviour in force.</summary>
/// <param name="Mode">What it does.</param>
/// <param name="AfterSeconds">When, on the business clock: after the order came in; in mode late, after the moment it was due.</param>
/// <param name="Reason">Why it turns down; null for its usual reason.</param>
internal sealed record PartnerBehaviour(PartnerMode Mode, int AfterSeconds, string? Reason = null)
{
    private const int ADay = 24 * 60 * 60;

    /// <summary>A mode with a delay; unless given, <paramref name="usual"/>, or in mode late a day.</summary>
    public static PartnerBehaviour Of(PartnerMode mode, int? afterSeconds, int usual, string? reason = null) =>
        new(mode, afterSeconds ?? (mode == PartnerMode.Late ? ADay : usual), reason);

    /// <summary>What becomes of an order that comes in now, and when; null: nothing by itself.</summary>
    public (OrderState State, DateTimeOffset At)? Decide(DateTimeOffset now, DateTimeOffset dueBy) => Mode switch
    {
        PartnerMode.Settle or PartnerMode.Timeout => (OrderState.Settled, now.AddSeconds(AfterSeconds)),
        PartnerMode.Reject => (OrderState.Rejected, now.AddSeconds(AfterSeconds)),
        PartnerMode.Late => (OrderState.Settled, (dueBy > now ? dueBy : now).AddSeconds(AfterSeconds)),
        PartnerMode.Silent or PartnerMode.Down => null,
    };
}

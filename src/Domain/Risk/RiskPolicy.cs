using WalletFunctions.Domain.Identity;

namespace WalletFunctions.Domain.Risk;

/// <summary>When a move needs the customer's confirmation, and when a person's eye. Pure.</summary>
/// <param name="Classes">By the class's number.</param>
public sealed record RiskPolicy(IReadOnlyList<RiskThresholds> Classes)
{
    private static readonly RiskThresholds Common = new()
    {
        NewDevice = 200_000,
        NightNewPayee = 200_000,
        VelocityMoves = 20,
        VelocityAmount = 2_000_000,
        ReviewNewDeviceNewPayee = 2_000_000,
        ReviewNewPayee = 4_500_000,
    };

    /// <summary>The built-in policy.</summary>
    public static RiskPolicy Default { get; } = new(
    [
        Common with { LargeAmount = 100_000, DailyUnconfirmed = 100_000, NewPayee = 50_000 },
        Common with { LargeAmount = 500_000, DailyUnconfirmed = 500_000, NewPayee = 500_000 },
        Common with { LargeAmount = 2_000_000, DailyUnconfirmed = 5_000_000, NewPayee = 1_500_000, NightNewPayee = 1_000_000 },
    ]);

    /// <summary>Everything is allowed.</summary>
    public static RiskPolicy None { get; } = new([new(), new(), new()]);

    /// <summary>The thresholds of a class.</summary>
    public RiskThresholds Of(AccountClass @class) => Classes[(int)@class];

    /// <summary>What the policy says to a move.</summary>
    public RiskVerdict Assess(RiskFacts facts) => Of(facts.Class).Assess(facts);
}

/// <summary>The thresholds of one class, in minor units: a rule fires above them; null: never.</summary>
public sealed record RiskThresholds
{
    /// <summary>One move.</summary>
    public long? LargeAmount { get; init; }

    /// <summary>What moves in a Shanghai day without a confirmation, this move included.</summary>
    public long? DailyUnconfirmed { get; init; }

    /// <summary>One move to a payee who is not among the latest.</summary>
    public long? NewPayee { get; init; }

    /// <summary>One move from a device that is not among the latest, while others are.</summary>
    public long? NewDevice { get; init; }

    /// <summary>One move to a new payee at night.</summary>
    public long? NightNewPayee { get; init; }

    /// <summary>The moves within ten minutes, this one included; together with <see cref="VelocityAmount"/>.</summary>
    public int? VelocityMoves { get; init; }

    /// <summary>The amount within ten minutes, this move included; together with <see cref="VelocityMoves"/>.</summary>
    public long? VelocityAmount { get; init; }

    /// <summary>One move from a new device to a new payee, or to a new bank card, goes to review.</summary>
    public long? ReviewNewDeviceNewPayee { get; init; }

    /// <summary>One move to a new payee, or to a new bank card, goes to review.</summary>
    public long? ReviewNewPayee { get; init; }

    /// <summary>When the night begins, by Shanghai's clock.</summary>
    public TimeOnly NightFrom { get; init; } = new(23, 0);

    /// <summary>When it ends.</summary>
    public TimeOnly NightUntil { get; init; } = new(6, 0);

    internal RiskVerdict Assess(RiskFacts facts)
    {
        List<RiskRule>? fired = null;
        Fires(RiskRule.LargeAmount, facts.Amount > LargeAmount);
        Fires(RiskRule.DailyUnconfirmed, facts.UnconfirmedToday + facts.Amount > DailyUnconfirmed);
        Fires(RiskRule.NewPayee, facts.IsNewPayee && facts.Amount > NewPayee);
        Fires(RiskRule.NewDevice, facts.IsNewDevice && facts.Amount > NewDevice);
        Fires(RiskRule.NightNewPayee, facts.IsNewPayee && facts.Amount > NightNewPayee && IsNight(facts.Time));
        Fires(RiskRule.Velocity, facts.WindowMoves + 1 > VelocityMoves && facts.WindowAmount + facts.Amount > VelocityAmount);
        var confirms = fired?.Count > 0;
        var isNew = facts.IsNewPayee || facts.IsNewCard;
        Fires(RiskRule.ReviewNewDeviceNewPayee, facts.IsNewDevice && isNew && facts.Amount > ReviewNewDeviceNewPayee);
        Fires(RiskRule.ReviewNewPayee, isNew && facts.Amount > ReviewNewPayee);
        if (fired is null)
        {
            return RiskVerdict.Allow;
        }

        // Consent comes first: nobody should look into a move that its owner does not stand by.
        var reviews = fired[^1] >= RiskRule.ReviewNewDeviceNewPayee;
        return new RiskVerdict(confirms && !facts.IsConfirmed ? RiskAction.Confirm : reviews ? RiskAction.Review : RiskAction.Allow, fired);

        void Fires(RiskRule rule, bool does)
        {
            if (does)
            {
                (fired ??= []).Add(rule);
            }
        }
    }

    private bool IsNight(TimeOnly time) => time.IsBetween(NightFrom, NightUntil);
}

/// <summary>What the policy looks at.</summary>
/// <param name="Class">Who moves.</param>
/// <param name="Amount">Minor units, above zero.</param>
/// <param name="UnconfirmedToday">What has moved today without a confirmation, before this move.</param>
/// <param name="IsNewPayee">Whether the payee is not among the latest; never so for one's own bank card, see <see cref="IsNewCard"/>.</param>
/// <param name="IsNewDevice">Whether the device is not among the latest, while others are.</param>
/// <param name="Time">Shanghai's time of day.</param>
/// <param name="WindowMoves">The moves of the ten minutes before this one.</param>
/// <param name="WindowAmount">What they moved.</param>
/// <param name="IsConfirmed">Whether the customer has confirmed this move.</param>
public sealed record RiskFacts(
    AccountClass Class, long Amount, long UnconfirmedToday, bool IsNewPayee, bool IsNewDevice, TimeOnly Time, int WindowMoves, long WindowAmount, bool IsConfirmed)
{
    /// <summary>Whether it goes to a bank card that is not among the latest. It is the owner's, so that its being new asks for no confirmation; a thief's first aim, so that it may ask for a person.</summary>
    public bool IsNewCard { get; init; }
}

/// <summary>What the policy says.</summary>
/// <param name="Action">What has to happen.</param>
/// <param name="Fired">The rules that fired, whether or not a confirmation has answered them.</param>
public sealed record RiskVerdict(RiskAction Action, IReadOnlyList<RiskRule> Fired)
{
    /// <summary>No rule fired.</summary>
    public static RiskVerdict Allow { get; } = new(RiskAction.Allow, []);
}

/// <summary>What has to happen to a move.</summary>
public enum RiskAction
{
    /// <summary>It goes through.</summary>
    Allow = 0,

    /// <summary>The customer must confirm it first.</summary>
    Confirm = 1,

    /// <summary>A person must look at it first.</summary>
    Review = 2,
}

/// <summary>The rules; those from <see cref="ReviewNewDeviceNewPayee"/> on ask for a review.</summary>
public enum RiskRule
{
    /// <summary>See <see cref="RiskThresholds.LargeAmount"/>.</summary>
    LargeAmount = 0,

    /// <summary>See <see cref="RiskThresholds.DailyUnconfirmed"/>.</summary>
    DailyUnconfirmed = 1,

    /// <summary>See <see cref="RiskThresholds.NewPayee"/>.</summary>
    NewPayee = 2,

    /// <summary>See <see cref="RiskThresholds.NewDevice"/>.</summary>
    NewDevice = 3,

    /// <summary>See <see cref="RiskThresholds.NightNewPayee"/>.</summary>
    NightNewPayee = 4,

    /// <summary>See <see cref="RiskThresholds.VelocityMoves"/>.</summary>
    Velocity = 5,

    /// <summary>See <see cref="RiskThresholds.ReviewNewDeviceNewPayee"/>.</summary>
    ReviewNewDeviceNewPayee = 6,

    /// <summary>See <see cref="RiskThresholds.ReviewNewPayee"/>.</summary>
    ReviewNewPayee = 7,
}

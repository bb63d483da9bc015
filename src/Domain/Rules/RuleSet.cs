using WalletFunctions.Domain.Fees;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Domain.Limits;
using WalletFunctions.Domain.Risk;

namespace WalletFunctions.Domain.Rules;

/// <summary>All the rules that are in force at one moment.</summary>
public sealed class RuleSet
{
    private readonly OperationRules[] operations;

    /// <param name="fees">The fee schedule.</param>
    /// <param name="limits">The limits.</param>
    /// <param name="risk">The risk policy.</param>
    public RuleSet(RuleVersion<FeeSchedule> fees, RuleVersion<LimitSchedule> limits, RuleVersion<RiskPolicy> risk)
    {
        (Fees, Limits, Risk) = (fees, limits, risk);
        operations = [.. OperationKinds.All.Select(operation => new OperationRules(fees.Number, limits.Number, risk.Number,
            [.. Enum.GetValues<AccountClass>().Select(@class => new ClassRules(
                fees.Rules.Rule(operation, @class), limits.Rules.Of(operation, @class), risk.Rules.Of(@class)))]))];
    }

    /// <summary>The fee schedule.</summary>
    public RuleVersion<FeeSchedule> Fees { get; }

    /// <summary>The limits.</summary>
    public RuleVersion<LimitSchedule> Limits { get; }

    /// <summary>The risk policy.</summary>
    public RuleVersion<RiskPolicy> Risk { get; }

    /// <summary>The part that decides one operation.</summary>
    public OperationRules For(OperationKind operation) => operations[(int)operation];
}

/// <summary>What the rules say of one operation, for every class: enough to decide it again later.</summary>
/// <param name="FeesVersion">The number of the fee schedule.</param>
/// <param name="LimitsVersion">The number of the limit schedule.</param>
/// <param name="RiskVersion">The number of the risk policy.</param>
/// <param name="Classes">By <see cref="AccountClass"/>'s number.</param>
public sealed record OperationRules(int FeesVersion, int LimitsVersion, int RiskVersion, IReadOnlyList<ClassRules> Classes)
{
    /// <summary>What they say of one class.</summary>
    public ClassRules this[AccountClass @class] => Classes[(int)@class];
}

/// <summary>What the rules say of one operation of one class.</summary>
/// <param name="Fee">Null: free.</param>
/// <param name="Limits">The limits.</param>
/// <param name="Risk">The thresholds.</param>
public sealed record ClassRules(FeeRule? Fee, AmountLimits Limits, RiskThresholds Risk);

using WalletFunctions.Domain.Identity;
using WalletFunctions.Domain.Rules;

namespace WalletFunctions.Domain.Fees;

/// <summary>Tells a rise of fees, which must be announced ahead, from a change that costs nobody more.</summary>
public static class FeeRises
{
    /// <summary>Whether anybody might pay more for anything. Where one part of a rule rises and another falls, it is a rise.</summary>
    public static bool RisesTo(this FeeSchedule before, FeeSchedule after) =>
        OperationKinds.All.Any(operation => Enum.GetValues<AccountClass>().Any(@class => Rises(before.Rule(operation, @class), after.Rule(operation, @class))));

    private static bool Rises(FeeRule? before, FeeRule? after)
    {
        if (after is null || !Charges(after))
        {
            return false;
        }

        return before is null || !Charges(before)
            || after.RatePerMillion > before.RatePerMillion
            || (after.RatePerMillion > 0 && after.Rounding > before.Rounding)
            || after.Minimum > before.Minimum
            || (after.Maximum ?? long.MaxValue) > (before.Maximum ?? long.MaxValue)
            || after.FreeMonthly < before.FreeMonthly
            || after.FreeEver < before.FreeEver;
    }

    private static bool Charges(FeeRule rule) => (rule.RatePerMillion > 0 || rule.Minimum > 0) && rule.Maximum != 0;
}

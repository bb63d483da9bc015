using System.Runtime.InteropServices;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Domain.Limits;
using WalletFunctions.Domain.Rules;

namespace WalletFunctions.Domain.Fees;

/// <summary>What operations cost. An operation without a rule is free.</summary>
/// <param name="Rules">At most one for each operation and class; one for all classes gives way to one for a class.</param>
public sealed record FeeSchedule(IReadOnlyList<FeeRule> Rules)
{
    /// <summary>Withdrawals: 0.1 %, at least 0.10 yuan, the first 1,000 yuan ever free, class III 5,000 yuan a month besides. Everything else is free.</summary>
    public static FeeSchedule Default { get; } = new(
    [
        new FeeRule(OperationKind.Withdrawal, null) { RatePerMillion = 1_000, Minimum = 10, FreeEver = 100_000 },
        new FeeRule(OperationKind.Withdrawal, AccountClass.III) { RatePerMillion = 1_000, Minimum = 10, FreeEver = 100_000, FreeMonthly = 500_000 },
    ]);

    /// <summary>Everything is free.</summary>
    public static FeeSchedule None { get; } = new([]);

    /// <summary>The rule of an operation and class; null when it is free.</summary>
    public FeeRule? Rule(OperationKind operation, AccountClass @class)
    {
        FeeRule? common = null;
        foreach (var rule in Rules)
        {
            if (rule.Operation == operation && rule.Class == @class)
            {
                return rule;
            }

            if (rule.Operation == operation && rule.Class is null)
            {
                common = rule;
            }
        }

        return common;
    }

    /// <summary>The fee of an operation.</summary>
    /// <param name="operation">What is done.</param>
    /// <param name="class">Who does it.</param>
    /// <param name="amount">Minor units, above zero.</param>
    /// <param name="usage">As <see cref="Usage.At"/> gives it for the moment of the operation.</param>
    public Fee For(OperationKind operation, AccountClass @class, long amount, Usage usage) => Rule(operation, @class)?.For(amount, usage) ?? default;
}

/// <summary>What an operation costs for a class.</summary>
/// <param name="Operation">The operation.</param>
/// <param name="Class">Null: for every class that has no rule of its own.</param>
/// <remarks>The two free allowances are one wallet's, shared by all operations that have a rule.</remarks>
public sealed record FeeRule(OperationKind Operation, AccountClass? Class)
{
    /// <summary>The rate in millionths of the chargeable part: 1,000 is 0.1 %. Zero or more.</summary>
    public long RatePerMillion { get; init; }

    /// <summary>What becomes of the part of a minor unit that the rate leaves.</summary>
    public Rounding Rounding { get; init; } = Rounding.HalfUp;

    /// <summary>The least fee on a chargeable part above zero, in minor units.</summary>
    public long Minimum { get; init; }

    /// <summary>The highest fee, in minor units; null: none.</summary>
    public long? Maximum { get; init; }

    /// <summary>What is free once in the life of a wallet, in minor units.</summary>
    public long FreeEver { get; init; }

    /// <summary>What is free in each calendar month (Asia/Shanghai), in minor units; it is used before <see cref="FreeEver"/>, because it lapses.</summary>
    public long FreeMonthly { get; init; }

    /// <summary>The fee: the rate on what no allowance covers, rounded to a minor unit, within minimum and maximum.</summary>
    public Fee For(long amount, Usage usage)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(amount);
        var monthly = Math.Min(amount, Math.Max(0, FreeMonthly - usage.FreeThisMonth));
        var ever = Math.Min(amount - monthly, Math.Max(0, FreeEver - usage.FreeEver));
        var chargeable = amount - monthly - ever;
        var fee = chargeable == 0 ? 0 : Math.Max(Minimum, Rates.Share(chargeable, RatePerMillion, Rounding));
        return new Fee(Math.Min(fee, Maximum ?? long.MaxValue), monthly, ever);
    }
}

/// <summary>A fee and the free allowances it used up. <c>default</c> is no fee.</summary>
/// <param name="Amount">Minor units, zero or more; it comes on top.</param>
/// <param name="FreeMonthly">What it took of the month's allowance, in minor units of the amount moved.</param>
/// <param name="FreeEver">What it took of the lifetime's allowance.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Fee(long Amount, long FreeMonthly, long FreeEver);

using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Limits;

namespace WalletFunctions.Wallet.Attempts;

/// <summary>What a decision looked at, as its owner and support see it. Amounts are in the wallet's currency.</summary>
internal sealed record InputsView(
    string Class,
    Money Available,
    Money Fee,
    bool Closed,
    IReadOnlyList<string> FrozenBy,
    bool PayeeIsSelf,
    bool PayeeIsNew,
    bool DeviceIsNew,
    string Confirmed,
    InputsView.CountersView Counters,
    InputsView.LimitsView Limits,
    InputsView.VersionsView RuleVersions)
{
    public static InputsView Of(SpendInputs inputs)
    {
        var usage = inputs.Usage.At(inputs.At);
        var limits = inputs.Rules[inputs.Class].Limits;
        return new InputsView(
            inputs.Class.ToString(),
            Money.Fen(inputs.Available),
            Money.Fen(Spending.Decide(inputs).Fee.Amount),
            inputs.IsClosed,
            FrozenByOf(inputs.Freezes),
            inputs.IsSelf,
            inputs.IsNewPayee,
            inputs.IsNewDevice,
            inputs.Confirmed switch
            {
                Domain.Risk.Confirmation.None => "none",
                Domain.Risk.Confirmation.Code => "code",
                Domain.Risk.Confirmation.PaymentPassword => "payment_password",
                Domain.Risk.Confirmation.DeviceKey => "device_key",
            },
            CountersView.Of(usage),
            LimitsView.Of(limits, inputs.Own),
            new VersionsView(inputs.Rules.FeesVersion, inputs.Rules.LimitsVersion, inputs.Rules.RiskVersion));
    }

    private static IReadOnlyList<string> FrozenByOf(Freezes freezes) =>
        [.. new[] { (Freezes.ByCustomer, "customer"), (Freezes.ByRule, "rule"), (Freezes.ByStaff, "staff") }.Where(one => freezes.HasFlag(one.Item1)).Select(one => one.Item2)];

    /// <summary>What had been counted; days, months and years are Asia/Shanghai's.</summary>
    internal sealed record CountersView(
        Money SpentToday, Money SpentThisYear, Money SpentEver, Money WithdrawnToday, Money ToppedUpToday, Money UnconfirmedToday,
        Money FreeUsedThisMonth, Money FreeUsedEver, int MovesInTenMinutes, Money AmountInTenMinutes)
    {
        public static CountersView Of(Usage usage) => new(
            Money.Fen(usage.SpentToday), Money.Fen(usage.SpentThisYear), Money.Fen(usage.SpentEver), Money.Fen(usage.WithdrawnToday), Money.Fen(usage.ToppedUpToday),
            Money.Fen(usage.UnconfirmedToday), Money.Fen(usage.FreeThisMonth), Money.Fen(usage.FreeEver), usage.WindowMoves, Money.Fen(usage.WindowAmount));
    }

    /// <summary>The limits in force; absent: none.</summary>
    internal sealed record LimitsView(Money? PerTransaction, Money? Daily, Money? Yearly, Money? Lifetime, Money? OwnPerTransaction, Money? OwnDaily)
    {
        public static LimitsView Of(AmountLimits limits, OwnLimits own) => new(
            In(limits.PerTransaction), In(limits.Daily), In(limits.Yearly), In(limits.Lifetime), In(own.PerTransaction), In(own.Daily));

        private static Money? In(long? fen) => fen is { } amount ? Money.Fen(amount) : null;
    }

    /// <summary>Which versions of the rules decided; 0 is what is built in.</summary>
    internal sealed record VersionsView(int Fees, int Limits, int Risk);
}

using WalletFunctions.Domain;
using WalletFunctions.Domain.Limits;
using WalletFunctions.Platform;

namespace WalletFunctions.Settings;

/// <summary>The limits as a setting. A limit that is left out is none.</summary>
internal sealed class LimitSetting() : SettingKind<LimitSchedule>("limits", LimitSchedule.Default)
{
    protected override LimitSchedule Read(JsonForm form) => new(
        ClassMembers.Each(form.RequiredObject("spending"), limits => new AmountLimits(Fen(limits, "perTransaction"), Fen(limits, "daily"), Fen(limits, "yearly"), Fen(limits, "lifetime"))),
        ClassMembers.Each(form.RequiredObject("withdrawal"), ByDay),
        ClassMembers.Each(form.RequiredObject("topup"), ByDay));

    protected override object Write(LimitSchedule value) => new Content(
        ClassMembers.Write(value.Spending, limits => new SpendingMembers(limits.PerTransaction, limits.Daily, limits.Yearly, limits.Lifetime)),
        ClassMembers.Write(value.Withdrawal, WriteByDay),
        ClassMembers.Write(value.TopUp, WriteByDay));

    // Nothing but spending is counted by the year and for life, so such limits would never be kept.
    private static AmountLimits ByDay(JsonForm limits) => new(Fen(limits, "perTransaction"), Fen(limits, "daily"), null, null);

    private static DayMembers WriteByDay(AmountLimits limits) => new(limits.PerTransaction, limits.Daily);

    private static long? Fen(JsonForm form, string name) => form.OptionalLong(name, 0, Money.MaxRequest);

    /// <summary>Spending is transfers, collections, payments and bills together; <c>withdrawal</c> is to one's own bank card, <c>topup</c> from one.</summary>
    internal sealed record Content(ForEachClass<SpendingMembers> Spending, ForEachClass<DayMembers> Withdrawal, ForEachClass<DayMembers> Topup);

    /// <summary>Fen; days and years are Asia/Shanghai's.</summary>
    internal sealed record SpendingMembers(long? PerTransaction, long? Daily, long? Yearly, long? Lifetime);

    /// <summary>Fen; days are Asia/Shanghai's.</summary>
    internal sealed record DayMembers(long? PerTransaction, long? Daily);
}

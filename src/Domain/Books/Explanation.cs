using WalletFunctions.Domain.Calendar;
using WalletFunctions.Domain.Limits;
using WalletFunctions.Domain.Risk;

namespace WalletFunctions.Domain.Books;

/// <summary>A decision in words, with what would have passed. Pure: the same inputs give the same words, to whoever asks.</summary>
/// <param name="Code">What is decided over the inputs again; null when they pass.</param>
/// <param name="Changes">See <see cref="SpendChanges.Of"/>.</param>
/// <param name="Text">For the customer.</param>
public sealed record Explanation(string? Code, IReadOnlyList<SpendChange> Changes, Text Text)
{
    /// <summary>Decides again and explains.</summary>
    public static Explanation Of(SpendInputs inputs)
    {
        var verdict = Spending.Decide(inputs);
        var changes = SpendChanges.Of(inputs);
        return new Explanation(verdict.Code, changes, verdict.Code is { } code ? Whole(Why(code, inputs, verdict), changes) : new Text("可以办理。", "It may go through."));
    }

    /// <summary>A change in words, as a thing to do.</summary>
    public static Text Describe(SpendChange change) => change switch
    {
        SpendChange.Amount less => new($"金额不超过 {Yuan(less.Most)} 元", $"move {Yuan(less.Most)} yuan at most"),
        SpendChange.Balance more => new($"余额再多 {Yuan(more.Missing)} 元", $"have {Yuan(more.Missing)} yuan more"),
        SpendChange.Wait wait => new($"等到 {Clock(wait.Until)}（北京时间）", $"wait until {Clock(wait.Until)} (Beijing time)"),
        SpendChange.Confirm => new("确认该笔操作", "confirm the move"),
        SpendChange.Unfreeze => new("申请解冻", "have the wallet unfrozen"),
        SpendChange.RaiseOwnLimit own => new($"调高您自己设置的限额至{OwnZh(own.To)}", $"raise your own limit to {OwnEn(own.To)}"),
        SpendChange.RaiseClass verified => new($"完成认证，升级为 {verified.To} 类账户", $"have your identity verified for class {verified.To}"),
        SpendChange.OtherPayee => new("核对或更换收款人", "check the payee, or choose another"),
        SpendChange.OtherChannel => new("换一种付款方式", "use another way to pay"),
        SpendChange.OtherCurrency currency => new($"使用 {currency.Code}", $"use {currency.Code}"),
        SpendChange.Combined all => new(string.Join("，并且", all.Parts.Select(part => Describe(part).Zh)), string.Join(" and ", all.Parts.Select(part => Describe(part).En))),
        _ => throw new ArgumentOutOfRangeException(nameof(change), change, "A change without words."),
    };

    private static Text Whole(Text why, IReadOnlyList<SpendChange> changes) => changes.Count == 0
        ? why
        : new($"{why.Zh}以下任一办法即可：{string.Join("；", changes.Select(change => Describe(change).Zh))}。",
            $"{why.En} Any of these would have been enough: {string.Join("; ", changes.Select(change => Describe(change).En))}.");

    private static Text Why(string code, SpendInputs inputs, SpendVerdict verdict)
    {
        var usage = inputs.Usage.At(inputs.At);
        var limits = inputs.Rules[inputs.Class].Limits;
        return code switch
        {
            "insufficient_funds" => Short(inputs.Amount + verdict.Fee.Amount - inputs.Available, verdict.Fee.Amount),
            "limit_per_transaction" when inputs.Edge is null => Over(inputs.Amount - limits.PerTransaction!.Value, "单笔限额", "the limit of one move", "", ""),
            "limit_daily" when inputs.Edge is null => Over(inputs.Amount - Room(limits.Daily, Counters.Today(inputs.Operation, usage)), "今日剩余额度", "what is left today",
                "；日限额于 00:00 重置", "; the daily limit resets at 00:00"),
            "limit_yearly" when inputs.Edge is null => Over(inputs.Amount - Room(limits.Yearly, usage.SpentThisYear), "本年剩余额度", "what is left this year",
                "；年限额于 1 月 1 日 00:00 重置", "; the yearly limit resets on 1 January at 00:00"),
            "limit_lifetime" when inputs.Edge is null => Over(inputs.Amount - Room(limits.Lifetime, usage.SpentEver), "累计剩余额度", "what is left of this class's lifetime limit", "", ""),
            "own_limit" when inputs.Edge is null => Own(inputs, usage),
            "confirmation_required" when inputs.Edge is null => new(
                $"该笔操作需要您确认：{string.Join("、", verdict.Risk.Fired.Select(rule => Reason(rule).Zh))}。",
                $"The move needed your confirmation: {string.Join(", ", verdict.Risk.Fired.Select(rule => Reason(rule).En))}."),
            "account_frozen" or "wallet_frozen" => Frozen(inputs),
            _ when LedgerErrors.Known(code) is { } error => error.Detail,
            _ => new("该请求在办理前已被拒绝。", "It was refused before the money was looked at."),
        };
    }

    private static Text Short(long missing, long fee) => fee == 0
        ? new($"还差 {Yuan(missing)} 元。", $"{Yuan(missing)} yuan short.")
        : new($"还差 {Yuan(missing)} 元，其中手续费 {Yuan(fee)} 元。", $"{Yuan(missing)} yuan short, the fee of {Yuan(fee)} yuan included.");

    private static Text Over(long over, string zh, string en, string thenZh, string thenEn) =>
        new($"超出{zh} {Yuan(over)} 元{thenZh}。", $"{Yuan(over)} yuan above {en}{thenEn}.");

    private static Text Own(SpendInputs inputs, Usage usage) => inputs.Amount > inputs.Own.PerTransaction
        ? Over(inputs.Amount - inputs.Own.PerTransaction.Value, "您自己设置的单笔限额", "the limit of one move that you set", "", "")
        : Over(inputs.Amount - Room(inputs.Own.Daily, usage.SpentToday), "您自己设置的今日剩余额度", "what is left today of the limit that you set",
            "；于 00:00 重置", "; it resets at 00:00");

    private static Text Frozen(SpendInputs inputs) => inputs switch
    {
        { IsClosed: true } => new("钱包已注销。", "The wallet is closed."),
        _ when inputs.Freezes.HasFlag(Freezes.ByStaff) => new("账户已被客服冻结。", "Staff has frozen the account."),
        _ when inputs.Freezes.HasFlag(Freezes.ByCustomer) => new("账户已由您本人冻结。", "You have frozen the account yourself."),
        _ when inputs.Freezes.HasFlag(Freezes.ByRule) => new("钱包因风险规则被冻结。", "A risk rule has frozen the wallet."),
        _ => new("账户目前不能动用资金。", "The account may not move money at present."),
    };

    private static Text Reason(RiskRule rule) => rule switch
    {
        RiskRule.LargeAmount => new("金额较大", "a large amount"),
        RiskRule.DailyUnconfirmed => new("今日未确认的累计金额较大", "much moved today without a confirmation"),
        RiskRule.NewPayee => new("新收款人", "a new payee"),
        RiskRule.NewDevice => new("新设备", "a new device"),
        RiskRule.NightNewPayee => new("夜间向新收款人付款", "a new payee at night"),
        RiskRule.Velocity => new("短时间内多次付款", "many moves within ten minutes"),
        RiskRule.ReviewNewDeviceNewPayee => new("新设备向新收款人付款", "a new payee from a new device"),
        RiskRule.ReviewNewPayee => new("向新收款人大额付款", "a very large amount to a new payee"),
    };

    private static long Room(long? limit, long used) => Math.Max(0, limit!.Value - used);

    private static string OwnZh(OwnLimits own) => string.Join("、", new[]
    {
        own.PerTransaction is { } single ? $"单笔 {Yuan(single)} 元" : null, own.Daily is { } daily ? $"每日 {Yuan(daily)} 元" : null,
    }.OfType<string>());

    private static string OwnEn(OwnLimits own) => string.Join(" and ", new[]
    {
        own.PerTransaction is { } single ? $"{Yuan(single)} yuan at once" : null, own.Daily is { } daily ? $"{Yuan(daily)} yuan a day" : null,
    }.OfType<string>());

    private static string Yuan(long fen) => $"{fen / 100}.{fen % 100:D2}";

    private static string Clock(DateTimeOffset moment) => moment.ToOffset(Shanghai.Offset).ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture);
}

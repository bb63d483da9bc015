using WalletFunctions.Domain;
using WalletFunctions.Domain.Refunds;
using WalletFunctions.Platform;

namespace WalletFunctions.Settings;

/// <summary>The refund policy as a setting. Refunds that were asked for keep the policy of that moment.</summary>
internal sealed class RefundPolicySetting() : SettingKind<RefundPolicy>("refund-policy", RefundPolicy.Default)
{
    protected override RefundPolicy Read(JsonForm form) => new()
    {
        AskDays = form.RequiredInt("askDays", 1, 730),
        MerchantDays = form.RequiredInt("merchantDays", 1, 3),
        FirstReminderHours = form.RequiredInt("firstReminderHours", 1, 72),
        LastReminderHours = form.RequiredInt("lastReminderHours", 1, 72),
        SilenceApprovesBelow = form.OptionalLong("silenceApprovesBelow", 0, Money.MaxRequest) ?? 0,
        ReviewHours = form.RequiredInt("reviewHours", 1, 72),
        EvidenceDays = form.RequiredInt("evidenceDays", 1, 3),
        AppealDays = form.RequiredInt("appealDays", 1, 30),
        FundsRetryMinutes = form.RequiredInt("fundsRetryMinutes", 5, 1440),
        FundsSupportDays = form.RequiredInt("fundsSupportDays", 1, 30),
    };

    protected override object Write(RefundPolicy value) => new Content(
        value.AskDays,
        value.MerchantDays,
        value.FirstReminderHours,
        value.LastReminderHours,
        value.SilenceApprovesBelow,
        value.ReviewHours,
        value.EvidenceDays,
        value.AppealDays,
        value.FundsRetryMinutes,
        value.FundsSupportDays);

    /// <summary>See <see cref="RefundPolicy"/>; amounts are fen.</summary>
    /// <param name="SilenceApprovesBelow">Left out: a merchant's silence never grants anything.</param>
    internal sealed record Content(
        int AskDays,
        int MerchantDays,
        int FirstReminderHours,
        int LastReminderHours,
        long? SilenceApprovesBelow,
        int ReviewHours,
        int EvidenceDays,
        int AppealDays,
        int FundsRetryMinutes,
        int FundsSupportDays);
}

namespace WalletFunctions.Settings;

/// <summary>The settings there are.</summary>
public sealed class SettingKinds
{
    private readonly SettingKind[] all;

    internal SettingKinds(FeeSetting fees, LimitSetting limits, RiskSetting risk, RefundPolicySetting refunds, CalendarSetting calendar)
    {
        (Fees, Limits, Risk, Refunds, Calendar) = (fees, limits, risk, refunds, calendar);
        all = [fees, limits, risk, refunds, calendar];
    }

    internal FeeSetting Fees { get; }

    internal LimitSetting Limits { get; }

    internal RiskSetting Risk { get; }

    internal RefundPolicySetting Refunds { get; }

    internal CalendarSetting Calendar { get; }

    /// <summary>Null for an unknown name.</summary>
    internal SettingKind? Find(string name) => Array.Find(all, kind => kind.Name == name);
}

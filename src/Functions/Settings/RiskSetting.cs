using System.Globalization;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Risk;
using WalletFunctions.Platform;

namespace WalletFunctions.Settings;

/// <summary>The risk policy as a setting. A threshold that is left out never fires.</summary>
internal sealed class RiskSetting() : SettingKind<RiskPolicy>("risk", RiskPolicy.Default)
{
    private const string HourAndMinute = "HH:mm";
    private const int MostMoves = 100_000;

    protected override RiskPolicy Read(JsonForm form) => new(ClassMembers.Each(form, Thresholds));

    protected override object Write(RiskPolicy value) => ClassMembers.Write(value.Classes, thresholds => new ThresholdMembers(
        thresholds.LargeAmount,
        thresholds.DailyUnconfirmed,
        thresholds.NewPayee,
        thresholds.NewDevice,
        thresholds.NightNewPayee,
        thresholds.NightFrom.ToString(HourAndMinute, CultureInfo.InvariantCulture),
        thresholds.NightUntil.ToString(HourAndMinute, CultureInfo.InvariantCulture),
        thresholds.VelocityMoves,
        thresholds.VelocityAmount,
        thresholds.ReviewNewDeviceNewPayee,
        thresholds.ReviewNewPayee));

    private static RiskThresholds Thresholds(JsonForm form)
    {
        var common = new RiskThresholds();
        var thresholds = common with
        {
            LargeAmount = Fen("largeAmount"),
            DailyUnconfirmed = Fen("dailyUnconfirmed"),
            NewPayee = Fen("newPayee"),
            NewDevice = Fen("newDevice"),
            NightNewPayee = Fen("nightNewPayee"),
            NightFrom = Time("nightFrom") ?? common.NightFrom,
            NightUntil = Time("nightUntil") ?? common.NightUntil,
            VelocityMoves = form.OptionalInt("velocityMoves", 0, MostMoves),
            VelocityAmount = Fen("velocityAmount"),
            ReviewNewDeviceNewPayee = Fen("reviewNewDeviceNewPayee"),
            ReviewNewPayee = Fen("reviewNewPayee"),
        };
        if (thresholds.VelocityMoves is null != thresholds.VelocityAmount is null)
        {
            form.Fail(FieldErrors.Invalid("velocityMoves", new("须与 velocityAmount 一并填写。", "it goes together with velocityAmount.")));
        }

        return thresholds;

        long? Fen(string name) => form.OptionalLong(name, 0, Money.MaxRequest);

        TimeOnly? Time(string name)
        {
            if (form.OptionalString(name, HourAndMinute.Length) is not { } text)
            {
                return null;
            }

            if (TimeOnly.TryParseExact(text, HourAndMinute, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
            {
                return time;
            }

            form.Fail(FieldErrors.Invalid(name, new("须为时间，例如 23:00。", "it must be a time of day such as 23:00.")));
            return null;
        }
    }

    /// <summary>Amounts are fen; a rule fires above its threshold. The night is by Asia/Shanghai's clock.</summary>
    /// <param name="VelocityMoves">Moves within ten minutes; fires only together with the amount.</param>
    internal sealed record ThresholdMembers(
        long? LargeAmount,
        long? DailyUnconfirmed,
        long? NewPayee,
        long? NewDevice,
        long? NightNewPayee,
        string? NightFrom,
        string? NightUntil,
        int? VelocityMoves,
        long? VelocityAmount,
        long? ReviewNewDeviceNewPayee,
        long? ReviewNewPayee);
}

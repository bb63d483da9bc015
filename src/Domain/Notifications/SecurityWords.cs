namespace WalletFunctions.Domain.Notifications;

/// <summary>What somebody is told of the safety of an account.</summary>
public sealed record SecurityWords(Text Title, Text Body)
{
    /// <summary>Signed in to from a device that it was never signed in to from.</summary>
    public static SecurityWords NewDevice { get; } = new(
        new("新设备登录提醒", "Sign-in on a new device"),
        new(
            "您的账户刚在一台新设备上登录。如非本人操作，请立即冻结账户并联系客服。",
            "Your account was signed in to on a new device. If it was not you, freeze the account at once and contact our support."));

    /// <summary>The payment password was set, for the first time or again.</summary>
    public static SecurityWords PaymentPassword { get; } = new(
        new("支付密码已设置", "Your payment password was set"),
        new(
            "您的支付密码已设置。如非本人操作，请立即冻结账户并联系客服。",
            "Your payment password was set. If it was not you, freeze the account at once and contact our support."));

    /// <summary>Frozen by its owner.</summary>
    public static SecurityWords FrozenByOwner { get; } = new(
        new("账户已冻结", "Your account is frozen"),
        new("已按您的要求冻结账户，资金不再转出。解冻请联系客服。", "Your account is frozen, as you asked: no money leaves it. To have it unfrozen, contact our support."));

    /// <summary>Frozen by staff or a rule.</summary>
    public static SecurityWords Frozen { get; } = new(
        new("账户已冻结", "Your account is frozen"),
        new(
            "您的账户已被冻结，资金不再转出。您仍可登录、查看记录并联系客服。",
            "Your account was frozen: no money leaves it. You can still sign in, see your records and contact our support."));

    /// <summary>No longer frozen.</summary>
    public static SecurityWords Thawed { get; } = new(
        new("账户已解冻", "Your account is no longer frozen"),
        new("您的账户已解冻，可以正常使用。", "Your account is no longer frozen, and works as before."));
}
